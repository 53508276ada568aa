"""Where each conversation stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from storage.prepared import Prepared, slot
from storage.tables import conversation


def save(conn: Connection, contact_id: int, state: dict[str, Any], now: datetime, *, new: bool) -> None:
    """Remember where a conversation stands; `new` when nothing was remembered before."""
    if new:
        _BEGIN(conn, {"contact_id": contact_id, "state": state, "updated_at": now})
    else:
        _SAVE(conn, {"b_contact": contact_id, "b_state": state, "b_now": now})


_BEGIN = Prepared(conversation.insert(), "contact_id", "state", "updated_at")
_SAVE = Prepared(
    update(conversation)
    .where(conversation.c.contact_id == slot("b_contact"))
    .values(state=slot("b_state"), updated_at=slot("b_now")),
    "b_contact",
    "b_state",
    "b_now",
)


def load(conn: Connection, contact_id: int) -> Any:
    """Load where a conversation stands; None before its first turn."""
    return conn.execute(
        select(conversation.c.state).where(conversation.c.contact_id == contact_id)
    ).scalar_one_or_none()
