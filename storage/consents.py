"""Consents: what a person agreed to or took back, with the very words she read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, bindparam, select

from flows.outcomes import ConsentDecided
from storage.tables import consent


def decide(
    conn: Connection,
    contact_id: int,
    office_id: int,
    decided: ConsentDecided,
    now: datetime,
    *,
    language: str,
    channel: str,
    external_id: str,
) -> None:
    """Record a decision; earlier ones stay as they were."""
    conn.execute(
        consent.insert().values(
            contact_id=contact_id,
            office_id=office_id,
            purpose=decided.purpose,
            version=decided.version,
            given=decided.given,
            text_hash=sha256(decided.text.encode()).hexdigest(),
            language=language,
            channel=channel,
            external_id=external_id[:200],
            at=now,
        )
    )


_OF_CONTACT = (
    select(consent.c.purpose, consent.c.version, consent.c.given)
    .where(consent.c.contact_id == bindparam("b_contact"))
    .order_by(consent.c.id)
)


def of_contact(conn: Connection, contact_id: int) -> Mapping[str, str]:
    """Map each purpose she agrees to now to the version she agreed to."""
    standing: dict[str, str] = {}
    for purpose, version, given in conn.execute(_OF_CONTACT, {"b_contact": contact_id}):
        standing.pop(purpose, None)
        if given:
            standing[purpose] = version
    return standing
