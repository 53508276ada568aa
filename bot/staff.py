"""What staff do in a chat that is theirs: answer it, hand it back."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from bot.turn import House, facts_of
from flows.conversation import from_json, to_json
from flows.message import Message
from flows.respond import take_up
from locales.language import Language
from locales.words import _, render
from storage import contacts, conversations, handovers, outbox


class NotTheirs(Exception):  # noqa: N818 - an answer, not a fault
    """The chat is not in the hands of the staff."""


class Unreachable(Exception):  # noqa: N818 - likewise
    """The person has blocked the bot wherever she was."""


def answer(conn: Connection, contact_id: int, text: str, by: str, now: datetime) -> None:
    """Send an answer under a name; raises `NotTheirs` and `Unreachable`."""
    if not handovers.take(conn, contact_id, by):
        raise NotTheirs
    place = contacts.latest_place(conn, contact_id)
    known = contacts.find(conn, [place], now) if place else None
    if place is None or known is None:
        raise Unreachable
    signed = render(_("{text}\n— {name}", text=text, name=by), cast("Language", known.language))
    outbox.put(conn, place, Message(signed), now, contact_id=contact_id, author=by)


def hand_back(conn: Connection, house: House, contact_id: int, by: str, now: datetime) -> None:
    """Hand a chat back to the bot, which says so, if it can, and goes on where it was; raises `NotTheirs`."""
    if not handovers.close(conn, contact_id, by, now):
        raise NotTheirs
    place = contacts.latest_place(conn, contact_id)
    known = contacts.find(conn, [place], now) if place else None
    if place is None or known is None:
        return
    note = _("{name} has handed this chat back to me, the bot.", name=by)
    turn = take_up(house.book, from_json(known.state, house.book), facts_of(conn, house, known, now), note)
    conversations.save(conn, contact_id, to_json(turn.conversation), now, new=known.state is None)
    for message in turn.messages:
        outbox.put(conn, place, message, now, contact_id=contact_id)
