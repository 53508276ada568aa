"""Amounts of money as people type them: Rp 25.000, 25rb, USD 2.50, ₩15,000, 1만 5천원, 1.5억 원."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from flows.reading import Unreadable
from flows.reading.amounts import find_amount
from flows.reading.tidy import plain
from locales.formats import WITHOUT_CENTS, Money
from locales.language import Language
from locales.words import _

MOST_DECIMALS: Final = 4

SIGNS: Final[Mapping[str, str]] = {
    "US$": "USD", "S$": "SGD", "A$": "AUD", "HK$": "HKD", "NT$": "TWD", "JP¥": "JPY", "CN¥": "CNY",
    "₩": "KRW", "€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY",
}  # fmt: skip
"""Signs, longer ones first."""

NAMES: Final[Mapping[str, str]] = {
    "rp": "IDR", "idr": "IDR", "rupiah": "IDR", "perak": "IDR", "krw": "KRW", "won": "KRW",
    "usd": "USD", "us dollar": "USD", "us dollars": "USD", "dollar": "USD", "dollars": "USD", "dolar": "USD",
    "us": "USD", "sgd": "SGD", "myr": "MYR", "rm": "MYR", "ringgit": "MYR", "eur": "EUR", "euro": "EUR",
    "gbp": "GBP", "aud": "AUD", "jpy": "JPY", "yen": "JPY", "cny": "CNY", "rmb": "CNY", "yuan": "CNY",
    "thb": "THB", "baht": "THB", "vnd": "VND", "php": "PHP", "peso": "PHP", "hkd": "HKD", "twd": "TWD",
    "inr": "INR", "sar": "SAR", "aed": "AED", "cad": "CAD", "nzd": "NZD", "chf": "CHF",
}  # fmt: skip
"""Codes and words in Latin letters."""

KOREAN: Final[Mapping[str, str]] = {
    "미국달러": "USD", "미국 달러": "USD", "미달러": "USD", "달러": "USD", "불": "USD",
    "루피아": "IDR", "원": "KRW", "유로": "EUR", "엔": "JPY", "위안": "CNY", "링깃": "MYR",
}  # fmt: skip
"""Words that follow the number at once or after a space."""

DOLLARS: Final = frozenset({"USD", "SGD", "AUD", "HKD", "TWD", "CAD", "NZD"})
HOME: Final[Mapping[Language, str]] = {"id": "IDR", "ko": "KRW"}
"""What is meant without a currency where none is given; in English it has to be asked."""


def _any_of(names: Mapping[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


MARK: Final = re.compile(
    rf"(?P<sign>{_any_of(SIGNS)})"
    rf"|(?<![^\W\d_])(?P<name>{_any_of(NAMES)})(?![^\W\d_])\.?"
    rf"|(?<=[\d십백천만억조 ])(?P<korean>{_any_of(KOREAN)})",
    re.IGNORECASE,
)


def read_money(
    text: str, language: Language, *, currency: str | None = None, least: int | Decimal | None = None
) -> Money:
    """Read one amount; `currency` is meant when none is typed, else the one of the language's country.

    A bare $ is the dollar of `currency` if that is a dollar, else the American one. `least` is an amount of
    the currency meant, and not held against another that is typed. Raises `Unreadable`.
    """
    said = plain(text)
    default = currency or HOME.get(language)
    meant = _currency(said, default)
    thousands = meant in WITHOUT_CENTS or language == "id"
    amount = find_amount(MARK.sub(" ", said), language, _letters(meant, language), thousands=thousands)
    if amount is None:
        example = (
            Money(Decimal(25000), meant) if meant in WITHOUT_CENTS else Money(Decimal("2.50"), meant or "USD")
        )
        raise Unreadable(
            _("I could not find an amount there. Please send it like this: {example}", example=example)
        )
    if meant is None:
        raise Unreadable(
            _("Which currency is that? Please send the amount with it, for example USD 2.50 or Rp25.000.")
        )
    _check(amount, meant, least if meant == default else None)
    return Money(amount, meant)


def _currency(said: str, default: str | None) -> str | None:
    """Find the currency that is named; the default where none is."""
    named: set[str] = set()
    for mark in MARK.finditer(said):
        if mark["sign"]:
            code = SIGNS[mark["sign"].upper()]
        else:
            code = NAMES[mark["name"].casefold()] if mark["name"] else KOREAN[mark["korean"]]
        if mark[0] == "$" and default in DOLLARS:
            code = default
        named.add(code)
    if len(named) > 1:
        raise Unreadable(_("I found more than one currency there. Please send one amount in one currency."))
    return named.pop() if named else default


def _letters(currency: str | None, language: Language) -> Mapping[str, int]:
    """Say what M, T and B multiply by: M is a billion rupiah, and unclear for other money in Indonesian."""
    foreign = 0 if language == "id" else 10**6
    m = 10**9 if currency == "IDR" else foreign
    return {"M": m, "m": m, "T": 10**12, "t": 10**12, "B": 10**9, "b": 10**9}


def _check(amount: Decimal, currency: str, least: int | Decimal | None) -> None:
    if amount < 0:
        raise Unreadable(_("An amount cannot be less than zero. Please send it without the minus sign."))
    decimals = -int(amount.as_tuple().exponent)
    if currency in WITHOUT_CENTS and decimals > 0:
        raise Unreadable(
            _(
                "That amount has decimals, which this currency does not use. "
                "Please write it in full, for example {example}.",
                example=Money(Decimal(25000), currency),
            )
        )
    if decimals > MOST_DECIMALS:
        raise Unreadable(_("That amount has too many decimals. Please round it, for example to 2.50."))
    if least is not None and amount < least:
        raise Unreadable(
            _("Please send an amount of at least {least}.", least=Money(Decimal(least), currency))
        )
