"""Erasing a person, and the copy of her data she may take before."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, text, update

from storage import attachments, products
from storage.outbox import NOBODYS
from storage.tables import (
    UNFINISHED,
    address,
    business,
    certificate,
    consent,
    contact,
    conversation,
    erasure,
    handover,
    inbox,
    media_use,
    outbox,
    preference,
    product,
    representative,
)


def erase(conn: Connection, contact_id: int, office_id: int, reference: str, now: datetime) -> list[str]:
    """Erase all that is kept about a person and return the media files nobody uses any more.

    What stays: that events with these fingerprints came (so that a repeat is not taken for a new person), and a
    receipt with counts. A business others speak for too stays theirs.
    """
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = on")  # zeroes what whole freed pages held, too
    counts = {
        "messages": _count(conn, inbox.c.contact_id == contact_id),
        "answers": _count(conn, outbox.c.contact_id == contact_id),
        "consents": _count(conn, consent.c.contact_id == contact_id),
    }
    conn.execute(
        update(inbox)
        .where(inbox.c.contact_id == contact_id)
        .values(contact_id=None, event={}, external_id="", state="taken", error="")
    )
    conn.execute(
        update(outbox)
        .where(outbox.c.contact_id == contact_id, text(UNFINISHED))
        .values(state="dropped", code="erased", settled_at=now)
    )
    conn.execute(update(outbox).where(outbox.c.contact_id == contact_id).values(**NOBODYS))
    own = select(representative.c.business_id).where(representative.c.contact_id == contact_id)
    shared = select(representative.c.business_id).where(
        representative.c.business_id.in_(own), representative.c.contact_id != contact_id
    )
    alone = list(
        conn.execute(
            select(business.c.id).where(business.c.id.in_(own), business.c.id.not_in(shared))
        ).scalars()
    )
    files = set(conn.execute(select(media_use.c.sha).where(media_use.c.contact_id == contact_id)).scalars())
    counts["products"] = _count(conn, product.c.business_id.in_(alone))
    files |= products.forget_all_of(conn, alone)
    conn.execute(delete(media_use).where(media_use.c.contact_id == contact_id))
    conn.execute(delete(media_use).where(media_use.c.business_id.in_(alone)))
    conn.execute(delete(representative).where(representative.c.contact_id == contact_id))
    counts["businesses"] = conn.execute(delete(business).where(business.c.id.in_(alone))).rowcount
    for table in (consent, preference, handover, conversation, address):
        conn.execute(delete(table).where(table.c.contact_id == contact_id))
    conn.execute(delete(contact).where(contact.c.id == contact_id))
    unused = attachments.forget_unused(conn, files)
    counts["files"] = len(unused)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA secure_delete = fast")
    conn.execute(erasure.insert().values(office_id=office_id, reference=reference, counts=counts, at=now))
    return unused


def _count(conn: Connection, condition: Any) -> int:
    return int(conn.execute(select(func.count()).where(condition)).scalar_one())


def copy_of(conn: Connection, contact_id: int) -> dict[str, Any]:
    """Collect all that is kept about a person, as she may take it with her."""
    parts: dict[str, Any] = {}
    person = conn.execute(select(contact).where(contact.c.id == contact_id)).one()
    parts["person"] = _readable(person._mapping, without=("id", "office_id"))  # noqa: SLF001
    for name, table, without in (
        ("addresses", address, ("id", "contact_id")),
        ("consents", consent, ("id", "contact_id", "office_id")),
        ("preferences", preference, ("contact_id",)),
        ("conversation", conversation, ("contact_id",)),
        ("handovers", handover, ("id", "contact_id", "office_id")),
        ("files", media_use, ("id", "contact_id")),
    ):
        rows = conn.execute(select(table).where(table.c.contact_id == contact_id))
        parts[name] = [_readable(row._mapping, without) for row in rows]  # noqa: SLF001
    mine = conn.execute(
        select(
            business,
            representative.c.name,
            representative.c.role,
            representative.c.phone,
            representative.c.email,
        )
        .join(representative, representative.c.business_id == business.c.id)
        .where(representative.c.contact_id == contact_id)
    )
    parts["businesses"] = [_readable(row._mapping, ("id", "office_id")) for row in mine]  # noqa: SLF001
    own = select(representative.c.business_id).where(representative.c.contact_id == contact_id)
    for name, theirs in (("products", product), ("certificates", certificate)):
        rows = conn.execute(select(theirs).where(theirs.c.business_id.in_(own)).order_by(theirs.c.id))
        parts[name] = [_readable(row._mapping, ("id", "business_id", "product_id")) for row in rows]  # noqa: SLF001
    received = conn.execute(
        select(inbox.c.received_at, inbox.c.channel, inbox.c.event)
        .where(inbox.c.contact_id == contact_id)
        .order_by(inbox.c.id)
    )
    parts["received"] = [_readable(row._mapping, ()) for row in received]  # noqa: SLF001
    sent = conn.execute(
        select(outbox.c.created_at, outbox.c.channel, outbox.c.author, outbox.c.message, outbox.c.state)
        .where(outbox.c.contact_id == contact_id)
        .order_by(outbox.c.id)
    )
    parts["sent"] = [_readable(row._mapping, ()) for row in sent]  # noqa: SLF001
    return parts


def _readable(row: Any, without: tuple[str, ...]) -> dict[str, Any]:
    return {
        str(key): value.isoformat() if isinstance(value, date) else value
        for key, value in row.items()
        if key not in without
    }
