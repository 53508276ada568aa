"""The letters of pictures and sheets: the fonts, what they can show, and how text is broken into lines."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

FONTS: Final = Path(__file__).parent.parent / "fonts"
REGULAR: Final = FONTS / "KabariSans-Regular.ttf"
BOLD: Final = FONTS / "KabariSans-Bold.ttf"

_UNKNOWN_LETTER: Final = "□"
_NO_CHARACTER: Final = "\U0010ffff"


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Load a font of a size in pixels."""
    return ImageFont.truetype(BOLD if bold else REGULAR, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _is_known(char: str) -> bool:
    """Tell whether the fonts have a character: what they lack all looks alike."""
    letters = font(24)
    return bytes(letters.getmask(char)) != bytes(letters.getmask(_NO_CHARACTER))


def drawable(text: str) -> str:
    """Keep what the fonts can show: letters they lack become a box, signs they lack (emoji) go; lines stay."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    return "\n".join(" ".join("".join(map(_drawable, line)).split()) for line in lines).strip()


def _drawable(char: str) -> str:
    if char.isspace():
        return " "
    if unicodedata.category(char)[0] == "C":
        return ""
    if _is_known(char):
        return char
    return _UNKNOWN_LETTER if unicodedata.category(char)[0] in "LN" else ""


def wrap(text: str, letters: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break text into lines no wider than a number of pixels, between words where that can be."""
    lines: list[str] = []
    for paragraph in drawable(text).split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if letters.getlength(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _break(word, letters, width)
            lines += full
        if line:
            lines.append(line)
    return lines


def _break(word: str, letters: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and letters.getlength(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
