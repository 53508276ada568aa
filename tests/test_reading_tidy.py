"""Text without what nobody can see."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.tidy import plain, shorten, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Siti   Aminah ", "Siti Aminah"),
        ("Siti\nAminah", "Siti Aminah"),
        ("Si\u200bti\u202e", "Siti"),
        ("Siti\x00\x07", "Siti"),
        ("\u3164\u3164", ""),
        ("a\u3164b", "a b"),
        ("ab\ud800c", "abc"),
        ("e\u0301", "é"),
        ("홍길동", "홍길동"),
        ("Ｓｉｔｉ №５", "Ｓｉｔｉ №５"),
        ("tab\tstop", "tab stop"),
    ],
)
def test_names_lose_only_what_is_invisible(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert tidy(" a  b \r\n\r\n\r\n\r\nc\u2028d ", lines=True) == "a b\n\nc\nd"


def test_plain_text_has_common_digits_and_signs() -> None:
    assert plain("１２３ ٤٥٦ ㎏ ②") == "123 456 kg 2"


def test_quotes_are_short() -> None:
    assert shorten("a" * 40) == "a" * 40
    assert len(shorten("a" * 41)) == 40


anything = st.text(st.characters(), max_size=60)


@given(anything, st.booleans())
def test_tidying_twice_changes_nothing(text: str, lines: bool) -> None:
    once = tidy(text, lines=lines)
    assert tidy(once, lines=lines) == once
    assert once == unicodedata.normalize("NFC", once)
    once.encode()


@given(anything)
def test_plain_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)
