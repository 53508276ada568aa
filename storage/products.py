"""Products, the certificates held for them, and their photos."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, or_, select, update

from flows.assortment import FIELDS
from flows.facts import Certificate, Product
from flows.goods import missing_names
from flows.message import Attachment
from flows.outcomes import (
    CertificateHeld,
    CertificateRemoved,
    ProductChanged,
    ProductDescribed,
    ProductOutcome,
    ProductWithdrawn,
)
from storage import attachments
from storage.tables import business, certificate, media, media_use, product, representative

_LONGEST_NAME: Final = 200


def keep(conn: Connection, contact_id: int, outcome: ProductOutcome, now: datetime) -> list[str]:
    """Keep what she did with a product, if she speaks for its business; returns files nobody uses any more."""
    match outcome:
        case ProductDescribed():
            _describe(conn, contact_id, outcome, now)
        case ProductChanged():
            return _change(conn, contact_id, outcome, now)
        case ProductWithdrawn(reference):
            return _withdraw(conn, contact_id, reference)
        case CertificateHeld():
            _add_certificate(conn, contact_id, outcome, now)
        case CertificateRemoved(reference):
            return _remove_certificate(conn, contact_id, reference)
    return []


def _describe(conn: Connection, contact_id: int, described: ProductDescribed, now: datetime) -> None:
    of_hers = _of_hers(contact_id)
    if conn.execute(of_hers.where(representative.c.business_id == described.business)).first() is None:
        return
    product_id: int = conn.execute(
        product.insert()
        .values(
            business_id=described.business,
            reference=described.reference,
            created_at=now,
            updated_at=now,
            **_given(described.fields),
        )
        .returning(product.c.id)
    ).scalar_one()
    _use(conn, described.photos, now, contact_id=contact_id, purpose="product", product_id=product_id)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was skipped: a column's own default stands for it."""
    return {field: value for field, value in fields.items() if field in FIELDS and value is not None}


def _change(conn: Connection, contact_id: int, changed: ProductChanged, now: datetime) -> list[str]:
    found = _find(conn, contact_id, changed.reference)
    if found is None:
        return []
    conn.execute(
        update(product).where(product.c.id == found.id).values(updated_at=now, **_given(changed.fields))
    )
    if not changed.photos:
        return []
    old = _stop_using(conn, media_use.c.product_id == found.id)
    _use(conn, changed.photos, now, contact_id=contact_id, purpose="product", product_id=found.id)
    return attachments.forget_unused(conn, old)


def _withdraw(conn: Connection, contact_id: int, reference: str) -> list[str]:
    """Erase a product; with the last one of a business go the certificates that were for all of them."""
    found = _find(conn, contact_id, reference)
    if found is None:
        return []
    others = select(product.c.id).where(product.c.business_id == found.business_id, product.c.id != found.id)
    if conn.execute(others).first() is None:
        return attachments.forget_unused(conn, forget_all_of(conn, [found.business_id]))
    files = _forget(conn, product.c.id == found.id, certificate.c.product_id == found.id)
    return attachments.forget_unused(conn, files)


def forget_all_of(conn: Connection, businesses: Collection[int]) -> set[str]:
    """Erase all products and certificates of businesses; returns the files that they used."""
    return _forget(conn, product.c.business_id.in_(businesses), certificate.c.business_id.in_(businesses))


def _forget(conn: Connection, products: ColumnElement[bool], certificates: ColumnElement[bool]) -> set[str]:
    files = _stop_using(
        conn,
        or_(
            media_use.c.product_id.in_(select(product.c.id).where(products)),
            media_use.c.certificate_id.in_(select(certificate.c.id).where(certificates)),
        ),
    )
    conn.execute(delete(certificate).where(certificates))
    conn.execute(delete(product).where(products))
    return files


def _add_certificate(conn: Connection, contact_id: int, held: CertificateHeld, now: datetime) -> None:
    found = _find(conn, contact_id, held.product)
    if found is None:
        return
    certificate_id: int = conn.execute(
        certificate.insert()
        .values(
            business_id=found.business_id,
            product_id=None if held.for_all else found.id,
            reference=held.reference,
            kind=held.kind,
            number=held.number,
            issuer=held.issuer,
            issued=held.issued,
            expires=held.expires,
            until_change=held.until_change,
            created_at=now,
        )
        .returning(certificate.c.id)
    ).scalar_one()
    _use(
        conn,
        held.attachments,
        now,
        contact_id=contact_id,
        purpose="certificate",
        certificate_id=certificate_id,
    )


def _remove_certificate(conn: Connection, contact_id: int, reference: str) -> list[str]:
    hers = certificate.c.business_id.in_(_of_hers(contact_id))
    found = conn.execute(select(certificate.c.id).where(certificate.c.reference == reference, hers)).scalar()
    if found is None:
        return []
    files = _stop_using(conn, media_use.c.certificate_id == found)
    conn.execute(delete(certificate).where(certificate.c.id == found))
    return attachments.forget_unused(conn, files)


def _find(conn: Connection, contact_id: int, reference: str) -> Any:
    """Find a product of a business she speaks for."""
    return conn.execute(
        select(product.c.id, product.c.business_id).where(
            product.c.reference == reference, product.c.business_id.in_(_of_hers(contact_id))
        )
    ).first()


def _of_hers(contact_id: int) -> Any:
    return select(representative.c.business_id).where(representative.c.contact_id == contact_id)


def _use(
    conn: Connection, files: Iterable[Attachment], now: datetime, *, contact_id: int, **of: str | int
) -> None:
    for each in files:
        conn.execute(
            media_use.insert().values(
                sha=each.media, contact_id=contact_id, name=each.name[:_LONGEST_NAME], at=now, **of
            )
        )


def _stop_using(conn: Connection, where: ColumnElement[bool]) -> set[str]:
    files = set(conn.execute(select(media_use.c.sha).where(where)).scalars())
    conn.execute(delete(media_use).where(where))
    return files


# --- as flows know them ---------------------------------------------------------------------------------------------

_HERS = select(representative.c.business_id).where(representative.c.contact_id == bindparam("b_contact"))
_PRODUCTS = select(product).where(product.c.business_id.in_(_HERS)).order_by(product.c.id)
_CERTIFICATES = select(certificate).where(certificate.c.business_id.in_(_HERS)).order_by(certificate.c.id)
_FILES = (
    select(media_use.c.product_id, media_use.c.certificate_id, media_use.c.name, media)
    .join(media, media.c.sha == media_use.c.sha)
    .outerjoin(product, product.c.id == media_use.c.product_id)
    .outerjoin(certificate, certificate.c.id == media_use.c.certificate_id)
    .where(or_(product.c.business_id.in_(_HERS), certificate.c.business_id.in_(_HERS)))
    .order_by(media_use.c.id)
)


def of_contact(conn: Connection, contact_id: int) -> tuple[Product, ...]:
    """List the products of the businesses she speaks for."""
    hers = {"b_contact": contact_id}
    photos: dict[int, list[Attachment]] = {}
    papers: dict[int, list[Attachment]] = {}
    for file in conn.execute(_FILES, hers):
        if file.product_id is not None:
            photos.setdefault(file.product_id, []).append(_attachment(file))
        else:
            papers.setdefault(file.certificate_id, []).append(_attachment(file))
    held = [
        (row.business_id, row.product_id, _certificate(row, papers.get(row.id, ())))
        for row in conn.execute(_CERTIFICATES, hers)
    ]
    return tuple(
        Product(
            row.reference,
            row.business_id,
            {field: getattr(row, field) for field in FIELDS},
            tuple(photos.get(row.id, ())),
            tuple(
                each
                for business_id, product_id, each in held
                if product_id == row.id or (product_id is None and business_id == row.business_id)
            ),
        )
        for row in conn.execute(_PRODUCTS, hers)
    )


def _attachment(file: Row[Any]) -> Attachment:
    kind: Literal["photo", "document"] = "photo" if file.mime.startswith("image/") else "document"
    return Attachment(file.sha, kind, file.name, file.mime, file.bytes)


def _certificate(row: Row[Any], papers: Iterable[Attachment]) -> Certificate:
    return Certificate(
        row.reference,
        row.kind,
        row.number,
        row.issuer,
        row.issued,
        row.expires,
        row.until_change,
        row.product_id is None,
        tuple(papers),
    )


def listed(conn: Connection) -> Sequence[Mapping[str, Any]]:
    """List every product with its business, for an export; `missing` names the languages it has no name in."""
    rows = conn.execute(
        select(business.c.legal_name, business.c.country, product)
        .join(business, business.c.id == product.c.business_id)
        .order_by(product.c.id)
    )
    tables = [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it
    return [{**row, "missing": missing_names(row)} for row in tables]
