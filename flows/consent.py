"""Consent: what she agrees to, by whom and for what, asked before anything is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flows.engine import Chat, Flow
from flows.outcomes import ConsentDecided, Ending, Go
from flows.questions import yes_no
from locales.words import Text, _, by_language, render


@dataclass(frozen=True)
class Purpose:
    """Something the office may do with what it is told, and the text it asks with; a new text is a new version."""

    id: str
    version: str
    text: Text


REGISTRATION: Final = Purpose(
    "registration",
    "2026-11",
    _(
        "To register your business, {office} keeps what you enter about it (name, number, legal form, sector, place, "
        "size, export plans, photos and papers) and about its contact person (name, role, phone, e-mail).\n\n"
        "Purpose: to choose firms for export programmes and to contact you about them. Only the office's staff see "
        "it.\n\n"
        "It is kept until you withdraw the registration or have your data erased, both of which you can do here at "
        "any time.\n\n"
        "You may refuse; then you cannot register, and everything else stays open to you. (Version {version})"
    ),
)

ANNOUNCEMENTS: Final = Purpose(
    "announcements",
    "2026-11",
    _(
        "May {office} send you announcements in this chat, on WhatsApp, Telegram or the web: about trade missions, "
        "programmes and deadlines? STOP ends them at any time. (Version {version})"
    ),
)

PURPOSES: Final = {purpose.id: purpose for purpose in (REGISTRATION,)}
"""The purposes a form needs, asked by the flow `consent`; announcements have a flow of their own."""


def words_of(purpose: Purpose, chat: Chat) -> Text:
    """Write what a purpose asks, in the name of this office."""
    office = by_language(chat.facts.office.names)
    return Text(purpose.text.key, (("office", office), ("version", purpose.version)))


def decided(purpose: Purpose, chat: Chat, *, given: bool) -> ConsentDecided:
    """Write down a decision, with the very words she read."""
    text = render(words_of(purpose, chat), chat.facts.language)
    return ConsentDecided(purpose.id, purpose.version, given, text)


def needs(chat: Chat, purpose: Purpose) -> bool:
    """Tell whether she has not agreed to the present text of a purpose."""
    return chat.facts.consents.get(purpose.id) != purpose.version


async def consent(chat: Chat) -> Ending:
    """Ask for consent to one purpose, then go where it was needed."""
    purpose = PURPOSES[chat.about["purpose"]]
    agreed = await yes_no(
        "agreed",
        _("{text}\n\nDo you agree?", text=words_of(purpose, chat)),
        label=_("Consent"),
        yes=_("I agree"),
        no=_("I do not agree"),
    )
    decision = decided(purpose, chat, given=agreed)
    if agreed:
        return Go(chat.about["then"], record=decision)
    chat.say(_("That is fine: no registration was kept. You can still ask us anything."))
    return decision


CONSENT = Flow("consent", consent, _("Consent"))
