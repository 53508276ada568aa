"""The engine: a flow is a coroutine, run again from its start on every turn and fed the answers it has by name.

The first question without an answer is what to ask next. Nothing is suspended between turns: the answers are the
whole state, so a conversation survives restarts, deploys and edits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.commands import Command
from flows.facts import Facts
from flows.outcomes import Ending
from flows.questions.base import Json, Question
from flows.questions.reviewed import Review
from locales.words import Text, Words

_AHEAD = 60
"""Questions looked ahead at most; a flow with more has lost its way."""


class FlowError(Exception):
    """A flow broke a rule of the engine."""


@dataclass(frozen=True)
class Draft:
    """A form that waits while another flow is talking: its title and how far it came."""

    title: Text
    position: int
    total: int


@dataclass
class Chat:
    """What a flow has in hand: the facts, what it was started about, and a voice."""

    facts: Facts
    about: Mapping[str, str] = field(default_factory=dict)
    waiting: Draft | None = None
    _said: list[Words] = field(default_factory=list)

    def say(self, words: Words) -> None:
        """Say something in this turn's reply."""
        self._said.append(words)


Run = Callable[[Chat], Awaitable[Ending]]


@dataclass(frozen=True)
class Flow:
    """A conversation about one thing.

    `minutes` makes it a form: it shows its progress, is kept for days, and asks before it is dropped. A flow that
    `reopens` can be entered by a link, and, if it is no form, by a tap on an old button of it. `then` is what to
    offer, besides the menu, to somebody who has come to its end.
    """

    name: str
    run: Run
    title: Text
    minutes: int | None = None
    reopens: bool = False
    then: tuple[Command, ...] = ()


@dataclass
class Progress:
    """How far a flow has come.

    `answered` is the path so far: each question as it was asked, with its stored answer. `question` is the next
    one, or None at the `ending`. `said` is what the flow said since `since` answers. `rest` is the coroutine, ready
    to look ahead.
    """

    answered: tuple[tuple[Question[Any], Json], ...]
    question: Question[Any] | None
    ending: Ending
    said: tuple[Words, ...]
    rest: Any
    _total: int | None = None

    @property
    def position(self) -> int:
        """The number of the next counted question."""
        return 1 + sum(question.counted for question, _stored in self.answered)

    @property
    def total(self) -> int:
        """The number of counted questions on the whole path, as far as it can be seen from here."""
        if self._total is None:
            self._total = self.position - 1
            if self.question is not None:
                self._total += self.question.counted + _count_ahead(self.rest, self.question)
        return self._total


def replay(flow: Flow, chat: Chat, answers: Mapping[str, Json], since: int = 0) -> Progress:
    """Run a flow over the answers it has; raises `FlowError` where it breaks a rule.

    Answers to questions it does not ask are ignored; one that no longer loads is asked again.
    """
    coroutine = flow.run(chat).__await__()
    answered: list[tuple[Question[Any], Json]] = []
    names: set[str] = set()
    value: Any = None
    heard = 0
    try:
        while True:
            question = coroutine.send(value)
            if not isinstance(question, Question):
                raise FlowError(f"{flow.name} awaits something that is no question: {question!r}")
            if question.name in names:
                raise FlowError(f"{flow.name} asks {question.name} twice")
            names.add(question.name)
            if len(answered) < since:
                heard = len(chat._said)  # noqa: SLF001 - the voice is the engine's
            known, value = _stored_answer(question, answers)
            if not known:
                break
            answered.append((question, answers[question.name]))
    except StopIteration as end:
        return Progress(tuple(answered), None, end.value, tuple(chat._said[heard:]), None)  # noqa: SLF001
    said = tuple(chat._said[heard:])  # noqa: SLF001
    if isinstance(question, Review):
        question = question.knowing(answered)
    return Progress(tuple(answered), question, None, said, coroutine)


def _stored_answer(question: Question[Any], answers: Mapping[str, Json]) -> tuple[bool, Any]:
    if question.name not in answers:
        return False, None
    stored = answers[question.name]
    if stored is None:
        return question.skippable, None
    try:
        return True, question.load(stored)
    except (ValueError, TypeError, KeyError):
        return False, None


def _count_ahead(coroutine: Any, question: Question[Any]) -> int:
    """Count what the flow would ask after this question, were each answered in the likeliest way."""
    count = 0
    try:
        for _step in range(_AHEAD):
            likely = None if question.skippable else question.load(question.likely_answer())
            question = coroutine.send(likely)
            count += question.counted
    except (StopIteration, ValueError, TypeError, KeyError):
        pass
    finally:
        coroutine.close()
    return count
