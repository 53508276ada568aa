"""The offices whose doors this deployment is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select, update

from flows.facts import Office
from storage.contacts import insert_for
from storage.tables import office


def establish(conn: Connection, slug: str, facts: Office, now: datetime) -> int:
    """Make an office, or bring its name and hours up to date, and return its id."""
    hours: Mapping[str, object] = {"opens": facts.opens, "closes": facts.closes, "days": list(facts.days)}
    conn.execute(
        insert_for(conn)(office)
        .values(slug=slug, names=dict(facts.names), zone=facts.zone, hours=hours, created_at=now)
        .on_conflict_do_nothing()
    )
    conn.execute(
        update(office)
        .where(office.c.slug == slug)
        .values(names=dict(facts.names), zone=facts.zone, hours=hours)
    )
    return int(conn.execute(select(office.c.id).where(office.c.slug == slug)).scalar_one())
