"""The inbox: every event a channel reported, once, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, bindparam, select, update

from storage.prepared import prepared_insert
from storage.tables import inbox

State = Literal["taken", "waiting", "keeping", "held", "failed", "odd", "refused"]
_ERROR_LENGTH: Final = 500
_ODD_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True)
class Entry:
    """An event to be kept: whence it came, its id there, and all of it as JSON."""

    channel: str
    account: str
    external_id: str
    event: dict[str, Any]
    fingerprint: bytes = field(init=False)
    """What tells this event from every other and says nothing of the person: ids may hold a phone number."""

    def __post_init__(self) -> None:
        name = f"{self.channel}\x1f{self.account}\x1f{self.external_id}"
        object.__setattr__(self, "fingerprint", blake2b(name.encode(), digest_size=16).digest())


def keep(
    conn: Connection, entry: Entry, contact_id: int | None, state: State, now: datetime, error: str = ""
) -> int | None:
    """Keep an event and return its row's id; None when it was kept before."""
    found = _KEEP(
        conn,
        {
            "fingerprint": entry.fingerprint,
            "channel": entry.channel,
            "account": entry.account,
            "external_id": entry.external_id[:200],
            "contact_id": contact_id,
            "event": entry.event,
            "state": state,
            "error": error[:_ERROR_LENGTH],
            "received_at": now,
        },
    )
    return found[0].id if found else None


_KEEP = prepared_insert(inbox, ignoring_conflicts=True)


def is_known(conn: Connection, entry: Entry) -> bool:
    """Tell whether an event was kept before."""
    return conn.execute(_IS_KNOWN, {"b_fingerprint": entry.fingerprint}).first() is not None


_IS_KNOWN = select(inbox.c.id).where(inbox.c.fingerprint == bindparam("b_fingerprint"))


def is_open(conn: Connection, row_id: int) -> bool:
    """Tell, and lock, whether a kept event still waits for its turn; not once it was taken, or its person erased."""
    found = conn.execute(
        select(inbox.c.state).where(inbox.c.id == row_id).with_for_update()
    ).scalar_one_or_none()
    return found in ("waiting", "failed", "refused")


def mark(conn: Connection, row_id: int, state: State, error: str = "") -> bool:
    """Remember what became of an event that was kept to be taken later; False when it was taken meanwhile."""
    done = conn.execute(_MARK, {"b_id": row_id, "b_state": state, "b_error": error[:_ERROR_LENGTH]})
    return done.rowcount == 1


def hold(conn: Connection, row_id: int, event: dict[str, Any]) -> bool:
    """Leave an event to the staff, with its file; False when its person was erased meanwhile."""
    done = conn.execute(
        update(inbox)
        .where(inbox.c.id == row_id, inbox.c.state == "keeping")
        .values(state="held", event=event)
    )
    return done.rowcount == 1


def finish(conn: Connection, row_id: int) -> bool:
    """Take an event off the staff's list; False when it is not on it."""
    done = conn.execute(
        update(inbox).where(inbox.c.id == row_id, inbox.c.state == "held").values(state="taken")
    )
    return done.rowcount == 1


_MARK = (
    update(inbox)
    .where(inbox.c.id == bindparam("b_id"), inbox.c.state.in_(("waiting", "keeping", "failed", "refused")))
    .values(state=bindparam("b_state"), error=bindparam("b_error"))
)


def was_refused_since(conn: Connection, contact_id: int, now: datetime) -> bool:
    """Tell whether an event of hers was refused in the minute before."""
    found = conn.execute(
        select(inbox.c.id)
        .where(
            inbox.c.state == "refused",
            inbox.c.contact_id == contact_id,
            inbox.c.received_at > now - timedelta(minutes=1),
        )
        .limit(1)
    ).first()
    return found is not None


def waiting(conn: Connection, limit: int) -> Sequence[Row[Any]]:
    """List the oldest events that wait for a file, or behind one that does: the first of each contact."""
    rows = conn.execute(
        select(inbox).where(inbox.c.state == "waiting").order_by(inbox.c.id).limit(limit * 4)
    ).all()
    first: dict[int | None, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.contact_id, row)
    return list(first.values())[:limit]


def to_keep(conn: Connection, limit: int) -> Sequence[Row[Any]]:
    """List events whose file is still to be fetched for the staff."""
    return listed(conn, "keeping", limit)


def load(conn: Connection, row_id: int) -> Row[Any] | None:
    """Load one event."""
    return conn.execute(select(inbox).where(inbox.c.id == row_id)).one_or_none()


def forget_old(conn: Connection, now: datetime) -> None:
    """Forget payloads nobody could read after a month; whom they are about is not known."""
    conn.execute(
        update(inbox)
        .where(inbox.c.state == "odd", inbox.c.received_at < now - _ODD_KEPT)
        .values(event={}, error="", external_id="", state="taken")
    )


def listed(conn: Connection, state: State, limit: int = 100) -> Sequence[Row[Any]]:
    """List events in a state, oldest first."""
    return conn.execute(select(inbox).where(inbox.c.state == state).order_by(inbox.c.id).limit(limit)).all()
