"""Phone numbers as people type them: 0812…, 62 812…, +62 (0)812…, 010-…, 82 10 …, 070-…"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from flows.reading import Unreadable
from flows.reading.tidy import plain
from locales.regions import Country
from locales.words import _

CODES: Final[dict[Country, str]] = {"ID": "62", "KR": "82"}
LONGEST_ANSWER: Final = 120
FEWEST_DIGITS: Final = 7
MOST_DIGITS: Final = 15
"""The most an international number has (E.164), its country code included."""

LENGTHS: Final = {"08": (10, 13), "010": (11, 11)}
"""Fewest and most digits of mobile numbers, as they begin in their own country."""

NUMBER: Final = re.compile(r"\+?[\d(][\d ().\-–—·/]*\d|\d")
SEVERAL: Final = re.compile(r"/| - |[,;&]|(?<!\w)(?:atau|or|dan|and|또는)(?!\w)")
EXTENSION: Final = re.compile(r"\d\s*(?:ext\.?|extension|ekst\.?|pes\.?|내선|#|x)\s*\d{1,6}\b", re.IGNORECASE)
AREAS: Final[tuple[tuple[re.Pattern[str], Country], ...]] = (
    (re.compile(r"\(?02[ ).-]"), "KR"),
    (re.compile(r"\(?02\d{1,2}[ ).-]"), "ID"),
)
"""Area codes set apart: 02 is Seoul, 021 Jakarta; run together they cannot be told apart."""
INDONESIAN_MOBILE: Final = re.compile(r"08[1-9]\d{6,10}")
KOREAN_MOBILE: Final = re.compile(r"\+8210\d{8}")
"""The library takes one digit fewer, too, which no mobile number has had since 010 began."""
KOREAN_MOBILE_ABROAD: Final = re.compile(r"0?8210\d{8}")


def read_phone(text: str, country: Country | None) -> str:
    """Read a number and return it as E.164; one without a country code belongs to `country`, if it can.

    Digits that begin with 62 or 82 are first read as if they had their plus, as WhatsApp gives numbers: with
    a country they would become a valid number of somebody else. Raises `Unreadable`.
    """
    said = plain(text)
    if EXTENSION.search(said):
        raise Unreadable(_("I cannot call an extension. Please send a direct number, best a mobile one."))
    written = _find(said)
    digits = re.sub(r"\D", "", written)
    country = next((where for area, where in AREAS if area.match(written)), country)
    for reading in _readings("+" + digits if written.startswith("+") else digits, country):
        if reading is not None:
            return reading
    raise _why_not(written.startswith("+"), digits, country)


def show_phone(phone: str) -> str:
    """Write an E.164 number in groups, +62 812-3456-7890; what is none is left as it is."""
    number = _parse(phone, None)
    return phone if number is None else phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _find(said: str) -> str:
    """Find the one number in an answer."""
    found = [each[0] for each in NUMBER.finditer(said)] if len(said) <= LONGEST_ANSWER else []
    if not found:
        raise Unreadable(_("I could not find a phone number there. Please send it in digits."))
    pieces = [re.sub(r"[^\d+]", "", piece) for piece in SEVERAL.split(said)]
    if sum(len(piece) >= FEWEST_DIGITS for piece in pieces) > 1:
        raise Unreadable(_("I found more than one phone number there. Please send just one."))
    if len(found) > 1:
        raise Unreadable(_("There is something else among the digits. Please send only the phone number."))
    return found[0]


def _readings(number: str, country: Country | None) -> Iterator[str | None]:
    """Try what a number may mean, likeliest first."""
    if number.startswith("+"):
        yield _valid(number, None)
        return
    if number.startswith("00"):
        yield _valid("+" + number.lstrip("0"), None)
    if KOREAN_MOBILE_ABROAD.fullmatch(number) and (country == "KR" or number.startswith("82")):
        yield _valid("+" + number.removeprefix("0"), None)
    if number.startswith(tuple(CODES.values())):
        abroad = _valid("+" + number, None)
        if country == "ID" and not number.startswith(("62", "8210")):
            abroad = _in_doubt(abroad, _valid(number, "ID"))
        yield abroad
    if number.startswith(("62", "8210")):
        return
    if INDONESIAN_MOBILE.fullmatch(number):
        yield _valid(number, "ID")
    if country is not None:
        yield _valid(number, country)
    if number.startswith("0"):
        yield _only_valid(number)


def _in_doubt(korean: str | None, indonesian: str | None) -> str | None:
    """Choose between 82 as Korea's code and as the start of a mobile number whose 0 was left out."""
    if korean and indonesian:
        raise Unreadable(
            _("Is that number from Indonesia or from Korea? Please send it again with +62 or +82 in front.")
        )
    return korean or indonesian


def _only_valid(number: str) -> str | None:
    """Read a national number whose country nobody named, if it can belong to one country only."""
    found = {reading for each in CODES if (reading := _valid(number, each))}
    return found.pop() if len(found) == 1 else None


def _parse(number: str, country: Country | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, country)
    except NumberParseException:
        return None


def _valid(number: str, country: Country | None) -> str | None:
    parsed = _parse(number, country)
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        return None
    phone = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    return None if phone.startswith("+8210") and not KOREAN_MOBILE.fullmatch(phone) else phone


def _why_not(international: bool, digits: str, country: Country | None) -> Unreadable:
    abroad = international or digits.startswith(tuple(CODES.values()))
    parsed = _parse("+" + digits, None) if abroad else _parse(digits, country)
    length = None if parsed is None else phonenumbers.is_possible_number_with_reason(parsed)
    fewest, most = next(
        (each for start, each in LENGTHS.items() if digits.startswith(start)), (FEWEST_DIGITS, MOST_DIGITS)
    )
    if len(digits) < fewest or length == ValidationResult.TOO_SHORT:
        return Unreadable(_("That phone number is too short. Please check whether some digits are missing."))
    if len(digits) > most or length == ValidationResult.TOO_LONG:
        return Unreadable(_("That phone number is too long. Please check whether it has digits too many."))
    if parsed is None and international:
        return Unreadable(_("I do not know that country code. Please check the digits after the plus sign."))
    if parsed is None:
        return Unreadable(
            _("Which country is that number from? Please send it with its code, for example +62 or +82.")
        )
    return Unreadable(
        _("That number does not exist. Please check its digits, and begin with + if it is from abroad.")
    )
