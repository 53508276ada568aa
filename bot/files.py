"""Files people send: fetched from the provider, made safe, and then their turn is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from bot import events
from bot.channels.base import Action, Channel, Inbound, Remote, SendError
from bot.dispatcher import Clock, utc_now
from bot.intake import Intake
from bot.telemetry import where
from flows.message import Attached, Attachment, Content, Refused, Unsupported
from storage import attachments, inbox
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.media import Kept, MediaFolder
from storage.store import Store

log = structlog.get_logger()

_AT_ONCE: Final = 4
_LOOKED_AT: Final = 100
_LATER: Final = 5.0
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
        clock: Clock = utc_now,
    ) -> None:
        self._clock = clock
        self._store = store
        self._folder = folder
        self._channels = channels
        self._later: dict[int, float] = {}
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
        now = monotonic()
        self._later = {row_id: until for row_id, until in self._later.items() if until > now}
        waiting = await self._store.read(inbox.waiting, _LOOKED_AT)
        to_keep = await self._store.read(inbox.to_keep, _LOOKED_AT)
        jobs: list[tuple[Any, Awaitable[object]]] = [
            (row, self.take(intake, row)) for row in self._due(waiting)
        ]
        jobs += [(row, self._keep_for_staff(row)) for row in self._due(to_keep)]
        done = await asyncio.gather(*(job for _row, job in jobs), return_exceptions=True)
        for (row, _job), error in zip(jobs, done, strict=True):
            if isinstance(error, Exception):
                log.warning("What came with a file could not be taken in; trying later.", why=where(error))
                self._later[row.id] = now + _LATER
            elif isinstance(error, BaseException):
                raise error
        return bool(jobs)

    def _due(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Leave those that went wrong for a while, so that they keep nobody else waiting."""
        return [row for row in rows if row.id not in self._later][:_AT_ONCE]

    async def take(self, intake: Intake, row: Any) -> bool:
        """Take the turn of an inbox row, its file fetched first where it has one; False when it failed."""
        try:
            inbound = events.unpack(row.channel, row.account, row.external_id, row.event)
        except (KeyError, TypeError, ValueError) as error:
            await self._store.write(inbox.mark, row.id, "failed", where(error))
            return False
        content = inbound.content
        if isinstance(content, Remote):
            content = await self._bring(content, inbound)
        return await intake.retake(row.id, replace(inbound, content=content))

    async def _keep_for_staff(self, row: Any) -> None:
        """Fetch what the bot could not read, and keep it as it is: nobody but staff will open it."""
        inbound = events.unpack(row.channel, row.account, row.external_id, row.event)
        assert isinstance(inbound.content, Unsupported)
        remote = Remote(inbound.content.file, "document", inbound.content.kind, inbound.content.mime)
        data = await self._fetch(remote, inbound)
        if isinstance(data, Refused):
            await self._store.write(inbox.mark, row.id, "held", f"its file was {data.why}")
            return
        sha = await asyncio.to_thread(self._folder.put, data)
        await self._store.write(_hold, row, sha, len(data), inbound.content, self._clock())

    async def _bring(self, remote: Remote, inbound: Inbound) -> Content:
        data = await self._fetch(remote, inbound)
        if isinstance(data, Refused):
            return data
        kept = await self.keep(data, remote.name)
        return Attached((kept,), remote.caption) if isinstance(kept, Attachment) else kept

    async def _fetch(self, remote: Remote, inbound: Inbound) -> bytes | Refused:
        channel = self._channels.get((inbound.address.channel, inbound.address.account))
        if channel is None:
            return Refused("unavailable", remote.name)
        for attempt in range(1, _TRIES + 1):
            try:
                return await channel.fetch(remote)
            except SendError as refusal:
                if refusal.action not in _PATIENT or attempt == _TRIES:
                    log.warning("A file could not be fetched.", code=refusal.code)
                    return Refused("too_large" if refusal.code == "too_large" else "unavailable", remote.name)
                await asyncio.sleep(_BETWEEN_TRIES * attempt)
        raise AssertionError("the last try returns")

    async def keep(self, data: bytes, name: str) -> Attachment | Refused:
        """Make a file safe and keep it, or say why not."""
        kept = await asyncio.to_thread(self._folder.keep, data, name)
        if not isinstance(kept, Kept):
            return Refused(kept.why, name)
        return Attachment(kept.sha, kept.kind, kept.name, kept.mime, kept.bytes)


def _hold(conn: Connection, row: Any, sha: str, size: int, content: Unsupported, now: datetime) -> None:
    """Have staff find a fetched file, unless its person was erased meanwhile."""
    if inbox.hold(conn, row.id, {**row.event, "kept": sha}):
        attachments.remember(
            conn,
            sha,
            content.mime or "application/octet-stream",
            size,
            now,
            contact_id=row.contact_id,
            purpose="chat",
            name=content.kind,
        )
