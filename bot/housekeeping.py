"""What is done every few hours: what nobody needs any more is forgotten."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from bot.dispatcher import Clock
from bot.telemetry import UNFINISHED
from storage import attachments, inbox, outbox
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.media import MediaFolder
from storage.store import Store

log = structlog.get_logger()

_EVERY: Final = timedelta(hours=6)
_GRACE: Final = timedelta(days=1)
"""How long a file nobody refers to is left: its turn may just be under way."""


async def keep_house(store: Store, folder: MediaFolder, clock: Clock) -> None:
    """Tidy up now, and again every few hours."""
    while True:
        try:
            await tidy_up(store, folder, clock())
        except (UnavailableError, OutcomeUnknownError, OSError):
            log.warning("Tidying up did not succeed; it is tried again later.")
        await asyncio.sleep(_EVERY.total_seconds())


async def tidy_up(store: Store, folder: MediaFolder, now: datetime) -> int:
    """Forget what is old and belongs to nobody; returns how many files were deleted."""
    await store.write(_forget, now)
    used = await store.read(attachments.all_used)
    UNFINISHED.set(await store.read(outbox.count_unfinished))
    return await asyncio.to_thread(folder.sweep, used, now - _GRACE)


def _forget(conn: Connection, now: datetime) -> None:
    outbox.forget_old(conn, now)
    inbox.forget_old(conn, now)
