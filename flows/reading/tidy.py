"""Text without what nobody can see."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

BLANKS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that count as letters or signs, yet show nothing."""

INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Unicode categories of control, formatting (zero width, direction), surrogate and private characters."""

SHORTENED: Final = 40


def tidy(text: str, *, lines: bool = False) -> str:
    """Strip invisible characters and collapse spaces; keep new lines only with `lines`, at most one empty.

    Letters stay as they were typed, only composed (NFC): names are nobody's to change.
    """
    broken = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", text))
    if not lines:
        return " ".join(_visible(broken).split())
    kept = "\n".join(" ".join(_visible(line).split()) for line in broken.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", kept).strip()


def _visible(text: str) -> str:
    return "".join(
        " " if character in BLANKS or character in "\n\t" else character
        for character in text
        if character in "\n\t" or unicodedata.category(character) not in INVISIBLE
    )


def plain(text: str) -> str:
    """Reduce a text to what a value is read from: tidy, compatible forms (NFKC) and digits 0 to 9."""
    folded = tidy(unicodedata.normalize("NFKC", text))
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character for character in folded
    )


def words(*lines: str) -> frozenset[str]:
    """List words that are written one after the other, for tables of them."""
    return frozenset(word for line in lines for word in line.split())


def shorten(text: str) -> str:
    """Quote no more of an answer than fits a sentence."""
    return text if len(text) <= SHORTENED else text[: SHORTENED - 1] + "…"
