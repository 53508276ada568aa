"""Pictures and sheets: what they hold, that they fit, and that nothing people send breaks them."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from bot.drawing.chart import describe_roadmap, draw_roadmap
from bot.drawing.lettering import BOLD, FONTS, REGULAR, drawable, font, wrap
from bot.drawing.paper import LATE, PAPER, SHORTEST, WIDTH, axis_of
from bot.drawing.sheet import SheetFacts, draw_sheet
from flows.roadmap.plan import RoadMap, plan
from flows.roadmap.product import Held, Mission, ProductFacts
from locales.language import LANGUAGES, Language
from locales.words import _, render

TODAY = date(2026, 11, 21)
MAY = Mission("Misi Dagang Seoul", date(2027, 5, 10), date(2027, 5, 14))
COCONUT = ProductFacts("ID", "coconut", frozenset({"organic_claim"}))
HELD = [
    Held("nib", "9120001234567"),
    Held("haccp", "7", date(2027, 6, 1)),
    Held("halal_id", until_change=True),
]


def opened(png: bytes) -> Image.Image:
    picture = Image.open(BytesIO(png))
    picture.load()
    return picture


def colours(picture: Image.Image) -> set[object]:
    return {colour for _count, colour in picture.getcolors(1 << 24) or ()}


def coconut(mission: Mission | None = MAY) -> RoadMap:
    return plan(COCONUT, "KR", HELD, TODAY, mission)


# ---------------------------------------------------------------------------------------------------- letters


def test_the_fonts_are_small_and_have_their_licence() -> None:
    for path in (REGULAR, BOLD):
        assert path.stat().st_size < 1_500_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()


def test_the_fonts_have_latin_hangul_and_the_signs_in_use() -> None:
    syllables = [code for code in range(0xAC00, 0xD7A4) if len(chr(code).encode("euc_kr", "ignore")) == 2]
    assert len(syllables) == 2350
    signs = "똠펲햏ABCxyz0189éñ₩€£–—…“”‘’•·×°→㎏㎡℃㈜½②ㄱㅎㅏ□"
    text = "".join(map(chr, syllables)) + signs
    assert drawable(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Kopi ☕️😀 enak", "Kopi enak"),
        ("抹茶 matcha", "□□ matcha"),
        ("a\x00b\u200bc\td", "abc d"),
        ("한글", "한글"),
        ("<b>Keripik</b>", "<b>Keripik</b>"),
        ("one\r\n two ", "one\ntwo"),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn(text: str, kept: str) -> None:
    assert drawable(text) == kept


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=120), st.integers(60, 900))
def test_lines_are_never_wider_than_asked(text: str, width: int) -> None:
    letters = font(34, bold=True)
    lines = wrap(text, letters, width)
    assert all(letters.getlength(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(drawable(text).split())


# ------------------------------------------------------------------------------------------------------ chart


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_is_a_picture_for_a_phone(language: Language) -> None:
    picture = opened(draw_roadmap(coconut(), language, TODAY, name="Keripik Kelapa 코코넛칩"))
    assert picture.format == "PNG"
    assert picture.mode == "RGB", "WhatsApp takes no palettes"
    assert picture.width == WIDTH
    assert picture.width + picture.height < 10_000, "Telegram's limit for photos"
    assert picture.height > picture.width
    assert {SHORTEST, LATE} <= colours(picture)


def test_nothing_runs_over_the_edge_of_the_chart() -> None:
    roadmap = plan(ProductFacts("KR", "health"), "ID", [], TODAY, MAY)
    name = "Keripik kelapa organik rasa gula aren dan garam laut " * 80
    picture = opened(draw_roadmap(roadmap, "id", TODAY, name=name))
    for edge in ((0, 0, 40, picture.height), (WIDTH - 20, 0, WIDTH, picture.height)):
        assert colours(picture.crop(edge)) == {PAPER}


def test_a_plan_in_time_has_no_warning_colour() -> None:
    roadmap = plan(ProductFacts("ID", "leather"), "KR", [], TODAY, MAY)
    assert LATE not in colours(opened(draw_roadmap(roadmap, "en", TODAY)))


def test_the_bar_of_a_step_is_as_long_as_its_estimate() -> None:
    roadmap = plan(ProductFacts("KR", "it", own_brand=False), "ID", [], TODAY)
    picture = opened(draw_roadmap(roadmap, "en", TODAY))
    axis = axis_of(roadmap, TODAY)
    legend = 2
    rows = [[x for x in range(WIDTH) if picture.getpixel((x, y)) == SHORTEST] for y in range(picture.height)]
    longest = max(rows, key=len)
    assert abs(longest[0] - axis.x(0)) <= legend
    assert abs(longest[-1] - axis.x(2)) <= legend, "two weeks at least"


def test_the_axis_fits_the_plan_and_a_mission_not_far_behind_it() -> None:
    near = axis_of(coconut(), TODAY)
    assert near.mission is not None
    assert 24 < near.mission < 25
    assert near.in_months
    assert near.x(-5) == near.x(0) < near.x(13) < near.x(26) <= near.x(1000)
    far = Mission("M", TODAY + timedelta(days=900), TODAY + timedelta(days=901))
    assert axis_of(coconut(far), TODAY).mission is None
    past = Mission("M", TODAY - timedelta(days=30), TODAY - timedelta(days=29))
    assert axis_of(coconut(past), TODAY).mission == 0
    assert [number for number, _place in near.ticks()] == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_description_says_what_the_picture_shows(language: Language) -> None:
    roadmap = coconut()
    said = describe_roadmap(roadmap, language, TODAY, name="Nyiur").splitlines()
    assert "Nyiur" in said[0]
    assert sum(line[0].isdigit() and ". " in line[:4] for line in said) == len(roadmap.steps)
    for planned in roadmap.steps:
        assert any(render(planned.step.title, language) in line for line in said)
    assert render(_("All times are estimates. Please confirm them with the agencies."), language) in said


def test_late_and_renewed_and_done_are_said_in_words() -> None:
    said = describe_roadmap(coconut(), "en", TODAY)
    assert "NIB" in said
    assert ": Done" in said
    assert "To renew: valid until Tuesday, 1 June 2027" in said
    assert "May be late for the mission" in said
    assert "it may be late by up to 2 weeks" in said
    assert "17 October 2026" in said, "the halal notice"


@pytest.mark.parametrize("sector", ["pharma", "other", "it"])
def test_a_plan_without_a_route_can_be_drawn(sector: str) -> None:
    roadmap = plan(ProductFacts("ID", sector, own_brand=False), "RU", [], TODAY, MAY)
    assert opened(draw_roadmap(roadmap, "ko", TODAY)).width == WIDTH


# ------------------------------------------------------------------------------------------------------ sheet


def photo(kind: str = "JPEG", size: tuple[int, int] = (320, 200)) -> bytes:
    file = BytesIO()
    mode = "RGBA" if kind == "PNG" else "RGB"
    Image.new(mode, size, "orange").save(file, kind)
    return file.getvalue()


FULL = SheetFacts(
    name="Organic coconut chips “Nyiur”",
    business="PT Kelapa Makmur",
    other_names=("Keripik kelapa organik", "유기농 코코넛칩 똠"),
    description="Thin coconut chips, toasted at low heat without oil.",
    photo=photo(),
    hs="2008.19",
    moq="500 cartons",
    capacity="12,000 packs",
    price="US$1.20 a pack, FOB Tanjung Priok",
    packaging="Doypack 40 g, 48 packs a carton",
    shelf_life="12 months, cool and dry",
    materials="Coconut 92%, coconut sugar 6%, sea salt 2%",
    certificates=("BPOM MD 123456789012, until 5 March 2030", "Halal BPJPH, until a change"),
    contact=("Dinas Perdagangan Kota Bogor", "+62 812-3456-7890"),
    made="21 November 2026",
)


def read(pdf: bytes) -> tuple[str, int]:
    reader = PdfReader(BytesIO(pdf))
    return reader.pages[0].extract_text(), len(reader.pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_says_all_on_one_page(language: Language) -> None:
    text, pages = read(draw_sheet(FULL, language))
    assert pages == 1
    for said in (
        FULL.name,
        FULL.business,
        *FULL.other_names,
        FULL.description,
        FULL.hs,
        FULL.moq,
        FULL.capacity,
        FULL.price,
        FULL.shelf_life,
        FULL.materials,
        *FULL.certificates,
        *FULL.contact,
        render(_("Minimum order"), language),
    ):
        assert said in " ".join(text.split())


def test_the_sheet_has_its_letters_inside_and_its_name_on_it() -> None:
    reader = PdfReader(BytesIO(draw_sheet(FULL, "ko")))
    assert reader.metadata is not None
    assert reader.metadata.title == FULL.name
    embedded = [each for number in range(1, 40) if "FontFile2" in str(each := reader.get_object(number))]
    assert len(embedded) == 2, "one in each weight"
    assert len(reader.pages[0].images) == 1


def test_what_is_empty_is_left_out() -> None:
    text, pages = read(draw_sheet(SheetFacts("Kopi"), "en"))
    assert pages == 1
    assert "Kopi" in text
    for label in ("HS code", "Minimum order", "Certificates", "Contact", "Description"):
        assert label not in text


def test_too_much_is_set_smaller_and_cut_but_stays_on_the_page() -> None:
    much = SheetFacts(
        name="Keripik kelapa organik rasa gula aren " * 12,
        business="PT " + "Makmur " * 60,
        other_names=("유기농코코넛칩" * 40,),
        description="Keripik tipis. " * 300,
        photo=photo(size=(200, 900)),
        packaging="Doypack " * 60,
        materials="daging kelapa, " * 200,
        certificates=tuple(f"Certificate number {number}" for number in range(60)),
        contact=("Kantor " * 60, "x" * 500, "a", "b", "c", "d", "e"),
    )
    text, pages = read(draw_sheet(much, "id"))
    assert pages == 1
    assert "…" in text
    assert "Certificate number 0" in text
    assert "… (+" in text
    assert "daging kelapa" in text
    assert "Kantor" in text


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_photos_of_many_kinds(kind: str) -> None:
    pdf = draw_sheet(SheetFacts("Kopi", photo=photo(kind)), "en")
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 1


@pytest.mark.parametrize("broken", [b"", b"no picture", photo()[:200], b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_a_photo_that_is_none_is_left_out(broken: bytes) -> None:
    pdf = draw_sheet(SheetFacts("Kopi", photo=broken), "en")
    assert len(PdfReader(BytesIO(pdf)).pages[0].images) == 0


def test_a_photo_is_turned_upright_and_made_smaller() -> None:
    file = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    Image.new("RGB", (3000, 1500), "orange").save(file, "JPEG", exif=exif)
    image = PdfReader(BytesIO(draw_sheet(SheetFacts("Kopi", photo=file.getvalue()), "en"))).pages[0].images[0]
    assert image.image is not None
    assert image.image.size == (700, 1400)


@settings(max_examples=12, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_words_can_be_put_on_a_sheet(words: str) -> None:
    facts = SheetFacts(words, words, (words,), words, hs=words, certificates=(words,), contact=(words,))
    assert read(draw_sheet(facts, "ko"))[1] == 1
