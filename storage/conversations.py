"""Where each conversation stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from storage.contacts import insert_for
from storage.tables import conversation


def save(conn: Connection, contact_id: int, state: dict[str, Any], now: datetime, *, new: bool) -> None:
    """Remember where a conversation stands; `new` when nothing was remembered before."""
    if new:
        conn.execute(
            insert_for(conn)(conversation)
            .values(contact_id=contact_id, state=state, updated_at=now)
            .on_conflict_do_update(
                index_elements=["contact_id"], set_={"state": state, "updated_at": now}
            )
        )
    else:
        conn.execute(_SAVE, {"b_contact": contact_id, "b_state": state, "b_now": now})


_SAVE = (
    update(conversation)
    .where(conversation.c.contact_id == bindparam("b_contact"))
    .values(state=bindparam("b_state"), updated_at=bindparam("b_now"))
)


def load(conn: Connection, contact_id: int) -> Any:
    """Load where a conversation stands; None before its first turn."""
    return conn.execute(
        select(conversation.c.state).where(conversation.c.contact_id == contact_id)
    ).scalar_one_or_none()
