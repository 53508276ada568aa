"""Questions answered by typing one thing: words, a number, money, a day, a phone, an e-mail, an identifier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from flows.message import Content, Said, SharedContact
from flows.questions.base import Json, Question, Reading, Taken
from flows.reading import Unreadable
from flows.reading.dates import read_date
from flows.reading.emails import read_email
from flows.reading.money import read_money
from flows.reading.numbers import read_number
from flows.reading.phones import read_phone, show_phone
from flows.reading.tidy import tidy
from locales.formats import Money
from locales.regions import Country
from locales.words import Text, Words, _, render


@dataclass(frozen=True, kw_only=True)
class TextQuestion(Question[str]):
    """Words of her own, between `least` and `most` characters; several lines only where asked."""

    least: int = 2
    most: int = 200
    lines: bool = False
    likely: ClassVar[Json] = "…"

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Take what she wrote, tidied."""
        words = tidy(text, lines=self.lines)
        if not any(letter.isalnum() for letter in words):
            raise Unreadable(_("I need letters or numbers here, not only signs or pictures."))
        if len(words) < self.least:
            raise Unreadable(
                _("That is very short. Please write at least {count} characters.", count=self.least)
            )
        if len(words) > self.most:
            raise Unreadable(
                _(
                    "That is {long} characters long; please keep it to {most}.",
                    long=len(words),
                    most=self.most,
                )
            )
        return words


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(Question[int]):
    """A whole number between `least` and `most`."""

    least: int = 0
    most: int = 1_000_000_000
    likely: ClassVar[Json] = 1

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a number as people type it."""
        return int(read_number(text, reading.language, least=self.least, most=self.most))

    def show(self, stored: Json) -> Words:
        """Show the number with its separators."""
        return _("{number}", number=int(str(stored)))


@dataclass(frozen=True, kw_only=True)
class MoneyQuestion(Question[Money]):
    """An amount of money; `currency` is meant when none is typed."""

    currency: str = "USD"
    likely: ClassVar[Json] = ["1", "USD"]

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read an amount as people type it."""
        money = read_money(text, reading.language, currency=self.currency, least=Decimal(0))
        return [str(money.amount), money.currency]

    def load(self, stored: Json) -> Money:
        """Read the stored pair of amount and currency."""
        if not isinstance(stored, list) or len(stored) != 2:
            raise ValueError(stored)
        return Money(Decimal(str(stored[0])), str(stored[1]))

    def show(self, stored: Json) -> Words:
        """Show the amount with its currency."""
        return _("{money}", money=self.load(stored))


@dataclass(frozen=True, kw_only=True)
class DayQuestion(Question[date]):
    """A day, before today or after it."""

    direction: Literal["future", "past"] = "future"
    likely: ClassVar[Json] = "2030-01-01"

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a day as people type it."""
        today = reading.now.date()
        bounds = {"earliest": today} if self.direction == "future" else {"latest": today}
        return read_date(text, reading.language, today, prefer=self.direction, **bounds).isoformat()

    def load(self, stored: Json) -> date:
        """Read the stored ISO date."""
        return date.fromisoformat(str(stored))

    def show(self, stored: Json) -> Words:
        """Show the day with its weekday."""
        return _("{day}", day=self.load(stored))


@dataclass(frozen=True, kw_only=True)
class PhoneQuestion(Question[str]):
    """A phone number, stored as E.164; one without a country code is of `country`, else of hers."""

    country: Country | None = None
    likely: ClassVar[Json] = "+620000000"
    request: ClassVar[Literal["contact", "location"] | None] = "contact"

    def read(self, content: Content, so_far: Json, reading: Reading) -> Taken:
        """Take a shared contact as well as a typed number."""
        typed = Said(content.phone) if isinstance(content, SharedContact) else content
        return super().read(typed, so_far, reading)

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a number as people type it, local or international."""
        return read_phone(text, self.country or reading.country)

    def show(self, stored: Json) -> Words:
        """Show the number in groups."""
        return show_phone(str(stored))


@dataclass(frozen=True, kw_only=True)
class EmailQuestion(Question[str]):
    """An e-mail address."""

    likely: ClassVar[Json] = "a@b.id"

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read an address, normalised."""
        return read_email(text)


@dataclass(frozen=True, kw_only=True)
class IdentifierQuestion(Question[str]):
    """A number some authority gave, read by `reader`, which raises `Unreadable`."""

    reader: Callable[[str], str]

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read the number in its own form."""
        return self.reader(text)

    def load(self, stored: Json) -> str:
        """Return the number, if it is still one of this authority's."""
        try:
            self.reader(str(stored))
        except Unreadable as unreadable:
            raise ValueError(stored) from unreadable
        return str(stored)

    def likely_answer(self) -> Json:
        """Guess the example."""
        return render(self.example, "en")


def text(
    name: str,
    words: Text,
    *,
    label: Text,
    example: Words = "",
    least: int = 2,
    most: int = 200,
    lines: bool = False,
) -> TextQuestion:
    """Ask for words of her own."""
    return TextQuestion(
        name=name, text=words, label=label, example=example, least=least, most=most, lines=lines
    )


def number(
    name: str, words: Text, *, label: Text, example: Words = "", least: int = 0, most: int = 1_000_000_000
) -> NumberQuestion:
    """Ask for a whole number."""
    return NumberQuestion(name=name, text=words, label=label, example=example, least=least, most=most)


def money(name: str, words: Text, *, label: Text, currency: str, example: Words = "") -> MoneyQuestion:
    """Ask for an amount of money."""
    return MoneyQuestion(name=name, text=words, label=label, currency=currency, example=example)


def day(
    name: str, words: Text, *, label: Text, direction: Literal["future", "past"], example: Words = ""
) -> DayQuestion:
    """Ask for a day."""
    return DayQuestion(name=name, text=words, label=label, direction=direction, example=example)


def phone(
    name: str, words: Text, *, label: Text, example: Words = "", country: Country | None = None
) -> PhoneQuestion:
    """Ask for a phone number."""
    return PhoneQuestion(name=name, text=words, label=label, example=example, country=country)


def email(name: str, words: Text, *, label: Text, example: Words = "") -> EmailQuestion:
    """Ask for an e-mail address."""
    return EmailQuestion(name=name, text=words, label=label, example=example)


def identifier(
    name: str, words: Text, *, label: Text, reader: Callable[[str], str], example: Words = ""
) -> IdentifierQuestion:
    """Ask for a number some authority gave."""
    return IdentifierQuestion(name=name, text=words, label=label, reader=reader, example=example)
