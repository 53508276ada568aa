"""The review: every answer once more, each of which can still be changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from flows.questions.base import Choice, Halfway, Json, Question, Reading, Reopened, Taken, show_or_dash
from flows.questions.chosen import names_of
from flows.reading import Unreadable
from flows.reading.choices import match_option, read_yes_no
from locales.words import Text, Words, _

SEND, CHANGE = "send", "change"


@dataclass(frozen=True, kw_only=True)
class Review(Question[bool]):
    """A summary with "send" and "change"; "change" lists the answers to choose one from.

    The engine fills `answered` with what was asked so far: each question and its stored answer.
    """

    send: Text
    answered: tuple[tuple[Question[Any], Json], ...] = ()
    likely: ClassVar[Json] = True

    def knowing(self, answered: Sequence[tuple[Question[Any], Json]]) -> Review:
        """Know what was answered, to show it."""
        return replace(self, answered=tuple(pair for pair in answered if pair[0].counted))

    def prompt(self, so_far: Json) -> Words:
        """Say the summary, or ask what to change."""
        if so_far == CHANGE:
            return _("Which answer do you want to change?")
        summary: Words = self.text
        for question, stored in self.answered:
            line = _("{label}: {answer}", label=question.label, answer=show_or_dash(question, stored))
            summary = _("{above}\n{line}", above=summary, line=line)
        return summary

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """Offer send and change; after "change", the answers."""
        if so_far == CHANGE:
            return [
                Choice(question.name, question.label, show_or_dash(question, stored))
                for question, stored in self.answered
            ]
        return (
            Choice(SEND, self.send),
            Choice(CHANGE, _("Change an answer"), aliases=("change", "edit", "ubah", "수정")),
        )

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Send, list the answers, or open one."""
        if choice == SEND:
            return True
        if choice == CHANGE:
            return Halfway(CHANGE)
        if any(question.name == choice for question, _stored in self.answered):
            return Reopened(choice)
        return super().pick(choice, so_far, reading)

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read the name of a choice, or of an answer to change."""
        offered = self.choices(so_far, reading)
        found = match_option(text, [names_of(choice) for choice in offered])
        if found is not None:
            return self.pick(offered[found].id, so_far, reading)
        open_ones = self.choices(CHANGE, reading)
        named = (
            match_option(text, [names_of(choice) for choice in open_ones])
            if not text.strip().isdigit()
            else None
        )
        if named is not None:
            return Reopened(open_ones[named].id)
        meant = read_yes_no(text) if so_far != CHANGE else None
        if meant is not None:
            return True if meant else Halfway(CHANGE)
        raise Unreadable(_("Please check the summary, then send it or change an answer."))

    def load(self, stored: Json) -> bool:
        """Return that it was sent."""
        return bool(stored)


def review(words: Text, *, send: Text) -> Review:
    """Ask her to check everything before it is sent."""
    return Review(name="review", text=words, label=_("Summary"), counted=False, send=send)
