"""The steps of every road map, as data: what is known of each, from the planning tables of November 2026."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.roadmap.step import Step
from flows.roadmap.steps import firm, halal, labels, permits, plant, shipments

STEPS: Final[Mapping[str, Step]] = {
    step.id: step for module in (firm, plant, permits, halal, labels, shipments) for step in module.STEPS
}
"""Every step by its id, in the order of the phases."""
