"""Questions for a place: a province or a district, by name, by list or by where the phone is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from flows.message import Content, SharedLocation
from flows.questions.base import Choice, Halfway, Json, Question, Reading, Taken
from flows.reading import Unreadable
from flows.reading.choices import match_option, read_yes_no
from locales.regions import Region, find_regions, nearest_province, region
from locales.words import Text, Words, _, by_language


def name_of(place: Region) -> Words:
    """Name a place in the person's language."""
    return by_language(place.names)


@dataclass(frozen=True, kw_only=True)
class PlaceQuestion(Question[str]):
    """A place out of a list, stored by its code; a name in any language, an alias or a near match finds it."""

    among: tuple[Region, ...]

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """List the places: those found so far when several were near, else all."""
        found = so_far if isinstance(so_far, list) else []
        return [
            Choice(place.code, name_of(place)) for place in self.among if not found or place.code in found
        ]

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Take a tapped place, listed just now or before."""
        return super().pick(choice, None, reading)

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Find the place she names; several are shown to choose from."""
        shown = [place for place in self.among if not isinstance(so_far, list) or place.code in so_far]
        if text.strip().rstrip(".").isdigit():
            index = match_option(text, [tuple(place.names.values()) for place in shown])
            if index is not None:
                return shown[index].code
        if isinstance(so_far, list) and len(shown) == 1 and (right := read_yes_no(text)) is not None:
            return shown[0].code if right else Halfway(None)
        found = find_regions(text, self.among)
        if not found:
            raise Unreadable(
                _(
                    "I do not know a place by that name here. Please check the spelling, or tap it in the list."
                )
            )
        if len(found) == 1:
            return found[0].code
        return Halfway([place.code for place in found[:8]], _("There are several. Which one do you mean?"))

    def load(self, stored: Json) -> str:
        """Return the code, if it is still one of the list."""
        if not any(place.code == stored for place in self.among):
            raise ValueError(stored)
        return str(stored)

    def show(self, stored: Json) -> Words:
        """Show the place by name."""
        return next((name_of(place) for place in self.among if place.code == stored), str(stored))

    def likely_answer(self) -> Json:
        """Guess the first place."""
        return self.among[0].code if self.among else ""


@dataclass(frozen=True, kw_only=True)
class ProvinceQuestion(PlaceQuestion):
    """A province, which a shared location can find too; she confirms it by tapping."""

    request: ClassVar[Literal["contact", "location"] | None] = "location"

    def read(self, content: Content, so_far: Json, reading: Reading) -> Taken:
        """Read a name, or offer the province a location lies in."""
        if isinstance(content, SharedLocation):
            found = nearest_province(content.latitude, content.longitude)
            if found is None or found not in self.among:
                raise Unreadable(
                    _("That location is in none of these provinces. Please choose or type the name.")
                )
            return Halfway([found.code], _("You seem to be in {place}. Is that right?", place=name_of(found)))
        return super().read(content, so_far, reading)


def province(
    name: str, words: Text, among: Sequence[Region], *, label: Text, example: Words = ""
) -> ProvinceQuestion:
    """Ask for a province."""
    return ProvinceQuestion(name=name, text=words, label=label, example=example, among=tuple(among))


def district(
    name: str, words: Text, among: Sequence[Region], *, label: Text, example: Words = ""
) -> PlaceQuestion:
    """Ask for a district of a province."""
    return PlaceQuestion(name=name, text=words, label=label, example=example, among=tuple(among))


def place_name(country: str, code: str) -> Words:
    """Name a place by its stored code."""
    found = region("ID" if country == "ID" else "KR", code)
    return name_of(found) if found else code
