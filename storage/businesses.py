"""Businesses and who speaks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, exists, literal, select, update

from flows.facts import Business
from flows.outcomes import Registration, RegistrationChanged
from storage import attachments, products
from storage.tables import business, media_use, product, representative

FIELDS: Final = (
    "country",
    "legal_name",
    "legal_name_en",
    "brand",
    "form",
    "registration_number",
    "sector",
    "sector_words",
    "province",
    "district",
    "scale",
    "export_experience",
    "target_markets",
    "website",
)
PERSON_FIELDS: Final = ("name", "role", "phone", "email")


def register(
    conn: Connection, contact_id: int, office_id: int, registration: Registration, now: datetime
) -> int:
    """Keep a new business and who speaks for it."""
    business_id: int = conn.execute(
        business.insert()
        .values(
            office_id=office_id,
            reference=registration.reference,
            created_at=now,
            updated_at=now,
            **registration.fields,
        )
        .returning(business.c.id)
    ).scalar_one()
    conn.execute(
        representative.insert().values(
            business_id=business_id, contact_id=contact_id, **registration.representative
        )
    )
    return business_id


def change(conn: Connection, contact_id: int, changed: RegistrationChanged, now: datetime) -> None:
    """Change fields of a business, if she speaks for it."""
    if not _speaks_for(conn, contact_id, changed.business):
        return
    conn.execute(
        update(business).where(business.c.id == changed.business).values(updated_at=now, **changed.fields)
    )
    if changed.representative:
        conn.execute(
            update(representative)
            .where(
                representative.c.business_id == changed.business, representative.c.contact_id == contact_id
            )
            .values(**changed.representative)
        )
    for attachment in changed.attachments:
        conn.execute(
            media_use.insert().values(
                sha=attachment.media,
                contact_id=contact_id,
                business_id=changed.business,
                purpose="profile",
                name=attachment.name[:200],
                at=now,
            )
        )


def withdraw(conn: Connection, contact_id: int, business_id: int) -> list[str]:
    """End her part in a business, and erase the business when nobody else speaks for it.

    Returns the media files that nobody uses any more.
    """
    if not _speaks_for(conn, contact_id, business_id):
        return []
    of_it = representative.c.business_id == business_id
    conn.execute(delete(representative).where(of_it, representative.c.contact_id == contact_id))
    if conn.execute(select(representative.c.contact_id).where(of_it)).first() is not None:
        return []
    files = set(conn.execute(select(media_use.c.sha).where(media_use.c.business_id == business_id)).scalars())
    files |= products.forget_all_of(conn, [business_id])
    conn.execute(delete(media_use).where(media_use.c.business_id == business_id))
    conn.execute(delete(business).where(business.c.id == business_id))
    return attachments.forget_unused(conn, files)


def _speaks_for(conn: Connection, contact_id: int, business_id: int) -> bool:
    found = conn.execute(
        select(representative.c.business_id).where(
            representative.c.contact_id == contact_id, representative.c.business_id == business_id
        )
    ).first()
    return found is not None


_OF_CONTACT = (
    select(
        business,
        *(representative.c[field].label(f"person_{field}") for field in PERSON_FIELDS),
        exists(select(literal(1)).where(product.c.business_id == business.c.id)).label("has_products"),
    )
    .join(representative, representative.c.business_id == business.c.id)
    .where(representative.c.contact_id == bindparam("b_contact"))
    .order_by(business.c.id)
)


def of_contact(conn: Connection, contact_id: int) -> tuple[Business, ...]:
    """List the businesses she speaks for, as flows know them."""
    return tuple(
        _as_fact(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        for row in conn.execute(_OF_CONTACT, {"b_contact": contact_id})
    )


def _as_fact(row: RowMapping) -> Business:
    return Business(
        row["id"],
        row["reference"],
        {field: row[field] for field in FIELDS},
        {field: row[f"person_{field}"] for field in PERSON_FIELDS},
        row["has_products"],
    )


def listed(conn: Connection) -> Sequence[Mapping[str, Any]]:
    """List every business with its first representative, for an export."""
    rows = conn.execute(
        select(business, *(representative.c[field].label(f"person_{field}") for field in PERSON_FIELDS))
        .outerjoin(representative, representative.c.business_id == business.c.id)
        .order_by(business.c.id)
    )
    return [dict(row._mapping) for row in rows]  # noqa: SLF001
