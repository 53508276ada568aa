"""Files people send: fetched from the provider, made safe, and then their turn is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import structlog

from bot import events
from bot.channels.base import Action, Channel, Inbound, Remote, SendError
from bot.intake import Intake
from flows.message import Attached, Attachment, Content, Refused
from storage import inbox
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.media import Kept, MediaFolder
from storage.store import Store

log = structlog.get_logger()

_AT_ONCE: Final = 4
_IDLE: Final = 5.0
_TRIES: Final = 3
_BETWEEN_TRIES: Final = 1.0
_PATIENT: Final = frozenset({Action.RETRY, Action.THROTTLE, Action.UNKNOWN})


class Files:
    """Keeps what people send, and takes the turns that waited for it, each person's in order."""

    def __init__(
        self,
        store: Store,
        folder: MediaFolder,
        channels: Mapping[tuple[str, str], Channel],
    ) -> None:
        self._store = store
        self._folder = folder
        self._channels = channels
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Look for waiting events now."""
        self._woken.set()

    def stop(self) -> None:
        """Stop after the round that is under way."""
        self._stopping = True
        self.wake()

    async def run(self, intake: Intake) -> None:
        """Work on what waits until told to stop."""
        while not self._stopping:
            self._woken.clear()
            try:
                busy = await self.work(intake)
            except (UnavailableError, OutcomeUnknownError):
                busy = False
            except Exception:  # a file, or a disk, that nobody thought of
                log.exception("What waits for a file could not be handled; trying again.")
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _IDLE)

    async def work(self, intake: Intake) -> bool:
        """Take the first waiting event of each person; tells whether there was any."""
        rows = await self._store.read(inbox.waiting, _AT_ONCE)
        done = await asyncio.gather(*(self.take(intake, row) for row in rows), return_exceptions=True)
        for error in done:
            if isinstance(error, BaseException):
                raise error
        return bool(rows)

    async def take(self, intake: Intake, row: Any) -> bool:
        """Take the turn of an inbox row, its file fetched first where it has one; False when it failed."""
        inbound = events.unpack(row.channel, row.account, row.external_id, row.event)
        content = inbound.content
        if isinstance(content, Remote):
            content = await self._bring(content, inbound)
        return await intake.retake(row.id, replace(inbound, content=content))

    async def _bring(self, remote: Remote, inbound: Inbound) -> Content:
        channel = self._channels.get((inbound.address.channel, inbound.address.account))
        if channel is None:
            return Refused("unavailable", remote.name)
        for attempt in range(1, _TRIES + 1):
            try:
                data = await channel.fetch(remote)
            except SendError as refusal:
                if refusal.action not in _PATIENT or attempt == _TRIES:
                    log.warning("A file could not be fetched.", code=refusal.code)
                    return Refused("too_large" if refusal.code == "too_large" else "unavailable", remote.name)
                await asyncio.sleep(_BETWEEN_TRIES * attempt)
            else:
                kept = await self.keep(data, remote.name)
                return Attached((kept,), remote.caption) if isinstance(kept, Attachment) else kept
        raise AssertionError("the last try returns")

    async def keep(self, data: bytes, name: str) -> Attachment | Refused:
        """Make a file safe and keep it, or say why not."""
        kept = await asyncio.to_thread(self._folder.keep, data, name)
        if not isinstance(kept, Kept):
            return Refused(kept.why, name)
        return Attachment(kept.sha, kept.kind, kept.name, kept.mime, kept.bytes)
