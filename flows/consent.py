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

PURPOSES: Final = {purpose.id: purpose for purpose in (REGISTRATION,)}


def needs(chat: Chat, purpose: Purpose) -> bool:
    """Tell whether she has not agreed to the present text of a purpose."""
    return chat.facts.consents.get(purpose.id) != purpose.version


async def consent(chat: Chat) -> Ending:
    """Ask for consent to one purpose, then go where it was needed."""
    purpose = PURPOSES[chat.about["purpose"]]
    text = Text(
        purpose.text.key, (("office", by_language(chat.facts.office.names)), ("version", purpose.version))
    )
    agreed = await yes_no(
        "agreed",
        _("{text}\n\nDo you agree?", text=text),
        label=_("Consent"),
        yes=_("I agree"),
        no=_("I do not agree"),
    )
    decided = ConsentDecided(purpose.id, purpose.version, agreed, render(text, chat.facts.language))
    if agreed:
        return Go(chat.about["then"], record=decided)
    chat.say(_("That is fine: no registration was kept. You can still ask us anything."))
    return decided


CONSENT = Flow("consent", consent, _("Consent"))
