"""How well each topic fits a question: the nearest way of asking it, and how its ways speak as a whole.

Two measures are added. *Likeness* is the cosine of TF-IDF vectors, to the nearest way of asking and to the topic's
average. *Evidence* is naive Bayes: how much likelier a feature is in this topic than in any. A feature's rarity counts
topics, not ways: what a topic says in every way is no less telling. For a question both are sums over an inverted
index, so that only what it has in common with a topic costs time.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.finding.features import Features, Kinds
from locales.language import LANGUAGES, Language

LIKENESS: Final = Kinds(rows=0.45, words=0.25, concepts=0.4)
EVIDENCE: Final = Kinds(rows=0.05, words=0.2, concepts=0.15)
AVERAGE: Final = 1.0
"""How much likeness to a topic's average counts, where that to the nearest way counts 1."""
OWN_LANGUAGE: Final = 1.03
"""How much more a way of asking in the person's own language counts."""
SMOOTHING: Final = 2.0
FEWEST: Final = 3
BREADTH: Final = 0.2
"""Evidence is a mean over features, of which there are taken to be so many at least; a long question's mean is lower
than its evidence is worth, so that the sum counts a little, too."""
TELLING: Final = 0.5
"""The least rarity that counts for a single way of asking: what most topics have tells nothing and costs time."""
EVERYWHERE: Final = 0.1
"""What a feature still counts that all topics have."""


@dataclass(frozen=True)
class Sample:
    """How one topic is spoken of: the ways people ask it in each language, and what its answer says."""

    ways: Mapping[Language, Sequence[Features]]
    texts: Sequence[Features]


@dataclass(frozen=True)
class Scores:
    """What a question weighs for each topic, in their order, and the share of its words that any topic knows."""

    topics: Sequence[float]
    known: float


class Index:
    """An inverted index over samples of topics; a topic is known by its place among them."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self._size = len(samples)
        self._spans: list[tuple[int, Language, int, int]] = []
        ways: list[tuple[int, Features]] = []
        for topic, sample in enumerate(samples):
            for language in LANGUAGES:
                start = len(ways)
                ways.extend((topic, way) for way in sample.ways[language])
                self._spans.append((topic, language, start, len(ways)))
        self._ways = len(ways)
        texts = [(topic, text) for topic, sample in enumerate(samples) for text in sample.texts]
        self._kinds = [
            _Kind(
                self._size,
                [(topic, way[kind]) for topic, way in ways],
                [(topic, text[kind]) for topic, text in texts],
                LIKENESS[kind],
                EVIDENCE[kind],
            )
            for kind in range(len(Kinds._fields))
        ]
        _, self._words, self._concepts = self._kinds

    def knows(self, word: str) -> bool:
        """Tell whether any way of asking, or any answer, has this word."""
        return self._words.knows(word)

    def says(self, topic: int, concept: str) -> int:
        """Count the ways of asking a topic that speak of a concept."""
        return self._concepts.counts[topic][concept]

    def scores(self, question: Features, language: Language) -> Scores:
        """Weigh a question for each topic; nothing in common is 0."""
        ways = [0.0] * self._ways
        totals = [0.0] * self._size
        for kind, asked in zip(self._kinds, question, strict=True):
            kind.add(asked, ways, totals)
        nearest = [0.0] * self._size
        for topic, spoken, start, end in self._spans:
            near = max(ways[start:end], default=0.0) * (OWN_LANGUAGE if spoken == language else 1)
            nearest[topic] = max(nearest[topic], near)
        return Scores(
            [near + total for near, total in zip(nearest, totals, strict=True)],
            self._words.known(question.words),
        )


class _Kind:
    """The part of the index that has one kind of features."""

    def __init__(
        self,
        size: int,
        ways: Sequence[tuple[int, Counter[str]]],
        texts: Sequence[tuple[int, Counter[str]]],
        likeness: float,
        evidence: float,
    ) -> None:
        self.counts: list[Counter[str]] = [Counter() for _ in range(size)]
        for topic, way in ways:
            self.counts[topic].update(way.keys())
        topics_with = Counter(feature for counts in self.counts for feature in counts)
        self._rarest = EVERYWHERE + math.log((1 + size) / 2)
        self.rarity = {
            feature: EVERYWHERE + math.log((1 + size) / (1 + n)) for feature, n in topics_with.items()
        }
        self._ways: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, (_, way) in enumerate(ways):
            for feature, weight in self._vector(way, likeness):
                if self.rarity[feature] >= TELLING:
                    self._ways[feature].append((place, weight))
        averages = [dict(self._average(counts, likeness * AVERAGE)) for counts in self.counts]
        self._topics = self._weigh(averages, texts, len(ways), evidence)

    def _vector(self, counts: Mapping[str, int], length: float) -> Iterable[tuple[str, float]]:
        rarity, rarest = self.rarity, self._rarest
        return _scaled(
            {
                feature: rarity.get(feature, rarest) * (1 if n == 1 else 1 + math.log(n))
                for feature, n in counts.items()
            },
            length,
        )

    def _average(self, counts: Counter[str], length: float) -> Iterable[tuple[str, float]]:
        return _scaled({x: math.sqrt(n) * self.rarity[x] for x, n in counts.items()}, length)

    def _weigh(
        self,
        averages: Sequence[Mapping[str, float]],
        texts: Sequence[tuple[int, Counter[str]]],
        ways: int,
        evidence: float,
    ) -> Mapping[str, Sequence[tuple[int, float, float]]]:
        """List by feature each topic that has it, with the weight of its average and of the evidence."""
        said = [counts.copy() for counts in self.counts]
        for topic, text in texts:
            said[topic].update(text.keys())
        everywhere: Counter[str] = Counter()
        for counts in said:
            everywhere.update(counts)
        usual = {feature: SMOOTHING * (n + 1) / (ways + 2) for feature, n in everywhere.items()}
        found: defaultdict[str, list[tuple[int, float, float]]] = defaultdict(list)
        for topic, (counts, average) in enumerate(zip(said, averages, strict=True)):
            for feature, n in counts.items():
                told = evidence * math.log1p(n / usual[feature])
                found[feature].append((topic, average.get(feature, 0.0), told))
        return found

    def knows(self, feature: str) -> bool:
        """Tell whether any way of asking, or any answer, has a feature."""
        return feature in self._topics

    def known(self, asked: Counter[str]) -> float:
        """Tell which share of a question's weight is in features that some topic has."""
        weights = [(x in self.rarity, self.rarity.get(x, self._rarest) ** 2) for x in asked]
        total = sum(weight for _, weight in weights)
        return sum(weight for known, weight in weights if known) / total if total else 0.0

    def add(self, asked: Counter[str], ways: list[float], totals: list[float]) -> None:
        """Add what a question's features weigh for each way of asking, and for each topic."""
        known = max(FEWEST, sum(map(self.knows, asked)))
        telling = known * (FEWEST / known) ** BREADTH
        for feature, weight in self._vector(asked, 1.0):
            for way, its in self._ways.get(feature, ()):
                ways[way] += weight * its
            for topic, its, told in self._topics.get(feature, ()):
                totals[topic] += weight * its + told / telling


def _scaled(vector: Mapping[str, float], length: float) -> Iterable[tuple[str, float]]:
    scale = length / (math.hypot(*vector.values()) or 1)
    return [(feature, weight * scale) for feature, weight in vector.items()]
