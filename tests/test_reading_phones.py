"""Phone numbers as people type them."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading import Unreadable
from flows.reading.phones import read_phone, show_phone

Where = Literal["ID", "KR"] | None
JAKARTA, SEOUL = "+6281234567890", "+821012345678"
EVERYWHERE: tuple[Where, ...] = ("ID", "KR", None)


@pytest.mark.parametrize("country", EVERYWHERE)
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0812-3456-7890", JAKARTA),
        ("0812 3456 7890", JAKARTA),
        ("+62 812 3456 7890", JAKARTA),
        ("+62 (0)812-3456-7890", JAKARTA),
        ("+620812 3456 7890", JAKARTA),
        ("62 812 3456 7890", JAKARTA),
        ("62 0812 3456 7890", JAKARTA),
        ("6281234567890", JAKARTA),
        ("006281234567890", JAKARTA),
        ("tel:+6281234567890", JAKARTA),
        ("https://wa.me/6281234567890", JAKARTA),
        ("Nomor saya 0812 3456 7890 (WA)", JAKARTA),
        ("０８１２３４５６７８９０", JAKARTA),
        ("010-1234-5678", SEOUL),
        ("010.1234.5678", SEOUL),
        ("010 1234 5678입니다", SEOUL),
        ("+82 10-1234-5678", SEOUL),
        ("+82 010-1234-5678", SEOUL),
        ("82 10-1234-5678", SEOUL),
        ("821012345678", SEOUL),
        ("070-1234-5678", "+827012345678"),
        ("+1 212 555 2368", "+12125552368"),
        ("+65 6123 4567", "+6561234567"),
    ],
)
def test_numbers_that_say_where_they_belong(typed: str, meant: str, country: Where) -> None:
    assert read_phone(typed, country) == meant


@pytest.mark.parametrize(
    ("typed", "country", "meant"),
    [
        ("812 3456 7890", "ID", JAKARTA),
        ("(021) 555 1234", "ID", "+62215551234"),
        ("02-1234-5678", "KR", "+82212345678"),
        ("02-123-4567", "KR", "+8221234567"),
        ("02-1234-5678", "ID", "+82212345678"),
        ("(02) 123-4567", None, "+8221234567"),
        ("021-5551234", "KR", "+62215551234"),
        ("(021) 555 1234", None, "+62215551234"),
        ("0212345678", "KR", "+82212345678"),
        ("0215551234", "ID", "+62215551234"),
        ("031-123-4567", "KR", "+82311234567"),
        ("1588-1234", "KR", "+8215881234"),
        ("082-10-1234-5678", "KR", SEOUL),
        ("0821-0123-45678", "ID", "+62821012345678"),
        ("0821 1234 5678", "KR", "+6282112345678"),
    ],
)
def test_numbers_of_a_country(typed: str, country: Where, meant: str) -> None:
    assert read_phone(typed, country) == meant


@pytest.mark.parametrize(
    ("typed", "country", "why"),
    [
        ("", "ID", "could not find"),
        ("tidak ada", "ID", "could not find"),
        ("0812345", "ID", "too short"),
        ("628123", "ID", "too short"),
        ("010-1234-567", "KR", "too short"),
        ("+6281", None, "too short"),
        ("08123456789012345", "ID", "too long"),
        ("3171234567890001", "ID", "too long"),
        ("0812-ABC-7890", "ID", "something else among the digits"),
        ("0812-3456-7890 / 0813-3456-7890", "ID", "more than one phone number"),
        ("0812-3456-7890 dan 0813-3456-7890", "ID", "more than one phone number"),
        ("021-5551234 ext 12", "ID", "extension"),
        ("+999123456789", "ID", "country code"),
        ("0215551234", None, "Which country"),
        ("0812-3456-7890 " + "a" * 120, "ID", "could not find"),
        ("812 3456 7890", None, "Which country"),
        ("82123456789", "ID", "from Indonesia or from Korea"),
        ("8210123456", "ID", "does not exist"),
        ("12125552368", "ID", "does not exist"),
    ],
)
def test_what_is_no_phone_number(typed: str, country: Where, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_phone(typed, country)
    assert why in refusal.value.words.key


@given(st.integers(10_000_000, 99_999_999), st.sampled_from(EVERYWHERE))
def test_korean_mobiles_as_whatsapp_gives_them_are_nobody_elses(subscriber: int, country: Where) -> None:
    try:
        phone = read_phone(f"8210{subscriber}", country)
    except Unreadable:
        return
    assert phone == f"+8210{subscriber}"


@pytest.mark.parametrize("phone", [JAKARTA, SEOUL, "+12125552368", "+8215881234"])
def test_a_number_we_show_is_read_back(phone: str) -> None:
    assert read_phone(show_phone(phone), None) == phone


def test_numbers_are_shown_in_groups() -> None:
    assert show_phone(JAKARTA) == "+62 812-3456-7890"
    assert show_phone(SEOUL) == "+82 10-1234-5678"
    assert show_phone("none") == "none"
