"""Numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import Unreadable
from flows.reading.numbers import read_number
from locales.formats import show_compact, show_number
from locales.language import LANGUAGES, Language

WHOLE: dict[Language, dict[str, int]] = {
    "id": {
        "50": 50,
        "50 kg": 50,
        "5 orang": 5,
        "1.500": 1500,
        "1,500": 1500,
        "1.500.000": 1_500_000,
        "1 500 000": 1_500_000,
        "1.500.000,00": 1_500_000,
        "1,500,000.00": 1_500_000,
        "2 rb": 2000,
        "2ribu": 2000,
        "2 rebu": 2000,
        "5 ribuan": 5000,
        "25k": 25_000,
        "1,5 jt": 1_500_000,
        "1.5juta": 1_500_000,
        "1.250 jt": 1_250_000_000,
        "2,5 miliar": 2_500_000_000,
        "2 M": 2_000_000_000,
        "1 juta 500 ribu": 1_500_000,
        "2 ribu 50": 2050,
        "1 setengah juta": 1_500_000,
        "2 lusin": 24,
        "3 kodi": 60,
        "sekitar 50 orang": 50,
        "karyawan kami ada 12 orang tetap": 12,
        "50-an orang": 50,
        "25.000,-": 25_000,
        "100 m2": 100,
        "100 m²": 100,
        "75%": 75,
        "-5": -5,
        "tidak ada": 0,
        "Belum ada.": 0,
        "dua puluh lima ribu": 25_000,
        "seratus lima belas": 115,
        "setengah juta": 500_000,
        "lima orang": 5,
        "sekitar sepuluh": 10,
        "５０": 50,
        "٥٠": 50,
        "①": 1,
        "\u200b50\u200e": 50,
    },
    "ko": {
        "10개": 10,
        "50명입니다": 50,
        "약 50명": 50,
        "50여명": 50,
        "3만": 30_000,
        "5천": 5000,
        "3천5백": 3500,
        "2천오백원": 2500,
        "2백만": 2_000_000,
        "1만 5천": 15_000,
        "3만5000": 35_000,
        "1.5억": 150_000_000,
        "1억 5천만": 150_000_000,
        "1억5천만원 정도": 150_000_000,
        "2조": 2_000_000_000_000,
        "만": 10_000,
        "천만 원": 10_000_000,
        "오천만": 50_000_000,
        "만오천": 15_000,
        "이십오": 25,
        "삼십명": 30,
        "두 명": 2,
        "세개": 3,
        "다섯": 5,
        "5조각": 5,
        "이 제품 5개": 5,
        "1,500": 1500,
        "없어요": 0,
    },
    "en": {
        "1,500": 1500,
        "1.500": 1500,
        "2k": 2000,
        "5 bn": 5_000_000_000,
        "1.5 million": 1_500_000,
        "5M": 5_000_000,
        "1'500'000": 1_500_000,
        "about 50 people": 50,
        "two hundred and fifty": 250,
        "twenty-five": 25,
        "one million": 1_000_000,
        "a dozen": 12,
        "none": 0,
    },
}


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [(language, typed, meant) for language, cases in WHOLE.items() for typed, meant in cases.items()],
)
def test_whole_numbers(language: Language, typed: str, meant: int) -> None:
    number = read_number(typed, language)
    assert number == meant
    assert type(number) is int


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("id", "1,5", "1.5"),
        ("id", "1.5", "1.5"),
        ("id", "1,500", "1.5"),
        ("id", "1.500", "1500"),
        ("id", "0,125", "0.125"),
        ("id", "0.125 kg", "0.125"),
        ("id", "12,75 ton", "12.75"),
        ("en", "1.500", "1.5"),
        ("en", "1,500", "1500"),
        ("en", "1,500.25", "1500.25"),
        ("ko", "1.5억", "150000000"),
        ("ko", "2.5kg", "2.5"),
    ],
)
def test_numbers_with_a_fraction(language: Language, typed: str, meant: str) -> None:
    assert read_number(typed, language, whole=False) == Decimal(meant)


@pytest.mark.parametrize(
    ("language", "typed", "why"),
    [
        ("id", "", "could not find a number"),
        ("id", "banyak", "could not find a number"),
        ("ko", "네", "could not find a number"),
        ("ko", "사장", "could not find a number"),
        ("id", "satu per satu", "could not find a number"),
        ("id", "juta", "could not find a number"),
        ("id", "50 " * 40, "could not find a number"),
        ("id", "10-20", "range"),
        ("id", "10 sampai 20", "range"),
        ("id", "10 kg s/d 20 kg", "range"),
        ("id", "1 juta - 2 juta", "range"),
        ("ko", "50~100명", "range"),
        ("ko", "50명에서 100명", "range"),
        ("id", "5 orang 3 hari", "more than one number"),
        ("en", "1/2", "more than one number"),
        ("id", "21/11/2026", "more than one number"),
        ("id", "1O0", "letter among the digits"),
        ("id", "5OO", "letter among the digits"),
        ("id", "l5", "letter among the digits"),
        ("en", "2x3", "letter among the digits"),
        ("id", "1.500,000.00", "dots and commas"),
        ("id", "1.50.000", "dots and commas"),
        ("id", "10 m", "stands for"),
        ("id", "1 juta 500", "not sure which number"),
        ("ko", "1만 5", "not sure which number"),
        ("id", "5 juta ribu", "not sure which number"),
        ("id", "5 ribu 3 juta", "not sure which number"),
        ("id", "1,5", "whole number"),
        ("id", "9" * 19, "too large"),
        ("id", "9" * 30, "too many digits"),
    ],
)
def test_what_is_no_number(language: Language, typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_number(typed, language)
    assert why in refusal.value.words.key


def test_bounds_are_told_with_what_was_read() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_number("2 rb", "id", least=1, most=1000)
    assert "from {least} to {most}" in refusal.value.words.key
    assert dict(refusal.value.words.values) == {"number": 2000, "least": 1, "most": 1000}
    with pytest.raises(Unreadable, match="at least"):
        read_number("-5", "id", least=0)
    with pytest.raises(Unreadable, match="at most"):
        read_number("11", "id", most=10)
    assert read_number("10", "id", least=10, most=10) == 10


@given(st.sampled_from(LANGUAGES), st.integers(-(10**15), 10**15))
def test_a_whole_number_we_show_is_read_back(language: Language, number: int) -> None:
    assert read_number(show_number(number, language), language) == number


@given(
    st.sampled_from(LANGUAGES),
    st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False, places=4),
)
def test_a_fraction_we_show_is_read_back(language: Language, number: Decimal) -> None:
    assert read_number(show_number(number, language), language, whole=False) == number


@given(st.sampled_from(LANGUAGES), st.integers(0, 10**15))
def test_a_compact_number_is_read_back_to_its_rounding(language: Language, number: int) -> None:
    read = read_number(show_compact(number, language), language, whole=False)
    assert abs(read - number) * 20 <= number
