"""E-mail addresses as people type them, with what phones and habits put around them."""

from __future__ import annotations

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email
from rapidfuzz.distance import OSA

from flows.reading import Unreadable
from flows.reading.tidy import plain, shorten
from locales.words import _

LONGEST_ANSWER: Final = 320

POPULAR: Final = (
    "gmail.com", "yahoo.com", "yahoo.co.id", "hotmail.com", "outlook.com", "icloud.com",
    "naver.com", "hanmail.net", "kakao.com",
)  # fmt: skip
NEIGHBOURS: Final = frozenset({"ymail.com", "email.com", "yahoo.co", "yahoo.co.in", "yahoo.co.kr"})
"""Real domains one letter from a popular one."""
ENDINGS: Final = {"con": "com", "cmo": "com", "comm": "com", "ocm": "com", "vom": "com", "xom": "com"}
"""Mistyped last parts of a domain; none of them exists."""


def read_email(text: str) -> str:
    """Read one address and return it in lower case, as large providers treat it. Raises `Unreadable`."""
    said = re.sub(r"\s*@\s*", "@", plain(text))
    if "@" not in said or len(said) > LONGEST_ANSWER:
        raise Unreadable(
            _("An e-mail address has an @ in it, for example name@company.com. Please send yours.")
        )
    found = [_bare(word) for word in said.split() if "@" in word]
    if len(found) > 1:
        raise Unreadable(_("I found more than one e-mail address there. Please send just one."))
    address = found[0]
    name, _at, domain = address.rpartition("@")
    if not name:
        raise Unreadable(
            _(
                "“{handle}” looks like a social media name. "
                "Please send an e-mail address, such as name@company.com.",
                handle=shorten(address),
            )
        )
    if "." not in domain:
        raise Unreadable(
            _(
                "The part after the @ is not complete. "
                "It ends in something like .com or .co.id. Please check it."
            )
        )
    _refuse_slip(name, domain)
    try:
        return validate_email(address, check_deliverability=False, allow_smtputf8=False).normalized.lower()
    except EmailNotValidError:
        raise Unreadable(
            _(
                "There is a mistake in “{address}”. Please check each letter and send it again.",
                address=shorten(address),
            )
        ) from None


def _bare(word: str) -> str:
    """Take off what is around an address: a label, brackets, a full stop, a Korean ending."""
    trimmed = re.sub(r"^.*[<(\[:]|[>)\]].*$", "", word)
    return re.sub(
        r"(?<=[a-z])(?:입니다|이에요|예요|이요|요)$",
        "",
        trimmed.strip(".,;:!?'\"“”‘’*_`"),
        flags=re.IGNORECASE,
    )


def _refuse_slip(name: str, domain: str) -> None:
    """Ask about a domain that is a slip of the finger away from one that very many people have."""
    meant = _meant(domain.lower())
    if meant:
        raise Unreadable(
            _(
                "“{domain}” is unusual. Did you mean {address}? Please send the right address.",
                domain=shorten(domain),
                address=shorten(f"{name}@{meant}"),
            )
        )


def _meant(domain: str) -> str | None:
    if domain in POPULAR or domain in NEIGHBOURS:
        return None
    near = [popular for popular in POPULAR if OSA.distance(domain, popular) == 1]
    if near:
        return near[0]
    body, _dot, ending = domain.rpartition(".")
    return f"{body}.{ENDINGS[ending]}" if ending in ENDINGS else None
