"""Every way through a flow: each question it can ask, whoever asks and whatever she answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from flows.engine import Chat, Draft, Flow, Progress, replay
from flows.facts import Business, Certificate, Facts, Office, Product
from flows.questions.base import Json, Question
from flows.questions.chosen import ChoiceQuestion, YesNoQuestion
from flows.questions.places import PlaceQuestion
from flows.register import REGISTER

NOW: Final = datetime(2026, 11, 23, 3, tzinfo=UTC)
"""A Monday: ten in the morning in Jakarta, noon in Seoul."""
OFFICE: Final = Office({"id": "Meja Ekspor", "ko": "수출지원센터", "en": "Export Desk"}, "Asia/Jakarta")
KELAPA: Final = Business(
    1,
    "ABCD-2345",
    {
        "country": "ID",
        "legal_name": "CV Kelapa Nusantara",
        "form": "cv",
        "sector": "coconut",
        "province": "32",
        "district": "3271",
        "export_experience": "none",
        "target_markets": ["KR", "JP"],
    },
    {"name": "Siti Rahma", "phone": "+6281234567890"},
)
HANEUL: Final = Business(
    2,
    "EFGH-2345",
    {"country": "KR", "legal_name": "하늘바다", "form": "individual", "sector": "other", "province": "36"},
    {"name": "김하늘", "phone": "+821012345678"},
)
CHIPS: Final = Product(
    "PROD-0001",
    1,
    {
        "sector": "coconut",
        "name_en": "Coconut chips",
        "description": "Crunchy slices of ripe coconut, baked.",
        "minimum_order": ["500", "kg"],
        "brand": "own",
        "showcase": True,
    },
    certificates=(Certificate("CERT-0001", "halal_id", until_change=True),),
)
STOOL: Final = Product("PROD-0002", 1, {"sector": "craft", "name_ko": "의자"})
SITI: Final = Facts(NOW, OFFICE, name="Siti", phone="+6281234567890", country="ID", reference="ABCD-2345")


def walk_everywhere(flow: Flow) -> Iterator[Progress]:
    """Walk a flow for whoever may come to it, and however it may be started."""
    agreed = replace(SITI, consents={"registration": "2026-11"})
    for facts in (
        SITI,
        agreed,
        *(replace(agreed, businesses=firms) for firms in ((KELAPA,), (KELAPA, HANEUL))),
        replace(agreed, businesses=(KELAPA,), products=(CHIPS, STOOL)),
    ):
        for about in (
            {},
            {"first": "yes"},
            {"business": "1"},
            {"business": "2"},
            {"product": "PROD-0001"},
            {"product": "PROD-0002"},
            {"purpose": "registration", "then": "register"},
        ):
            if flow.name != "consent" or "purpose" in about:
                yield from walk(flow, facts, about)


def walk(flow: Flow, facts: Facts, about: Mapping[str, str]) -> Iterator[Progress]:
    """Walk a flow: every choice is made once in every place, and both of two are followed to the end."""
    draft = Draft(REGISTER.title, 5, 11)
    seen: set[tuple[Any, ...]] = set()
    ways: list[dict[str, Json]] = [{}]
    while ways:
        answers = ways.pop()
        progress = replay(flow, Chat(facts, about, draft), answers)
        if progress.question is None:
            continue
        path = (*(_way(question, stored) for question, stored in progress.answered), progress.question.name)
        if path in seen:
            continue
        seen.add(path)
        yield progress
        ways += [{**answers, progress.question.name: each} for each in _answers(progress.question)]


def _way(question: Question[Any], stored: Json) -> tuple[str, Json]:
    parts = isinstance(question, ChoiceQuestion) and len(question.among) == 2
    return question.name, stored if parts else None


def _answers(question: Question[Any]) -> list[Json]:
    possible: list[Json] = [question.likely_answer()]
    if isinstance(question, ChoiceQuestion):
        possible = [choice.id for choice in question.among]
    elif isinstance(question, PlaceQuestion):
        possible = [place.code for place in question.among]
    elif isinstance(question, YesNoQuestion):
        possible = [True, False]
    return [*possible, None] if question.skippable else possible
