"""The provinces and districts of Indonesia and Korea, found by the names people type.

Indonesia: the 38 provinces and 514 regencies and cities in the code list of the home ministry (Kemendagri) of
2025. Korea: the 시도 and 시군구 of the administrative standard codes (행정표준코드) of October 2026, so with
the new districts of Incheon and 전남광주통합특별시 (code 12), both of 2026-07-01. A point is the seat of
government or, for a Korean district, the middle of its towns. A place that is gone is an alias of what took
its place, the general districts (일반구) of a Korean city are aliases of it, and Sejong has no districts.
"""

import csv
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from rapidfuzz import fuzz

from locales.language import LANGUAGES, Language

Country = Literal["ID", "KR"]

EARTH_RADIUS_KM = 6371.0
FARTHEST_KM = 150.0
NEAR_ENOUGH = 0.78
NEAR_TIE = 0.05
FIRST_HANGUL_LETTER = "\u1100"


@dataclass(frozen=True)
class Region:
    """A province (``parent`` is None) or a district of one, with its official code.

    ``names`` has one name for each of ``id``, ``ko`` and ``en``; ``zone`` is an IANA time zone.
    Codes are unique within a country only: 11 is Aceh and Seoul.
    """

    code: str
    country: Country
    parent: str | None
    names: Mapping[Language, str] = field(hash=False)
    zone: str
    aliases: tuple[str, ...]
    lat: float | None
    lon: float | None


def provinces(country: Country) -> tuple[Region, ...]:
    """Every province of a country in the order of the official codes, which people know from forms."""
    return _children(country, None)


def districts(country: Country, province_code: str) -> tuple[Region, ...]:
    """Every district of a province in the order of the official codes; none for Sejong or an unknown code."""
    return _children(country, province_code)


def region(country: Country, code: str) -> Region | None:
    """The province or district with this code, or None."""
    return _regions(country).get(code)


def find_regions(text: str, among: Sequence[Region]) -> list[Region]:
    """The regions that a text may mean, the likeliest first; empty when nothing is near.

    A name or alias as written beats one without its kind (Kab., Kota, Prov., -si, 군 …), that beats a name
    within a longer text or a part of a name, and that beats a like spelling. Only the best matches are kept.
    """
    asked = _spelling(text)
    if not asked.solid:
        return []
    scored = [(max(_likeness(asked, known) for known in _spellings(place)), place) for place in among]
    best = max((score for score, _ in scored), default=0.0)
    if best == 0.0:
        return []
    lowest = best if best >= 1.0 else max(NEAR_ENOUGH, best - NEAR_TIE)
    found = [(score, place) for score, place in scored if score >= lowest]
    return [place for _, place in sorted(found, key=lambda pair: -pair[0])]


def nearest_province(lat: float, lon: float) -> Region | None:
    """The province with the nearest seat or district point, or None when all are over 150 km away.

    Near a border the neighbour may win: ask the person to confirm.
    """
    distance, place = min(
        ((_distance_km(lat, lon, known_lat, known_lon), place) for known_lat, known_lon, place in _points()),
        key=lambda pair: pair[0],
    )
    if not distance <= FARTHEST_KM:
        return None
    return region(place.country, place.parent or place.code)


@cache
def _regions(country: Country) -> Mapping[str, Region]:
    path = files("locales") / "data" / f"regions_{country.lower()}.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row["code"]: _region(country, row) for row in rows})


def _region(country: Country, row: Mapping[str, str]) -> Region:
    return Region(
        code=row["code"],
        country=country,
        parent=row["parent"] or None,
        names=MappingProxyType({language: row[f"name_{language}"] for language in LANGUAGES}),
        zone=row["zone"],
        aliases=tuple(row["aliases"].split("|")) if row["aliases"] else (),
        lat=float(row["lat"]) if row["lat"] else None,
        lon=float(row["lon"]) if row["lon"] else None,
    )


def _children(country: Country, parent: str | None) -> tuple[Region, ...]:
    return tuple(place for place in _regions(country).values() if place.parent == parent)


# Spellings


def _decompose(text: str) -> str:
    """Lower-case letters without accents; Hangul as single letters, so that one wrong stroke stays one."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


SHORT_WORDS = {
    "adm": "administrasi",
    "gn": "gunung",
    "kab": "kabupaten",
    "kep": "kepulauan",
    "kodya": "kota",
    "kotamadya": "kota",
    "prop": "provinsi",
    "propinsi": "provinsi",
    "prov": "provinsi",
    "tj": "tanjung",
}
KINDS_BEFORE = frozenset(
    {"administrasi", "daerah", "di", "dki", "ibukota", "istimewa", "kabupaten", "khusus", "kota", "provinsi"}
    | {"capital", "city", "of", "province", "regency", "region", "special", "the"}
)
KINDS_AFTER = frozenset(
    {"city", "governing", "integrated", "metropolitan", "province", "regency", "self", "special", "state"}
    | {"do", "gu", "gun", "si", _decompose("특별주"), _decompose("수도특별주")}
)
HANGUL_KINDS = re.compile(
    _decompose("(?<=.)(통합특별시|특별자치시|특별자치도|특별시|광역시|수도특별주|특별주|도|시|군|구|주)$")
)


@dataclass(frozen=True)
class _Spelling:
    """One way to write a place: its words, the same without the kind of place, and both without spaces."""

    words: str
    bare_words: str
    solid: str
    bare: str


@cache
def _spellings(place: Region) -> tuple[_Spelling, ...]:
    return tuple(_spelling(name) for name in (*place.names.values(), *place.aliases))


def _spelling(text: str) -> _Spelling:
    words = [SHORT_WORDS.get(word, word) for word in re.findall(r"[^\W_]+", _decompose(text))]
    bare = words[:]
    while len(bare) > 1 and bare[0] in KINDS_BEFORE:
        del bare[0]
    while len(bare) > 1 and bare[-1] in KINDS_AFTER:
        del bare[-1]
    if bare:
        bare[-1] = HANGUL_KINDS.sub("", bare[-1])
    return _Spelling(f" {' '.join(words)} ", f" {' '.join(bare)} ", "".join(words), "".join(bare))


def _likeness(asked: _Spelling, known: _Spelling) -> float:
    """How surely the one means the other.

    4 as written, 3 but for the kind of place, above 2 when the known name is in what was asked, 1 when it is
    the other way round, below 1 when the spellings are alike, else 0.
    """
    if asked.solid == known.solid:
        return 4.0
    if asked.solid == known.bare or asked.bare in (known.bare, known.solid):
        return 3.0
    if known.words in asked.words:
        return 2.0 + len(known.words) / 1000
    if len(known.bare) >= 4 and known.bare_words in asked.words:
        return 2.0 + len(known.bare_words) / 1000
    if len(asked.bare) < 4:
        return 0.0
    if _is_part(asked, known):
        return 1.0
    ratio = max(fuzz.ratio(asked.solid, known.solid), fuzz.ratio(asked.bare, known.bare)) / 100
    return ratio if ratio >= NEAR_ENOUGH else 0.0


def _is_part(asked: _Spelling, known: _Spelling) -> bool:
    """Tell whether it is part of a Hangul name, or whole words or five first letters of another."""
    if asked.bare >= FIRST_HANGUL_LETTER:
        return asked.bare in known.bare
    part = asked.bare_words.rstrip() if len(asked.bare) >= 5 else asked.bare_words
    return part in known.bare_words


# Distances


@cache
def _points() -> tuple[tuple[float, float, Region], ...]:
    places = (*_regions("ID").values(), *_regions("KR").values())
    return tuple(
        (place.lat, place.lon, place) for place in places if place.lat is not None and place.lon is not None
    )


def _distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """The great-circle distance of two points in degrees (haversine)."""
    north, other_north = math.radians(lat), math.radians(other_lat)
    along = math.sin((other_north - north) / 2) ** 2
    across = math.sin(math.radians(other_lon - lon) / 2) ** 2
    haversine = along + math.cos(north) * math.cos(other_north) * across
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(haversine))
