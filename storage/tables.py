"""The tables: what the office keeps, and why each column is there.

Times are UTC. Columns named `state` hold one of the words listed beside them. Personal data lives in `contact`,
`address`, `business`, `product`, `certificate`, `inbox.content`, `conversation.state`, `outbox.message` and the media
folder: erasing a person means those.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Moment(TypeDecorator[datetime]):
    """A moment in time: aware UTC in Python, microseconds since 1970 in the database.

    An integer compares, sorts and indexes alike on both databases and costs a fraction of parsing a date.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write it."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it."""
        return None if value is None else from_microseconds(value)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def to_microseconds(moment: datetime) -> int:
    """Write a moment as the database has it."""
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def from_microseconds(value: int) -> datetime:
    """Read a moment as the database has it."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""Row ids: SQLite counts up by itself only in a column of exactly the type INTEGER."""


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True)


office = Table(
    "office",
    metadata,
    _id(),
    Column("slug", String(40), nullable=False, unique=True),
    Column("names", JSON, nullable=False),  # {id, ko, en}
    Column("zone", String(40), nullable=False),
    Column("hours", JSON, nullable=False),  # {"days": [0..6], "from": "09:00", "to": "17:00"}
    Column("created_at", Moment, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    _id(),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False),  # whose door she came by
    Column("language", String(2), nullable=False),
    Column("language_confirmed", Boolean, nullable=False, default=False),
    Column("name", String(200), nullable=False, default=""),
    Column("phone", String(20), nullable=False, default=""),  # given by the channel or by herself, E.164
    Column("country", String(2), nullable=False, default=""),
    Column("zone", String(40), nullable=False, default=""),
    Column("source", String(64), nullable=False, default=""),  # the link or poster she came from first
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    sqlite_autoincrement=True,  # or the next person would be given the id of somebody erased
)

address = Table(
    "address",
    metadata,
    _id(),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("value", String(160), nullable=False),
    Column("reachable", Boolean, nullable=False, default=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # opens the service window of a channel that has one
    UniqueConstraint("channel", "account", "kind", "value"),
)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column(
        "fingerprint", LargeBinary(16), nullable=False, unique=True
    ),  # of channel, account and external id
    Column("channel", String(20), nullable=False),
    Column("account", String(64), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=True),
    Column("event", JSON, nullable=False),  # the Inbound as data; for an odd item the raw payload
    # taken | waiting (for its file) | keeping (its file is being fetched for staff) | held (for staff)
    # | failed | odd | refused (over the rate limit)
    Column("state", String(10), nullable=False),
    Column("error", String(500), nullable=False, default=""),
    Column("received_at", Moment, nullable=False),
    Index("ix_inbox_contact_id", "contact_id", "id"),
    Index(
        "ix_inbox_open",
        "state",
        "id",
        sqlite_where=text("state <> 'taken'"),
        postgresql_where=text("state <> 'taken'"),
    ),
)

conversation = Table(
    "conversation",
    metadata,
    Column("contact_id", Id, ForeignKey("contact.id"), primary_key=True, autoincrement=False),
    Column("state", JSON, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

UNFINISHED: Final = "outbox.state in ('queued', 'sending')"
"""Letters still to be sent; a query that says it in the same words uses the index of just these."""
_UNFINISHED: Final = "state in ('queued', 'sending')"

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("key", String(32), nullable=False, unique=True),  # ours, echoed by providers that can
    Column("contact_id", Id, nullable=True),  # no foreign key: a receipt of erasure outlives its contact
    Column("channel", String(20), nullable=False),
    Column("account", String(64), nullable=False),
    Column("to_kind", String(10), nullable=False),
    Column("to_value", String(160), nullable=False),
    Column("lane", Integer, nullable=False),  # 0 replies, 1 reminders, 2 broadcasts
    Column(
        "author", String(80), nullable=False, default=""
    ),  # the member of staff who wrote it; empty: the bot
    Column("message", JSON, nullable=False),
    # queued | sending | sent | delivered | read | failed | unsure | dropped
    Column("state", String(10), nullable=False),
    Column("attempt", Integer, nullable=False, default=0),
    Column("due_at", Moment, nullable=False),
    Column("lease", String(32), nullable=False, default=""),
    Column("lease_until", Moment, nullable=True),
    Column("external_id", String(200), nullable=False, default=""),
    Column("code", String(80), nullable=False, default=""),  # the last refusal
    Column("pricing", JSON(none_as_null=True), nullable=True),  # what the provider said it costs
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment, nullable=True),
    Index("ix_outbox_contact_id", "contact_id", "id"),
    Index(
        "ix_outbox_contact_unfinished",
        "contact_id",
        "lane",
        "id",
        sqlite_where=text(_UNFINISHED),
        postgresql_where=text(_UNFINISHED),
    ),
    Index(
        "ix_outbox_unfinished",
        "lane",
        "due_at",
        "id",
        sqlite_where=text(_UNFINISHED),
        postgresql_where=text(_UNFINISHED),
    ),
    Index(
        "ix_outbox_external_id",
        "channel",
        "account",
        "external_id",
        sqlite_where=text("external_id <> ''"),
        postgresql_where=text("external_id <> ''"),
    ),
)

early_receipt = Table(
    "early_receipt",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False),
    Column("account", String(64), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("status", String(10), nullable=False),
    Column("code", String(80), nullable=False, default=""),
    Column("at", Moment, nullable=False),
    Index("ix_early_receipt_external_id", "channel", "account", "external_id"),
)

consent = Table(
    "consent",
    metadata,
    _id(),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("version", String(20), nullable=False),
    Column("given", Boolean, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("language", String(2), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("external_id", String(200), nullable=False),  # the message by which she decided
    Column("at", Moment, nullable=False),
)

preference = Table(
    "preference",
    metadata,
    Column("contact_id", Id, ForeignKey("contact.id"), primary_key=True, autoincrement=False),
    Column("topic", String(40), primary_key=True),  # '*': all announcements
    Column("channel", String(20), primary_key=True),  # '*': every channel
    Column("wants", Boolean, nullable=False),
    Column("source", String(40), nullable=False),
    Column("at", Moment, nullable=False),
)

business = Table(
    "business",
    metadata,
    _id(),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False),
    Column("reference", String(12), nullable=False, index=True),
    Column("country", String(2), nullable=False),
    Column("legal_name", String(200), nullable=False),
    Column("legal_name_en", String(200), nullable=False, default=""),
    Column("brand", String(200), nullable=False, default=""),
    Column("form", String(20), nullable=False, default=""),
    Column("registration_number", String(20), nullable=False, default=""),
    Column("sector", String(30), nullable=False),
    Column("sector_words", String(200), nullable=False, default=""),
    Column("province", String(5), nullable=False),
    Column("district", String(5), nullable=False),
    Column("scale", String(10), nullable=False, default=""),
    Column("export_experience", String(12), nullable=False, default=""),
    Column("target_markets", JSON, nullable=False),
    Column("website", String(200), nullable=False, default=""),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

representative = Table(
    "representative",
    metadata,
    Column("business_id", Id, ForeignKey("business.id"), primary_key=True, autoincrement=False),
    Column("contact_id", Id, ForeignKey("contact.id"), primary_key=True, autoincrement=False, index=True),
    Column("name", String(200), nullable=False),
    Column("role", String(80), nullable=False, default=""),
    Column("phone", String(20), nullable=False, default=""),
    Column("email", String(254), nullable=False, default=""),
)

product = Table(
    "product",
    metadata,
    _id(),
    Column("business_id", Id, ForeignKey("business.id"), nullable=False, index=True),
    Column("reference", String(12), nullable=False, index=True),
    Column("sector", String(30), nullable=False),
    Column("name_id", String(100), nullable=False, default=""),  # an empty name is work for the staff
    Column("name_ko", String(100), nullable=False, default=""),
    Column("name_en", String(100), nullable=False, default=""),
    Column("description", String(500), nullable=False, default=""),
    Column("hs", String(10), nullable=False, default=""),
    Column("minimum_order", JSON(none_as_null=True), nullable=True),  # [amount, unit], both texts
    Column("monthly_capacity", JSON(none_as_null=True), nullable=True),  # likewise
    Column("price", JSON(none_as_null=True), nullable=True),  # [amount, currency, unit, port], all texts
    Column("flags", JSON(none_as_null=True), nullable=True),  # ids of `flows.assortment`; null: not asked
    Column("brand", String(8), nullable=False, default=""),  # own | oem | both
    Column("trademark", String(12), nullable=False, default=""),  # registered | applied | none
    Column("packaging", String(300), nullable=False, default=""),
    Column("shelf_life", Integer, nullable=True),  # months
    Column("storage", String(10), nullable=False, default=""),  # ambient | cool | chilled | frozen
    Column("ingredients", String(1000), nullable=False, default=""),  # or materials
    Column("samples", Boolean, nullable=True),
    Column("showcase", Boolean, nullable=False, default=False),  # she agreed to show it to buyers
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

certificate = Table(
    "certificate",
    metadata,
    _id(),
    Column("business_id", Id, ForeignKey("business.id"), nullable=False, index=True),
    Column("product_id", Id, ForeignKey("product.id"), nullable=True, index=True),  # null: for all of them
    Column("reference", String(12), nullable=False, index=True),
    Column("kind", String(30), nullable=False),  # an id of `flows.roadmap.certificates`
    Column("number", String(80), nullable=False, default=""),
    Column("issuer", String(120), nullable=False, default=""),
    Column("issued", Date, nullable=True),
    Column("expires", Date, nullable=True, index=True),  # for the reminders
    Column("until_change", Boolean, nullable=False, default=False),
    Column("created_at", Moment, nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("mime", String(80), nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("width", Integer, nullable=True),
    Column("height", Integer, nullable=True),
    Column("created_at", Moment, nullable=False),
)

media_use = Table(
    "media_use",
    metadata,
    _id(),
    Column("sha", String(64), ForeignKey("media.sha"), nullable=False, index=True),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False, index=True),
    Column("business_id", Id, ForeignKey("business.id"), nullable=True, index=True),
    Column("product_id", Id, ForeignKey("product.id"), nullable=True, index=True),
    Column("certificate_id", Id, ForeignKey("certificate.id"), nullable=True, index=True),
    Column("purpose", String(40), nullable=False),  # chat | profile | product | certificate | export
    Column("name", String(200), nullable=False, default=""),
    Column("at", Moment, nullable=False),
)

handover = Table(
    "handover",
    metadata,
    _id(),
    Column("contact_id", Id, ForeignKey("contact.id"), nullable=False),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False),
    Column("about", String(1000), nullable=False, default=""),
    Column("opened_at", Moment, nullable=False),
    Column("taken_by", String(80), nullable=False, default=""),
    Column("closed_at", Moment, nullable=True),
    Column("closed_by", String(80), nullable=False, default=""),
    Index(
        "uq_handover_open",
        "contact_id",
        unique=True,
        sqlite_where=text("closed_at is null"),
        postgresql_where=text("closed_at is null"),
    ),
    Index("ix_handover_contact_id", "contact_id"),
)

secret = Table(
    "secret",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", LargeBinary(32), nullable=False),
)

cursor = Table(
    "cursor",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("account", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

erasure = Table(
    "erasure",
    metadata,
    _id(),
    Column("office_id", Id, ForeignKey("office.id"), nullable=False),
    Column("reference", String(12), nullable=False, index=True),
    Column("counts", JSON, nullable=False),  # rows erased, by table; nothing of the person
    Column("at", Moment, nullable=False),
)
