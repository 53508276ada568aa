"""From the outbox to the channels: claim a row, send it, record what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import uniform
from time import perf_counter
from typing import Final

import structlog

from bot.channels.base import Action, Channel, SendError
from bot.events import address_of
from bot.telemetry import OUTBOUND, TURN_SECONDS
from storage import outbox
from storage.failpoints import reach
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.outbox import Letter
from storage.store import Store

log = structlog.get_logger()

MOST_AT_ONCE: Final = 50
"""Messages on their way at the same time."""
ATTEMPTS: Final = 8
"""Tries before a message is given up; with the back-off that is about an hour and three quarters."""
GRACE: Final = timedelta(minutes=3)
"""How long a status is waited for, where one can still tell what became of a message."""
_IDLE: Final = 1.0
_PATIENCE: Final = 10.0
_ALARM_PAUSE: Final = timedelta(minutes=5)
_TRYING_TO_SETTLE: Final = (0.5, 2.0, 8.0, 20.0)
"""Seconds between attempts to record that a message was sent; together less than a lease."""
_WAITED: Final = "waited"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def back_off(attempt: int) -> timedelta:
    """Wait longer after each attempt: 2, 8, 32 seconds … to an hour, with jitter so that retries spread out."""
    return timedelta(seconds=min(3600.0, 2.0 * 4 ** (attempt - 1)) * uniform(0.8, 1.2))  # noqa: S311 - no secret


class Dispatcher:
    """Sends what is in the outbox, replies first, one message at a time to each person."""

    def __init__(
        self, store: Store, channels: Mapping[tuple[str, str], Channel], clock: Clock = utc_now
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._paused: dict[tuple[str, str], datetime] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._followed: set[int] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._send_seconds = TURN_SECONDS.labels("send")

    def wake(self, behind: int | None = None) -> None:
        """Look into the outbox now, and again once what is on its way to the contact `behind` has arrived."""
        if behind is not None:
            self._followed.add(behind)
        self._woken.set()

    def send_soon(self, letters: Iterable[Letter], *, more: bool = False) -> None:
        """Send letters that were claimed with the transaction that wrote them."""
        for letter in letters:
            task = asyncio.get_running_loop().create_task(self._deliver(letter, more=more))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def run(self) -> None:
        """Send until told to stop."""
        while not self._stopping:
            self._woken.clear()
            try:
                busy = await self._round()
            except (UnavailableError, OutcomeUnknownError):
                log.warning("The database does not answer; sending waits.")
                busy = False
            except Exception:  # whatever it is, the next message is to be sent
                log.exception("The outbox could not be looked into; trying again.")
                busy = False
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _IDLE)
        await self._let_arrive()

    async def _round(self) -> bool:
        room = MOST_AT_ONCE - len(self._sending)
        if room <= 0:
            await asyncio.wait(self._sending, return_when=asyncio.FIRST_COMPLETED)
            return True
        now = self._clock()
        self._paused = {account: until for account, until in self._paused.items() if until > now}
        open_ones = [account for account in self._channels if account not in self._paused]
        if not open_ones:
            return False
        letters = await self._store.write(outbox.claim, now, room, open_ones)
        reach("dispatch.claimed")
        self.send_soon(letters, more=True)
        return bool(letters)

    async def stop(self) -> None:
        """Stop claiming, and let what is on its way arrive."""
        self._stopping = True
        self.wake()
        await self._let_arrive()

    async def _let_arrive(self) -> None:
        if self._sending:
            await asyncio.wait(self._sending, timeout=_PATIENCE)

    async def drain(self) -> None:
        """Send everything that is due, and return when nothing is on its way."""
        while True:
            under_way = bool(self._sending)
            if not await self._round() and not under_way:
                return
            if self._sending:
                await asyncio.wait(self._sending)

    # --- one letter -------------------------------------------------------------------------------------------------

    async def _deliver(self, letter: Letter, *, more: bool) -> None:
        try:
            async with self._room:
                await self._try(letter)
        except (UnavailableError, OutcomeUnknownError):
            log.warning("A message was sent, but the database did not take it down.", outbox=letter.id)
        except Exception:
            log.exception("Sending broke.", outbox=letter.id)
            with suppress(UnavailableError, OutcomeUnknownError):
                await self._store.write(outbox.settle, letter, "failed", self._clock(), code="internal")
        if more or letter.contact_id in self._followed:
            self._followed.discard(letter.contact_id or 0)
            self.wake()

    async def _try(self, letter: Letter) -> None:
        to = letter.to
        channel = self._channels[to.channel, to.account]
        if (until := self._paused.get((to.channel, to.account))) is not None and until > self._clock():
            await self._store.write(outbox.postpone, letter, until, "paused", counts=False)
            return
        if letter.code == outbox.UNKNOWN and channel.tells_fate:
            await self._wait_for_status(letter, counts=False)
            return
        began = perf_counter()
        try:
            external_id = await channel.send(address_of(to), letter.message, letter.key)
        except SendError as refusal:
            OUTBOUND.labels(to.channel, refusal.action.value).inc()
            await self._refused(letter, channel, refusal)
            return
        self._send_seconds.observe(perf_counter() - began)
        reach("dispatch.sent")
        OUTBOUND.labels(to.channel, "sent").inc()
        settle = outbox.settle_and_adopt if channel.tells_fate else outbox.settle
        await self._take_down(settle, letter, external_id)
        reach("dispatch.settled")

    async def _take_down(self, settle: Callable[..., object], letter: Letter, external_id: str) -> None:
        """Record that a message was sent, as long as the lease lasts: unrecorded, it would be sent again."""
        for wait in (*_TRYING_TO_SETTLE, None):
            try:
                await self._store.write(settle, letter, "sent", self._clock(), external_id=external_id)
            except (UnavailableError, OutcomeUnknownError):
                if wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return

    async def _wait_for_status(self, letter: Letter, *, counts: bool) -> None:
        """Hold back a message that may have been taken, where a status will tell."""
        await self._store.write(outbox.postpone, letter, self._clock() + GRACE, _WAITED, counts=counts)

    async def _refused(self, letter: Letter, channel: Channel, refusal: SendError) -> None:
        now = self._clock()
        account = (letter.to.channel, letter.to.account)
        match refusal.action:
            case Action.RETRY | Action.UNKNOWN if letter.attempt >= ATTEMPTS:
                await self._store.write(outbox.settle, letter, "failed", now, code=refusal.code)
            case Action.RETRY:
                wait = max(back_off(letter.attempt), timedelta(seconds=refusal.after))
                await self._store.write(outbox.postpone, letter, now + wait, refusal.code)
            case Action.UNKNOWN if channel.tells_fate:
                await self._wait_for_status(letter, counts=True)
            case Action.UNKNOWN:
                await self._store.write(outbox.postpone, letter, now + back_off(letter.attempt), refusal.code)
            case Action.THROTTLE:
                self._paused[account] = now + timedelta(seconds=refusal.after)
                await self._store.write(
                    outbox.postpone, letter, self._paused[account], refusal.code, counts=False
                )
            case Action.SUPPRESS if not refusal.marketing:
                await self._store.write(outbox.give_up, letter, now, refusal.code)
            case Action.ALARM:
                log.error(
                    "The provider refuses us; sending pauses.", channel=letter.to.channel, code=refusal.code
                )
                self._paused[account] = now + _ALARM_PAUSE
                await self._store.write(
                    outbox.postpone, letter, self._paused[account], refusal.code, counts=False
                )
            case _:
                log.warning("A message was refused.", outbox=letter.id, code=refusal.code)
                await self._store.write(outbox.settle, letter, "failed", now, code=refusal.code)
