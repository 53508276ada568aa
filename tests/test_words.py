"""The words: every sentence in every language, and every question within every channel's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.channels.telegram.shape import shape_keyboard, shape_text
from bot.channels.whatsapp.shape import shape
from bot.profile import commands, descriptions
from flows import prompts
from flows.book import BOOK
from flows.conversation import Frame
from flows.engine import Chat, Draft, Flow, Progress, replay
from flows.facts import Business, Facts, Office
from flows.message import Message
from flows.questions.base import Json
from flows.questions.chosen import ChoiceQuestion, ChoicesQuestion
from locales import update
from locales.language import LANGUAGES, Language
from locales.regions import provinces
from locales.words import Text, catalogue, render
from tests.fakes.graph import rules
from tests.openapi import ABSENT, validate_outgoing

PLACEHOLDER = re.compile(r"\{(\w+)\}")
BUTTON, ROW, DESCRIPTION = 20, 24, 72
"""What WhatsApp shows of a label on a button, in a list, and under it, in UTF-16 units."""
LONG = 1024
"""What WhatsApp takes over buttons; more costs a second message."""

OFFICE = Office(
    {"id": "Meja Ekspor Kota", "ko": "시청 수출지원센터", "en": "City Export Desk"}, "Asia/Jakarta"
)
FIRMS = {
    "ID": Business(
        1,
        "ABCD-2345",
        {
            "country": "ID",
            "legal_name": "CV Kelapa Nusantara Jaya Abadi",
            "legal_name_en": "Kelapa Nusantara Co.",
            "brand": "KriukKelapa",
            "form": "cv",
            "sector": "coconut",
            "province": "32",
            "district": "3201",
            "registration_number": "9120001234567",
            "scale": "micro",
            "export_experience": "none",
            "target_markets": ["KR", "AE"],
            "website": "https://kelapa.example",
        },
        {"name": "Siti Rahma", "role": "owner", "phone": "+6281234567890", "email": "siti@kelapa.example"},
    ),
    "KR": Business(
        2,
        "EFGH-2345",
        {
            "country": "KR",
            "legal_name": "주식회사 새벽들",
            "form": "jusik",
            "sector": "other",
            "sector_words": "한지 공예 조명",
            "province": "41",
            "district": "41570",
            "registration_number": "124-81-00998",
            "target_markets": ["ID"],
        },
        {"name": "한지우", "phone": "+821012345678"},
    ),
}


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- the catalogues ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing(language: Language) -> None:
    known = {str(message.id) for message in update.read(language) if message.id}
    wanted = {str(message.id) for message in update.updated(language) if message.id}
    assert known == wanted, "run: python -m locales.update, and translate what is new"
    empty = [m.id for m in update.read(language) if m.id and not (all(m.string) if m.string else False)]
    assert empty == []
    assert [message.id for message in update.read(language) if message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_are_kept(language: Language) -> None:
    for key, found in catalogue(language).items():
        for sentence in [found] if isinstance(found, str) else found:
            assert sorted(PLACEHOLDER.findall(sentence)) == sorted(PLACEHOLDER.findall(key)), key


def test_languages_differ() -> None:
    """A sentence that reads the same in two languages is a name, a pattern or an example; nothing else."""
    same = [
        key
        for key, found in catalogue("en").items()
        if isinstance(found, str) and " " in re.sub(r"\{\w+\}", "", key).strip()
        for other in ("id", "ko")
        if catalogue(other).get(key) == found
    ]
    assert len(same) <= 6, same


# --- every question, on every channel ---------------------------------------------------------------------------


def everyone(language: Language) -> Iterator[Facts]:
    """The people a flow may meet: somebody new, and one with a firm in each country."""
    base = Facts(
        datetime(2026, 11, 23, 3, tzinfo=UTC),
        OFFICE,
        language=language,
        name="Siti Rahma",
        phone="+6281234567890",
        reference="ABCD-2345",
    )
    agreed = {"registration": "2026-11"}
    yield base
    for country, firm in FIRMS.items():
        yield replace(base, businesses=(firm,), country=country, consents=agreed)
    yield replace(base, businesses=tuple(FIRMS.values()), consents=agreed)


def paths(flow: Flow, facts: Facts) -> Iterator[tuple[Frame, Progress]]:
    """Walk a flow on its likeliest path, and from each choice of it on every other."""
    about = {"purpose": "registration", "then": "register", "first": "yes"}
    waiting = Draft(BOOK["register"].title, 5, 11)
    seen: set[tuple[str, str]] = set()
    ways = [Frame(flow.name, about)]
    while ways:
        frame = ways.pop()
        progress = replay(flow, Chat(facts, frame.about, waiting), frame.answers)
        question = progress.question
        if question is None:
            continue
        path = (
            question.name,
            str(question.prompt(None)) + str(question.choices(None, prompts.reading(facts))),
        )
        if path in seen:
            continue
        seen.add(path)
        yield frame, progress
        answers = [question.likely_answer()]
        if isinstance(question, ChoiceQuestion):
            answers = [choice.id for choice in question.among]
        for answer in answers:
            ways.append(Frame(flow.name, about, {**frame.answers, question.name: answer}))


def every_message(language: Language) -> Iterator[tuple[str, Message]]:
    for facts in everyone(language):
        for flow in BOOK.values():
            for frame, progress in paths(flow, facts):
                question = progress.question
                assert question is not None
                halves: list[Json] = [None, "change"] if question.name == "review" else [None]
                if isinstance(question, ChoicesQuestion):
                    halves.append([each.id for each in question.among])
                for half in halves:
                    frame.so_far = half
                    name = f"{flow.name}.{question.name}"
                    yield name, prompts.ask(flow, frame, progress, facts, [])
                yield f"help in {flow.name}", prompts.explain(flow, progress, facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_fits_every_channel(language: Language) -> None:
    count = 0
    for name, message in every_message(language):
        count += 1
        assert units(message.text) <= LONG, f"{name}: {units(message.text)} long"
        few = len(message.options) <= 3
        for option in message.options:
            assert len(option.id.encode()) <= 64, option.id
            if any(mark in option.id for mark in (".district=", ".province=", ".business=", "~keep")):
                continue  # names of places and a person's own words are shortened where they must be
            assert units(option.label) <= (BUTTON if few else ROW), f"{name}: {option.label}"
            assert (
                ".field=" in option.id or ".review=" in option.id or units(option.description) <= DESCRIPTION
            )
        for option in message.steering:
            assert units(option.label) <= BUTTON, option.label
        labels = [option.label for option in (*message.options, *message.steering)]
        assert len(set(labels)) == len(labels), f"{name}: {labels}"
        assert units(shape_text(message)) <= 4096
        shape_keyboard(message)
        for body in shape(message):
            whole = {
                "messaging_product": "whatsapp",
                "to": "6281234567890",
                "recipient_type": "individual",
                **body,
            }
            rules.check_body(whole)
    assert count > 100


@pytest.mark.skipif(validate_outgoing is None, reason=ABSENT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_is_valid_by_metas_description(language: Language) -> None:
    assert validate_outgoing is not None
    seen: set[str] = set()
    for _name, message in every_message(language):
        for body in shape(message):
            if str(body) not in seen:
                seen.add(str(body))
                validate_outgoing(
                    {
                        "messaging_product": "whatsapp",
                        "to": "6281234567890",
                        "recipient_type": "individual",
                        **body,
                    }
                )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("country", ["ID", "KR"])
def test_every_place_has_a_short_id(country: str, language: Language) -> None:
    for place in provinces("ID" if country == "ID" else "KR"):
        assert len(f"register.district={place.code}99".encode()) <= 64
        assert place.names[language]


def test_the_bot_presents_itself_within_telegrams_limits() -> None:
    for language, pairs in commands().items():
        assert all(re.fullmatch(r"[a-z_]{1,32}", command) for command, _ in pairs)
        assert all(3 <= len(what) <= 256 for _, what in pairs), language
    for long, short in descriptions(OFFICE).values():
        assert units(long) <= 512
        assert units(short) <= 120


# --- rendering --------------------------------------------------------------------------------------------------


def test_a_persons_words_are_never_read_as_a_template() -> None:
    text = Text("{name} is withdrawn.", (("name", "{reference} {0} %s"),))
    assert "{reference} {0} %s" in render(text, "en")
