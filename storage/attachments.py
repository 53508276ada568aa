"""Which files the store knows, and who uses them; the files themselves are in the media folder."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.contacts import insert_for
from storage.tables import media, media_use


def remember(
    conn: Connection,
    sha: str,
    mime: str,
    size: int,
    now: datetime,
    *,
    contact_id: int,
    purpose: str,
    name: str,
    width: int | None = None,
    height: int | None = None,
) -> None:
    """Remember a kept file and who brought it, or for whom it was made."""
    conn.execute(
        insert_for(conn)(media)
        .values(sha=sha, mime=mime, bytes=size, width=width, height=height, created_at=now)
        .on_conflict_do_nothing()
    )
    conn.execute(
        media_use.insert().values(
            sha=sha, contact_id=contact_id, business_id=None, purpose=purpose, name=name[:200], at=now
        )
    )


def all_used(conn: Connection) -> set[str]:
    """Name every file that is used."""
    return set(conn.execute(select(media_use.c.sha).distinct()).scalars())


def forget_unused(conn: Connection, files: Collection[str]) -> list[str]:
    """Forget those of these files that nobody uses any more, and return them to be deleted."""
    used = set(conn.execute(select(media_use.c.sha).where(media_use.c.sha.in_(files))).scalars())
    unused = sorted(set(files) - used)
    conn.execute(delete(media).where(media.c.sha.in_(unused)))
    return unused
