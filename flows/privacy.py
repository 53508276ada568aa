"""My data: see it, take a copy, have it erased."""

from __future__ import annotations

from flows.engine import Chat, Flow
from flows.outcomes import DataRequested, Ending, ErasureConfirmed, Go
from flows.questions import Choice, choice, yes_no
from flows.reading.phones import show_phone
from locales.language import OWN_NAMES
from locales.words import Words, _, ngettext


async def privacy(_chat: Chat) -> Ending:
    """Ask what she wants with her data."""
    wanted = await choice(
        "privacy",
        _("What is yours stays yours. What would you like to do with your data?"),
        (
            Choice("data", _("See my data"), aliases=("lihat", "보기", "see")),
            Choice("erase", _("Delete my data"), aliases=("hapus", "삭제", "delete")),
            Choice("menu", _("Main menu")),
        ),
        label=_("My data"),
    )
    return Go(wanted)


async def data(chat: Chat) -> Ending:
    """Say what is kept, and send it as a file."""
    facts = chat.facts
    lines: list[Words] = [
        *([_("Name: {name}", name=facts.name)] if facts.name else []),
        *([_("Phone: {phone}", phone=show_phone(facts.phone))] if facts.phone else []),
        _("Language: {language}", language=OWN_NAMES[facts.language]),
        _("Announcements: {state}", state=_("received") if facts.wants_announcements else _("not received")),
    ]
    if facts.consents:
        lines.append(ngettext("{count} consent", "{count} consents", len(facts.consents)))
    if facts.businesses:
        count = len(facts.businesses)
        lines.append(ngettext("{count} business registered", "{count} businesses registered", count))
    lines += [
        _("· {name}, reference {reference}", name=str(each.fields["legal_name"]), reference=each.reference)
        for each in facts.businesses
    ]
    summary: Words = _("This is what we keep about you:")
    for line in lines:
        summary = _("{above}\n{line}", above=summary, line=line)
    chat.say(summary)
    chat.say(_("The file with everything, your messages too, comes next."))
    return DataRequested()


async def erase(chat: Chat) -> Ending:
    """Make sure, then have everything erased."""
    sure = await yes_no(
        "sure",
        _(
            "This erases everything we keep about you: your messages, answers, consents and the businesses only you "
            "speak for. It cannot be undone. Are you sure?"
        ),
        label=_("Delete my data"),
        yes=_("Erase everything"),
        no=_("Keep it"),
    )
    if not sure:
        chat.say(_("Nothing was erased."))
        return None
    chat.say(
        _(
            "Everything about you is erased. Your receipt is {reference}. If you write again, we begin anew.",
            reference=chat.facts.reference,
        )
    )
    return ErasureConfirmed(chat.facts.reference)


PRIVACY = Flow("privacy", privacy, _("My data"), reopens=True)
DATA = Flow("data", data, _("See my data"), reopens=True)
ERASE = Flow("erase", erase, _("Delete my data"))
