"""People and their addresses: found, met, locked for a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from storage.prepared import Prepared, prepared_insert, slot
from storage.tables import (
    UNFINISHED,
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

_RESOLUTION = timedelta(seconds=1)
"""Providers tell whole seconds."""
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
    wants_announcements: bool | None
    has_waiting: bool
    has_unsent: bool
    has_consents: bool
    has_businesses: bool


def insert_for(conn: Connection) -> Any:
    """Choose the dialect's insert, which knows `on conflict`."""
    return pg_insert if conn.dialect.name == "postgresql" else sqlite_insert


_PLACE = ("channel", "account", "kind", "value")
_HERE = and_(*(address.c[name] == slot(name) for name in _PLACE))

_LOCK = Prepared(
    select(contact.c.id)
    .select_from(address.join(contact, contact.c.id == address.c.contact_id))
    .where(_HERE)
    .with_for_update(of=contact),
    *_PLACE,
)
"""Locks a contact before anything of her is read; PostgreSQL reads the rest of a waiting statement as it was before."""

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
        preference.c.wants.label("wants_announcements"),
        exists(
            select(literal(1)).where(inbox.c.contact_id == contact.c.id, inbox.c.state == "waiting")
        ).label("has_waiting"),
        exists(
            select(literal(1)).where(
                outbox.c.contact_id == contact.c.id,
                text(UNFINISHED),
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
    .where(_HERE),
    *_PLACE,
)


def find(conn: Connection, places: Sequence[Place], now: datetime) -> Known | None:
    """Find and lock the contact that has one of these addresses; addresses new to her become hers.

    A phone number may be given to somebody else, an id of the channel's own never is: where both are named the id
    decides, and a number known with another id goes over to the person who has it now.
    """
    surest = sorted(places, key=lambda place: place.kind == "phone")
    for place in surest:
        known = _find_one(conn, place)
        if known is None:
            continue
        if place.kind == "phone" and len(places) > 1 and _has_id(conn, known.id, place):
            _drop(conn, place)
            return None
        for other in places:
            if other != place and _add(conn, known.id, other, now) is None:
                _give(conn, other, known.id)
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
        wants_announcements=None,
        has_waiting=False,
        has_unsent=False,
        has_consents=False,
        has_businesses=False,
    )


def _find_one(conn: Connection, place: Place) -> Known | None:
    if conn.dialect.name == "postgresql":
        _LOCK(conn, vars(place))
    found = _KNOWN(conn, vars(place))
    return Known(*found[0]) if found else None


def is_at(place: Place) -> ColumnElement[bool]:
    """Say, in a query, that an address is this one."""
    return and_(
        address.c.channel == place.channel,
        address.c.account == place.account,
        address.c.kind == place.kind,
        address.c.value == place.value,
    )


def _has_id(conn: Connection, contact_id: int, phone: Place) -> bool:
    """Tell whether a contact has an id of the channel's own there, beside a phone number."""
    found = conn.execute(
        select(address.c.id).where(
            address.c.contact_id == contact_id,
            address.c.channel == phone.channel,
            address.c.account == phone.account,
            address.c.kind != "phone",
        )
    )
    return found.first() is not None


def _drop(conn: Connection, place: Place) -> None:
    conn.execute(delete(address).where(is_at(place)))


def _give(conn: Connection, place: Place, contact_id: int) -> None:
    conn.execute(update(address).where(is_at(place)).values(contact_id=contact_id))


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


def latest_place(conn: Connection, contact_id: int) -> Place | None:
    """Name the address she was heard at last and can be reached at."""
    found = conn.execute(
        select(address.c.channel, address.c.account, address.c.kind, address.c.value)
        .where(address.c.contact_id == contact_id, address.c.reachable)
        .order_by(address.c.seen_at.desc(), address.c.id)
        .limit(1)
    ).one_or_none()
    return Place(*found) if found else None


def set_reachable(conn: Connection, place: Place, at: datetime, *, reachable: bool) -> None:
    """Remember that an address is blocked, or open again, unless she was heard there since."""
    since = at + _RESOLUTION
    conn.execute(update(address).where(is_at(place), address.c.seen_at <= since).values(reachable=reachable))


def move(conn: Connection, old: Place, new: Place) -> None:
    """Give a contact her new address instead of the old; where the new one is somebody's already, nothing changes."""
    if conn.execute(select(literal(1)).where(is_at(new))).first() is None:
        conn.execute(update(address).where(is_at(old)).values(kind=new.kind, value=new.value))


def set_preference(
    conn: Connection, contact_id: int, at: datetime, *, wants: bool, source: str, topic: str = ALL
) -> None:
    """Remember whether she wants announcements, unless she decided otherwise later."""
    statement = insert_for(conn)(preference).values(
        contact_id=contact_id, topic=topic, channel=ALL, wants=wants, source=source, at=at
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["contact_id", "topic", "channel"],
            set_={"wants": wants, "source": source, "at": at},
            where=preference.c.at <= at,
        )
    )
