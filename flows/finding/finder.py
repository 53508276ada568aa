"""The search: a question in anybody's words, and the topics it may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flows.finding.bands import OFFERED, Band, choose_band
from flows.finding.features import Features, features
from flows.finding.index import Index, Sample
from flows.finding.meanings import UNCOVERED, Meanings
from flows.finding.normalise import spell_out, split, stem
from locales.answers import Topic
from locales.language import LANGUAGES, Language
from locales.synonyms import Synonyms

SPEAKS_OF: Final = 4
"""A topic covers what else is outside when so many of its ways of asking speak of it."""
UNKNOWN_WORDS: Final = 0.5
"""The share of its score that a question loses none of whose words are known."""


@dataclass(frozen=True)
class Found:
    """What a question may mean: up to three topics, the best first, each with its score.

    In the band "answer" the first is the answer, in "choices" they are to be offered; in "none" they are at most a
    hint to staff.
    """

    band: Band
    slugs: tuple[tuple[str, float], ...]
    text: str


class Finder:
    """Finds topics by how people ask for them: made once, asked often, always with the same result."""

    def __init__(self, topics: Mapping[str, Topic], synonyms: Synonyms) -> None:
        self._slang = synonyms.slang
        self._meanings = Meanings(synonyms)
        self._slugs = tuple(topics)
        self._index = Index([self._sample(topic) for topic in topics.values()])

    def find(self, text: str, language: Language) -> Found:
        """Find what a question may mean; its language only tips the scales, any other is understood as well."""
        said = spell_out(split(text), self._slang)
        mended = [word if self._index.knows(stem(word)) else self._meanings.mend(word) for word in said]
        question = features(mended, self._meanings)
        weighed = self._index.scores(question, language)
        trust = 1 - UNKNOWN_WORDS * (1 - weighed.known)
        ranked = sorted(range(len(self._slugs)), key=lambda topic: -weighed.topics[topic])[:OFFERED]
        best = [(topic, weighed.topics[topic] * trust) for topic in ranked if weighed.topics[topic] > 0]
        if not best:
            return Found("none", (), text)
        band = choose_band([score for _, score in best], covered=self._covers(best[0][0], question))
        return Found(band, tuple((self._slugs[topic], score) for topic, score in best), text)

    def _covers(self, topic: int, question: Features) -> bool:
        strange = [concept for concept in question.concepts if concept.startswith(UNCOVERED)]
        return all(self._index.says(topic, concept) >= SPEAKS_OF for concept in strange)

    def _sample(self, topic: Topic) -> Sample:
        def read(text: str) -> Features:
            return features(spell_out(split(text), self._slang), self._meanings)

        texts = topic.texts
        ways = {each: [read(way) for way in (*texts[each].ways, texts[each].title)] for each in LANGUAGES}
        return Sample(ways, [read(f"{texts[each].title}\n{texts[each].short}") for each in LANGUAGES])
