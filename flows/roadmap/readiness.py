"""How ready a product is in what offices ask for first: a standard, a brand of its own, halal, capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows.roadmap.certificates import BY_ID, holds_until
from flows.roadmap.product import Held, Mission, ProductFacts, needed_until
from flows.roadmap.rules import EATEN, HALAL_APPLIES
from locales.words import Text, _

STANDARD: Final = 30
BRAND: Final = 15
TRADEMARK: Final = 10
HALAL: Final = 25
CAPACITY: Final = 20

HALAL_KINDS: Final = frozenset({"halal_id", "halal_kr", "halal_uae"})
TRADEMARK_KINDS: Final = frozenset({"trademark_id", "trademark_kr"})


@dataclass(frozen=True)
class Part:
    """One of the things that count: what it is, its points, whether it is there, and what would bring it."""

    name: Text
    points: int
    there: bool
    advice: Text


@dataclass(frozen=True)
class Readiness:
    """A score of 0 to 100 and the parts it comes from; those that do not apply are left out."""

    parts: tuple[Part, ...]

    @property
    def score(self) -> int:
        """The share of the points that are there, of those that apply."""
        got = sum(part.points for part in self.parts if part.there)
        return round(100 * got / sum(part.points for part in self.parts))

    @property
    def would_raise(self) -> list[Text]:
        """What would raise the score, the most telling first."""
        missing = (part for part in self.parts if not part.there)
        return [part.advice for part in sorted(missing, key=lambda part: -part.points)]


def halal_applies(product: ProductFacts) -> bool:
    """Tell whether buyers would ask for halal: for what is eaten or put on the skin, unless it cannot be halal."""
    haram = "haram_content" in product.flags or ("alcohol" in product.flags and product.sector in EATEN)
    return product.sector in HALAL_APPLIES and not haram


def readiness(
    product: ProductFacts, held: Sequence[Held], today: date, mission: Mission | None = None
) -> Readiness:
    """Score a product; a certificate counts when it is still valid after the mission."""
    needed = needed_until(today, mission)
    valid = {each.kind for each in held if holds_until(each, needed)}
    parts = [
        Part(
            _("International standard"),
            STANDARD,
            any(kind in BY_ID and BY_ID[kind].standard for kind in valid),
            _("A certificate of an international standard, such as HACCP, GMP or KC, valid past the mission"),
        ),
        Part(
            _("Own brand"),
            BRAND,
            bool(product.own_brand),
            _("A brand of your own"),
        ),
        Part(
            _("Registered trademark"),
            TRADEMARK,
            bool(product.trademark_registered) or bool(valid & TRADEMARK_KINDS),
            _("Registering your trademark, best before you show the product at a fair"),
        ),
        Part(
            _("Known capacity"),
            CAPACITY,
            bool(product.capacity),
            _("How much you can make in a month"),
        ),
    ]
    if halal_applies(product):
        parts.append(
            Part(_("Halal certificate"), HALAL, bool(valid & HALAL_KINDS), _("A valid halal certificate"))
        )
    return Readiness(tuple(parts))
