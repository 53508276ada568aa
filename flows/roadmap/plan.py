"""The plan of a product's steps for a market: what is done, what is left, how long it takes, what comes too late.

Steps run beside one another as far as none waits for another; a shipment waits for everything that is required
before it. Counting forward from today gives when a step may end; counting backward from the mission gives when it
must begin.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Literal, TypeAlias

from flows.roadmap.certificates import holds_until
from flows.roadmap.product import Held, Market, Mission, ProductFacts, needed_until
from flows.roadmap.rules import Rule, applying
from flows.roadmap.step import NO_TIME, Step, Weeks
from flows.roadmap.steps import STEPS
from locales.words import Text

State: TypeAlias = Literal["done", "to_renew", "to_do"]


@dataclass(frozen=True)
class PlannedStep:
    """A step in its place of a plan.

    `begins` and `ends` are weeks from today. `begin_by` is the last day to begin, by the longest estimates, to be
    ready for the mission. `late` is by how many weeks it ends after the mission begins: by the shortest estimates it
    will be late, by the longest it may be. `certificate` is the one held for it.
    """

    number: int
    step: Step
    required: bool
    state: State
    begins: Weeks = NO_TIME
    ends: Weeks = NO_TIME
    begin_by: date | None = None
    late: Weeks = NO_TIME
    certificate: Held | None = None


@dataclass(frozen=True)
class RoadMap:
    """The way of a product into a market. All times are estimates.

    `ready` is until all is in place that comes before a shipment, `total` until the first shipment can leave; neither
    waits for what is only advised. `complete` is false when required steps have a time nobody could tell. Without a
    `known` route only general steps are listed and an officer should be asked.
    """

    product: ProductFacts
    market: Market
    today: date
    mission: Mission | None
    steps: tuple[PlannedStep, ...]
    ready: Weeks
    total: Weeks
    late: Weeks
    known: bool
    complete: bool
    notes: tuple[Text, ...]

    @property
    def halal(self) -> bool:
        """Whether a step is about halal, so that the notice about 17 October 2026 goes with the plan."""
        return any(planned.step.halal for planned in self.steps)

    def awaited(self, planned: PlannedStep) -> tuple[PlannedStep, ...]:
        """List the steps not yet done that a step itself waits for."""
        return tuple(
            other for other in self.steps if other.step.id in planned.step.waits_for and other.state != "done"
        )

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(planned.state == "done" for planned in self.steps)


def plan(
    product: ProductFacts, market: Market, held: Sequence[Held], today: date, mission: Mission | None = None
) -> RoadMap:
    """Work out the road map of a product."""
    rules = list(applying(product, market))
    advised, required = _chosen(rules)
    all_waits = _waits(advised | required, required)
    steps = _ordered(rules, all_waits)
    needed = needed_until(today, mission)
    found = {step.id: _state(step, product, held, needed) for step in steps}
    left = {step.id for step in steps if found[step.id][0] != "done"}
    waits = {id_: all_waits[id_] & left for id_ in left}
    begins, ends = _forward(steps, waits)
    tails = _backward(steps, waits, required)
    before = [step.id for step in steps if step.id in required and not step.each_shipment]
    ready = _latest(ends[id_] for id_ in before)
    planned = tuple(
        PlannedStep(
            number,
            step,
            step.id in required,
            found[step.id][0],
            begins[step.id],
            ends[step.id],
            begin_by=_begin_by(mission, tails[step.id]) if _meets_mission(step, waits) else None,
            late=_late(ends[step.id], today, mission) if _meets_mission(step, waits) else NO_TIME,
            certificate=found[step.id][1],
        )
        for number, step in enumerate(steps, 1)
    )
    return RoadMap(
        product,
        market,
        today,
        mission,
        planned,
        ready=ready,
        total=_latest(ends[step.id] for step in steps if step.id in required),
        late=_late(ready, today, mission) if any(id_ in waits for id_ in before) else NO_TIME,
        known=any(rule.route for rule in rules),
        complete=not any(STEPS[id_].time == "unknown" and id_ in waits for id_ in before),
        notes=tuple(dict.fromkeys(rule.note for rule in rules if rule.note)),
    )


def _chosen(rules: Iterable[Rule]) -> tuple[set[str], set[str]]:
    advised: set[str] = set()
    required: set[str] = set()
    excluded: set[str] = set()
    for rule in rules:
        advised |= rule.advised
        required |= set(rule.add) - rule.advised
        excluded |= rule.exclude
    return advised - required - excluded, required - excluded


def _waits(chosen: set[str], required: set[str]) -> Mapping[str, frozenset[str]]:
    """Tell for each step which others it waits for."""
    before_shipment = frozenset(id_ for id_ in required if not STEPS[id_].each_shipment)
    return {
        id_: frozenset(chosen.intersection(STEPS[id_].waits_for))
        | (before_shipment if STEPS[id_].each_shipment else frozenset())
        for id_ in chosen
    }


def _ordered(rules: Iterable[Rule], waits: Mapping[str, frozenset[str]]) -> list[Step]:
    """Put steps in the order of their phases, as far as no rule lists them otherwise and none waits for another."""
    before = {id_: set(earlier) for id_, earlier in waits.items()}
    for rule in rules:
        for first, second in pairwise(id_ for id_ in rule.add if id_ in waits):
            before[second].add(first)
    places = {id_: (STEPS[id_].phase, place) for place, id_ in enumerate(STEPS)}
    free = [(places[id_], id_) for id_ in waits if not before[id_]]
    heapify(free)
    ordered: list[Step] = []
    while free:
        _, id_ = heappop(free)
        ordered.append(STEPS[id_])
        for other, earlier in before.items():
            if id_ in earlier:
                earlier.remove(id_)
                if not earlier:
                    heappush(free, (places[other], other))
    if len(ordered) != len(waits):
        raise ValueError("the rules list steps in a circle")
    return ordered


def _state(
    step: Step, product: ProductFacts, held: Sequence[Held], needed: date
) -> tuple[State, Held | None]:
    own = [each for each in held if each.kind in step.satisfied_by]
    valid = [each for each in own if holds_until(each, needed)]
    if valid:
        return "done", valid[0]
    if any(each.kind in step.shown_by and holds_until(each, needed) for each in held):
        return "done", None
    if _said_done(step, product) and not any(each.expires for each in own):
        return "done", None
    if own:
        return "to_renew", max(own, key=lambda each: each.expires or date.min)
    return "to_do", None


def _said_done(step: Step, product: ProductFacts) -> bool:
    home_trademark = f"trademark_{product.origin.lower()}"
    return (step.id == "hs_code" and bool(product.hs_known)) or (
        step.id == home_trademark and bool(product.trademark_registered)
    )


def _forward(
    steps: Sequence[Step], waits: Mapping[str, frozenset[str]]
) -> tuple[Mapping[str, Weeks], Mapping[str, Weeks]]:
    begins: dict[str, Weeks] = {}
    ends: dict[str, Weeks] = {}
    for step in steps:
        if step.id not in waits:
            begins[step.id] = ends[step.id] = NO_TIME
            continue
        begin = _latest(ends[other] for other in waits[step.id])
        begins[step.id] = begin
        ends[step.id] = Weeks(begin.least + step.weeks.least, begin.most + step.weeks.most)
    return begins, ends


def _backward(
    steps: Sequence[Step], waits: Mapping[str, frozenset[str]], required: Collection[str]
) -> Mapping[str, int]:
    """Tell how many weeks lie, at most, between a step's beginning and all being ready for the mission."""
    tails: dict[str, int] = {}
    for step in reversed(steps):
        after = [
            tails[other]
            for other, earlier in waits.items()
            if step.id in earlier and other in required and not STEPS[other].each_shipment
        ]
        tails[step.id] = step.weeks.most + max(after, default=0)
    return tails


def _meets_mission(step: Step, waits: Mapping[str, frozenset[str]]) -> bool:
    return step.id in waits and not step.each_shipment


def _begin_by(mission: Mission | None, tail: int) -> date | None:
    return mission.starts - timedelta(weeks=tail) if mission else None


def _late(ends: Weeks, today: date, mission: Mission | None) -> Weeks:
    if mission is None:
        return NO_TIME
    days = (mission.starts - today).days
    return Weeks(max(0, ends.least - days // 7), max(0, ends.most - days // 7))


def _latest(ends: Iterable[Weeks]) -> Weeks:
    all_ = list(ends)
    return Weeks(max((each.least for each in all_), default=0), max((each.most for each in all_), default=0))
