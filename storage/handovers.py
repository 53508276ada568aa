"""Chats in the hands of staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from storage.contacts import insert_for
from storage.tables import address, contact, handover, inbox


def open_for(conn: Connection, contact_id: int, office_id: int, about: str, now: datetime) -> None:
    """Hand a chat to the staff; one that is theirs already stays theirs."""
    conn.execute(
        insert_for(conn)(handover)
        .values(contact_id=contact_id, office_id=office_id, about=about[:1000], opened_at=now)
        .on_conflict_do_nothing()
    )


def close(conn: Connection, contact_id: int, by: str, now: datetime) -> bool:
    """Hand a chat back to the bot; False when it was not in the staff's hands."""
    done = conn.execute(
        update(handover)
        .where(handover.c.contact_id == contact_id, handover.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=by)
    )
    return done.rowcount > 0


def take(conn: Connection, contact_id: int, by: str) -> bool:
    """Remember who answers; False when the chat is not in the staff's hands."""
    done = conn.execute(
        update(handover)
        .where(handover.c.contact_id == contact_id, handover.c.closed_at.is_(None))
        .values(taken_by=by)
    )
    return done.rowcount > 0


def listed(conn: Connection) -> Sequence[Row[Any]]:
    """List the open chats, the longest waiting first, with how much was written since."""
    since = (
        select(func.count())
        .select_from(inbox)
        .where(inbox.c.contact_id == handover.c.contact_id, inbox.c.state == "held")
        .scalar_subquery()
    )
    reached = (
        select(func.min(address.c.channel)).where(address.c.contact_id == contact.c.id).scalar_subquery()
    )
    return conn.execute(
        select(handover, contact.c.name, contact.c.language, since.label("held"), reached.label("channel"))
        .join(contact, contact.c.id == handover.c.contact_id)
        .where(handover.c.closed_at.is_(None))
        .order_by(handover.c.opened_at)
    ).all()
