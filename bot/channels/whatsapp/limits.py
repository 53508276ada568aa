"""What WhatsApp allows in a message, and texts cut and divided to fit.

Figures from Meta's Cloud API reference (Graph v23). Lengths count UTF-16 units: Meta does not say which, and
this is the count that is never too low.
"""

from __future__ import annotations

from typing import Final

TEXT: Final = 4096
BODY: Final = 1024
"""The text of an interactive message."""
CAPTION: Final = 1024
FOOTER: Final = 60
BUTTONS: Final = 3
BUTTON_TITLE: Final = 20
LIST_BUTTON: Final = 20
LINK_BUTTON: Final = 20
ROWS: Final = 10
"""Rows of a list, in all its sections together."""
ROW_TITLE: Final = 24
ROW_DESCRIPTION: Final = 72
IMAGE_MIMES: Final = frozenset({"image/jpeg", "image/png"})
FILENAME: Final = 240
"""Not Meta's figure: what common file systems take."""

ELLIPSIS: Final = "…"
_BREAKS: Final = ("\n\n", "\n", " ")


def units(text: str) -> int:
    """Count a text's UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int) -> str:
    """Bring a label to one line of at most `limit` units, cut at a word where one ends in its second half."""
    line = " ".join(text.split())
    if units(line) <= limit:
        return line
    room = line[: _longest_prefix(line, limit - units(ELLIPSIS))]
    word_end = room.rfind(" ")
    if word_end > len(room) // 2:
        room = room[:word_end]
    return room.rstrip() + ELLIPSIS


def divide(text: str, last: int, others: int = TEXT) -> list[str]:
    """Divide a text into messages: the last of at most `last` units, those before it of at most `others`.

    It parts at a blank line where it can, else at a line's end, else at a space, else anywhere.
    """
    parts: list[str] = []
    rest, limit = text.strip(), last
    while units(rest) > limit:
        rest, tail = _part(rest, limit)
        parts.append(tail)
        limit = others
    if rest or not parts:
        parts.append(rest)
    return parts[::-1]


def _part(text: str, limit: int) -> tuple[str, str]:
    start = len(text) - _longest_prefix(text[::-1], limit)
    for mark in _BREAKS:
        found = text.find(mark, max(0, start - len(mark)))
        tail = text[found + len(mark) :].strip()
        if found != -1 and tail:
            return text[:found].rstrip(), tail
    return text[:start].rstrip(), text[start:]


def _longest_prefix(text: str, limit: int) -> int:
    used = 0
    for index, character in enumerate(text):
        used += units(character)
        if used > limit:
            return index
    return len(text)
