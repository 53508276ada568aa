"""Days as people type them: 21/11/2026, 21 Nov, 11월 21일, besok, 다음 주 월요일, next monday."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from flows.reading import Unreadable
from flows.reading.dateparts import DateParts, read_parts
from flows.reading.tidy import plain
from locales.language import Language
from locales.words import _

Direction: TypeAlias = Literal["future", "past"]

LONGEST_ANSWER: Final = 60
EXAMPLE_AHEAD: Final = timedelta(days=7)
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
YEARS_TO_A_LEAP_DAY: Final = 8


def read_date(
    text: str,
    language: Language,
    today: date,
    *,
    earliest: date | None = None,
    latest: date | None = None,
    prefer: Direction = "future",
) -> date:
    """Read one day; what it leaves open (year, month, week) is filled in towards the future or the past.

    A weekday alone is never today. 1/2 is the first of February, in Korean the second of January.
    Raises `Unreadable`.
    """
    said = plain(text).casefold()
    parts = read_parts(said, language) if len(said) <= LONGEST_ANSWER else None
    if parts is None or parts == DateParts():
        raise Unreadable(
            _(
                "I could not read that as a date. "
                "Please send the day, the month and the year, for example {day}.",
                day=today + EXAMPLE_AHEAD,
            )
        )
    day = _resolve(parts, today, prefer)
    _check_weekday(parts, day)
    _check_bounds(day, today, earliest, latest)
    return day


def _resolve(parts: DateParts, today: date, prefer: Direction) -> date:
    if parts.days is not None:
        return _days_away(parts, today + timedelta(days=parts.days), today, prefer)
    if parts.orders:
        return _first_possible(parts.orders, today, prefer)
    if parts.day is not None:
        return _day_of_month(parts, parts.day, today, prefer)
    if parts.month is None and parts.months is None and parts.years is None and parts.year is None:
        if parts.weekday is not None:
            return _weekday(parts.weekday, parts.weeks, today, prefer)
        if parts.weeks:
            return today + timedelta(weeks=parts.weeks)
    raise Unreadable(
        _("Which day exactly? Please send the day too, for example {day}.", day=today + EXAMPLE_AHEAD)
    )


def _days_away(parts: DateParts, day: date, today: date, prefer: Direction) -> date:
    """Take a day so far from today, if whatever else was said names the same one."""
    besides = replace(parts, days=None, weekday=None)
    if besides != DateParts() and _resolve(besides, today, prefer) != day:
        raise Unreadable(_("I read two different dates there. Please send just one."))
    return day


def _day_of_month(parts: DateParts, day: int, today: date, prefer: Direction) -> date:
    year = parts.year if parts.years is None else today.year + parts.years
    month = parts.month
    if month is None and parts.months is not None:
        months = today.year * 12 + today.month - 1 + parts.months
        year, month = months // 12, months % 12 + 1
    if month is None and (year is not None or parts.weeks is not None):
        raise Unreadable(_("Which month is that? Please send the day, the month and the year."))
    return _first_possible(((year, month, day),), today, prefer)


def _weekday(weekday: int, weeks: int | None, today: date, prefer: Direction) -> date:
    if weeks is not None:
        return today + timedelta(days=weekday - today.weekday(), weeks=weeks)
    if prefer == "past":
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _first_possible(
    orders: tuple[tuple[int | None, int | None, int], ...], today: date, prefer: Direction
) -> date:
    """Find the day the likeliest order makes that the calendar has."""
    for year, month, day in orders:
        if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
            raise Unreadable(
                _("The year {year} looks wrong. Please check it and send the date again.", year=str(year))
            )
        for found in _days(year, month, day, today, prefer):
            return found
    raise Unreadable(_("That day is not in the calendar. Please check the day and the month."))


def _days(year: int | None, month: int | None, day: int, today: date, prefer: Direction) -> Iterator[date]:
    """Go through the days meant, nearest first."""
    step = 1 if prefer == "future" else -1
    years = (
        [year]
        if year is not None
        else [today.year + step * ahead for ahead in range(YEARS_TO_A_LEAP_DAY + 1)]
    )
    months = [month] if month is not None else list(range(1, 13))[::step]
    for each_year in years:
        for each_month in months:
            try:
                found = date(each_year, each_month, day)
            except ValueError:
                continue
            if year is not None or (found - today).days * step >= 0:
                yield found


def _check_weekday(parts: DateParts, day: date) -> None:
    if parts.weekday is not None and parts.weekday != day.weekday():
        raise Unreadable(
            _("The weekday does not fit: that date is {day}. Please send the date you mean.", day=day)
        )


def _check_bounds(day: date, today: date, earliest: date | None, latest: date | None) -> None:
    if earliest is not None and day < earliest:
        if day < today <= earliest:
            raise Unreadable(
                _(
                    "{day} has already passed. Please send a date from {earliest} on.",
                    day=day,
                    earliest=earliest,
                )
            )
        raise Unreadable(
            _("{day} is too early. Please send a date from {earliest} on.", day=day, earliest=earliest)
        )
    if latest is not None and day > latest:
        if latest <= today < day:
            raise Unreadable(
                _("{day} is still to come. Please send a date up to {latest}.", day=day, latest=latest)
            )
        raise Unreadable(_("{day} is too late. Please send a date up to {latest}.", day=day, latest=latest))
