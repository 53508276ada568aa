"""What each outcome of a flow writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.channels.base import Inbound
from flows import consent
from flows.message import File, Message
from flows.outcomes import (
    AnnouncementsChosen,
    BotWanted,
    CertificateHeld,
    CertificateRemoved,
    ConsentDecided,
    ErasureConfirmed,
    LanguageChosen,
    Outcome,
    PersonWanted,
    ProductChanged,
    ProductDescribed,
    ProductWithdrawn,
    Registration,
    RegistrationChanged,
    RegistrationWithdrawn,
)
from locales.regions import region
from storage import attachments, businesses, consents, contacts, erasures, handovers, products
from storage.contacts import Known


def store(
    conn: Connection, office_id: int, known: Known, inbound: Inbound, outcome: Outcome, now: datetime
) -> Sequence[str]:
    """Write an outcome, if it is of those that are kept; returns the media files that nobody uses any more after it."""
    match outcome:
        case LanguageChosen(language):
            contacts.choose_language(conn, known.id, language)
        case ConsentDecided():
            consents.decide(
                conn,
                known.id,
                office_id,
                outcome,
                now,
                language=known.language,
                channel=inbound.address.channel,
                external_id=inbound.external_id,
            )
            if outcome.purpose == consent.ANNOUNCEMENTS.id:
                _set_announcements(conn, known, inbound, now, wants=outcome.given)
        case Registration():
            _register(conn, office_id, known, outcome, now)
        case RegistrationChanged():
            businesses.change(conn, known.id, outcome, now)
        case RegistrationWithdrawn(business):
            return businesses.withdraw(conn, known.id, business)
        case (
            ProductDescribed()
            | ProductChanged()
            | ProductWithdrawn()
            | CertificateHeld()
            | CertificateRemoved()
        ):
            return products.keep(conn, known.id, outcome, now)
        case AnnouncementsChosen(wants):
            _set_announcements(conn, known, inbound, now, wants=wants)
        case PersonWanted(about):
            handovers.open_for(conn, known.id, office_id, about, now)
        case BotWanted():
            handovers.close(conn, known.id, "", now)
        case ErasureConfirmed(reference):
            return erasures.erase(conn, known.id, office_id, reference, now)
    return ()


def _set_announcements(
    conn: Connection, known: Known, inbound: Inbound, now: datetime, *, wants: bool
) -> None:
    contacts.set_preference(conn, known.id, now, wants=wants, source=inbound.address.channel)


def _register(
    conn: Connection, office_id: int, known: Known, registration: Registration, now: datetime
) -> None:
    """Keep a business; what it tells of the person fills what was not known of her."""
    businesses.register(conn, known.id, office_id, registration, now)
    country = str(registration.fields["country"])
    place = region("ID" if country == "ID" else "KR", str(registration.fields["province"]))
    learnt = {"country": country, "zone": place.zone if place else known.zone}
    if not known.name:
        learnt["name"] = registration.representative["name"]
    if not known.phone:
        learnt["phone"] = registration.representative["phone"]
    contacts.change(conn, known.id, **learnt)


def copy_of_data(
    conn: Connection, contact_id: int, keep_file: Callable[[bytes], str], now: datetime
) -> Message:
    """Write all that is kept about a person into a file, and make the message that brings it."""
    data = json.dumps(erasures.copy_of(conn, contact_id), ensure_ascii=False, indent=2).encode()
    name = f"kabari-{now:%Y-%m-%d}.json"
    sha = keep_file(data)
    attachments.remember(
        conn, sha, "application/json", len(data), now, contact_id=contact_id, purpose="export", name=name
    )
    return Message(name, file=File(sha, name, "application/json"))
