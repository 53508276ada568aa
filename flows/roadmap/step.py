"""What a step of the road map is.

Times are planning figures in weeks for the whole of a step (preparation, testing, corrections), not the time an
agency promises; all are estimates. Costs are classes: low to about Rp2 million or 0.2 million won, medium to about
Rp25 million or 2.5 million won, high above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final, Literal, NamedTuple, TypeAlias

from flows.roadmap.certificates import Validity
from locales.words import Text, _

GATHERED: Final = date(2026, 11, 21)
"""The day the planning figures were gathered."""


class Phase(IntEnum):
    """The part of the way a step belongs to; a plan goes through them in this order."""

    IDENTITY = 1
    BRAND = 2
    PLANT_QUALITY = 3
    PRODUCT_REGISTRATION = 4
    HALAL = 5
    LABEL = 6
    ORIGIN = 7
    SHIPMENT = 8


class Weeks(NamedTuple):
    """A range in weeks."""

    least: int
    most: int


Time: TypeAlias = "Weeks | Literal['same_day', 'days', 'within', 'unknown']"
"""A range, or: done the same day; a few days; counted in the time of the steps around it; not known."""

NO_TIME: Final = Weeks(0, 0)

Cost: TypeAlias = Literal["free", "low", "medium", "high"]
Confidence: TypeAlias = Literal["high", "medium", "low"]

YOU: Final = _("Your business")
IMPORTER: Final = _("Your importer")
BOTH: Final = _("Your business and your importer")
MAKER: Final = _("The maker")
MAKER_OR_IMPORTER: Final = _("The maker or the importer")
PLANT: Final = _("The plant")
PLANT_OR_IMPORTER: Final = _("The plant or the importer")
SELLER: Final = _("The Korean responsible seller")
BUYER: Final = _("The buyer")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: what is to be done, by whom, and what is known of its time, cost and validity.

    `topic` is the slug of the answer that tells more. `cost` and `validity` are None where no source says; where a
    source names two classes the higher stands here. A certificate of a kind in `satisfied_by` makes the step done, or
    to be renewed; one in `shown_by` shows while valid that it was done. `waits_for` names the steps that must be
    finished before this one begins.
    """

    id: str
    title: Text
    topic: str
    phase: Phase
    who: Text
    time: Time
    confidence: Confidence
    cost: Cost | None = None
    validity: Validity = None
    waits_for: tuple[str, ...] = ()
    satisfied_by: tuple[str, ...] = ()
    shown_by: tuple[str, ...] = ()

    @property
    def weeks(self) -> Weeks:
        """The weeks to plan for it; none where it has no figure of its own."""
        return self.time if isinstance(self.time, Weeks) else NO_TIME

    @property
    def each_shipment(self) -> bool:
        """Whether it is done anew for every shipment."""
        return self.validity == "per_shipment"

    @property
    def halal(self) -> bool:
        """Whether it is about halal, so that the notice about 17 October 2026 goes with it."""
        return self.phase is Phase.HALAL
