"""What of a question is compared: letters in a row, whole words, and what they mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

from flows.finding.meanings import Meanings
from flows.finding.normalise import is_hangul, letters, stem

LETTERS_IN_A_ROW: Final = 3
LETTERS_OF_HANGUL_IN_A_ROW: Final = 4

T = TypeVar("T")


class Kinds(NamedTuple, Generic[T]):
    """Something for each kind of feature.

    Rows of letters forgive slips and endings, words are exact, concepts join the languages.
    """

    rows: T
    words: T
    concepts: T


Features: TypeAlias = Kinds[Counter[str]]
"""The features of a text with how often each is there."""


def features(said: Sequence[str], meanings: Meanings) -> Features:
    """List the features of words."""
    return Kinds(Counter(_rows(said)), Counter(map(stem, said)), Counter(sorted(meanings.concepts(said))))


def _rows(said: Sequence[str]) -> list[str]:
    found: list[str] = []
    for word in said:
        length = LETTERS_OF_HANGUL_IN_A_ROW if is_hangul(word) else LETTERS_IN_A_ROW
        edged = f" {letters(word)} "
        found.extend(edged[at : at + length] for at in range(max(1, len(edged) - length + 1)))
    return found
