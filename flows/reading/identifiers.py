"""Numbers that authorities give: NIB and NPWP, 사업자등록번호 (BRN), HS codes, postal codes.

Only the Korean number has a check digit that is known for sure; a doubtful NPWP is taken with a doubt.
Numbers of persons (NIK, 주민등록번호) are never wanted, and who sends one is told so.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from flows.reading import Unreadable
from flows.reading.tidy import plain
from locales.words import Text, _, ngettext

LONGEST_ANSWER: Final = 100
NIB_DIGITS: Final = 13
NIK_DIGITS: Final = 16
NPWP_DIGITS: Final = (15, 16)
BRN_DIGITS: Final = 10
RESIDENT_DIGITS: Final = 13
BRN_WEIGHTS: Final = (1, 3, 7, 1, 3, 7, 1, 3, 5)
BRN_FIRST_OFFICE: Final = 101
HS_DIGITS: Final = (6, 8, 10)
HS_LAST_CHAPTER: Final = 97
HS_RESERVED_CHAPTER: Final = 77
POSTAL_DIGITS: Final = 5

LABEL: Final = re.compile(
    r"^\s*(?:(?:(?:no|nomor|nomer|number|kode|code|hs|nib|npwp|brn|pos|postal|zip|saya|kami|kita)(?![a-z])"
    r"|사업자등록번호|사업자번호|사업자|등록|우편번호|번호|코드)[ .:#]*)+",
    re.IGNORECASE,
)
SEPARATORS: Final = re.compile(r"[\s.\-–—/,]+")
WORDS_AFTER: Final = re.compile(r"\s*(?:입니다|이에요|예요|이요|요|ya|kak|pak|bu)?[.!]*$", re.IGNORECASE)


class Npwp(NamedTuple):
    """An NPWP's digits, and whether its check digit fits; where it does not, warn and take it."""

    digits: str
    plausible: bool


def read_nib(text: str) -> str:
    """Read an Indonesian business number (NIB): 13 digits, no known check digit. Raises `Unreadable`."""
    digits = _digits(
        text, _("A NIB has 13 digits and no letters. You find it on your NIB document from oss.go.id.")
    )
    if len(digits) == NIK_DIGITS:
        raise Unreadable(
            _(
                "That has 16 digits, as a NIK has. Please never send a NIK here. "
                "Your NIB has 13 digits; it is on the document from oss.go.id."
            )
        )
    if len(digits) == NPWP_DIGITS[0]:
        raise Unreadable(
            _("That has 15 digits, as an NPWP has. A NIB has 13; it is on the document from oss.go.id.")
        )
    if len(digits) != NIB_DIGITS:
        raise Unreadable(_count(digits, _("A NIB has 13 digits; please check it and send it again.")))
    _refuse_placeholder(digits)
    return digits


def read_brn(text: str) -> str:
    """Read a 사업자등록번호, check digit and all, and return it as 123-45-67890. Raises `Unreadable`."""
    digits = _digits(
        text, _("A business registration number has 10 digits and no letters, as in 123-45-67890.")
    )
    if len(digits) == RESIDENT_DIGITS:
        raise Unreadable(
            _(
                "That has 13 digits. Please never send a resident registration number here. "
                "A business registration number has 10, as in 123-45-67890."
            )
        )
    if len(digits) != BRN_DIGITS:
        raise Unreadable(
            _count(digits, _("A business registration number has 10 digits, as in 123-45-67890."))
        )
    if int(digits[:3]) < BRN_FIRST_OFFICE or not _fits_check_digit(digits):
        raise Unreadable(
            _(
                "One of the digits cannot be right. "
                "Please compare the number with your registration certificate."
            )
        )
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def _fits_check_digit(digits: str) -> bool:
    numbers = [int(digit) for digit in digits]
    total = (
        sum(weight * number for weight, number in zip(BRN_WEIGHTS, numbers, strict=False))
        + numbers[8] * 5 // 10
    )
    return (10 - total % 10) % 10 == numbers[9]


def read_npwp(text: str) -> Npwp:
    """Read an Indonesian tax number (NPWP) of 15 or 16 digits. Raises `Unreadable`.

    The first 9 of 15 digits, and the first 10 of 16 that begin with 0, end in a Luhn check digit. Any other
    number of 16 is most often a person's NIK: not plausible, and `looks_like_nik` tells.
    """
    digits = _digits(text, _("An NPWP has 15 or 16 digits and no letters. Please send the digits only."))
    if len(digits) not in NPWP_DIGITS:
        raise Unreadable(_count(digits, _("An NPWP has 15 or 16 digits; please check it and send it again.")))
    _refuse_placeholder(digits)
    body = digits if len(digits) == NPWP_DIGITS[0] else digits[1:]
    return Npwp(digits, (len(digits) == NPWP_DIGITS[0] or digits[0] == "0") and _fits_luhn(body[:9]))


def looks_like_nik(digits: str) -> bool:
    """Tell whether digits have the shape of a NIK: 16, with a birthday inside, 40 added to a woman's day."""
    if not re.fullmatch(r"[1-9]\d{15}", digits, re.ASCII):
        return False
    day, month = int(digits[6:8]), int(digits[8:10])
    return (1 <= day <= 31 or 41 <= day <= 71) and 1 <= month <= 12


def _fits_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def read_hs(text: str) -> str:
    """Read an HS code of 6 digits, 8 as in Indonesia or 10 as in Korea. Raises `Unreadable`."""
    digits = _digits(
        text,
        _("An HS code has only digits, as in 0901.21. If you do not know it, please say so to our staff."),
    )
    if len(digits) not in HS_DIGITS:
        raise Unreadable(
            _count(digits, _("An HS code has 6, 8 or 10, as in 0901.21. A zero in front counts."))
        )
    chapter = int(digits[:2])
    if not 1 <= chapter <= HS_LAST_CHAPTER or chapter == HS_RESERVED_CHAPTER:
        raise Unreadable(
            _("There is no HS chapter {chapter}. Please check the first two digits.", chapter=digits[:2])
        )
    return digits


def read_postal(text: str) -> str:
    """Read a postal code: 5 digits in Indonesia, and in Korea since 2015. Raises `Unreadable`."""
    digits = _digits(text, _("A postal code has 5 digits and no letters. Please send the digits only."))
    if len(digits) != POSTAL_DIGITS:
        raise Unreadable(
            _count(digits, _("A postal code has 5 digits in Indonesia and in Korea. Please check it."))
        )
    if not int(digits):
        raise Unreadable(_("That is not a postal code. Please send the real one."))
    return digits


def _digits(text: str, letters: Text) -> str:
    """Take the digits of an answer that has nothing else of weight; raises `Unreadable` with `letters`."""
    said = plain(text)
    if len(said) > LONGEST_ANSWER:
        raise Unreadable(letters)
    digits = SEPARATORS.sub("", WORDS_AFTER.sub("", LABEL.sub("", said)))
    if not re.fullmatch(r"\d+", digits, re.ASCII):
        raise Unreadable(letters)
    return digits


def _count(digits: str, rule: Text) -> Text:
    return ngettext("I count {count} digit. {rule}", "I count {count} digits. {rule}", len(digits), rule=rule)


def _refuse_placeholder(digits: str) -> None:
    if len(set(digits)) == 1:
        raise Unreadable(_("That is the same digit again and again. Please send the real number."))
