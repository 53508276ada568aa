"""People and their addresses: found, met, locked for a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.prepared import Prepared, prepared_insert, slot
from storage.tables import (
    address,
    consent,
    contact,
    conversation,
    handover,
    inbox,
    outbox,
    preference,
    representative,
)

ALL = "*"
"""In a preference: every topic, every channel."""


class Collision(Exception):  # noqa: N818 - nobody erred
    """Another transaction met the same person at the same moment; the unit of work is to be run again."""


@dataclass(frozen=True)
class Place:
    """An address as the store has it: channel, account, kind, value."""

    channel: str
    account: str
    kind: str
    value: str


@dataclass(frozen=True)
class Known:
    """A contact as a turn needs her, read and locked in one statement."""

    id: int
    address_id: int
    office_id: int
    language: str
    language_confirmed: bool
    name: str
    phone: str
    country: str
    zone: str
    source: str
    reachable: bool
    seen_at: datetime
    state: Any
    handed_over: bool
    wants_announcements: bool
    has_waiting: bool
    has_unsent: bool
    has_consents: bool
    has_businesses: bool


def insert_for(conn: Connection) -> Any:
    """Choose the dialect's insert, which knows `on conflict`."""
    return pg_insert if conn.dialect.name == "postgresql" else sqlite_insert


_KNOWN = Prepared(
    select(
        contact.c.id,
        address.c.id.label("address_id"),
        contact.c.office_id,
        contact.c.language,
        contact.c.language_confirmed,
        contact.c.name,
        contact.c.phone,
        contact.c.country,
        contact.c.zone,
        contact.c.source,
        address.c.reachable,
        address.c.seen_at,
        conversation.c.state,
        exists(
            select(literal(1)).where(handover.c.contact_id == contact.c.id, handover.c.closed_at.is_(None))
        ).label("handed_over"),
        func.coalesce(preference.c.wants, literal(True)).label("wants_announcements"),
        exists(
            select(literal(1)).where(inbox.c.contact_id == contact.c.id, inbox.c.state == "waiting")
        ).label("has_waiting"),
        exists(
            select(literal(1)).where(
                outbox.c.contact_id == contact.c.id,
                or_(outbox.c.state == "queued", outbox.c.state == "sending"),
            )
        ).label("has_unsent"),
        exists(select(literal(1)).where(consent.c.contact_id == contact.c.id)).label("has_consents"),
        exists(select(literal(1)).where(representative.c.contact_id == contact.c.id)).label("has_businesses"),
    )
    .select_from(
        address.join(contact, contact.c.id == address.c.contact_id)
        .outerjoin(conversation, conversation.c.contact_id == contact.c.id)
        .outerjoin(
            preference,
            and_(
                preference.c.contact_id == contact.c.id,
                preference.c.topic == ALL,
                preference.c.channel == ALL,
            ),
        )
    )
    .where(
        address.c.channel == slot("channel"),
        address.c.account == slot("account"),
        address.c.kind == slot("kind"),
        address.c.value == slot("value"),
    )
    .with_for_update(of=contact),
    "channel",
    "account",
    "kind",
    "value",
)


def find(conn: Connection, places: Sequence[Place], now: datetime) -> Known | None:
    """Find and lock the contact that has one of these addresses; addresses new to her become hers."""
    for index, place in enumerate(places):
        if found := _KNOWN(conn, vars(place)):
            known = Known(*found[0])
            others = [other for number, other in enumerate(places) if number != index]
            for other in others:
                _add(conn, known.id, other, now)
            return known
    return None


def meet(
    conn: Connection,
    places: Sequence[Place],
    now: datetime,
    *,
    office_id: int,
    language: str,
    name: str = "",
    phone: str = "",
    country: str = "",
    zone: str = "",
    source: str = "",
) -> Known:
    """Make a new contact; raises `Collision` when somebody else just did."""
    contact_id = _MEET(
        conn,
        {
            "office_id": office_id,
            "language": language,
            "language_confirmed": False,
            "name": name[:200],
            "phone": phone,
            "country": country,
            "zone": zone,
            "source": source,
            "created_at": now,
            "seen_at": now,
        },
    )[0].id
    ids = [_add(conn, contact_id, place, now) for place in places]
    if ids[0] is None:
        raise Collision
    return Known(
        id=contact_id,
        address_id=ids[0],
        office_id=office_id,
        language=language,
        language_confirmed=False,
        name=name,
        phone=phone,
        country=country,
        zone=zone,
        source=source,
        reachable=True,
        seen_at=now,
        state=None,
        handed_over=False,
        wants_announcements=True,
        has_waiting=False,
        has_unsent=False,
        has_consents=False,
        has_businesses=False,
    )


_MEET = prepared_insert(contact)
_ADD = prepared_insert(address, ignoring_conflicts=True)


def _add(conn: Connection, contact_id: int, place: Place, now: datetime) -> int | None:
    values = {"contact_id": contact_id, "reachable": True, "created_at": now, "seen_at": now}
    added = _ADD(conn, {**vars(place), **values})
    return added[0].id if added else None


def see(conn: Connection, known: Known, now: datetime) -> None:
    """Remember that she was heard just now, at this address; whoever writes can be reached."""
    conn.execute(update(address).where(address.c.id == known.address_id).values(seen_at=now, reachable=True))


def choose_language(conn: Connection, contact_id: int, language: str) -> None:
    """Remember the language she chose."""
    _CHOOSE_LANGUAGE(conn, {"b_contact": contact_id, "b_language": language})


_CHOOSE_LANGUAGE = Prepared(
    update(contact)
    .where(contact.c.id == slot("b_contact"))
    .values(language=slot("b_language"), language_confirmed=literal(True)),
    "b_contact",
    "b_language",
)


def change(conn: Connection, contact_id: int, **values: Any) -> None:
    """Change what is kept of a contact."""
    conn.execute(update(contact).where(contact.c.id == contact_id).values(**values))


def set_reachable(conn: Connection, place: Place, *, reachable: bool) -> None:
    """Remember that an address is blocked, or open again."""
    conn.execute(
        update(address)
        .where(
            address.c.channel == place.channel,
            address.c.account == place.account,
            address.c.kind == place.kind,
            address.c.value == place.value,
        )
        .values(reachable=reachable)
    )


def move(conn: Connection, old: Place, new: Place) -> None:
    """Give a contact her new address instead of the old; where the new one is somebody's already, nothing changes."""
    taken = select(literal(1)).where(
        address.c.channel == new.channel,
        address.c.account == new.account,
        address.c.kind == new.kind,
        address.c.value == new.value,
    )
    if conn.execute(taken).first() is None:
        conn.execute(
            update(address)
            .where(
                address.c.channel == old.channel,
                address.c.account == old.account,
                address.c.kind == old.kind,
                address.c.value == old.value,
            )
            .values(kind=new.kind, value=new.value)
        )


def set_preference(
    conn: Connection, contact_id: int, now: datetime, *, wants: bool, source: str, topic: str = ALL
) -> None:
    """Remember whether she wants announcements."""
    statement = insert_for(conn)(preference).values(
        contact_id=contact_id, topic=topic, channel=ALL, wants=wants, source=source, at=now
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["contact_id", "topic", "channel"],
            set_={"wants": wants, "source": source, "at": now},
        )
    )
