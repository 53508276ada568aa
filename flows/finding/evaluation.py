"""How good the search is: questions whose topics are known, and the figures of its answers to them."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from flows.finding.finder import Found
from locales.language import LANGUAGES, Language, is_language

Figures: TypeAlias = Mapping[str, float | int | None]
"""Figures by name; those of no questions are None."""

FAR: Final = 0.99


@dataclass(frozen=True)
class Question:
    """A question with the topics that answer it, the best first; none when it is out of scope."""

    language: Language
    text: str
    topics: tuple[str, ...]
    scope: Literal["in", "out"]


@dataclass(frozen=True)
class Trial:
    """What was found for a question, and the CPU seconds it took."""

    question: Question
    found: Found
    seconds: float

    @property
    def place(self) -> int | None:
        """The place among the found, from 0, of the first acceptable topic."""
        places = (place for place, (slug, _) in enumerate(self.found.slugs) if slug in self.question.topics)
        return next(places, None)


def read_question(line: str) -> Question:
    """Take a question from a line of JSON; raises ValueError where it is none."""
    content: Any = json.loads(line)
    if not isinstance(content, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - what was typed is wrong, not our call
    language, text = content.get("lang"), content.get("text")
    topics, scope = content.get("topics", []), content.get("scope")
    if not is_language(language):
        raise ValueError(f'"lang" has to be one of {", ".join(LANGUAGES)}')
    if not isinstance(text, str):
        raise ValueError('"text" is missing')  # noqa: TRY004
    if not isinstance(topics, list) or not all(isinstance(slug, str) for slug in topics):
        raise ValueError('"topics" has to be a list of slugs')
    if scope == "in" and topics:
        return Question(language, text, tuple(topics), "in")
    if scope == "out":
        return Question(language, text, (), "out")
    raise ValueError('"scope" has to be "in", with topics, or "out"')


def evaluate(trials: Sequence[Trial]) -> Mapping[str, Figures]:
    """Give the figures for "all" and for each language; shares are between 0 and 1, times in milliseconds."""
    found = {"all": _figures(trials)}
    for language in LANGUAGES:
        found[language] = _figures([trial for trial in trials if trial.question.language == language])
    return found


def _figures(trials: Sequence[Trial]) -> Figures:
    inside = [trial for trial in trials if trial.question.scope == "in"]
    outside = [trial for trial in trials if trial.question.scope == "out"]
    answered = [trial.found.band == "answer" for trial in inside]
    offered = [trial.found.band == "choices" for trial in inside]
    first = [trial.place == 0 for trial in inside]
    among = [trial.place is not None for trial in inside]
    times = sorted(1000 * trial.seconds for trial in trials)
    return {
        "count_in": len(inside),
        "count_out": len(outside),
        "first": _share(first),
        "first_three": _share(among),
        "answered_right": _share([a and f for a, f in zip(answered, first, strict=True)]),
        "answered_wrong": _share([a and not f for a, f in zip(answered, first, strict=True)]),
        "offered_right": _share([o and a for o, a in zip(offered, among, strict=True)]),
        "offered_wrong": _share([o and not a for o, a in zip(offered, among, strict=True)]),
        "refused": _share([trial.found.band == "none" for trial in inside]),
        "out_answered": _share([trial.found.band == "answer" for trial in outside]),
        "out_offered": _share([trial.found.band == "choices" for trial in outside]),
        "out_refused": _share([trial.found.band == "none" for trial in outside]),
        "milliseconds_per_query": round(statistics.mean(times), 3) if times else None,
        "milliseconds_p50": round(statistics.median(times), 3) if times else None,
        "milliseconds_p99": round(times[int(FAR * (len(times) - 1))], 3) if times else None,
    }


def _share(facts: Sequence[bool]) -> float | None:
    return round(sum(facts) / len(facts), 4) if facts else None
