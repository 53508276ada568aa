"""All contacts, for an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from storage.tables import address, contact


def listed(conn: Connection) -> Sequence[Mapping[str, Any]]:
    """List every contact with the channels she can be reached on."""
    channels: dict[int, list[str]] = {}
    for contact_id, channel in conn.execute(
        select(address.c.contact_id, address.c.channel).where(address.c.reachable).order_by(address.c.id)
    ):
        channels.setdefault(contact_id, []).append(channel)
    rows = conn.execute(
        select(
            contact.c.id,
            contact.c.name,
            contact.c.phone,
            contact.c.language,
            contact.c.country,
            contact.c.source,
            contact.c.created_at,
            contact.c.seen_at,
        ).order_by(contact.c.id)
    )
    return [{**row._mapping, "channels": channels.get(row.id, [])} for row in rows]  # noqa: SLF001
