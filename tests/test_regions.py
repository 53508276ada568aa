"""The regions are complete, and people find theirs however they write it."""

from collections import Counter
from collections.abc import Callable
from importlib.util import find_spec, module_from_spec
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import regions
from locales.language import LANGUAGES, Language
from locales.regions import Country, Region, districts, find_regions, nearest_province, provinces, region

COUNTRIES: tuple[Country, ...] = ("ID", "KR")
PROVINCES = tuple(province for country in COUNTRIES for province in provinces(country))
SIBLINGS = (
    provinces("ID"),
    provinces("KR"),
    *(districts(province.country, province.code) for province in PROVINCES),
)
EVERYWHERE = [(place, siblings) for siblings in SIBLINGS for place in siblings]

WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
WIT = {"81", "82", "91", "92", "93", "94", "95", "96"}

# Incheon's old Jung-gu and Seo-gu were each divided between two new districts.
DIVIDED = {("28", "중구"), ("28", "Jung-gu"), ("28", "서구"), ("28", "Seo-gu")}


def codes(found: list[Region]) -> list[str]:
    return [place.code for place in found]


def find_code(text: str, country: Country, province: str | None = None) -> list[str]:
    return codes(find_regions(text, districts(country, province) if province else provinces(country)))


# The data


def test_indonesia_has_38_provinces_416_regencies_and_98_cities() -> None:
    assert len(provinces("ID")) == 38
    kinds = Counter(
        (place.code[2] >= "7", place.names["id"].split()[0])
        for province in provinces("ID")
        for place in districts("ID", province.code)
    )
    assert kinds == {(False, "Kabupaten"): 416, (True, "Kota"): 98}


def test_korea_has_16_provinces_and_the_districts_of_each() -> None:
    counts = {province.code: len(districts("KR", province.code)) for province in provinces("KR")}
    assert counts == {
        "11": 25, "12": 27, "26": 16, "27": 9, "28": 11, "30": 5, "31": 5, "36": 0,
        "41": 31, "43": 11, "44": 15, "47": 22, "48": 18, "50": 2, "51": 18, "52": 14,
    }  # fmt: skip


@pytest.mark.parametrize("country", COUNTRIES)
def test_codes_are_in_order_unique_and_begin_with_their_province(country: Country) -> None:
    top = codes(list(provinces(country)))
    assert top == sorted(set(top))
    for province in top:
        below = codes(list(districts(country, province)))
        assert below == sorted(set(below))
        assert all(code.startswith(province) for code in below)


def test_every_parent_exists() -> None:
    read = [place for country in COUNTRIES for place in regions._regions(country).values()]
    assert len(read) == len(EVERYWHERE) == 38 + 514 + 16 + 229
    for place in read:
        assert region(place.country, place.code) is place
        assert place.parent is None or region(place.country, place.parent) in PROVINCES


def test_no_name_is_empty_or_untrimmed() -> None:
    for place, _ in EVERYWHERE:
        assert set(place.names) == set(LANGUAGES)
        assert all(name and name == name.strip() for name in (*place.names.values(), *place.aliases))


def test_korean_names_are_in_hangul_and_say_the_kind_of_place() -> None:
    for place, _ in EVERYWHERE:
        name = place.names["ko"]
        assert all("가" <= letter <= "힣" or letter == " " for letter in name), name
        kinds = ("시", "도") if place.country == "KR" else ("주",)
        assert name.endswith(("시", "군", "구") if place.parent else kinds), name


def test_names_and_aliases_mean_one_place_among_siblings() -> None:
    for siblings in SIBLINGS:
        spellings = Counter(
            (place.parent or "", spelling)
            for place in siblings
            for spelling in {known.solid for known in regions._spellings(place)}
        )
        twice = {spelling for spelling, places in spellings.items() if places > 1}
        assert twice == {
            (parent, regions._spelling(name).solid)
            for parent, name in DIVIDED
            if siblings and (siblings[0].country, siblings[0].parent) == ("KR", parent)
        }


def test_no_alias_repeats_a_name_of_its_place() -> None:
    for place, _ in EVERYWHERE:
        spellings = [regions._spelling(text).solid for text in place.aliases]
        assert len(set(spellings)) == len(spellings), place
        assert not set(spellings) & {regions._spelling(name).solid for name in place.names.values()}, place


def test_every_place_keeps_the_time_of_its_province() -> None:
    for place, _ in EVERYWHERE:
        province = place.parent or place.code
        if place.country == "KR":
            assert place.zone == "Asia/Seoul"
        elif province in WIT:
            assert place.zone == "Asia/Jayapura"
        elif province in WITA:
            assert place.zone == "Asia/Makassar"
        else:
            assert place.zone == "Asia/Jakarta"


def test_every_place_has_a_point_in_its_country() -> None:
    for place, _ in EVERYWHERE:
        assert place.lat is not None
        assert place.lon is not None
        if place.country == "ID":
            assert -11.1 < place.lat < 6.1
            assert 95 < place.lon < 141.1
        else:
            assert 33 < place.lat < 38.7
            assert 124.5 < place.lon < 131.9


def test_the_data_are_read_on_first_use() -> None:
    spec = find_spec(regions.__name__)
    assert spec is not None
    assert spec.loader is not None
    fresh = module_from_spec(spec)
    spec.loader.exec_module(fresh)
    assert fresh._regions.cache_info().currsize == 0
    fresh.provinces("KR")
    assert fresh._regions.cache_info().currsize == 1


def test_a_code_belongs_to_its_country() -> None:
    aceh, seoul = region("ID", "11"), region("KR", "11")
    assert aceh is not None
    assert seoul is not None
    assert (aceh.names["en"], seoul.names["en"]) == ("Aceh", "Seoul")
    assert region("ID", "3271") != region("ID", "3201")
    assert region("ID", "99") is None
    assert districts("ID", "99") == ()


# Finding


def test_the_name_in_any_language_finds_the_place_first() -> None:
    for place, siblings in EVERYWHERE:
        for name in place.names.values():
            assert find_regions(name, siblings)[0] is place, name


def test_every_alias_finds_its_place() -> None:
    for place, siblings in EVERYWHERE:
        for alias in place.aliases:
            found = find_regions(alias, siblings)
            assert place in found, alias
            assert len(found) == 1 or (place.parent, alias) in DIVIDED, alias


@given(
    st.sampled_from(EVERYWHERE),
    st.sampled_from(LANGUAGES),
    st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    st.sampled_from([" ", "  ", "-", " - ", ", ", "."]),
)
def test_case_spaces_and_signs_do_not_matter(
    where: tuple[Region, tuple[Region, ...]], language: Language, recase: Callable[[str], str], between: str
) -> None:
    place, siblings = where
    written = f" {between.join(recase(place.names[language]).split())}. "
    assert find_regions(written, siblings)[0] is place


@given(st.text(max_size=60))
def test_any_text_is_answered_with_siblings(text: str) -> None:
    found = find_regions(text, PROVINCES)
    assert len(found) == len(set(found))
    assert set(found) <= set(PROVINCES)


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("jabar", "ID", ["32"]),
        ("Prov. Jawa Barat", "ID", ["32"]),
        ("propinsi jawa barat", "ID", ["32"]),
        ("West Java Province", "ID", ["32"]),
        ("서자바", "ID", ["32"]),
        ("Bandung, Jawa Barat", "ID", ["32"]),
        ("jogja", "ID", ["34"]),
        ("D.I. Yogyakarta", "ID", ["34"]),
        ("Daerah Istimewa Yogyakarta", "ID", ["34"]),
        ("족자카르타", "ID", ["34"]),
        ("jakarta", "ID", ["31"]),
        ("자카르타", "ID", ["31"]),
        ("Kep. Riau", "ID", ["21"]),
        ("Sumatra Utara", "ID", ["12"]),
        ("papua", "ID", ["91"]),
        ("jawa", "ID", ["32", "33", "35"]),
        ("Kalimantan", "ID", ["61", "62", "63", "64", "65"]),
        ("누사텡가라", "ID", ["52", "53"]),
        ("서울", "KR", ["11"]),
        ("서을", "KR", ["11"]),
        ("Seoul Special City", "KR", ["11"]),
        ("gyeonggi-do", "KR", ["41"]),
        ("Gyeonggi", "KR", ["41"]),
        ("gyeonggido", "KR", ["41"]),
        ("경기", "KR", ["41"]),
        ("경기도 김포시", "KR", ["41"]),
        ("강원도", "KR", ["51"]),
        ("Gangwon State", "KR", ["51"]),
        ("전라북도", "KR", ["52"]),
        ("제주도", "KR", ["50"]),
        ("부산시", "KR", ["26"]),
        ("광주광역시", "KR", ["12"]),
        ("전남", "KR", ["12"]),
        ("경상", "KR", ["47", "48"]),
    ],
)
def test_a_province_is_found(text: str, country: Country, expected: list[str]) -> None:
    assert find_code(text, country) == expected


@pytest.mark.parametrize(
    ("text", "country", "province", "expected"),
    [
        ("kab bogor", "ID", "32", ["3201"]),
        ("Kab. Bogor", "ID", "32", ["3201"]),
        ("Kota Bogor", "ID", "32", ["3271"]),
        ("kota bogor, jawa barat", "ID", "32", ["3271"]),
        ("bogor", "ID", "32", ["3201", "3271"]),
        ("bogr", "ID", "32", ["3201", "3271"]),
        ("보고르", "ID", "32", ["3201", "3271"]),
        ("보고르시", "ID", "32", ["3271"]),
        ("Bandung", "ID", "32", ["3204", "3273"]),
        ("bdg", "ID", "32", ["3273"]),
        ("Cibinong", "ID", "32", ["3201"]),
        ("tasik", "ID", "32", ["3206", "3278"]),
        ("solo", "ID", "33", ["3372"]),
        ("Purwokerto", "ID", "33", ["3302"]),
        ("surabya", "ID", "35", ["3578"]),
        ("Kab. Surabaya", "ID", "35", ["3578"]),
        ("Gunung Kidul", "ID", "34", ["3403"]),
        ("Pare-Pare", "ID", "73", ["7372"]),
        ("Jaksel", "ID", "31", ["3174"]),
        ("Kota Administrasi Jakarta Selatan", "ID", "31", ["3174"]),
        ("jakarta", "ID", "31", ["3171", "3172", "3173", "3174", "3175"]),
        ("Tangsel", "ID", "36", ["3674"]),
        ("김포", "KR", "41", ["41570"]),
        ("Gimpo", "KR", "41", ["41570"]),
        ("Kimpo", "KR", "41", ["41570"]),
        ("gimpo si", "KR", "41", ["41570"]),
        ("경기도 김포시", "KR", "41", ["41570"]),
        ("성남시 분당구", "KR", "41", ["41130"]),
        ("수원", "KR", "41", ["41110"]),
        ("gangnam", "KR", "11", ["11680"]),
        ("강넘구", "KR", "11", ["11680"]),
        ("인천 중구", "KR", "28", ["28125", "28155"]),
        ("서구", "KR", "28", ["28275", "28290"]),
        ("광주 동구", "KR", "12", ["12210"]),
    ],
)
def test_a_district_is_found(text: str, country: Country, province: str, expected: list[str]) -> None:
    assert find_code(text, country, province) == expected


@pytest.mark.parametrize(
    "text", ["", "  ", "?", "👍", "ok", "ya", "tidak tahu", "saya mau daftar", "hello", "네", "모름", "123"]
)
def test_nothing_near_is_an_empty_list(text: str) -> None:
    assert find_regions(text, [place for place, _ in EVERYWHERE]) == []


# Points


@pytest.mark.parametrize(
    ("lat", "lon", "country", "code"),
    [
        (-6.175, 106.827, "ID", "31"),  # Monas
        (-6.921, 107.607, "ID", "32"),  # Alun-alun Bandung
        (-7.608, 110.204, "ID", "33"),  # Borobudur
        (-7.793, 110.366, "ID", "34"),  # Malioboro
        (-8.748, 115.167, "ID", "51"),  # Bali's airport
        (-3.990, 122.513, "ID", "74"),  # Kendari
        (-2.577, 140.516, "ID", "91"),  # Sentani
        (37.579, 126.977, "KR", "11"),  # Gyeongbokgung
        (37.615, 126.716, "KR", "41"),  # Gimpo's city hall
        (37.460, 126.440, "KR", "28"),  # Incheon's airport
        (35.115, 129.042, "KR", "26"),  # Busan station
        (35.159, 126.852, "KR", "12"),  # Gwangju's city hall
        (34.816, 126.463, "KR", "12"),  # Muan, the former 전남도청
        (33.361, 126.529, "KR", "50"),  # Hallasan
        (37.484, 130.906, "KR", "47"),  # Ulleungdo
    ],
)
def test_a_point_is_in_the_nearest_province(lat: float, lon: float, country: Country, code: str) -> None:
    assert nearest_province(lat, lon) is region(country, code)


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (35.68, 139.77), (-33.87, 151.21), (nan, 127.0)])
def test_a_point_far_from_every_province_is_in_none(lat: float, lon: float) -> None:
    assert nearest_province(lat, lon) is None


def test_every_seat_is_in_its_own_province() -> None:
    for province in PROVINCES:
        assert province.lat is not None
        assert province.lon is not None
        assert nearest_province(province.lat, province.lon) is province
