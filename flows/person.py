"""A person, please: the chat goes to the office's staff."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flows.engine import Chat, Flow
from flows.facts import Facts
from flows.outcomes import Ending, PersonWanted
from flows.questions import text
from locales.words import Words, _

ABOUT = text(
    "about",
    _("I will hand this chat to our staff. What is it about? Write it in a few words."),
    label=_("Your question"),
    most=1000,
    lines=True,
)


async def person(chat: Chat) -> Ending:
    """Ask what it is about, say when an answer can be expected, hand over."""
    about = await ABOUT
    chat.say(_("Our staff have it. {hours}", hours=hours(chat.facts)))
    chat.say(
        _(
            "Until they hand the chat back I stay silent; whatever you write here goes to them. "
            "To call me back, type BOT."
        )
    )
    return PersonWanted(about)


def hours(facts: Facts) -> Words:
    """Say whether the office is open, or when it opens next, by her own clock."""
    office, zone, hers = facts.office, ZoneInfo(facts.office.zone), ZoneInfo(facts.zone)
    here = facts.now.astimezone(zone)
    opens, closes = time.fromisoformat(office.opens), time.fromisoformat(office.closes)
    if here.weekday() in office.days and opens <= here.time() < closes:
        closing = datetime.combine(here.date(), closes, zone)
        return _("The office is open now, until {moment}.", moment=closing.astimezone(hers))
    day = here.date() if here.time() < opens else here.date() + timedelta(days=1)
    while day.weekday() not in office.days:
        day += timedelta(days=1)
    opening = datetime.combine(day, opens, zone)
    return _("The office is closed now; it opens on {moment}.", moment=opening.astimezone(hers))


PERSON = Flow("person", person, _("Talk to a person"), reopens=True)
