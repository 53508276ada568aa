"""First tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "cursor",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", name=op.f("pk_cursor")),
    )
    op.create_table(
        "early_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_receipt")),
    )
    op.create_index(
        "ix_early_receipt_external_id", "early_receipt", ["channel", "account", "external_id"], unique=False
    )
    op.create_table(
        "media",
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=80), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha", name=op.f("pk_media")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("slug", name=op.f("uq_office_slug")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("to_kind", sa.String(length=10), nullable=False),
        sa.Column("to_value", sa.String(length=160), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=80), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("pricing", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index("ix_outbox_contact_id", "outbox", ["contact_id", "id"], unique=False)
    op.create_index(
        "ix_outbox_contact_unfinished",
        "outbox",
        ["contact_id", "lane", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('queued', 'sending')"),
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    op.create_index(
        "ix_outbox_external_id",
        "outbox",
        ["channel", "account", "external_id"],
        unique=False,
        sqlite_where=sa.text("external_id <> ''"),
        postgresql_where=sa.text("external_id <> ''"),
    )
    op.create_index(
        "ix_outbox_unfinished",
        "outbox",
        ["lane", "due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state in ('queued', 'sending')"),
        postgresql_where=sa.text("state in ('queued', 'sending')"),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "business",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("legal_name_en", sa.String(length=200), nullable=False),
        sa.Column("brand", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("registration_number", sa.String(length=20), nullable=False),
        sa.Column("sector", sa.String(length=30), nullable=False),
        sa.Column("sector_words", sa.String(length=200), nullable=False),
        sa.Column("province", sa.String(length=5), nullable=False),
        sa.Column("district", sa.String(length=5), nullable=False),
        sa.Column("scale", sa.String(length=10), nullable=False),
        sa.Column("export_experience", sa.String(length=12), nullable=False),
        sa.Column("target_markets", sa.JSON(), nullable=False),
        sa.Column("website", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_business_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business")),
    )
    op.create_index(op.f("ix_business_reference"), "business", ["reference"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("language_confirmed", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_contact_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_erasure_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_reference"), "erasure", ["reference"], unique=False)
    op.create_table(
        "address",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_address_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sa.UniqueConstraint(
            "channel", "account", "kind", "value", name=op.f("uq_address_channel_account_kind_value")
        ),
    )
    op.create_index(op.f("ix_address_contact_id"), "address", ["contact_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_consent_contact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_consent_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_contact_id"), "consent", ["contact_id"], unique=False)
    op.create_table(
        "conversation",
        sa.Column(
            "contact_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_conversation_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_conversation")),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("office_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about", sa.String(length=1000), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.String(length=80), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_handover_contact_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_handover_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_contact_id", "handover", ["contact_id"], unique=False)
    op.create_index(
        "uq_handover_open",
        "handover",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("closed_at is null"),
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_inbox_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_inbox_fingerprint")),
    )
    op.create_index("ix_inbox_contact_id", "inbox", ["contact_id", "id"], unique=False)
    op.create_index(
        "ix_inbox_open",
        "inbox",
        ["state", "id"],
        unique=False,
        sqlite_where=sa.text("state <> 'taken'"),
        postgresql_where=sa.text("state <> 'taken'"),
    )
    op.create_table(
        "preference",
        sa.Column(
            "contact_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("wants", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_preference_contact_id")),
        sa.PrimaryKeyConstraint("contact_id", "topic", "channel", name=op.f("pk_preference")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("sector", sa.String(length=30), nullable=False),
        sa.Column("name_id", sa.String(length=100), nullable=False),
        sa.Column("name_ko", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("hs", sa.String(length=10), nullable=False),
        sa.Column("minimum_order", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("monthly_capacity", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("price", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("flags", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("brand", sa.String(length=8), nullable=False),
        sa.Column("trademark", sa.String(length=12), nullable=False),
        sa.Column("packaging", sa.String(length=300), nullable=False),
        sa.Column("shelf_life", sa.Integer(), nullable=True),
        sa.Column("storage", sa.String(length=10), nullable=False),
        sa.Column("ingredients", sa.String(length=1000), nullable=False),
        sa.Column("samples", sa.Boolean(), nullable=True),
        sa.Column("showcase", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_product_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
    )
    op.create_index(op.f("ix_product_business_id"), "product", ["business_id"], unique=False)
    op.create_index(op.f("ix_product_reference"), "product", ["reference"], unique=False)
    op.create_table(
        "representative",
        sa.Column(
            "business_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column(
            "contact_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_representative_business_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_representative_contact_id")),
        sa.PrimaryKeyConstraint("business_id", "contact_id", name=op.f("pk_representative")),
    )
    op.create_index(op.f("ix_representative_contact_id"), "representative", ["contact_id"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("issuer", sa.String(length=120), nullable=False),
        sa.Column("issued", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("until_change", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_certificate_business_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_certificate_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index(op.f("ix_certificate_business_id"), "certificate", ["business_id"], unique=False)
    op.create_index(op.f("ix_certificate_expires"), "certificate", ["expires"], unique=False)
    op.create_index(op.f("ix_certificate_product_id"), "certificate", ["product_id"], unique=False)
    op.create_index(op.f("ix_certificate_reference"), "certificate", ["reference"], unique=False)
    op.create_table(
        "media_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("business_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_media_use_business_id")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_media_use_certificate_id")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_media_use_contact_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_media_use_product_id")),
        sa.ForeignKeyConstraint(["sha"], ["media.sha"], name=op.f("fk_media_use_sha")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_use")),
    )
    op.create_index(op.f("ix_media_use_business_id"), "media_use", ["business_id"], unique=False)
    op.create_index(op.f("ix_media_use_certificate_id"), "media_use", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_media_use_contact_id"), "media_use", ["contact_id"], unique=False)
    op.create_index(op.f("ix_media_use_product_id"), "media_use", ["product_id"], unique=False)
    op.create_index(op.f("ix_media_use_sha"), "media_use", ["sha"], unique=False)
