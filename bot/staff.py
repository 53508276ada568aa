"""What staff do in a chat that is theirs: answer it, hand it back."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Connection, select

from bot.turn import House
from flows.conversation import from_json, to_json
from flows.facts import Facts
from flows.message import Message
from flows.respond import take_up
from locales.language import Language
from locales.words import Words, _, render
from storage import businesses, consents, conversations, handovers, outbox
from storage.contacts import Place
from storage.tables import address, contact


class NotTheirs(Exception):  # noqa: N818 - an answer, not a fault
    """The chat is not in the hands of the staff."""


def answer(conn: Connection, contact_id: int, text: str, by: str, now: datetime) -> None:
    """Send an answer under a name; raises `NotTheirs`."""
    if not handovers.take(conn, contact_id, by):
        raise NotTheirs
    language = _language(conn, contact_id)
    signed = render(_("{text}\n— {name}", text=text, name=by), language)
    _put(conn, contact_id, Message(signed), now, by)


def hand_back(conn: Connection, house: House, contact_id: int, by: str, now: datetime) -> None:
    """Hand a chat back to the bot, which says so and goes on where it was; raises `NotTheirs`."""
    if not handovers.close(conn, contact_id, by, now):
        raise NotTheirs
    note = _("{name} has handed this chat back to me, the bot.", name=by)
    go_on(conn, house, contact_id, note, now)


def go_on(conn: Connection, house: House, contact_id: int, note: Words, now: datetime) -> None:
    """Say something and go on where the conversation stands."""
    person = conn.execute(select(contact).where(contact.c.id == contact_id)).one()
    facts = Facts(
        now=now,
        office=house.office,
        language=cast("Language", person.language),
        language_confirmed=person.language_confirmed,
        name=person.name,
        phone=person.phone,
        country=person.country,
        zone=person.zone or house.office.zone,
        consents=consents.of_contact(conn, contact_id),
        businesses=businesses.of_contact(conn, contact_id),
    )
    stored = conversations.load(conn, contact_id)
    turn = take_up(house.book, from_json(stored, house.book), facts, note)
    conversations.save(conn, contact_id, to_json(turn.conversation), now, new=stored is None)
    for message in turn.messages:
        _put(conn, contact_id, message, now, "")


def _language(conn: Connection, contact_id: int) -> Language:
    found = conn.execute(select(contact.c.language).where(contact.c.id == contact_id)).scalar_one()
    return cast("Language", found)


def _put(conn: Connection, contact_id: int, message: Message, now: datetime, by: str) -> None:
    """Send to the address she wrote from last."""
    to = conn.execute(
        select(address)
        .where(address.c.contact_id == contact_id, address.c.reachable)
        .order_by(address.c.seen_at.desc(), address.c.id)
        .limit(1)
    ).one_or_none()
    if to is None:
        raise NotTheirs
    place = Place(to.channel, to.account, to.kind, to.value)
    outbox.put(conn, place, message, now, contact_id=contact_id, author=by)
