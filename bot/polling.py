"""Telegram without a public address: updates are asked for, and the cursor is stored once they are taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

import structlog

from bot.channels.base import SendError
from bot.channels.telegram import TelegramChannel
from bot.intake import Intake
from storage import cursors
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.store import Store

log = structlog.get_logger()

WAIT: Final = 25
"""Seconds the Bot API may hold a request open."""
_PAUSE: Final = 3.0


async def poll(channel: TelegramChannel, intake: Intake, store: Store) -> None:
    """Take updates in for ever, in their order; one that could not be stored is asked for again."""
    offset: int | None = None
    while True:
        try:
            if offset is None:
                await channel.delete_webhook()
                offset = await store.read(cursors.load, channel.name, channel.account)
            updates = await channel.get_updates(offset, WAIT)
            for update in updates:
                await _finish(intake.take_all(channel.parse(update)))
                offset = int(update["update_id"]) + 1
            if updates:
                await store.write(cursors.save, channel.name, channel.account, offset)
        except SendError as refusal:
            log.warning("Telegram does not hand out updates; trying again.", code=refusal.code)
            await asyncio.sleep(max(refusal.after, _PAUSE))
        except (UnavailableError, OutcomeUnknownError):
            log.warning("The database does not answer; updates wait at Telegram.")
            await asyncio.sleep(_PAUSE)
        except Exception:  # whatever it is, tomorrow's updates are to be asked for
            log.exception("Updates could not be taken in; trying again.")
            await asyncio.sleep(_PAUSE)


async def _finish(job: Coroutine[Any, Any, None]) -> None:
    """Do something to its end, even when told to stop meanwhile: a turn that is stored has its answer sent, too."""
    task = asyncio.ensure_future(job)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
