"""What the road map must know: the product, the certificates held, the mission to be ready for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from locales.words import Words

Country: TypeAlias = Literal["ID", "KR"]
Market: TypeAlias = Literal["ID", "KR", "AE", "RU"]
Age: TypeAlias = Literal["lt3y", "3-13", "adult"]

Flag: TypeAlias = Literal[
    "haram_content",
    "organic_claim",
    "function_claim",
    "mains_power",
    "wood",
    "animal_origin",
    "alcohol",
    "health_claim",
]

MARGIN: Final = timedelta(days=90)
"""How long after the mission a certificate must still be valid."""


@dataclass(frozen=True)
class ProductFacts:
    """What a product's road map depends on; `None` is what is not known.

    `sector` is an id of `flows.taxonomy.SECTORS`. `capacity` tells whether the monthly capacity is known.
    """

    origin: Country
    sector: str
    flags: frozenset[Flag] = frozenset()
    age: Age = "adult"
    own_brand: bool | None = None
    trademark_registered: bool | None = None
    capacity: bool | None = None
    hs_known: bool | None = None


@dataclass(frozen=True)
class Held:
    """A certificate the business has; `kind` is one of `flows.roadmap.certificates`."""

    kind: str
    number: str = ""
    expires: date | None = None
    until_change: bool = False


@dataclass(frozen=True)
class Mission:
    """A mission the product should be ready for."""

    name: Words
    starts: date
    ends: date


def needed_until(today: date, mission: Mission | None) -> date:
    """Tell the day after which a certificate must run out to count as valid."""
    return (max(mission.ends, today) if mission else today) + MARGIN
