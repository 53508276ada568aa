"""Addresses of websites and shop pages as people type them: tokosari.com, www.…, instagram.com/tokosari."""

from __future__ import annotations

import re
from typing import Final

from flows.reading import Unreadable
from flows.reading.tidy import plain, shorten
from locales.words import _

LONGEST: Final = 200
ADDRESS: Final = re.compile(
    r"(?:(?P<scheme>https?)://)?(?P<host>(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24})(?P<port>:\d{1,5})?(?P<path>[/?#]\S*)?",
    re.IGNORECASE,
)
FILES: Final = frozenset(
    {"pdf", "jpg", "jpeg", "png", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "mp4", "zip"}
)


def read_website(text: str) -> str:
    """Read one address and return it with https, or the http it came with. Raises `Unreadable`."""
    said = plain(text).strip(" .,;!\"'“”<>()")
    if said.startswith("@"):
        raise Unreadable(
            _(
                "Please send the whole address of the page, for example instagram.com/{name}.",
                name=shorten(said[1:]),
            )
        )
    if "@" in said.partition("/")[0]:
        raise Unreadable(
            _("That looks like an e-mail address. Please send the address of a website, such as company.com.")
        )
    found = ADDRESS.fullmatch(said) if len(said) <= LONGEST else None
    if found is None or found["host"].rpartition(".")[2].lower() in FILES:
        raise Unreadable(
            _(
                "I could not read that as the address of a website. "
                "It looks like company.com or www.company.co.id."
            )
        )
    scheme, host = (found["scheme"] or "https").lower(), found["host"].lower()
    return f"{scheme}://{host}{found['port'] or ''}{found['path'] or ''}"
