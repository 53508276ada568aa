"""Amounts of money as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import Unreadable
from flows.reading.money import read_money
from locales.formats import SYMBOLS, WITHOUT_CENTS, Money, show_money
from locales.language import LANGUAGES, Language

AMOUNTS: dict[Language, dict[str, tuple[str, str]]] = {
    "id": {
        "Rp 25.000": ("25000", "IDR"),
        "Rp. 25.000,-": ("25000", "IDR"),
        "rp25000": ("25000", "IDR"),
        "25.000 IDR": ("25000", "IDR"),
        "25000rupiah": ("25000", "IDR"),
        "25rb": ("25000", "IDR"),
        "25 ribu rupiah": ("25000", "IDR"),
        "2,5jt": ("2500000", "IDR"),
        "15 juta": ("15000000", "IDR"),
        "1,5 M": ("1500000000", "IDR"),
        "2T": ("2000000000000", "IDR"),
        "Rp1.500.000,00": ("1500000", "IDR"),
        "Rp 25.000/kg": ("25000", "IDR"),
        "25rb per kg": ("25000", "IDR"),
        "lima ribu rupiah": ("5000", "IDR"),
        "USD 2.50": ("2.50", "USD"),
        "2,50 USD": ("2.50", "USD"),
        "$3": ("3", "USD"),
        "2 dolar": ("2", "USD"),
        "US$ 0,125": ("0.125", "USD"),
        "$1.500": ("1500", "USD"),
        "$1,500": ("1500", "USD"),
        "RM 12": ("12", "MYR"),
    },
    "ko": {
        "15000": ("15000", "KRW"),
        "₩15,000": ("15000", "KRW"),
        "￦5000": ("5000", "KRW"),
        "1,500,000원": ("1500000", "KRW"),
        "1만 5천원": ("15000", "KRW"),
        "만오천원": ("15000", "KRW"),
        "1.5억 원": ("150000000", "KRW"),
        "20만원/박스": ("200000", "KRW"),
        "5천원대": ("5000", "KRW"),
        "3달러": ("3", "USD"),
        "3.5불": ("3.5", "USD"),
        "USD 3": ("3", "USD"),
        "$1.125": ("1.125", "USD"),
        "오만 루피아": ("50000", "IDR"),
    },
    "en": {
        "USD 2.50": ("2.50", "USD"),
        "15 million rupiah": ("15000000", "IDR"),
        "25,000 won": ("25000", "KRW"),
        "$1.5k": ("1500", "USD"),
        "$5M": ("5000000", "USD"),
        "S$4.20": ("4.20", "SGD"),
        "€2": ("2", "EUR"),
        "Rp 5M": ("5000000000", "IDR"),
    },
}


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [(language, typed, meant) for language, cases in AMOUNTS.items() for typed, meant in cases.items()],
)
def test_amounts(language: Language, typed: str, meant: tuple[str, str]) -> None:
    assert read_money(typed, language) == Money(Decimal(meant[0]), meant[1])


def test_the_currency_asked_for_is_meant_when_none_is_typed() -> None:
    assert read_money("2.50", "id", currency="USD") == Money(Decimal("2.50"), "USD")
    assert read_money("$3", "en", currency="SGD") == Money(Decimal(3), "SGD")
    assert read_money("$3", "ko", currency="KRW") == Money(Decimal(3), "USD")
    assert read_money("Rp 3000", "en", currency="USD") == Money(Decimal(3000), "IDR")


@pytest.mark.parametrize(
    ("language", "typed", "why"),
    [
        ("id", "tidak tahu", "could not find an amount"),
        ("en", "2.50", "Which currency"),
        ("id", "Rp 25.000 atau $2", "more than one currency"),
        ("id", "Rp 25.000 - 30.000", "range"),
        ("id", "25.000 per 2 kg", "more than one number"),
        ("id", "-5000", "less than zero"),
        ("id", "25,5", "has decimals"),
        ("id", "USD 5M", "stands for"),
        ("id", "USD 0,12345", "too many decimals"),
    ],
)
def test_what_is_no_amount(language: Language, typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_money(typed, language)
    assert why in refusal.value.words.key


def test_the_least_amount_is_told_as_money() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_money("500", "id", currency="IDR", least=1000)
    assert dict(refusal.value.words.values) == {"least": Money(Decimal(1000), "IDR")}
    assert read_money("$2", "id", currency="IDR", least=1000) == Money(Decimal(2), "USD")


@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from(sorted(SYMBOLS)),
    st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=4),
)
def test_an_amount_we_show_is_read_back(language: Language, currency: str, amount: Decimal) -> None:
    money = Money(amount.quantize(Decimal(1)) if currency in WITHOUT_CENTS else amount, currency)
    assert read_money(show_money(money, language), language) == money
