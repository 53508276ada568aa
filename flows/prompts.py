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
from flows.questions.chosen import DONE
from locales.language import Language
from locales.words import Text, Words, _, by_language, ngettext, render

KEEP: Final = "~keep"
"""The choice that gives the answer known already."""
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
    "registrations": _("My registrations"),
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


def so_far(question: Question[Any], frame: Frame) -> Json:
    """Find what is half given: just now, or, where it shows as ticks, before."""
    return offered(question, frame) if frame.so_far is None and question.keeps_ticks else frame.so_far


def kept(question: Question[Any], frame: Frame) -> Json:
    """Find the answer known already that is put under a question, if it still is one."""
    known = offered(question, frame)
    if known is None or frame.so_far is not None or question.keeps_ticks:
        return None
    try:
        question.load(known)
    except (ValueError, TypeError, KeyError):
        return None
    return known


def ask(
    flow: Flow,
    frame: Frame,
    progress: Progress,
    facts: Facts,
    notes: Sequence[Words],
    offset: int = 0,
    *,
    returns: bool = False,
) -> Message:
    """Put the open question of a flow, under what else there is to say.

    `returns` says that another flow waits below, to which Back leads.
    """
    question = progress.question
    assert question is not None
    language = facts.language
    given = so_far(question, frame)
    parts = [*notes, _numbered(flow, progress, question.prompt(given))]
    if question.example:
        parts.append(_("Example: {example}", example=question.example))
    choices = question.choices(given, reading(facts))
    options = _options(flow, question, frame, choices, language)
    done = [option for option in options if option.id.endswith(f"={DONE}")]
    steering = _steering(flow, frame, progress, choices, returns=returns)
    return Message(
        "\n\n".join(render(part, language) for part in parts),
        options=tuple(option for option in options if option not in done),
        steering=(*done, *(steer(command, language) for command in steering)),
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


def opening(flow: Flow, progress: Progress) -> list[Words]:
    """Say how long a form takes, before its first question."""
    if flow.minutes is None or progress.answered:
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


def _options(
    flow: Flow, question: Question[Any], frame: Frame, choices: Sequence[Choice], language: Language
) -> list[Option]:
    known = kept(question, frame)
    if known is not None and not choices:
        return [Option(f"{flow.name}.{question.name}={KEEP}", render(question.show(known), language))]
    return [
        Option(
            f"{flow.name}.{question.name}={choice.id}",
            render(choice.label, language),
            render(choice.description, language),
            choice.ticked or choice.id == known,
        )
        for choice in choices
    ]


def _steering(
    flow: Flow, frame: Frame, progress: Progress, choices: Sequence[Choice], *, returns: bool
) -> list[Command]:
    commands: list[Command] = []
    if frame.misses >= PERSON_AFTER and all(choice.id != "person" for choice in choices):
        commands.append("person")
    if progress.question is not None and progress.question.skippable and not frame.so_far:
        commands.append("skip")
    if progress.answered or frame.so_far or returns:
        commands.append("back")
    if flow.minutes is None:
        return commands if commands or choices else ["cancel"]
    return [*commands, "cancel", "help"]


def explain(flow: Flow | None, progress: Progress | None, facts: Facts) -> Message:
    """Show every way to steer from here."""
    language = facts.language
    commands: list[Command] = []
    notes: list[Words] = [
        _(
            "I am the bot of {office}, not a person. Tap an answer, or type it or its number. "
            "What you see below you can tap or type at any time.",
            office=by_language(facts.office.names),
        )
    ]
    if flow is not None and progress is not None:
        notes.append(_place(flow, progress))
        if progress.answered:
            commands.append("back")
        if progress.question is not None and progress.question.skippable:
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


def _place(flow: Flow, progress: Progress) -> Words:
    if flow.minutes is None or progress.question is None or not progress.question.counted:
        return _("You are in: {title}.", title=flow.title)
    return _(
        "You are in: {title} ({position}/{total}). Your answers are saved.",
        title=flow.title,
        position=progress.position,
        total=progress.total,
    )
