"""Secrets a deployment makes for itself, the same for all its machines."""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection, select

from storage.contacts import insert_for
from storage.tables import secret

_BYTES: Final = 32


def establish(conn: Connection, name: str) -> bytes:
    """Give the secret of that name, made at its first use."""
    conn.execute(
        insert_for(conn)(secret).values(name=name, value=secrets.token_bytes(_BYTES)).on_conflict_do_nothing()
    )
    return bytes(conn.execute(select(secret.c.value).where(secret.c.name == name)).scalar_one())
