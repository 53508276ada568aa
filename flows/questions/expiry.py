"""The question until when something is valid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Literal, TypeAlias

from flows.questions.base import Choice, Halfway, Json, Question, Reading, Taken
from flows.questions.chosen import names_of
from flows.reading import Unreadable
from flows.reading.choices import match_option, read_yes_no
from flows.reading.dates import read_date
from locales.words import Words, _

Expiry: TypeAlias = "date | Literal['until_change']"
UNTIL_CHANGE: Final = "until_change"
_ANOTHER_DAY: Final = Halfway(None, _("Then please send the right day."))


@dataclass(frozen=True, kw_only=True)
class ExpiryQuestion(Question[Expiry]):
    """The day a certificate ends, or that none does; a day that has passed is asked about first."""

    issued: date | None = None
    likely: ClassVar[Json] = UNTIL_CHANGE

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a day, or the answer to whether one that has passed is right."""
        meant = read_yes_no(text) if so_far is not None else None
        offered = self.choices(so_far, reading)
        index = match_option(text, [names_of(each) for each in offered])
        if index is None and meant is not None:
            index = 0 if meant else 1
        if index is not None:
            return self.pick(offered[index].id, so_far, reading)
        today = reading.now.date()
        ends = read_date(text, reading.language, today, prefer="future")
        if self.issued is not None and ends <= self.issued:
            raise Unreadable(
                _(
                    "It was issued on {issued}; it cannot end before that. Please check the day.",
                    issued=self.issued,
                )
            )
        return ends.isoformat() if ends >= today else Halfway(ends.isoformat())

    def prompt(self, so_far: Json) -> Words:
        """Say the question, or ask whether the certificate has really expired."""
        if so_far is None:
            return self.text
        return _("{day} has passed. Has the certificate expired?", day=date.fromisoformat(str(so_far)))

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """Offer that there is no end, or the answers about a day that has passed."""
        if so_far is None:
            return (
                Choice(
                    UNTIL_CHANGE, _("It has no end date"), aliases=("selamanya", "무기한", "until change")
                ),
            )
        return (Choice("expired", _("Yes, it has expired")), Choice("mistyped", _("No, another day")))

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a tap."""
        super().pick(choice, so_far, reading)
        match choice:
            case "expired":
                return so_far
            case "mistyped":
                return _ANOTHER_DAY
            case _:
                return UNTIL_CHANGE

    def skip(self, so_far: Json) -> Any:  # "no" reads as a wish to skip: here it says that the day is wrong
        """Skip it; where a day that has passed is asked about, that one only."""
        return None if so_far is None else _ANOTHER_DAY

    def load(self, stored: Json) -> Expiry:
        """Return the day, or that there is none."""
        return UNTIL_CHANGE if stored == UNTIL_CHANGE else date.fromisoformat(str(stored))

    def show(self, stored: Json) -> Words:
        """Show the day, or that there is none."""
        ends = self.load(stored)
        return _("{day}", day=ends) if isinstance(ends, date) else _("No end date")
