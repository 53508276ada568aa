"""Questions about goods in trade: how much of them, for which price, under which HS code.

Each takes a whole answer at once ("USD 2.50/kg FOB Surabaya") or asks for its parts one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final

from flows import hs
from flows.questions.base import Choice, Halfway, Json, Question, Reading, Taken
from flows.questions.chosen import MISSED, names_of
from flows.reading import Unreadable
from flows.reading.choices import match_option
from flows.reading.money import MARK, read_money
from flows.reading.quantities import UNITS, Quantity, find_unit, read_price, read_quantity
from flows.reading.tidy import tidy
from locales.formats import Money
from locales.words import Text, Words, _

LONGEST_PORT: Final = 60
LATER: Final = "later"
NONE_OF_THESE: Final = "none"
FEW: Final = 2
"""Headings that become short buttons, so that the question has to say them in full."""


@dataclass(frozen=True)
class Price:
    """A price for one unit; `port` is where it is free on board, empty where that is not said."""

    money: Money
    unit: str
    port: str


def name_of_unit(unit: str, *, one: bool = False) -> Words:
    """Name a stored unit, for one or for several."""
    known = UNITS.get(unit)
    return unit if known is None else known.one if one else known.many


def _why_not(unknown: str, units: Sequence[str], unit: str = "") -> Words | None:
    """Say kindly why a unit cannot be; None where it can."""
    if unknown:
        return _("I do not know “{unit}” as a unit to sell in.", unit=unknown)
    if unit and UNITS[unit].kind != UNITS[units[0]].kind:
        return _("One cannot sell this by the unit “{unit}”.", unit=UNITS[unit].one)
    return None


def _unit_choices(units: Sequence[str]) -> list[Choice]:
    return [Choice(unit, UNITS[unit].one, aliases=UNITS[unit].words) for unit in units]


def _read_unit(text: str, units: Sequence[str]) -> str:
    """Read a unit alone; raises `Unreadable`."""
    choices = _unit_choices(units)
    index = match_option(text, [names_of(choice) for choice in choices])
    if index is not None:
        return choices[index].id
    found = find_unit(text)
    why = _why_not("" if found else tidy(text)[:20], units, found.id if found else "")
    if why is not None or found is None:
        raise Unreadable(_("{why} Please tap one of these, or type it.", why=why or text))
    return found.id


@dataclass(frozen=True, kw_only=True)
class QuantityQuestion(Question[Quantity]):
    """How much; stored as amount and unit, an id of `UNITS`.

    `units` are the likely ones, all of one kind; `monthly` allows "a month" to be said.
    """

    units: tuple[str, ...]
    monthly: bool = False
    likely: ClassVar[Json] = ["1", "kg"]

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read amount and unit; ask for the unit where it is missing or cannot be."""
        if isinstance(so_far, list) and not any(letter.isdecimal() for letter in text):
            return [*so_far, _read_unit(text, self.units)]
        if isinstance(so_far, list) and text.strip() in map(str, range(1, len(self.units) + 1)):
            return [*so_far, self.units[int(text) - 1]]
        quantity = read_quantity(text, reading.language, monthly=self.monthly)
        why = _why_not(quantity.unknown, self.units, quantity.unit)
        amount = f"{quantity.amount:f}"
        return [amount, quantity.unit] if quantity.unit and why is None else Halfway([amount], why)

    def prompt(self, so_far: Json) -> Words:
        """Say the question, or ask for the unit."""
        if not isinstance(so_far, list):
            return self.text
        return _("{amount} of what? Tap the unit, or type it.", amount=Decimal(str(so_far[0])))

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """Offer units once the amount is known."""
        return _unit_choices(self.units) if isinstance(so_far, list) else ()

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a tapped unit."""
        super().pick(choice, so_far, reading)
        return [*(so_far if isinstance(so_far, list) else ()), choice]

    def load(self, stored: Json) -> Quantity:
        """Read the stored pair."""
        if not isinstance(stored, list) or len(stored) != 2 or stored[1] not in UNITS:
            raise ValueError(stored)
        return Quantity(Decimal(str(stored[0])), str(stored[1]))

    def show(self, stored: Json) -> Words:
        """Show the amount with its unit."""
        quantity = self.load(stored)
        unit = name_of_unit(quantity.unit, one=quantity.amount == 1)
        return _("{amount} {unit}", amount=quantity.amount, unit=unit)


@dataclass(frozen=True, kw_only=True)
class PriceQuestion(Question[Price]):
    """A price for one unit, stored as amount, currency, unit and port; with `ports`, free on board at one of them.

    While it is being given, the same list has empty strings for what is still missing.
    """

    units: tuple[str, ...]
    ports: tuple[str, ...] = ()
    likely: ClassVar[Json] = ["1", "USD", "kg", ""]

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read all of a price, or the part that is missing."""
        match self._missing(so_far):
            case "currency" if not any(letter.isdecimal() for letter in text):
                return self._given(so_far, 1, self._read_currency(text, reading))
            case "unit" if not any(letter.isdecimal() for letter in text):
                return self._given(so_far, 2, _read_unit(text, self.units))
            case "port":
                return self._given(so_far, 3, self._read_port(text, so_far, reading))
        offered = self.choices(so_far, reading)
        if offered and text.strip().isdecimal() and 1 <= int(text) <= len(offered):
            return self.pick(offered[int(text) - 1].id, so_far, reading)
        parts = read_price(text, reading.language, self.ports)
        why = _why_not(parts.unknown, self.units, parts.unit)
        given = [f"{parts.amount:f}", parts.currency, "" if why else parts.unit, parts.port[:LONGEST_PORT]]
        return self._go_on(given, why)

    def _read_currency(self, text: str, reading: Reading) -> str:
        offered = self.choices(["1", "", "", ""], reading)
        index = match_option(text, [names_of(choice) for choice in offered])
        if index is not None:
            return offered[index].id
        if MARK.search(text) is None:
            raise Unreadable(MISSED)
        return read_money(f"1 {text}", reading.language).currency

    def _read_port(self, text: str, so_far: Json, reading: Reading) -> str:
        offered = self.choices(so_far, reading)
        index = match_option(text, [names_of(choice) for choice in offered])
        if index is not None:
            return offered[index].id
        port = tidy(text)
        if not 2 <= len(port) <= LONGEST_PORT or not any(map(str.isalpha, port)) or "<" in port:
            raise Unreadable(_("Please send the name of the port alone, or tap one below."))
        return port

    def _missing(self, so_far: Json) -> str:
        if not isinstance(so_far, list):
            return "all"
        names = ("amount", "currency", "unit", *(("port",) if self.ports else ()))
        return next((name for name, part in zip(names, so_far, strict=False) if not part), "")

    def _given(self, so_far: Json, place: int, part: str) -> Taken:
        given = [str(each) for each in so_far] if isinstance(so_far, list) else [""] * 4
        given[place] = part
        return self._go_on(given)

    def _go_on(self, given: list[str], note: Words | None = None) -> Taken:
        """Ask for what is still missing, or close; "later" for the port is none."""
        if self._missing(given):
            return Halfway(given, note)
        return [*given[:3], "" if given[3] == LATER else given[3]]

    def prompt(self, so_far: Json) -> Words:
        """Say the question, or ask for the missing part."""
        match self._missing(so_far):
            case "currency":
                return _("In which currency?")
            case "unit":
                return _("For which unit is that price?")
            case "port":
                return _("From which port is it free on board (FOB)? Tap one, or type its name.")
        return self.text

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """Offer currencies, units or ports."""
        match self._missing(so_far):
            case "currency":
                own = {"ID": "IDR", "KR": "KRW"}.get(reading.country or "")
                known = {"USD": _("US dollar"), "IDR": _("Rupiah"), "KRW": _("Won"), "EUR": _("Euro")}
                return [Choice(code, label) for code, label in known.items() if code in ("USD", "EUR", own)]
            case "unit":
                return _unit_choices(self.units)
            case "port":
                return [*(Choice(port, port) for port in self.ports), Choice(LATER, _("Not decided yet"))]
        return ()

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a tapped part."""
        super().pick(choice, so_far, reading)
        return self._given(so_far, {"currency": 1, "unit": 2, "port": 3}[self._missing(so_far)], choice)

    def skip(self, so_far: Json) -> Json:
        """Skip the port alone where only that is missing."""
        return [*so_far[:3], ""] if isinstance(so_far, list) and self._missing(so_far) == "port" else None

    def load(self, stored: Json) -> Price:
        """Read the stored parts."""
        if not isinstance(stored, list) or len(stored) != 4 or stored[2] not in UNITS:
            raise ValueError(stored)
        amount, currency, unit, port = map(str, stored)
        return Price(Money(Decimal(amount), currency), unit, port)

    def show(self, stored: Json) -> Words:
        """Show the price as a buyer reads it."""
        price = self.load(stored)
        shown: Text = _("{money} per {unit}", money=price.money, unit=name_of_unit(price.unit, one=True))
        return _("{price}, FOB {port}", price=shown, port=price.port) if price.port else shown


@dataclass(frozen=True, kw_only=True)
class HsQuestion(Question[str]):
    """An HS code: digits as they are, or words for which headings are offered."""

    likely: ClassVar[Json] = "2008"

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read digits, or search by words; a chapter alone offers its headings."""
        offered = self.choices(so_far, reading)
        index = match_option(text, [names_of(choice) for choice in offered]) if offered else None
        if index is not None and (not text.strip().isdecimal() or int(text) <= len(offered)):
            return self.pick(offered[index].id, so_far, reading)
        if hs.is_code(text):
            digits = hs.read_code(text)
            return digits if len(digits) > 2 else Halfway([*_codes(digits)[:7], digits])
        found = _codes(text)
        if not found:
            raise Unreadable(
                _(
                    "I found no HS heading for that. Please try a plainer word for the product, "
                    "or skip this: our staff will find the code with you."
                )
            )
        return Halfway(found)

    def prompt(self, so_far: Json) -> Words:
        """Say the question, or ask which heading it is."""
        if not isinstance(so_far, list):
            return self.text
        words: Words = _(
            "Which of these is it? Customs has the last word on the code; this is a help to find it."
        )
        for code in so_far if len(so_far) <= FEW else ():
            words = _("{above}\n{line}", above=words, line=show_hs(str(code)))
        return words

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """Offer the headings found."""
        if not isinstance(so_far, list):
            return ()
        found = [Choice(str(code), show_hs(str(code))) for code in so_far]
        return [*found, Choice(NONE_OF_THESE, _("None of these"), aliases=("bukan", "lainnya", "없음"))]

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a heading; "none of these" asks anew."""
        super().pick(choice, so_far, reading)
        if choice == NONE_OF_THESE:
            return Halfway(None, _("Then please describe it in other words, or skip: our staff will help."))
        return choice

    def load(self, stored: Json) -> str:
        """Return the code, if it still is one."""
        try:
            return hs.read_code(str(stored))
        except Unreadable as unreadable:
            raise ValueError(stored) from unreadable

    def show(self, stored: Json) -> Words:
        """Show the code with what it is for."""
        return show_hs(str(stored))


def _codes(text: str) -> list[str]:
    return [entry.code for entry in hs.find_headings(text)]


def show_hs(code: str) -> Words:
    """Show a code with the name of its heading or chapter."""
    return _("{code} {name}", code=hs.dotted(code), name=hs.name_of(code))
