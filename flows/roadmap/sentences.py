"""How the road map is put into words: times, states, what comes too late, what it all rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from flows.roadmap.plan import PlannedStep, RoadMap
from flows.roadmap.product import Market
from flows.roadmap.step import Cost, Step, Time, Weeks
from locales.words import Text, _, ngettext

MARKETS: Final[Mapping[Market, Text]] = {
    "ID": _("Indonesia"),
    "KR": _("Korea"),
    "AE": _("United Arab Emirates"),
    "RU": _("Russia"),
}

COSTS: Final[Mapping[Cost, Text]] = {
    "free": _("free of charge"),
    "low": _("low cost"),
    "medium": _("medium cost"),
    "high": _("high cost"),
}

ESTIMATES: Final = _("All times are estimates. Please confirm them with the agencies.")
HALAL_NOTICE: Final = _(
    "Halal: 17 October 2026, when duties were to widen, has passed. Please check BPJPH's current notice."
)
ASK_OFFICER: Final = _(
    "For this product and market I only know the general steps. Please ask an officer for the rest."
)
INCOMPLETE: Final = _("Some steps have a time that nobody could tell: it comes on top.")

_TIMES: Final[Mapping[str, Text]] = {
    "same_day": _("the same day"),
    "days": _("a few days"),
    "within": _("counted in the steps around it"),
    "unknown": _("time not known: ask"),
}


def tell_weeks(weeks: Weeks) -> Text:
    """Say a range: in weeks when it is short, in months when it is long."""
    if weeks.most == 0:
        return _("a few days")
    if (weeks.least >= 4 and weeks.most >= 13) or (weeks.least == 0 and weeks.most >= 26):
        return _range(_months(weeks.least), _months(weeks.most), months=True)
    return _range(weeks.least, weeks.most, months=False)


def _range(least: int, most: int, *, months: bool) -> Text:
    if least == most:
        return (
            ngettext("about {count} month", "about {count} months", most)
            if months
            else ngettext("about {count} week", "about {count} weeks", most)
        )
    if least == 0:
        return (
            ngettext("up to {count} month", "up to {count} months", most)
            if months
            else ngettext("up to {count} week", "up to {count} weeks", most)
        )
    if months:
        return _("{least}–{most} months", least=least, most=most)
    return _("{least}–{most} weeks", least=least, most=most)


def _months(weeks: int) -> int:
    return round(weeks * 12 / 52)


def tell_time(planned: PlannedStep) -> Text:
    """Say how long a step takes, as far as it can be said; a weak figure is not said in numbers."""
    step = planned.step
    if step.each_shipment:
        return (
            _("with each shipment, {time}", time=_tell(step.time))
            if isinstance(step.time, Weeks) and step.confidence != "low"
            else _("with each shipment")
        )
    if step.confidence == "low" and isinstance(step.time, Weeks):
        return _("rough estimate: ask first")
    return _tell(step.time)


def _tell(time: Time) -> Text:
    return tell_weeks(time) if isinstance(time, Weeks) else _TIMES[time]


def tell_cost(step: Step) -> Text | None:
    """Say the class of a step's cost; None where no source says."""
    return COSTS[step.cost] if step.cost else None


def tell_validity(step: Step) -> Text | None:
    """Say how long what a step brings is valid, roughly; None where no source says, or only a weak one."""
    match step.validity:
        case int(months) if step.confidence != "low":
            years = round(months / 12)
            return ngettext("valid about {count} year", "valid about {count} years", years)
        case "until_change":
            return _("valid until something changes")
        case "while_active":
            return _("valid while the business is active")
        case _:
            return None


def tell_state(planned: PlannedStep) -> Text:
    """Say whether a step is done, with the date its certificate runs out."""
    held = planned.certificate
    match planned.state:
        case "done" if held and held.expires and not held.until_change:
            return _("Done, valid until {date}", date=held.expires)
        case "done":
            return _("Done")
        case "to_renew" if held and held.expires:
            return _("To renew: valid until {date}", date=held.expires)
        case "to_renew":
            return _("To renew: no expiry date given")
        case _:
            return _("To do") if planned.required else _("Advised")


def tell_late(planned: PlannedStep) -> Text | None:
    """Say by how much a step comes too late for the mission; None when it does not, or only what it waits for does."""
    if planned.step.weeks.most == 0:
        return None
    if planned.late.most and not planned.required:
        return _("Ends after the mission; the plan does not wait for it")
    if planned.late.most and planned.step.confidence == "low":
        return _("Late for the mission") if planned.late.least else _("May be late for the mission")
    return _late(planned.late)


def _late(late: Weeks) -> Text | None:
    if late.most == 0:
        return None
    if late.least == 0:
        return _("May be late by {time}", time=tell_weeks(late))
    return _("Late by {time}", time=tell_weeks(late))


def tell_begin(planned: PlannedStep, today: date) -> Text | None:
    """Say by when to begin to be ready for the mission; None when it takes no time or the day has passed."""
    if planned.begin_by is None or planned.begin_by < today or planned.step.weeks.most == 0:
        return None
    return _("Begin by {date} to be ready for the mission", date=planned.begin_by)


def tell_total(roadmap: RoadMap) -> Text:
    """Say how long it takes until the first shipment can leave."""
    required = [planned for planned in roadmap.steps if planned.required]
    if all(planned.state == "done" or planned.step.each_shipment for planned in required):
        return _("All is ready for a first shipment.")
    if not roadmap.known or roadmap.total.most == 0:
        return _("How long it takes could not be told: please ask.")
    return _("Until the first shipment: {time} (estimate)", time=tell_weeks(roadmap.total))


def tell_mission(roadmap: RoadMap) -> Text | None:
    """Say whether all that must come before a shipment will be ready for the mission; None without one."""
    if roadmap.mission is None:
        return None
    name = roadmap.mission.name
    if not roadmap.known:
        return _("Whether it will be ready for “{mission}” could not be told: please ask.", mission=name)
    late = tell_weeks(roadmap.late)
    if roadmap.late.least:
        return _("For “{mission}” it will be late by {time}.", mission=name, time=late)
    if roadmap.late.most:
        return _("For “{mission}” it may be late by {time}.", mission=name, time=late)
    if not roadmap.complete:
        return _("For “{mission}” it may be in time, apart from the steps of unknown time.", mission=name)
    return _("For “{mission}” it should be ready in time, by these estimates.", mission=name)


def tell_notes(roadmap: RoadMap) -> list[Text]:
    """Say what goes with the whole plan: what is not known, what to mind, that times are estimates."""
    said = [] if roadmap.known else [ASK_OFFICER]
    if not roadmap.complete:
        said.append(INCOMPLETE)
    said += roadmap.notes
    if roadmap.halal:
        said.append(HALAL_NOTICE)
    return [*said, ESTIMATES]
