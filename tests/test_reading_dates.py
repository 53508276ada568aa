"""Days as people type them; the clock stands at Wednesday, 18 November 2026."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import Unreadable
from flows.reading.dates import Direction, read_date
from locales.formats import show_date, show_short_date
from locales.language import LANGUAGES, Language

TODAY = date(2026, 11, 18)
SATURDAY = "2026-11-21"

DAYS: dict[Language, dict[str, str]] = {
    "id": {
        "21/11/2026": SATURDAY,
        "21-11-2026": SATURDAY,
        "21.11.2026": SATURDAY,
        "21/11/26": SATURDAY,
        "21 11 2026": SATURDAY,
        "2026-11-21": SATURDAY,
        "20261121": SATURDAY,
        "11/21/2026": SATURDAY,
        "21/11": SATURDAY,
        "5/3": "2027-03-05",
        "21 Nov 2026": SATURDAY,
        "21Nov2026": SATURDAY,
        "21 nov '26": SATURDAY,
        "21 Nopember": SATURDAY,
        "21 novmber 2026": SATURDAY,
        "tgl 21 Nov": SATURDAY,
        "31 Agu 2027": "2027-08-31",
        "Sabtu, 21 November 2026": SATURDAY,
        "Minggu, 22 November 2026": "2026-11-22",
        "hari ini": "2026-11-18",
        "besok": "2026-11-19",
        "besok, kamis": "2026-11-19",
        "lusa": "2026-11-20",
        "kemarin": "2026-11-17",
        "3 hari lagi": SATURDAY,
        "3 hari ke depan": SATURDAY,
        "dua minggu lagi": "2026-12-02",
        "3 hari yang lalu": "2026-11-15",
        "minggu depan": "2026-11-25",
        "senin minggu depan": "2026-11-23",
        "hari Jumat": "2026-11-20",
        "Jum'at": "2026-11-20",
        "jumat depan": "2026-11-27",
        "Sabtu ini": SATURDAY,
        "hari minggu": "2026-11-22",
        "rabu": "2026-11-25",
        "tgl 5": "2026-12-05",
        "tanggal 5 bulan depan": "2026-12-05",
        "12 Desember tahun depan": "2027-12-12",
        "29 Feb": "2028-02-29",
    },
    "ko": {
        "2026년 11월 21일": SATURDAY,
        "2026년 11월 21일 토요일": SATURDAY,
        "2026년 11월 21일(토)": SATURDAY,
        "26년 11월 21일": SATURDAY,
        "2026.11.21": SATURDAY,
        "2026. 11. 21.": SATURDAY,
        "26.11.21": SATURDAY,
        "11월 21일": SATURDAY,
        "11월21일에": SATURDAY,
        "11월 21일이요": SATURDAY,
        "11/21": SATURDAY,
        "21/11": SATURDAY,
        "12.25": "2026-12-25",
        "21일": SATURDAY,
        "오늘": "2026-11-18",
        "내일": "2026-11-19",
        "내일이요": "2026-11-19",
        "모레": "2026-11-20",
        "내일모레": "2026-11-20",
        "어제": "2026-11-17",
        "3일 후": SATURDAY,
        "2주 뒤": "2026-12-02",
        "금요일": "2026-11-20",
        "이번 주 금요일": "2026-11-20",
        "다음 주 월요일": "2026-11-23",
        "다음주 월요일": "2026-11-23",
        "담주 금": "2026-11-27",
        "다음 주": "2026-11-25",
        "다다음주 월요일": "2026-11-30",
        "다음 달 5일": "2026-12-05",
        "내년 3월 2일": "2027-03-02",
    },
    "en": {
        "21 November 2026": SATURDAY,
        "Saturday, 21 November 2026": SATURDAY,
        "Nov 21, 2026": SATURDAY,
        "November 21st": SATURDAY,
        "the 21st": SATURDAY,
        "21st of November 2026": SATURDAY,
        "1/2/2027": "2027-02-01",
        "today": "2026-11-18",
        "tomorrow": "2026-11-19",
        "day after tomorrow": "2026-11-20",
        "in 3 days": SATURDAY,
        "2 weeks from now": "2026-12-02",
        "friday": "2026-11-20",
        "this friday": "2026-11-20",
        "next monday": "2026-11-23",
        "next week": "2026-11-25",
        "5th of next month": "2026-12-05",
        "besok": "2026-11-19",
        "내일": "2026-11-19",
    },
}


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [(language, typed, meant) for language, cases in DAYS.items() for typed, meant in cases.items()],
)
def test_days(language: Language, typed: str, meant: str) -> None:
    assert read_date(typed, language, TODAY) == date.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("21 nov", "2025-11-21"), ("jumat", "2026-11-13"), ("29 feb", "2024-02-29"), ("tgl 20", "2026-10-20")],
)
def test_what_is_left_open_may_lie_in_the_past(typed: str, meant: str) -> None:
    assert read_date(typed, "id", TODAY, prefer="past") == date.fromisoformat(meant)


@pytest.mark.parametrize(
    ("language", "typed", "why"),
    [
        ("id", "", "could not read that as a date"),
        ("id", "saya tidak tahu", "could not read that as a date"),
        ("id", "21", "could not read that as a date"),
        ("id", "2026", "could not read that as a date"),
        ("id", "1/1/20260", "could not read that as a date"),
        ("id", "21 Nov jam 10", "could not read that as a date"),
        ("id", "senin atau selasa", "could not read that as a date"),
        ("id", "21 nov 22 des", "could not read that as a date"),
        ("id", "0812-3456-7890", "could not read that as a date"),
        ("id", "besok " * 20, "could not read that as a date"),
        ("id", "bulan depan", "Which day"),
        ("id", "November 2026", "Which day"),
        ("ko", "이번 주", "Which day"),
        ("id", "5 minggu depan", "could not read that as a date"),
        ("id", "tgl 5 minggu depan", "Which month"),
        ("id", "31 November", "not in the calendar"),
        ("id", "29/2/2027", "not in the calendar"),
        ("id", "45/45/2026", "not in the calendar"),
        ("id", "17 Agustus 1845", "year {year} looks wrong"),
        ("id", "Jumat, 21 November 2026", "weekday does not fit"),
        ("id", "besok 25 november", "two different dates"),
    ],
)
def test_what_is_no_date(language: Language, typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_date(typed, language, TODAY)
    assert why in refusal.value.words.key


def test_a_year_is_told_as_it_was_typed() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_date("1/1/9999", "id", TODAY)
    assert dict(refusal.value.words.values) == {"year": "9999"}


@pytest.mark.parametrize(
    ("typed", "earliest", "latest", "why"),
    [
        ("kemarin", TODAY, None, "already passed"),
        ("besok", date(2026, 12, 1), None, "too early"),
        ("besok", None, TODAY, "still to come"),
        ("1/1/2028", None, date(2027, 1, 1), "too late"),
    ],
)
def test_bounds(typed: str, earliest: date | None, latest: date | None, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_date(typed, "id", TODAY, earliest=earliest, latest=latest)
    assert why in refusal.value.words.key


def test_bounds_themselves_are_fine() -> None:
    assert read_date("hari ini", "id", TODAY, earliest=TODAY, latest=TODAY) == TODAY


dates = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@given(st.sampled_from(LANGUAGES), dates, dates)
def test_a_date_we_show_is_read_back(language: Language, day: date, today: date) -> None:
    assert read_date(show_date(day, language), language, today) == day
    assert read_date(show_short_date(day, language), language, today) == day
    assert read_date(day.isoformat(), language, today) == day


@given(dates, st.integers(0, 364), st.sampled_from(("future", "past")))
def test_a_day_without_its_year_is_the_nearest_one(today: date, away: int, prefer: Direction) -> None:
    day = today + timedelta(days=away if prefer == "future" else -away)
    if (day.month, day.day) == (2, 29):
        return
    assert read_date(f"{day.day}/{day.month}", "id", today, prefer=prefer) == day
