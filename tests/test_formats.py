"""Numbers, money, days and times, written for each language."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from locales.formats import (
    Money,
    show_compact,
    show_date,
    show_datetime,
    show_money,
    show_number,
    show_short_date,
    show_time,
    zone_name,
)
from locales.language import LANGUAGES, Language

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [
        ("id", 1500, "1.500"),
        ("id", Decimal("1234.50"), "1.234,5"),
        ("ko", 1500000, "1,500,000"),
        ("en", Decimal("-0.125"), "-0.125"),
        ("en", Decimal("2.00"), "2"),
        ("en", Decimal("1.23456"), "1.23456"),
    ],
)
def test_numbers(language: Language, number: int | Decimal, shown: str) -> None:
    assert show_number(number, language) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1500000", "IDR", {"id": "Rp1.500.000", "ko": "Rp1,500,000", "en": "Rp1,500,000"}),
        ("1500000", "KRW", {"id": "₩1.500.000", "ko": "1,500,000원", "en": "₩1,500,000"}),
        ("2.5", "USD", {"id": "US$2,50", "ko": "US$2.50", "en": "US$2.50"}),
        ("0.125", "USD", {"id": "US$0,1250", "ko": "US$0.1250", "en": "US$0.1250"}),
        ("-3", "SGD", {"id": "-S$3,00", "ko": "-S$3.00", "en": "-S$3.00"}),
        ("500", "THB", {"id": "THB\xa0500,00", "ko": "THB\xa0500.00", "en": "THB\xa0500.00"}),
    ],
)
def test_money(amount: str, currency: str, shown: dict[Language, str]) -> None:
    money = Money(Decimal(amount), currency)
    assert {language: show_money(money, language) for language in LANGUAGES} == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (999, {"id": "999", "ko": "999", "en": "999"}),
        (1_500, {"id": "1,5 ribu", "ko": "1,500", "en": "1,500"}),
        (1_500_000, {"id": "1,5 juta", "ko": "150만", "en": "1.5 million"}),
        (150_000_000, {"id": "150 juta", "ko": "1.5억", "en": "150 million"}),
        (2_000_000_000, {"id": "2 miliar", "ko": "20억", "en": "2 billion"}),
        (3_400_000_000_000, {"id": "3,4 triliun", "ko": "3.4조", "en": "3.4 trillion"}),
        (-1_250_000, {"id": "-1,3 juta", "ko": "-125만", "en": "-1.3 million"}),
    ],
)
def test_compact_numbers(number: int, shown: dict[Language, str]) -> None:
    assert {language: show_compact(number, language) for language in LANGUAGES} == shown


def test_a_compact_number_that_rounds_up_is_said_in_the_next_unit() -> None:
    assert show_compact(999_960, "id") == "1 juta"
    assert show_compact(99_999_999, "ko") == "1억"
    assert show_compact(1_549_999, "id") == "1,5 juta"


def test_days() -> None:
    assert {language: show_date(DAY, language) for language in LANGUAGES} == {
        "id": "Sabtu, 21 November 2026",
        "ko": "2026년 11월 21일 토요일",
        "en": "Saturday, 21 November 2026",
    }
    assert {language: show_short_date(DAY, language) for language in LANGUAGES} == {
        "id": "21 Nov 2026",
        "ko": "2026. 11. 21.",
        "en": "21 Nov 2026",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_times_are_hours_and_minutes(language: Language) -> None:
    assert show_time(time(9, 5), language) == "09:05"
    assert show_time(datetime(2026, 11, 21, 17, 30, tzinfo=ZoneInfo("Asia/Seoul")), language) == "17:30"


def test_moments_name_their_zone() -> None:
    assert {language: show_datetime(MOMENT, language, "Asia/Jakarta") for language in LANGUAGES} == {
        "id": "Sabtu, 21 November 2026, 12:30 WIB",
        "ko": "2026년 11월 21일 토요일 12:30 WIB",
        "en": "Saturday, 21 November 2026, 12:30 WIB",
    }


def test_a_moment_without_a_zone_given_is_shown_on_its_own_clock() -> None:
    in_seoul = MOMENT.astimezone(ZoneInfo("Asia/Seoul"))
    assert show_datetime(in_seoul, "en") == "Saturday, 21 November 2026, 14:30 KST"
    assert show_datetime(MOMENT, "en") == "Saturday, 21 November 2026, 05:30 UTC"


def test_the_day_changes_with_the_zone() -> None:
    late = datetime(2026, 11, 21, 16, tzinfo=UTC)
    assert show_datetime(late, "en", ZoneInfo("Asia/Seoul")) == "Sunday, 22 November 2026, 01:00 KST"


def test_a_moment_without_any_zone_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="time zone"):
        show_datetime(datetime(2026, 11, 21, 5, 30), "id")  # noqa: DTZ001 - that is the mistake


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("Asia/Jakarta", "WIB"),
        ("Asia/Pontianak", "WIB"),
        ("Asia/Makassar", "WITA"),
        ("Asia/Jayapura", "WIT"),
        ("Asia/Seoul", "KST"),
        (ZoneInfo("Asia/Seoul"), "KST"),
        (UTC, "UTC"),
        (timezone(timedelta(hours=5, minutes=30)), "UTC+5:30"),
        (timezone(timedelta(hours=-9, minutes=-30)), "UTC-9:30"),
        ("Asia/Tokyo", "UTC+9"),
    ],
)
def test_zones_are_called_as_people_call_them(zone: str | ZoneInfo, name: str) -> None:
    assert zone_name(zone) == name


def test_a_zone_with_summer_time_is_named_for_the_moment() -> None:
    summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert show_datetime(summer, "en", "Europe/Berlin").endswith("14:00 UTC+2")
    assert show_datetime(MOMENT, "en", "Europe/Berlin").endswith("06:30 UTC+1")
