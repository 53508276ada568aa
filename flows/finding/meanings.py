"""What words mean, whatever the language: "biaya", "fee" and "얼마예요" are all the concept `cost`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.finding.normalise import is_hangul, spell_out, split, stem
from locales.synonyms import Synonyms

UNCOVERED: Final = "! "
"""What the names of concepts begin with that no answer covers, as a rule."""
SHORTEST_PREFIX: Final = 3
SHORTEST_ACROSS: Final = 3
"""Syllables of a Korean term that may be written with spaces in it."""
ONE_SLIP_FROM: Final = 5
TWO_SLIPS_FROM: Final = 9

_AFTER_A_SYLLABLE: Final = frozenset("은는이가을를도만")
"""Particles after a word of one syllable, which else is only found alone: "값" is not in "값진"."""


class Meanings:
    """Terms of all languages with the concepts they stand for, found in a list of words.

    At each place the longest term counts; a term may stand for several concepts.
    """

    def __init__(self, synonyms: Synonyms) -> None:
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        self._beginnings: defaultdict[str, set[str]] = defaultdict(set)
        self._phrases: defaultdict[str, dict[tuple[str, ...], set[str]]] = defaultdict(dict)
        self._hangul: defaultdict[str, set[str]] = defaultdict(set)
        for concept, term in _terms(synonyms):
            typed = split(term)
            for said in (typed, spell_out(typed, synonyms.slang)):
                self._learn(concept, said, any_ending=term.endswith("*"))
        self._longest_hangul = max(map(len, self._hangul), default=0)
        self._spellings = [
            word
            for word, concepts in self._words.items()
            if len(word) >= ONE_SLIP_FROM and not any(concept.startswith(UNCOVERED) for concept in concepts)
        ]

    def _learn(self, concept: str, said: Sequence[str], *, any_ending: bool) -> None:
        if all(map(is_hangul, said)):
            self._hangul["".join(said)].add(concept)
        elif len(said) > 1:
            last = f"{said[-1]}*" if any_ending else said[-1]
            self._phrases[said[0]].setdefault((*said[1:-1], last), set()).add(concept)
        else:
            (self._beginnings if any_ending else self._words)[said[0]].add(concept)

    def concepts(self, said: Sequence[str]) -> set[str]:
        """Find the concepts that words stand for."""
        found: set[str] = set()
        place = 0
        while place < len(said):
            if is_hangul(said[place]):
                end = next((i for i in range(place, len(said)) if not is_hangul(said[i])), len(said))
                found.update(self._in_hangul(said[place:end]))
                place = end
            else:
                length, meant = self._phrase_at(said, place)
                found |= meant
                place += length
        return found

    def _phrase_at(self, said: Sequence[str], place: int) -> tuple[int, set[str]]:
        longest, meant = 0, self._of_word(said[place])
        for rest, concepts in self._phrases.get(said[place], {}).items():
            following = said[place + 1 : place + 1 + len(rest)]
            if len(rest) > longest and len(following) == len(rest) and all(map(_fits, following, rest)):
                longest, meant = len(rest), concepts
        return 1 + longest, meant

    def _of_word(self, word: str) -> set[str]:
        for spelling in (word, stem(word)):
            if spelling in self._words:
                return self._words[spelling]
        for end in range(len(word), SHORTEST_PREFIX - 1, -1):
            if word[:end] in self._beginnings:
                return self._beginnings[word[:end]]
        return set()

    def _in_hangul(self, run: Sequence[str]) -> Iterator[str]:
        text = "".join(run)
        starts = {0, *accumulate(map(len, run))}
        place = 0
        while place < len(text):
            for end in range(min(len(text), place + self._longest_hangul), place, -1):
                if text[place:end] in self._hangul and _stands_alone(text, place, end, starts):
                    yield from self._hangul[text[place:end]]
                    place = end
                    break
            else:
                place += 1

    def mend(self, word: str) -> str:
        """Spell a word as the nearest term, at most a slip or two away; words that are terms stay."""
        slips = (len(word) >= ONE_SLIP_FROM) + (len(word) >= TWO_SLIPS_FROM)
        if not slips or is_hangul(word) or self._of_word(word):
            return word
        near = process.extractOne(word, self._spellings, scorer=OSA.distance, score_cutoff=slips)
        return near[0] if near else word


def _terms(synonyms: Synonyms) -> Iterator[tuple[str, str]]:
    parts = (("", synonyms.concepts), (UNCOVERED, synonyms.outside), (UNCOVERED, synonyms.elsewhere))
    for mark, part in parts:
        for concept, terms in part.items():
            yield from ((mark + concept, term) for term in terms)


def _fits(word: str, wanted: str) -> bool:
    return word == wanted or (wanted.endswith("*") and word.startswith(wanted[:-1]))


def _stands_alone(text: str, place: int, end: int, starts: set[int]) -> bool:
    if end - place == 1:
        after = end in starts or text[end] in _AFTER_A_SYLLABLE
        return place in starts and after
    return end - place >= SHORTEST_ACROSS or not any(place < start < end for start in starts)
