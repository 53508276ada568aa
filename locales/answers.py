"""The certification answers: one file a topic in `locales/answers`, with the three languages side by side.

Every fact has the date it is from, a confidence, and agencies to confirm it with; `lines` says an answer with all of
these, so that none is ever said without them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

from locales.language import LANGUAGES, Language
from locales.words import Text, Words, _

Confidence = Literal["high", "medium", "low"]

GOOD_FOR: Final[Mapping[Confidence, timedelta]] = {
    "high": timedelta(days=180),
    "medium": timedelta(days=90),
    "low": timedelta(days=90),
}
"""How long after it was checked an answer is to be reviewed."""
CONFIDENCE_WORDS: Final[Mapping[Confidence, Text]] = {
    "high": _("high: official or several sources"),
    "medium": _("medium: one source, or older ones"),
    "low": _("low: not confirmed by an official source"),
}

_FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True)
class Agency:
    """Someone who can confirm an answer; `site` is empty where none is certain."""

    key: str
    site: str
    names: Mapping[Language, str]

    def called(self, language: Language) -> str:
        """The agency's name with its site."""
        return f"{self.names[language]} ({self.site})" if self.site else self.names[language]


@dataclass(frozen=True)
class Source:
    """Where facts were read: an address or a name, the kind of source, and its date (may be empty)."""

    key: str
    at: str
    kind: str
    date: str


@dataclass(frozen=True)
class TopicText:
    """A topic in one language; `more` and the two times may be empty.

    `review_time` is an agency's own after a complete file, `project_time` that of the whole undertaking.
    """

    title: str
    short: str
    more: str
    review_time: str
    project_time: str
    question: str
    ways: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """What an owner may ask about, with its answer; `numbers` and `laws` are all that its texts may name."""

    slug: str
    direction: tuple[str, ...]
    sectors: tuple[str, ...]
    as_of: str
    checked: date
    confidence: Confidence
    halal: bool
    agencies: tuple[str, ...]
    sources: tuple[str, ...]
    related: tuple[str, ...]
    numbers: frozenset[str]
    laws: tuple[str, ...]
    texts: Mapping[Language, TopicText]

    @property
    def review_due(self) -> date:
        """The last day on which the answer counts as reviewed."""
        return self.checked + GOOD_FOR[self.confidence]


def read_topic(content: Mapping[str, Any]) -> Topic:
    """Take a topic from the content of its file; raises KeyError or TypeError where a field is missing or unknown."""
    fields = {key: _frozen(value) for key, value in content.items() if key not in (*LANGUAGES, "facts")}
    texts = {
        language: TopicText(**{part: _frozen(said) for part, said in content[language].items()})
        for language in LANGUAGES
    }
    numbers, laws = frozenset(content["facts"]["numbers"]), tuple(content["facts"]["laws"])
    return Topic(**fields, numbers=numbers, laws=laws, texts=MappingProxyType(texts))


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value.strip() if isinstance(value, str) else value


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def topics() -> Mapping[str, Topic]:
    """Read all topics, by slug, in the order of their slugs."""
    found = [read_topic(_read(path)) for path in sorted((_FOLDER / "answers").glob("*.toml"))]
    return MappingProxyType({topic.slug: topic for topic in found})


@cache
def agencies() -> Mapping[str, Agency]:
    """Read all agencies, by key."""
    found: dict[str, Agency] = {}
    for path in sorted((_FOLDER / "agencies").glob("*.toml")):
        content = _read(path)
        found[path.stem] = Agency(path.stem, content["site"], MappingProxyType(content["name"]))
    return MappingProxyType(found)


@cache
def sources() -> Mapping[str, Source]:
    """Read all sources, by key."""
    content = _read(_FOLDER / "sources.toml")
    return MappingProxyType({key: Source(key=key, **fields) for key, fields in content.items()})


def lines(topic: Topic, language: Language, today: date) -> list[Words]:
    """Say an answer in short, one paragraph a line, with its date, its confidence and whom to ask."""
    text = topic.texts[language]
    said: list[Words] = [text.short]
    if text.review_time:
        said.append(_("Time the agency takes once the file is complete: {time}", time=text.review_time))
    if text.project_time:
        said.append(_("Time for the whole project, preparation included: {time}", time=text.project_time))
    said += provenance(topic, language, today)
    return said


def provenance(topic: Topic, language: Language, today: date) -> list[Words]:
    """Say what goes with every statement of a topic: date, confidence, agencies, and the notices it needs."""
    known = agencies()
    said: list[Words] = [
        _(
            "Facts as of {as_of}. Confidence: {confidence}.",
            as_of=topic.as_of,
            confidence=CONFIDENCE_WORDS[topic.confidence],
        ),
        _(
            "Please confirm with {agencies}.",
            agencies="; ".join(known[key].called(language) for key in topic.agencies),
        ),
    ]
    if topic.confidence == "low":
        said.append(_("You could ask them: “{question}”", question=topic.texts[language].question))
    if topic.halal:
        said.append(
            _(
                "17 October 2026, when halal duties were to widen, has passed. "
                "Please check BPJPH's current notice: {site}",
                site=known["bpjph"].site,
            )
        )
    if topic.review_due < today:
        said.append(
            _(
                "This answer should have been reviewed by {date}: please confirm it before you rely on it.",
                date=topic.review_due,
            )
        )
    return said
