"""Numbers that authorities give."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import Unreadable
from flows.reading.identifiers import looks_like_nik, read_brn, read_hs, read_nib, read_npwp, read_postal


@pytest.mark.parametrize(
    "typed",
    ["9120001234567", "9120 0012 3456 7", "9120.0012.34567", "NIB: 9120001234567", "NIB saya 9120001234567"],
)
def test_nib(typed: str) -> None:
    assert read_nib(typed) == "9120001234567"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "no letters"),
        ("912O001234567", "no letters"),
        ("912000123456", "I count {count} digits"),
        ("91200012345678", "I count {count} digits"),
        ("3171234567890001", "never send a NIK"),
        ("012345678999000", "as an NPWP has"),
        ("0000000000000", "same digit"),
        ("1" * 300, "no letters"),
    ],
)
def test_what_is_no_nib(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_nib(typed)
    assert why in (refusal.value.words.many or refusal.value.words.key)


@pytest.mark.parametrize(
    "typed",
    [
        "124-81-00998",
        "1248100998",
        "124 81 00998",
        "사업자등록번호 124-81-00998",
        "１２４-８１-００９９８",
        "124-81-00998입니다",
    ],
)
def test_brn(typed: str) -> None:
    assert read_brn(typed) == "124-81-00998"


@pytest.mark.parametrize("known", ["220-81-62517", "120-81-47521", "116-82-00276", "134-86-72683"])
def test_numbers_that_exist_pass_the_check_digit(known: str) -> None:
    assert read_brn(known) == known


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("123-AB-67890", "no letters"),
        ("12345", "I count {count} digits"),
        ("900101-1234567", "never send a resident registration number"),
        ("124-81-00999", "One of the digits"),
        ("000-00-00000", "One of the digits"),
    ],
)
def test_what_is_no_brn(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_brn(typed)
    assert why in (refusal.value.words.many or refusal.value.words.key)


@given(st.integers(101_000_000, 999_999_999))
def test_one_check_digit_and_no_other_makes_a_brn(body: int) -> None:
    accepted = 0
    for last in range(10):
        try:
            read_brn(f"{body}{last}")
        except Unreadable:
            continue
        accepted += 1
    assert accepted == 1


@pytest.mark.parametrize(
    ("typed", "digits", "plausible"),
    [
        ("01.312.166.0-091.000", "013121660091000", True),
        ("NPWP 013121660091000", "013121660091000", True),
        ("0013121660091000", "0013121660091000", True),
        ("01.312.166.1-091.000", "013121661091000", False),
        ("3171234567890001", "3171234567890001", False),
    ],
)
def test_npwp_is_taken_and_doubted(typed: str, digits: str, plausible: bool) -> None:
    assert read_npwp(typed) == (digits, plausible)


@pytest.mark.parametrize("typed", ["", "abc", "12345678901234", "12345678901234567", "000000000000000"])
def test_what_is_no_npwp(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_npwp(typed)


def test_a_nik_is_told_by_its_birthday() -> None:
    assert looks_like_nik("3171232512900001")
    assert looks_like_nik("3171236512900001")
    assert not looks_like_nik("3171237812900001")
    assert not looks_like_nik("0013121660091000")
    assert not looks_like_nik("317123251290000")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0901.21", "090121"),
        ("0901 21", "090121"),
        ("HS 0901.21.10", "09012110"),
        ("kode HS: 0901.21-1000", "0901211000"),
        ("HS코드 330499", "330499"),
        ("970600", "970600"),
    ],
)
def test_hs_codes(typed: str, meant: str) -> None:
    assert read_hs(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("kopi", "only digits"),
        ("0901", "I count {count} digits"),
        ("901.21", "I count {count} digits"),
        ("770000", "no HS chapter"),
        ("980000", "no HS chapter"),
        ("000000", "no HS chapter"),
    ],
)
def test_what_is_no_hs_code(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_hs(typed)
    assert why in (refusal.value.words.many or refusal.value.words.key)


@pytest.mark.parametrize("typed", ["06236", "우편번호 06236", "06236입니다", "kode pos 06236", "0 6 2 3 6"])
def test_postal_codes(typed: str) -> None:
    assert read_postal(typed) == "06236"


@pytest.mark.parametrize("typed", ["", "abc", "1234", "123-456", "00000"])
def test_what_is_no_postal_code(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_postal(typed)
