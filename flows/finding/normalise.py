"""A question as typed, reduced to words that can be compared: no case, no signs, no slang, no drawn-out letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from flows.reading.tidy import plain

LONGEST: Final = 400
"""Characters of a question that are read; what it asks stands in a sentence or two."""
WORD: Final = re.compile(r"[a-z\u00c0-\u024f]+|[가-힣]+|\d+|[^\W\d_]+")
CRIES: Final = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]+")
"""Single letters of Hangul are laughter and tears."""
DRAWN_OUT: Final = re.compile(r"([^\W\d])\1{2,}")
ENDINGS: Final = re.compile(r"(?<=[a-z]{3})(?:nya|kah|lah|pun)$|(?<=[a-z]{3}[^s])s$")
PARTICLES: Final = re.compile(
    r"(?<=[가-힣])(?:은|는|이|가|을|를|에|의|도|만|로|으로|에서|에게|한테|까지|부터|이랑|랑|하고|과|와|이나|나|인가요|이에요|예요|이요|요)$"
)


def words(text: str, slang: Mapping[str, str]) -> list[str]:
    """List the words of a text; Hangul, Latin letters and digits are words of their own even without a space."""
    folded = CRIES.sub(" ", re.sub(r"['’`ʼ]", "", plain(text[: 2 * LONGEST])[:LONGEST].casefold()))
    found: list[str] = []
    for word in WORD.findall(DRAWN_OUT.sub(r"\1", folded)):
        meant = slang.get(word)
        if meant is None:
            found.append(word)
        else:
            found.extend(meant.split())
    return found


def stem(word: str) -> str:
    """Take the commonest endings off a word: a plural, a polite or possessive ending, a particle."""
    return PARTICLES.sub("", word) if "가" <= word[0] <= "힣" else ENDINGS.sub("", word)


def letters(word: str) -> str:
    """Spell a word in letters: a syllable of Hangul becomes two or three."""
    return unicodedata.normalize("NFD", word)
