"""HS codes are found by the words people have for things, and what cannot exist is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import hs
from flows.reading import Unreadable
from locales.language import LANGUAGES
from locales.words import render


def found(text: str) -> list[str]:
    return [entry.code for entry in hs.find_headings(text)]


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        ("keripik kelapa", "2008"),
        ("kripik kelapa organik", "2008"),
        ("kerpik klapa", "2008"),
        ("코코넛칩", "2008"),
        ("coconut chips", "2008"),
        ("nektar kelapa", "1702"),
        ("gula semut", "1702"),
        ("minyak kelapa murni (VCO)", "1513"),
        ("briket arang kelapa", "4402"),
        ("kopi sangrai arabika", "0901"),
        ("Green bean", "0901"),
        ("원두", "0901"),
        ("kopi instan", "2101"),
        ("ikan hias", "0301"),
        ("관상어", "0301"),
        ("udang beku", "0306"),
        ("ikan asin", "0305"),
        ("kerupuk", "1905"),
        ("sambal", "2103"),
        ("고추장", "2103"),
        ("김치", "2005"),
        ("홍삼", "2106"),
        ("jamu", "3004"),
        ("sabun herbal", "3401"),
        ("수제 비누", "3401"),
        ("dish soap", "3402"),
        ("skincare", "3304"),
        ("마스크팩", "3304"),
        ("샴푸", "3305"),
        ("tas kulit", "4202"),
        ("keranjang rotan", "4602"),
        ("ukiran kayu", "4420"),
        ("kain batik", "5208"),
        ("kemeja batik", "6205"),
        ("hijab", "6214"),
        ("아기옷", "6111"),
        ("sepatu kulit", "6403"),
        ("sneakers", "6404"),
        ("mebel jati", "9403"),
        ("의자", "9401"),
        ("mainan kayu", "9503"),
        ("호이스트", "8425"),
        ("stetoskop", "9018"),
        ("popok", "9619"),
        ("vaksin", "3002"),
    ],
)
def test_words_find_the_heading_first(typed: str, heading: str) -> None:
    assert found(typed)[0] == heading


def test_at_most_eight_are_offered_the_heading_before_its_chapter() -> None:
    for typed in ("kelapa", "baju", "kopi", "minyak", "화장품"):
        codes = found(typed)
        assert 1 <= len(codes) <= hs.MOST_FOUND
        assert len(codes[0]) == 4, codes


@pytest.mark.parametrize("typed", ["", "!!!", "asdfgh", "수출", "dan", "😀", "lain-lain"])
def test_what_is_no_product_finds_nothing(typed: str) -> None:
    assert found(typed) == []


def test_a_slip_counts_only_where_nothing_is_spelt_so() -> None:
    assert "6211" in found("renang")  # baju renang, swimwear
    assert found("rendang") == ["1602"]


def test_digits_list_what_begins_with_them() -> None:
    assert found("0901") == ["0901"]
    assert all(code.startswith("33") for code in found("33"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("20", "20"),
        ("2008", "2008"),
        ("0901.21", "090121"),
        ("kode HS: 2008.99.10", "20089910"),
        ("HS코드 3304.99-1000", "3304991000"),
        ("0901 입니다", "0901"),
    ],
)
def test_codes_are_read_as_digits(typed: str, meant: str) -> None:
    assert hs.is_code(typed)
    assert hs.read_code(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("77", "There is no HS chapter 77"),
        ("7701.10", "There is no HS chapter 77"),
        ("98", "There is no HS chapter 98"),
        ("00", "There is no HS chapter 00"),
        ("2012", "There is no HS heading 2012: chapter 20 ends with 2009"),
        ("9999.99", "There is no HS chapter 99"),
        ("0900", "There is no HS heading 0900"),
        ("901", "I count 3 digits"),
        ("12345678901", "I count 11 digits"),
    ],
)
def test_codes_that_cannot_exist_are_refused_kindly(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        hs.read_code(typed)
    assert render(refused.value.words, "en").startswith(why)


def test_the_table_is_whole() -> None:
    chapters = hs.chapters()
    assert [entry.code for entry in chapters] == [f"{n:02}" for n in range(1, 98) if n != 77]
    assert all(1 <= entry.last <= 96 for entry in chapters)
    headings = [entry for entry in hs.find_all() if len(entry.code) == 4]
    assert len(headings) >= 150
    for entry in headings:
        assert hs.read_code(entry.code) == entry.code
    for entry in (*chapters, *headings):
        for language in LANGUAGES:
            assert 1 <= len(entry.names[language]) <= 60, entry.code


def test_each_sector_has_headings() -> None:
    """The chapters that the sectors export."""
    for chapter in ("03", "06", "08", "09", "15", "16", "17", "18", "19", "20", "21", "22", "30", "33", "34", "42",
                    "44", "46", "61", "62", "63", "64", "69", "71", "84", "85", "90", "94", "95"):  # fmt: skip
        assert found(chapter), chapter


def test_every_heading_is_found_by_each_of_its_names() -> None:
    for entry in hs.find_all():
        if len(entry.code) == 4:
            for language in LANGUAGES:
                assert entry.code in found(entry.names[language]), (entry.code, entry.names[language])


@given(st.text(max_size=300))
def test_nothing_anybody_types_breaks_it(text: str) -> None:
    assert len(hs.find_headings(text)) <= hs.MOST_FOUND
    try:
        code = hs.read_code(text)
    except Unreadable:
        return
    assert code.isascii()
    assert code.isdigit()
