"""Numbers as people type them: 1.500, 1,5 jt, 2 rb, 3만, 1억 5천만, 50 kg, dua puluh."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, Literal, overload

from flows.reading import Unreadable
from flows.reading.amounts import find_amount
from flows.reading.tidy import plain
from locales.language import Language
from locales.words import _

NOTHING: Final = frozenset(
    {
        "tidak ada", "tdk ada", "gak ada", "ga ada", "nggak ada", "belum ada", "blm ada", "nihil", "kosong",
        "none", "nothing", "nobody", "no one",
        "없음", "없어요", "없습니다", "아직 없어요", "아직 없습니다",
    }
)  # fmt: skip
"""Whole answers that mean zero."""


@overload
def read_number(
    text: str,
    language: Language,
    *,
    least: int | Decimal | None = None,
    most: int | Decimal | None = None,
    whole: Literal[True] = True,
) -> int: ...


@overload
def read_number(
    text: str,
    language: Language,
    *,
    least: int | Decimal | None = None,
    most: int | Decimal | None = None,
    whole: Literal[False],
) -> Decimal: ...


def read_number(
    text: str,
    language: Language,
    *,
    least: int | Decimal | None = None,
    most: int | Decimal | None = None,
    whole: bool = True,
) -> int | Decimal:
    """Read one number, a unit after it or not; `language` settles what 1.500 means where both are possible.

    Raises `Unreadable`.
    """
    said = plain(text)
    if re.sub(r"[^\w ]", "", said).strip().casefold() in NOTHING:
        amount: Decimal | None = Decimal(0)
    else:
        amount = find_amount(
            said, language, {"M": 10**9 if language == "id" else 10**6, "m": 0}, thousands=whole
        )
    if amount is None:
        raise Unreadable(_("I could not find a number there. Please send it in digits, for example 50."))
    if whole and amount != int(amount):
        raise Unreadable(_("Please send a whole number, without a fraction."))
    number = int(amount) if whole else amount
    _check(number, least, most)
    return number


def _check(number: int | Decimal, least: int | Decimal | None, most: int | Decimal | None) -> None:
    too_small = least is not None and number < least
    too_large = most is not None and number > most
    if not (too_small or too_large):
        return
    if least is not None and most is not None:
        raise Unreadable(
            _(
                "I read {number}. Please send a number from {least} to {most}.",
                number=number,
                least=least,
                most=most,
            )
        )
    if least is not None:
        raise Unreadable(
            _("I read {number}. Please send a number that is at least {least}.", number=number, least=least)
        )
    assert most is not None
    raise Unreadable(
        _("I read {number}. Please send a number that is at most {most}.", number=number, most=most)
    )
