"""Addresses on the net as people type them: e-mail and websites."""

import pytest

from flows.reading import Unreadable
from flows.reading.emails import read_email
from flows.reading.websites import read_website


@pytest.mark.parametrize(
    "typed",
    [
        "siti@gmail.com",
        "Siti@Gmail.com",
        " siti@gmail.com. ",
        "mailto:siti@gmail.com",
        "email:siti@gmail.com",
        "Email saya: siti@gmail.com ya",
        "siti @ gmail.com",
        "<siti@gmail.com>",
        "Siti Aminah <siti@gmail.com>",
        "siti@gmail.com입니다",
        "ｓｉｔｉ＠ｇｍａｉｌ．ｃｏｍ",
        "siti@gmail.com\u200b",
    ],
)
def test_emails(typed: str) -> None:
    assert read_email(typed) == "siti@gmail.com"


@pytest.mark.parametrize(
    "typed", ["a@toko.co.id", "a@yahoo.co.id", "a@ymail.com", "a.b+c@x-y.id", "a@nate.com", "a@example.com"]
)
def test_other_domains_are_left_alone(typed: str) -> None:
    assert read_email(typed) == typed


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("nama at gmail dot com", "has an @ in it"),
        ("a@b.com, c@d.com", "more than one e-mail"),
        ("@tokosari", "social media"),
        ("siti@gmail", "not complete"),
        ("siti@gmail,com", "not complete"),
        ("siti..a@gmail.com", "There is a mistake"),
        ("홍길동@naver.com", "There is a mistake"),
        ("a@" + "b" * 400 + ".com", "has an @ in it"),
    ],
)
def test_what_is_no_email(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_email(typed)
    assert why in refusal.value.words.key


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("siti@gmial.com", "siti@gmail.com"),
        ("siti@gmail.con", "siti@gmail.com"),
        ("siti@gmail.co", "siti@gmail.com"),
        ("siti@yahooo.co.id", "siti@yahoo.co.id"),
        ("siti@naver.con", "siti@naver.com"),
        ("siti@toko.con", "siti@toko.com"),
    ],
)
def test_a_slip_in_the_domain_is_asked_about(typed: str, meant: str) -> None:
    with pytest.raises(Unreadable, match="Did you mean") as refusal:
        read_email(typed)
    assert dict(refusal.value.words.values)["address"] == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tokosari.com", "https://tokosari.com"),
        ("www.TokoSari.com/Produk", "https://www.tokosari.com/Produk"),
        ("http://x.co.id.", "http://x.co.id"),
        ("instagram.com/tokosari", "https://instagram.com/tokosari"),
        ("한국.kr", "https://한국.kr"),
        ("x.com:8080/a?b=1#c", "https://x.com:8080/a?b=1#c"),
    ],
)
def test_websites(typed: str, meant: str) -> None:
    assert read_website(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "could not read"),
        ("toko sari", "could not read"),
        ("localhost", "could not read"),
        ("192.168.0.1", "could not read"),
        ("katalog.pdf", "could not read"),
        ("javascript:alert(1)", "could not read"),
        ("https://user:pw@evil.com", "could not read"),
        ("a." * 150 + "com", "could not read"),
        ("@tokosari", "whole address"),
        ("siti@toko.com", "e-mail address"),
    ],
)
def test_what_is_no_website(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_website(typed)
    assert why in refusal.value.words.key
