"""How far each account's updates were taken in, where a channel is polled."""

from __future__ import annotations

from sqlalchemy import Connection, select

from storage.contacts import insert_for
from storage.tables import cursor


def load(conn: Connection, channel: str, account: str) -> int:
    """Tell the next update to ask for; 0 at first."""
    found = conn.execute(
        select(cursor.c.value).where(cursor.c.channel == channel, cursor.c.account == account)
    ).scalar_one_or_none()
    return int(found or 0)


def save(conn: Connection, channel: str, account: str, value: int) -> None:
    """Remember the next update to ask for."""
    statement = insert_for(conn)(cursor).values(channel=channel, account=account, value=value)
    conn.execute(
        statement.on_conflict_do_update(index_elements=["channel", "account"], set_={"value": value})
    )
