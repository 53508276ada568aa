"""The questions about a product, shared by the flows that describe, complete and change it, by sector."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final

from flows.assortment import (
    BRANDS,
    FIELDS,
    FLAGS,
    FLAGS_OF,
    FOOD,
    LABELS,
    NONE,
    PERISHABLE,
    PORTS,
    SERVICES,
    STORAGES,
    TRADEMARKS,
    UNITS_OF,
    USUAL_UNITS,
    applies,
)
from flows.questions import Choice, Question, choice, files, number, yes_no
from flows.questions.base import Json, Reading, Taken
from flows.questions.chosen import ChoicesQuestion
from flows.questions.simple import TextQuestion
from flows.questions.trade import HsQuestion, Price, PriceQuestion, QuantityQuestion
from flows.reading import Unreadable
from flows.reading.choices import says_none
from flows.reading.quantities import Quantity
from flows.taxonomy import SECTORS
from locales.language import LANGUAGES
from locales.words import Text, Words, _

_TAG: Final = re.compile(r"<\s*/?[a-z][^<>]*>|<!|<\s*/?script", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class PlainTextQuestion(TextQuestion):
    """Words of her own in which web code (<b>, <script>) has no place."""

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Take the words; refuse tags."""
        words = super().read_text(text, so_far, reading)
        if _TAG.search(str(words)):
            raise Unreadable(
                _("Please write it in plain words, without web code such as <b>. It is shown as you type it.")
            )
        return words


@dataclass(frozen=True, kw_only=True)
class FlagsQuestion(ChoicesQuestion):
    """What applies of several things; "none of these" answers at once and is stored alone."""

    likely: ClassVar[Json] = [NONE]

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Tick, untick, or close with none."""
        return [NONE] if choice == NONE else super().pick(choice, so_far, reading)

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read a list, or that nothing applies."""
        if says_none(text):
            return [NONE]
        read = super().read_text(text, so_far, reading)
        return [NONE] if isinstance(read, list) and NONE in read else read

    def load(self, stored: Json) -> list[str]:
        """Return what applies; nothing for none."""
        return [each for each in super().load(stored) if each != NONE]


def _plain(
    name: str, words: Text, *, example: Words = "", most: int = 200, least: int = 2, lines: bool = False
) -> PlainTextQuestion:
    label = LABELS[name]
    return PlainTextQuestion(
        name=name, text=words, label=label, example=example, most=most, least=least, lines=lines
    )


NAME: Final = _plain(
    "name",
    _("What is the product called, in your language?"),
    example=_("Coconut chips, original"),
    most=100,
)
NAMES: Final = {
    "id": _plain("name_id", _("What is it called in Indonesian? Our staff can help with it."), most=100),
    "ko": _plain("name_ko", _("What is it called in Korean? Our staff can help with it."), most=100),
    "en": _plain("name_en", _("What is it called in English? Our staff can help with it."), most=100),
}
SECTOR: Final = choice("sector", _("What kind of product is it?"), SECTORS, label=LABELS["sector"]).resetting(
    "flags"
)
DESCRIPTION: Final = _plain(
    "description",
    _("Describe it for a foreign buyer in a few sentences: what it is, what is special, who buys it."),
    most=500,
    least=10,
    lines=True,
)
PHOTOS: Final = files(
    "photos", _("Send 1 to 5 photos of the product, in good light."), label=LABELS["photos"], most=5
)
HS: Final = HsQuestion(
    name="hs",
    text=_("What is its HS code? Type the digits, or what the product is, and I will look it up."),
    label=LABELS["hs"],
    example=_("coconut chips"),
)
BRAND: Final = choice(
    "brand", _("Do you sell it under your own brand, or make it for others?"), BRANDS, label=LABELS["brand"]
).resetting("trademark")
TRADEMARK: Final = choice(
    "trademark", _("Is the brand registered as a trademark?"), TRADEMARKS, label=LABELS["trademark"]
)
SHOWCASE: Final = yes_no(
    "showcase",
    _(
        "May our office show this product to foreign buyers: name, photos, description, figures and certificates? "
        "You can change this at any time."
    ),
    label=LABELS["showcase"],
    yes=_("Yes, show it"),
    no=_("No, staff only"),
)
PACKAGING: Final = _plain(
    "packaging",
    _("How is it packed: what kind, net weight or size, how many in a carton, the carton's weight?"),
    example=_("Pouch 100 g, 24 in a carton, 3.2 kg"),
    most=300,
)
SHELF_LIFE: Final = number(
    "shelf_life",
    _("How many months does it keep from the day it is made?"),
    label=LABELS["shelf_life"],
    example="12",
    least=1,
    most=120,
)
STORAGE: Final = choice("storage", _("How must it be stored?"), STORAGES, label=LABELS["storage"])
SAMPLES: Final = yes_no("samples", _("Can you send a buyer samples?"), label=LABELS["samples"])
_INGREDIENTS: Final = _plain(
    "ingredients", _("What is in it? List the ingredients, the largest first."), most=1000, lines=True
)
_MATERIALS: Final = _plain("ingredients", _("What is it made of?"), most=1000, lines=True)


@cache
def question_of(field: str, sector: str, country: str) -> Question[Any]:
    """Find the question by which a stored field is asked, for a sector and the country the product comes from."""
    by_sector: Mapping[str, Callable[[str], Question[Any]]] = {
        "minimum_order": minimum_order,
        "monthly_capacity": monthly_capacity,
        "flags": flags,
        "ingredients": ingredients,
    }
    if field == "price":
        return price(sector, country)
    return by_sector[field](sector) if field in by_sector else _QUESTIONS[field]


def minimum_order(sector: str) -> Question[Any]:
    """Ask for the smallest order taken."""
    return QuantityQuestion(
        name="minimum_order",
        text=_("What is the smallest order you take, with its unit?"),
        label=LABELS["minimum_order"],
        example="500 kg" if sector in FOOD else "500 pcs",
        units=UNITS_OF.get(sector, USUAL_UNITS),
    )


def monthly_capacity(sector: str) -> Question[Any]:
    """Ask how much can be made in a month."""
    return QuantityQuestion(
        name="monthly_capacity",
        text=_("How much can you make in a month?"),
        label=LABELS["monthly_capacity"],
        example="2,000 kg" if sector in FOOD else "2,000 pcs",
        units=UNITS_OF.get(sector, USUAL_UNITS),
        monthly=True,
    )


def price(sector: str, country: str) -> Question[Any]:
    """Ask for the price: free on board for goods."""
    service = sector in SERVICES
    unit = "project" if service else "kg" if sector in FOOD else "pcs"
    return PriceQuestion(
        name="price",
        text=_("What does it cost, for which unit?")
        if service
        else _("What is the price for a foreign buyer (FOB): currency, amount, unit, port?"),
        label=LABELS["price"],
        example=f"USD 900 / {unit}" if service else f"USD 2.50/{unit} FOB {PORTS[country][0]}",
        units=UNITS_OF.get(sector, USUAL_UNITS),
        ports=() if service else PORTS[country],
    )


def flags(sector: str) -> Question[Any]:
    """Ask what makes other rules apply, of what can be in the sector."""
    among = [FLAGS[each] for each in FLAGS_OF.get(sector, tuple(FLAGS))]
    return FlagsQuestion(
        name="flags",
        text=_("Does any of this apply? It decides which rules count. You may tick several."),
        label=LABELS["flags"],
        among=(*among, Choice(NONE, _("None of these"), aliases=("tidak satu pun", "해당 없음"))),
    )


def ingredients(sector: str) -> Question[Any]:
    """Ask for ingredients, or for materials."""
    return _INGREDIENTS if sector in PERISHABLE else _MATERIALS


_FIXED: Final[Sequence[Question[Any]]] = (
    *NAMES.values(),
    SECTOR,
    DESCRIPTION,
    PHOTOS,
    HS,
    BRAND,
    TRADEMARK,
    SHOWCASE,
    PACKAGING,
    SHELF_LIFE,
    STORAGE,
    SAMPLES,
)
_QUESTIONS: Final = {question.name: question for question in _FIXED}


async def answer(field: str, sector: str, country: str, known: Json = None) -> Json:
    """Ask for a field that may be skipped, and give what is to be stored; None when it was skipped."""
    question = question_of(field, sector, country)
    if isinstance(known, str | list):
        question = question.offering(known)
    return to_json(await question.optional())


def to_json(value: Any) -> Json:
    """Write an answer's value as it is stored."""
    match value:
        case Quantity(amount, unit):
            return [f"{amount:f}", unit]
        case Price(money, unit, port):
            return [f"{money.amount:f}", money.currency, unit, port]
        case _:
            stored: Json = value
            return stored


def still_open(fields: Mapping[str, Json]) -> list[str]:
    """List the fields a product of its sector could have and has not."""
    sector = str(fields["sector"])
    return [
        field
        for field in FIELDS
        if applies(field, sector) and fields.get(field) in (None, "") and field != "trademark"
    ]


def show_field(field: str, stored: Json, sector: str, country: str) -> Words:
    """Show a stored field as its question shows it; an empty one as missing."""
    if stored in (None, "", []):
        return _("None of these") if field == "flags" and stored == [] else _("(not given yet)")
    if field == "shelf_life":
        return _("{count} months", count=int(str(stored)))
    try:
        return question_of(field, sector, country).show(stored)
    except (ValueError, TypeError):
        return str(stored)


def name_of(fields: Mapping[str, Json], language: str) -> str:
    """Name a product in a language, or in another where that name is missing."""
    named = [str(fields[f"name_{each}"]) for each in (language, *LANGUAGES) if fields.get(f"name_{each}")]
    return named[0]


def missing_names(fields: Mapping[str, Json]) -> list[str]:
    """List the languages in which a product has no name yet: work for the staff."""
    return [language for language in LANGUAGES if not fields.get(f"name_{language}")]


def language_of(name: str, spoken: str) -> str:
    """Guess in which language a name is: Hangul is Korean, and Latin letters from a speaker of Korean are English."""
    if re.search("[가-힣]", name):
        return "ko"
    return "en" if spoken == "ko" else spoken
