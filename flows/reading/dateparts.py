"""What the words of a date say, before a calendar is asked: "Sabtu 21 Nov", "다음 주 월요일", "in 3 days"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rapidfuzz.distance import OSA

from flows.reading.datewords import COUNTS, DAYS_AWAY, FILLERS, KOREAN_WEEKDAYS, MONTHS, SPANS, WEEKDAYS
from locales.language import Language

Order: TypeAlias = tuple[int | None, int, int]
"""Year, month and day, as a numeric date may mean them."""


@dataclass(frozen=True)
class DateParts:
    """What was said of a day; what was not said is None.

    `days`, `weeks`, `months` and `years` count from now. `orders` is what a numeric date may mean, likeliest
    first, without its year if it had none.
    """

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    days: int | None = None
    weeks: int | None = None
    months: int | None = None
    years: int | None = None
    orders: tuple[Order, ...] = ()


SHORTEST_TYPO: Final = 5
CENTURY_TURNS: Final = 70
"""Two-digit years below this one are of the 2000s."""


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _word(alternatives: str) -> str:
    return rf"(?<![^\W\d_])(?:{alternatives})(?![^\W\d_])"


def _offset(latin: str, korean: str) -> str:
    return f"{_word(latin)}|{korean}"


Reader: TypeAlias = Callable[[DateParts, re.Match[str]], DateParts]

_COUNT = rf"(?P<count>\d{{1,3}}|{_any_of(COUNTS)}) ?(?P<span>{_any_of(SPANS)})"
_WEEK, _MONTH, _YEAR = "(?<!hari )(?:minggu|mgg|pekan)", "(?:bulan|bln)", "(?:tahun|thn)"


def _counted(found: re.Match[str]) -> int:
    return int(COUNTS.get(found["count"]) or found["count"]) * SPANS[found["span"]]


_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    (
        _word(rf"{_COUNT} (?:lagi|ke ?depan|from now|mendatang|later)"),
        lambda parts, said: replace(parts, days=_counted(said)),
    ),
    (_word(rf"in {_COUNT}"), lambda parts, said: replace(parts, days=_counted(said))),
    (rf"{_COUNT} ?(?:후|뒤)에?", lambda parts, said: replace(parts, days=_counted(said))),
    (_word(rf"{_COUNT} (?:yang lalu|lalu|ago)"), lambda parts, said: replace(parts, days=-_counted(said))),
    (rf"{_COUNT} ?전에?", lambda parts, said: replace(parts, days=-_counted(said))),
    (r"다다음 ?주|다담주", lambda parts, _: replace(parts, weeks=2)),
    (
        _offset(f"{_WEEK} (?:depan|dpn)|next week", "다음 ?주|담주|차주"),
        lambda parts, _: replace(parts, weeks=1),
    ),
    (_offset(f"{_WEEK} ini|this week", "이번 ?주|금주"), lambda parts, _: replace(parts, weeks=0)),
    (_offset(f"{_WEEK} (?:lalu|kemarin)|last week", "지난 ?주"), lambda parts, _: replace(parts, weeks=-1)),
    (_offset(f"{_MONTH} (?:depan|dpn)|next month", "다음 ?달"), lambda parts, _: replace(parts, months=1)),
    (_offset(f"{_MONTH} ini|this month", "이번 ?달"), lambda parts, _: replace(parts, months=0)),
    (
        _offset(f"{_MONTH} (?:lalu|kemarin)|last month", "지난 ?달"),
        lambda parts, _: replace(parts, months=-1),
    ),
    (_offset(f"{_YEAR} (?:depan|dpn)|next year", "내년"), lambda parts, _: replace(parts, years=1)),
    (_offset(f"{_YEAR} ini|this year", "올해"), lambda parts, _: replace(parts, years=0)),
    (_offset(f"{_YEAR} (?:lalu|kemarin)|last year", "작년"), lambda parts, _: replace(parts, years=-1)),
    (_word(_any_of(DAYS_AWAY)), lambda parts, said: replace(parts, days=DAYS_AWAY[said[0]])),
    (_word(_any_of(WEEKDAYS)), lambda parts, said: replace(parts, weekday=WEEKDAYS[said[0]])),
    (
        rf"(?<!\w)[{KOREAN_WEEKDAYS}](?!\w)",
        lambda parts, said: replace(parts, weekday=KOREAN_WEEKDAYS.index(said[0])),
    ),
    (r"(?<!\d)(\d{4}|\d{2})년", lambda parts, said: replace(parts, year=full_year(int(said[1])))),
    (r"(?<!\d)(\d{1,2})월", lambda parts, said: replace(parts, month=int(said[1]))),
    (r"(?<!\d)(\d{1,2})일", lambda parts, said: replace(parts, day=int(said[1]))),
    (r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)(?![^\W_])", lambda parts, said: replace(parts, day=int(said[1]))),
    (_word(_any_of(MONTHS)), lambda parts, said: replace(parts, month=MONTHS[said[0]])),
    (_word("depan|dpn|next|coming|다음"), lambda parts, _: replace(parts, weeks=1)),
    (_word("ini|this|이번"), lambda parts, _: replace(parts, weeks=0)),
    (_word("lalu|last|지난"), lambda parts, _: replace(parts, weeks=-1)),
)
"""Patterns of what may be said, each read once and cut out; later ones see only what is left."""
_PATTERNS: Final = tuple((re.compile(pattern), read) for pattern, read in _READERS)

NUMERIC: Final = re.compile(r"(\d{1,4})[ /.-]+(\d{1,2})(?:[ /.-]+(\d{1,4}))?")
KOREAN_ENDING: Final = re.compile(r"(?<=[가-힣])(?:입니다|이에요|예요|이요|요|에)\W*$")
TOGETHER: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
DAY_FOLLOWS: Final = re.compile(_word("tanggal|tgl|the|bulan|bln"))
"""Words without which a lone number is no day."""


def read_parts(said: str, language: Language) -> DateParts | None:
    """Read a plain, casefolded text; None when some of it says nothing about a date."""
    parts = DateParts()
    said = KOREAN_ENDING.sub("", said)
    rest = " ".join(re.sub(r"[,;!?()\"“”]|(?<=[^\W\d_])\.", " ", _mend_months(said)).split())
    for pattern, read in _PATTERNS:
        found = pattern.search(rest)
        if found:
            parts = read(parts, found)
            rest = " ".join(f"{rest[: found.start()]} {rest[found.end() :]}".split())
    left = " ".join(word for word in rest.split() if word not in FILLERS).strip(" ./-")
    return _read_numbers(parts, left, said, language) if left else parts


def _mend_months(said: str) -> str:
    """Put right a month's name with one slip in it: "novmber"."""

    def mend(found: re.Match[str]) -> str:
        word = found[0]
        if len(word) < SHORTEST_TYPO or word in MONTHS or word in WEEKDAYS:
            return word
        near = [name for name in MONTHS if len(name) >= SHORTEST_TYPO and OSA.distance(word, name) <= 1]
        return near[0] if len({MONTHS[name] for name in near}) == 1 else word

    return re.sub(r"[a-z]+", mend, said)


def _read_numbers(parts: DateParts, left: str, said: str, language: Language) -> DateParts | None:
    """Read the digits no word explained."""
    if parts.month is not None or parts.day is not None or parts.days is not None:
        return _read_beside_month(parts, left)
    together = TOGETHER.fullmatch(left)
    if together:
        return replace(parts, orders=((int(together[1]), int(together[2]), int(together[3])),))
    if left.isdecimal() and len(left) <= 2:
        return replace(parts, day=int(left)) if DAY_FOLLOWS.search(said) else None
    numeric = NUMERIC.fullmatch(left)
    return replace(parts, orders=_orders(*numeric.groups(), language=language)) if numeric else None


def _read_beside_month(parts: DateParts, left: str) -> DateParts | None:
    """Read the day and the year that stand around a month's name."""
    numbers = re.fullmatch(r"(\d{1,4})?[ ./-]*['’]?(\d{4}|\d{2})?", left)
    if numbers is None:
        return None
    for written in filter(None, numbers.groups()):
        if parts.day is None and len(written) <= 2:
            parts = replace(parts, day=int(written))
        elif parts.year is None and len(written) in {2, 4}:
            parts = replace(parts, year=full_year(int(written)))
        else:
            return None
    return parts


def _orders(first: str, second: str, third: str | None, *, language: Language) -> tuple[Order, ...]:
    """List what three numbers may mean, or two: day first, in Korean year or month first."""
    one, two = int(first), int(second)
    if third is None:
        month_and_day: tuple[Order, ...] = ((None, two, one), (None, one, two))
        return month_and_day[::-1] if language == "ko" else month_and_day
    if len(first) > 2:
        return ((one, two, int(third)),)
    year = full_year(int(third))
    day_first: tuple[Order, ...] = ((year, two, one), (year, one, two))
    if len(third) > 2:
        return day_first
    year_first: tuple[Order, ...] = ((full_year(one), two, int(third)),)
    return year_first + day_first if language == "ko" else day_first + year_first


def full_year(year: int) -> int:
    """Complete a year of two digits: 26 is 2026, 98 is 1998."""
    if year >= 100:
        return year
    return year + (2000 if year < CENTURY_TURNS else 1900)
