"""What every question has in common.

A question is a value: its words, how it reads what people answer, and how its answer is stored. Answers are kept
as JSON under the question's name, so names are stored data: they are never changed or reused.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, Self, TypeAlias, TypeVar, cast

from flows.message import Content, Said
from flows.reading import Unreadable
from locales.language import Language
from locales.words import Words, _

T = TypeVar("T")

Json: TypeAlias = "str | int | bool | Sequence[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True)
class Reading:
    """What helps to read an answer: the person's language, her own clock, her country where it is known."""

    language: Language
    now: datetime
    country: Literal["ID", "KR"] | None = None


@dataclass(frozen=True)
class Halfway:
    """An answer still being given: what is known so far and what to say about it."""

    so_far: Json
    note: Words | None = None


@dataclass(frozen=True)
class Reopened:
    """A wish to answer an earlier question again."""

    name: str


Taken: TypeAlias = "Json | Halfway | Reopened"
"""What came of an answer: the JSON to store, or one of the two that keep the question open."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its stored id, its label, and other names people have for it."""

    id: str
    label: Words
    description: Words = ""
    aliases: tuple[str, ...] = ()
    ticked: bool = False


@dataclass(frozen=True, kw_only=True)
class Question(Generic[T]):
    """Something to ask; `await` it in a flow to get the answer.

    `label` names the answer in a summary; `example` shows what an answer looks like; `offered` is a value known
    already, put under the question to be tapped. A question that is not `counted` stays out of "3/8". Another
    answer makes those to the questions it `resets` void: a country has provinces of its own.
    """

    name: str
    text: Words
    label: Words
    example: Words = ""
    skippable: bool = False
    counted: bool = True
    offered: Json = None
    resets: tuple[str, ...] = ()
    request: ClassVar[Literal["contact", "location"] | None] = None
    one_line: ClassVar[bool] = True
    keeps_ticks: ClassVar[bool] = False
    likely: ClassVar[Json] = ""

    def __await__(self) -> Generator[Question[Any], Any, T]:
        """Give the engine the question; get the answer."""
        answer = yield self
        return cast("T", answer)

    def read(self, content: Content, so_far: Json, reading: Reading) -> Taken:
        """Read what she said or shared; raises `Unreadable` with what is wrong and how to mend it."""
        if isinstance(content, Said):
            return self.read_text(content.text, so_far, reading)
        raise Unreadable(_("Please answer this one with a text message."))

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a typed answer; raises `Unreadable`."""
        raise NotImplementedError

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a tapped option; raises `Unreadable` when it is none of this question's."""
        for each in self.choices(so_far, reading):
            if each.id == choice:
                return choice
        raise Unreadable(_("That choice is no longer there. Please choose again."))

    def skip(self, so_far: Json) -> Json:
        """Give what is stored when she skips it."""
        return None

    def load(self, stored: Json) -> T:
        """Turn the stored answer into its value; raises `ValueError` or `TypeError` when it no longer can be."""
        return cast("T", stored)

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """List what can be tapped."""
        return ()

    def prompt(self, so_far: Json) -> Words:
        """Say the question."""
        return self.text

    def show(self, stored: Json) -> Words:
        """Show a stored answer, as in a summary."""
        return str(stored)

    def likely_answer(self) -> Json:
        """Guess a stored answer, to look ahead how many questions are left."""
        return self.likely

    def offering(self, value: str | list[str] | None) -> Self:
        """Ask with a value known already under the question; an empty one is none."""
        return replace(self, offered=value) if value else self

    def resetting(self, *names: str) -> Self:
        """Ask, and void the answers to these when the answer becomes another."""
        return replace(self, resets=names)

    def optional(self) -> Question[T | None]:
        """Ask, but let her skip it."""
        question = copy.copy(self)
        object.__setattr__(question, "skippable", True)
        return cast("Question[T | None]", question)


def show_or_dash(question: Question[Any], stored: Json) -> Words:
    """Show an answer in a summary, a skipped one too."""
    return _("(skipped)") if stored is None else question.show(stored)
