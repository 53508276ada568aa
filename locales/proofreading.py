"""What is wrong with an answer before anyone reads it: something missing, too long, undeclared, or said twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from locales.answers import Agency, Source, Topic, TopicText
from locales.language import LANGUAGES

LONGEST: Final[Mapping[str, int]] = {"title": 60, "short": 500, "more": 1200, "question": 400}
"""Characters of each part that a phone shows well."""
FEWEST_WAYS: Final = 8
RELATED: Final = range(2, 5)
DIRECTIONS: Final = frozenset({"KR>ID", "ID>KR", "ID", "KR", "other"})
THOUSANDS: Final = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
NUMBER: Final = re.compile(r"\d+")
LAW: Final = re.compile(
    r"\b(UU|PP|Perpres|PMK|Permen[a-z]+|Permendag|Kepkaban|BPOM|BPS)\s(?:No\.?\s|Nomor\s)?(\d+/\d{4})"
)
"""A law as answers name it: who made it, its number and its year."""


def faults(
    topics: Mapping[str, Topic], agencies: Mapping[str, Agency], sources: Mapping[str, Source]
) -> list[str]:
    """List all faults, each as "slug: what is wrong"; none when the answers may be shown."""
    found = [
        f"{slug}: {fault}"
        for slug, topic in topics.items()
        for fault in (
            *_unknown(topic, topics, agencies, sources),
            *_in_texts(topic),
            *_in_numbers(topic),
            *_in_laws(topic),
        )
    ]
    return found + list(_said_twice(topics))


def _unknown(
    topic: Topic, topics: Mapping[str, Topic], agencies: Mapping[str, Agency], sources: Mapping[str, Source]
) -> Iterator[str]:
    for what, keys, known in (
        ("agency", topic.agencies, agencies),
        ("source", topic.sources, sources),
        ("related topic", topic.related, topics),
        ("direction", topic.direction, DIRECTIONS),
    ):
        yield from (f"no {what} {key}" for key in keys if key not in known)
    if not topic.agencies:
        yield "nobody to confirm it with"
    if not topic.direction:
        yield "no direction"
    if len(topic.related) not in RELATED or topic.slug in topic.related:
        yield "2 to 4 other topics should be related"
    if topic.confidence not in ("high", "medium", "low"):
        yield f"no such confidence: {topic.confidence}"
    if topic.slug.startswith("halal-") and not topic.halal:
        yield "it is about halal, and is not marked so"


def _in_texts(topic: Topic) -> Iterator[str]:
    for language in LANGUAGES:
        text = topic.texts[language]
        for part, longest in LONGEST.items():
            said: str = getattr(text, part)
            if len(said) > longest:
                yield f"{language}.{part} has {len(said)} characters, more than {longest}"
            if not said and part != "more":
                yield f"{language}.{part} is empty"
        if len(text.ways) < FEWEST_WAYS:
            yield f"{language} has {len(text.ways)} ways of asking, fewer than {FEWEST_WAYS}"
    for part in ("more", "review_time", "project_time"):
        if len({bool(getattr(topic.texts[language], part)) for language in LANGUAGES}) > 1:
            yield f"{part} is not there in all languages"


def spoken(text: TopicText) -> str:
    """All that an answer says in a language, but not the ways it is asked."""
    parts = (text.title, text.short, text.more, text.review_time, text.project_time, text.question)
    return "\n".join(parts)


def numbers_in(text: str) -> set[str]:
    """List the numbers a text names, without thousands separators."""
    return set(NUMBER.findall(THOUSANDS.sub("", text)))


def _in_numbers(topic: Topic) -> Iterator[str]:
    named: set[str] = set()
    for language in LANGUAGES:
        text = topic.texts[language]
        numbers = numbers_in(spoken(text))
        named |= numbers
        for number in sorted(numbers - topic.numbers):
            yield f"{language} names {number}, which is not among the facts"
        if topic.confidence == "low":
            stated = numbers_in(f"{text.short}\n{text.more}\n{text.review_time}\n{text.project_time}")
            stated -= numbers_in(text.title)
            if stated:
                yield f"{language} names {', '.join(sorted(stated))} though nobody can state it for certain"
    for number in sorted(topic.numbers - named):
        yield f"{number} is among the facts, but no text names it"


def _in_laws(topic: Topic) -> Iterator[str]:
    for language in LANGUAGES:
        said = spoken(topic.texts[language])
        for maker, number in LAW.findall(said):
            if f"{maker} {number}" not in topic.laws:
                yield f"{language} names {maker} {number}, which is not among the facts"
        for law in topic.laws:
            if law not in said:
                yield f"{language} does not name {law}"


def _said_twice(topics: Mapping[str, Topic]) -> Iterator[str]:
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for slug, topic in topics.items():
        for language in LANGUAGES:
            ways = [_squeeze(way) for way in topic.texts[language].ways]
            if len(set(ways)) < len(ways):
                yield f"{slug}: {language} has a way of asking twice"
            for way in ways:
                asked[way].add(slug)
    for way, slugs in asked.items():
        if len(slugs) > 1:
            yield f"{', '.join(sorted(slugs))}: the same way of asking, {way}"


def _squeeze(way: str) -> str:
    return re.sub(r"[\W_]+", "", way.casefold())
