"""How numbers, money, days and times are written in each language.

The patterns are our own, so that what people see does not change with the locale data: rupiah and won have no
cents anywhere, compact numbers keep one decimal, and every time names its zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from locales.language import Language

Zone: TypeAlias = tzinfo | str
"""A time zone, or its IANA name."""

SYMBOLS: Final[Mapping[str, str]] = {
    "IDR": "Rp",
    "KRW": "₩",
    "USD": "US$",
    "SGD": "S$",
    "MYR": "RM",
    "EUR": "€",
    "GBP": "£",
    "JPY": "JP¥",
    "CNY": "CN¥",
}
"""What stands before an amount; a currency not listed stands there with its ISO 4217 code."""

WITHOUT_CENTS: Final = frozenset({"IDR", "KRW", "JPY", "VND"})
"""Currencies whose smallest unit in use is the whole one."""

COMPACT: Final[Mapping[Language, tuple[tuple[int, str], ...]]] = {
    "id": ((10**3, " ribu"), (10**6, " juta"), (10**9, " miliar"), (10**12, " triliun")),
    "ko": ((10**4, "만"), (10**8, "억"), (10**12, "조")),
    "en": ((10**6, " million"), (10**9, " billion"), (10**12, " trillion")),
}
"""The words for large units, smallest first."""

LONG_DATE: Final[Mapping[Language, str]] = {
    "id": "EEEE, d MMMM y",
    "ko": "y년 M월 d일 EEEE",
    "en": "EEEE, d MMMM y",
}
SHORT_DATE: Final[Mapping[Language, str]] = {"id": "d MMM y", "ko": "y. M. d.", "en": "d MMM y"}
DATE_AND_TIME: Final[Mapping[Language, str]] = {
    "id": "{date}, {time} {zone}",
    "ko": "{date} {time} {zone}",
    "en": "{date}, {time} {zone}",
}

ZONES: Final[Mapping[str, str]] = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
    "Asia/Seoul": "KST",
    "ROK": "KST",
}
"""What people in Indonesia and Korea call their zones; locale data has no such short names."""


@dataclass(frozen=True)
class Money:
    """An amount in a currency, named by its ISO 4217 code."""

    amount: Decimal
    currency: str


def show_number(number: int | Decimal, language: Language) -> str:
    """Write a number in full with its separators: 1.234,5 or 1,234.5."""
    if isinstance(number, int) and 0 <= number < 1000:  # Babel takes fifty times as long
        return str(number)
    return format_decimal(number, "#,##0.###", locale=language, decimal_quantization=False)


def show_compact(number: int | Decimal, language: Language) -> str:
    """Write a large number short, to one decimal: 1,5 juta, 150만, 1.5 million; a small one as it is."""
    size = rounded = abs(Decimal(number))
    shown = show_number(number, language)
    for unit, word in COMPACT[language]:
        if rounded >= unit:
            units = (size / unit).quantize(Decimal("0.1"), ROUND_HALF_UP)
            rounded = units * unit
            shown = show_number(units.copy_sign(Decimal(number)), language) + word
    return shown


def show_money(money: Money, language: Language) -> str:
    """Write an amount with its currency: Rp1.500.000, US$2.50, 1,500,000원.

    Fractions of a cent are shown to four decimals, as three would look like thousands.
    """
    amount = format_decimal(abs(money.amount), _money_pattern(money), locale=language)
    sign = "-" if money.amount < 0 else ""
    if language == "ko" and money.currency == "KRW":
        return f"{sign}{amount}원"
    return f"{sign}{SYMBOLS.get(money.currency, money.currency + chr(0xA0))}{amount}"


def _money_pattern(money: Money) -> str:
    if money.currency in WITHOUT_CENTS:
        return "#,##0"
    return "#,##0.00" if money.amount == round(money.amount, 2) else "#,##0.0000"


def show_date(day: date, language: Language) -> str:
    """Write a day in full with its weekday."""
    return format_date(day, LONG_DATE[language], locale=language)


def show_short_date(day: date, language: Language) -> str:
    """Write a day short, for lists."""
    return format_date(day, SHORT_DATE[language], locale=language)


def show_time(moment: time | datetime, language: Language) -> str:
    """Write a time of day as hours and minutes, as its own clock shows it."""
    clock = moment.time() if isinstance(moment, datetime) else moment.replace(tzinfo=None)
    return format_time(clock, "HH:mm", locale=language)


def show_datetime(moment: datetime, language: Language, zone: Zone | None = None) -> str:
    """Write a moment with weekday, date, time and the name of its zone.

    Without `zone` the moment is shown on its own clock. Raises `ValueError` for a moment that has none.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment shown to people needs a time zone")
    local = moment if zone is None else moment.astimezone(_zone(zone))
    return DATE_AND_TIME[language].format(
        date=show_date(local.date(), language),
        time=show_time(local, language),
        zone=zone_name(local.tzinfo or moment.tzinfo, local),
    )


def zone_name(zone: Zone, at: datetime | None = None) -> str:
    """Name a zone as its people do (WIB, WITA, WIT, KST); others by their distance from UTC `at` a moment."""
    place = _zone(zone)
    known = ZONES.get(str(getattr(place, "key", "")))
    if known:
        return known
    offset = place.utcoffset((at or datetime(2000, 1, 1)).replace(tzinfo=None))  # noqa: DTZ001 - on the zone's own clock
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")


def _zone(zone: Zone) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
