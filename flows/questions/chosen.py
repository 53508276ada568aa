"""Questions answered by choosing: one of several, several of many, yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar, Final

from flows.questions.base import Choice, Halfway, Json, Question, Reading, Taken
from flows.reading import Unreadable
from flows.reading.choices import match_option, match_options, read_yes_no
from locales.language import LANGUAGES
from locales.words import Text, Words, _, render

MISSED: Final = _("I did not find that among the choices. Please tap one, or type its name or number.")
YES: Final = _("Yes")
NO: Final = _("No")
DONE: Final = "~done"
"""The id of the option that closes a many-choice."""


def says_done(text: str) -> bool:
    """Tell whether "done" was typed, in any language."""
    return not text.strip().isdigit() and match_option(text, [names_of(_DONE)]) == 0


@cache
def names_of(choice: Choice) -> tuple[str, ...]:
    """List all a choice is called: its label in each language, and its aliases."""
    return (*(render(choice.label, language) for language in LANGUAGES), *choice.aliases)


_DONE = Choice(DONE, _("Done"), aliases=("ok", "oke", "sudah", "cukup", "됐어요", "끝"))


def _names(choices: Iterable[Choice]) -> list[tuple[str, ...]]:
    return [names_of(choice) for choice in choices]


@dataclass(frozen=True, kw_only=True)
class ChoiceQuestion(Question[str]):
    """One of several; a label, its number or a near match counts as a tap."""

    among: tuple[Choice, ...]
    missed: Text = MISSED

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """List the choices."""
        return self.among

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Find the choice she means."""
        found = match_option(text, _names(self.among))
        if found is None:
            raise Unreadable(self.missed)
        return self.among[found].id

    def load(self, stored: Json) -> str:
        """Return the choice's id; one that is no longer there is asked again."""
        if not any(choice.id == stored for choice in self.among):
            raise ValueError(stored)
        return str(stored)

    def show(self, stored: Json) -> Words:
        """Show the choice by its label."""
        return next((choice.label for choice in self.among if choice.id == stored), str(stored))

    def likely_answer(self) -> Json:
        """Guess the first choice."""
        return self.among[0].id if self.among else ""


@dataclass(frozen=True, kw_only=True)
class ChoicesQuestion(Question[list[str]]):
    """Several of many, with ticks and a Done; a typed list ("1, 3", "Malaysia, Jepang") answers at once."""

    among: tuple[Choice, ...]
    least: int = 1
    keeps_ticks: ClassVar[bool] = True

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """List the choices with their ticks, and Done once enough are ticked."""
        ticked = so_far if isinstance(so_far, list) else []
        shown = [replace(choice, ticked=choice.id in ticked) for choice in self.among]
        return [*shown, _DONE] if len(ticked) >= self.least else shown

    def prompt(self, so_far: Json) -> Words:
        """Say the question, and what is ticked."""
        if not isinstance(so_far, list):
            return self.text
        ticked = _("Ticked: {choices}. Add more, or press Done.", choices=self.show(so_far))
        return _("{above}\n{line}", above=self.text, line=ticked if so_far else _("Nothing is ticked yet."))

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Tick or untick; Done closes."""
        ticked = list(so_far) if isinstance(so_far, list) else []
        if choice == DONE:
            return self._enough(ticked)
        if not any(each.id == choice for each in self.among):
            return super().pick(choice, so_far, reading)
        marked: list[Json] = [each for each in ticked if each != choice]
        if len(marked) == len(ticked):
            marked.append(choice)
        return Halfway(marked)

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a list of choices, or "done" in any language."""
        ticked = list(so_far) if isinstance(so_far, list) else []
        if says_done(text):
            return self._enough(ticked)
        found = match_options(text, _names(self.among))
        if not found:
            raise Unreadable(
                _(
                    "I did not find all of that among the choices. Tap what fits, or type names or numbers with commas."
                )
            )
        return [*ticked, *(self.among[index].id for index in found if self.among[index].id not in ticked)]

    def _enough(self, ticked: list[Json]) -> Taken:
        if len(ticked) < self.least:
            raise Unreadable(_("Please choose at least one."))
        return ticked

    def load(self, stored: Json) -> list[str]:
        """Return the ids that are still among the choices."""
        if not isinstance(stored, list):
            raise TypeError(stored)
        known = {choice.id for choice in self.among}
        kept = [str(each) for each in stored if each in known]
        if len(kept) < self.least:
            raise ValueError(stored)
        return kept

    def show(self, stored: Json) -> Words:
        """Show the labels, joined."""
        chosen = stored if isinstance(stored, list) else []
        return join([choice.label for choice in self.among if choice.id in chosen])

    def likely_answer(self) -> Json:
        """Guess the first choice alone."""
        return [self.among[0].id] if self.among else []


def join(parts: Sequence[Words]) -> Words:
    """Join words with commas."""
    if not parts:
        return ""
    joined = parts[0]
    for part in parts[1:]:
        joined = _("{first}, {next}", first=joined, next=part)
    return joined


@dataclass(frozen=True, kw_only=True)
class YesNoQuestion(Question[bool]):
    """Yes or no, each with a label of its own."""

    yes: Text
    no: Text
    likely: ClassVar[Json] = True

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """List the two."""
        return (Choice("yes", self.yes), Choice("no", self.no))

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a tap."""
        return super().pick(choice, so_far, reading) == "yes"

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a yes or a no in any of the languages."""
        found = match_option(text, _names(self.choices(so_far, reading)))
        meant = read_yes_no(text) if found is None else found == 0
        if meant is None:
            raise Unreadable(_("Please answer yes or no."))
        return meant

    def load(self, stored: Json) -> bool:
        """Return the stored truth."""
        if not isinstance(stored, bool):
            raise TypeError(stored)
        return stored

    def show(self, stored: Json) -> Words:
        """Show the label of the answer."""
        return self.yes if stored else self.no


def choice(
    name: str, words: Words, among: Sequence[Choice], *, label: Text, missed: Text = MISSED
) -> ChoiceQuestion:
    """Ask for one of several; `missed` is said when an answer is none of them."""
    return ChoiceQuestion(name=name, text=words, label=label, among=tuple(among), missed=missed)


def choices(
    name: str, words: Text, among: Sequence[Choice], *, label: Text, example: Words = "", least: int = 1
) -> ChoicesQuestion:
    """Ask for several of many."""
    return ChoicesQuestion(
        name=name, text=words, label=label, example=example, among=tuple(among), least=least
    )


def yes_no(
    name: str, words: Words, *, label: Text, yes: Text = YES, no: Text = NO, counted: bool = True
) -> YesNoQuestion:
    """Ask for yes or no."""
    return YesNoQuestion(name=name, text=words, label=label, yes=yes, no=no, counted=counted)
