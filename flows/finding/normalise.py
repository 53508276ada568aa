"""A question as typed, reduced to words that can be compared: no case, no signs, no slang, no drawn-out letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from flows.reading.tidy import plain

LONGEST: Final = 400
"""Characters of a question that are read; what it asks stands in a sentence or two."""

_APOSTROPHES: Final = re.compile(r"['’`ʼ]")
_CRIES: Final = re.compile(r"[ㄱ-ㅎㅏ-ㅣ\u1100-\u11ff]+")
"""Single letters of Hangul: laughter and tears."""
_DRAWN_OUT: Final = re.compile(r"([^\W\d])\1{2,}")
_WORD: Final = re.compile(r"[가-힣]+|\d+|[^\W\d_가-힣]+")
"""Hangul, other letters and digits are words of their own even without a space: "bpom등록", "iso22000"."""
_ENDINGS: Final = re.compile(r"(?<=[a-z]{3})(?:nya|kah|lah|pun)$|(?<=[a-z]{2}[^s])s$")
_PARTICLES: Final = re.compile(
    r"(?<=[가-힣])(?:은|는|이|가|을|를|에|의|도|만|로|으로|에서|에게|한테|까지|부터|이랑|랑|하고|과|와|이나|나"
    r"|인가요|이에요|예요|이요|요)$"
)


def split(text: str) -> list[str]:
    """List the words of a text's beginning as they are typed."""
    beginning = text[: 2 * LONGEST]
    visible = beginning if beginning.isascii() else plain(beginning)
    folded = _APOSTROPHES.sub("", visible[:LONGEST].casefold())
    return _WORD.findall(_DRAWN_OUT.sub(r"\1", _CRIES.sub(" ", folded)))


def spell_out(said: Sequence[str], slang: Mapping[str, str]) -> list[str]:
    """Replace slang by what it stands for."""
    return [word for typed in said for word in (slang[typed].split() if typed in slang else (typed,))]


def is_hangul(word: str) -> bool:
    """Tell whether a word is written in Hangul."""
    return "가" <= word[0] <= "힣"


def stem(word: str) -> str:
    """Take the commonest ending off a word: a plural, a softener, a particle."""
    return (_PARTICLES if is_hangul(word) else _ENDINGS).sub("", word)


def letters(word: str) -> str:
    """Spell a word in letters: a syllable of Hangul becomes its two or three."""
    return unicodedata.normalize("NFD", word)
