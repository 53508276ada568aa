"""How a question looks to the person: its words, its options, and what steers the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, cast
from zoneinfo import ZoneInfo

from flows.commands import Command
from flows.conversation import Frame
from flows.engine import Flow, Progress
from flows.facts import Facts
from flows.message import Message, Option
from flows.questions.base import Choice, Json, Question, Reading
from locales.language import Language
from locales.words import Text, Words, _, by_language, ngettext, render

KEEP: Final = "~keep"
"""The option that gives the offered answer."""
AGAIN: Final = "~again"
"""The option that shows the question again."""
PERSON_AFTER: Final = 3
"""Unreadable answers after which a person is offered."""

STEERING: Final[dict[Command, Text]] = {
    "back": _("Back"),
    "skip": _("Skip"),
    "restart": _("Start over"),
    "cancel": _("Cancel"),
    "language": _("Language"),
    "person": _("Talk to a person"),
    "help": _("Help"),
    "menu": _("Menu"),
    "bot": _("Back to the bot"),
}


def steer(command: Command, language: Language) -> Option:
    """Make the option that gives a command."""
    return Option(f"~{command}", render(STEERING[command], language))


def say(notes: Sequence[Words], language: Language, steering: Sequence[Command] = ()) -> Message:
    """Say something that asks nothing."""
    text = "\n\n".join(render(note, language) for note in notes)
    return Message(text, steering=tuple(steer(command, language) for command in steering))


def reading(facts: Facts) -> Reading:
    """Know what helps to read an answer."""
    now: datetime = facts.now.astimezone(ZoneInfo(facts.zone))
    country = facts.country if facts.country in ("ID", "KR") else None
    return Reading(facts.language, now, cast("Literal['ID', 'KR'] | None", country))


def offered(question: Question[Any], frame: Frame) -> Json:
    """Find the answer known already: the one she went back on, or the one the flow offers."""
    return frame.kept.get(question.name, question.offered)


def ask(
    flow: Flow, frame: Frame, progress: Progress, facts: Facts, notes: Sequence[Words], offset: int = 0
) -> Message:
    """Put the open question of a flow, under what else there is to say."""
    question = progress.question
    assert question is not None
    language = facts.language
    parts = [
        *notes,
        *_opening(flow, frame, progress),
        _numbered(flow, progress, question.prompt(frame.so_far)),
    ]
    if question.example:
        parts.append(_("Example: {example}", example=question.example))
    choices = question.choices(frame.so_far, reading(facts))
    options = [*_keeping(question, frame, choices, language), *_options(flow, question, choices, language)]
    return Message(
        "\n\n".join(render(part, language) for part in parts),
        options=tuple(options),
        steering=tuple(steer(command, language) for command in _steering(flow, frame, progress, question)),
        offset=offset,
        request=question.request,
        request_label=render(_REQUESTS[question.request], language) if question.request else "",
        list_label=render(_("Choose"), language),
        more_label=render(_("More"), language),
    )


_REQUESTS: Final[dict[str, Text]] = {
    "contact": _("Share my phone number"),
    "location": _("Share my location"),
}


def _opening(flow: Flow, frame: Frame, progress: Progress) -> list[Words]:
    if flow.minutes is None or progress.answered or frame.misses or frame.kept:
        return []
    return [
        ngettext(
            "{title}: {count} question, about {minutes} min. Your answers are saved, so you can stop and go on later.",
            "{title}: {count} questions, about {minutes} min. Your answers are saved, so you can stop and go on later.",
            progress.total,
            title=flow.title,
            minutes=flow.minutes,
        )
    ]


def _numbered(flow: Flow, progress: Progress, words: Words) -> Words:
    question = progress.question
    if flow.minutes is None or question is None or not question.counted:
        return words
    return _(
        "{position}/{total} · {question}", position=progress.position, total=progress.total, question=words
    )


def _keeping(
    question: Question[Any], frame: Frame, choices: Sequence[Choice], language: Language
) -> list[Option]:
    known = offered(question, frame)
    if known is None or frame.so_far is not None or any(choice.id == known for choice in choices):
        return []
    try:
        question.load(known)
    except (ValueError, TypeError, KeyError):
        return []
    return [Option(KEEP, render(question.show(known), language))]


def _options(
    flow: Flow, question: Question[Any], choices: Sequence[Choice], language: Language
) -> list[Option]:
    return [
        Option(
            f"{flow.name}.{question.name}={choice.id}",
            render(choice.label, language),
            render(choice.description, language),
            choice.ticked,
        )
        for choice in choices
    ]


def _steering(flow: Flow, frame: Frame, progress: Progress, question: Question[Any]) -> list[Command]:
    commands: list[Command] = ["person"] if frame.misses >= PERSON_AFTER else []
    if flow.minutes is None:
        return [*commands, *(["back"] if progress.answered or frame.so_far else [])]  # type: ignore[list-item]
    if progress.answered or frame.so_far:
        commands.append("back")
    if question.skippable:
        commands.append("skip")
    return [*commands, "cancel", "help"]


def explain(flow: Flow | None, progress: Progress | None, facts: Facts) -> Message:
    """Show every way to steer from here."""
    language = facts.language
    commands: list[Command] = []
    notes: list[Words] = [
        _(
            "I am the bot of {office}. You can tap, or type these words at any time.",
            office=by_language(facts.office.names),
        )
    ]
    if flow is not None and progress is not None:
        question = progress.question
        notes.append(_("You are in: {title}.", title=flow.title))
        if progress.answered:
            commands.append("back")
        if question is not None and question.skippable:
            commands.append("skip")
        if flow.minutes is not None:
            commands += ["restart", "cancel"]
    commands += ["language", "person", "menu"]
    notes.append(_("STOP ends announcements, START brings them back."))
    again = [Option(AGAIN, render(_("Go on"), language))] if flow is not None else []
    return Message(
        "\n\n".join(render(note, language) for note in notes),
        options=(*again, *(steer(command, language) for command in commands)),
        list_label=render(_("Choose"), language),
        more_label=render(_("More"), language),
    )
