"""From the channels to the store: every event a channel parsed is taken in here, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from time import monotonic, perf_counter
from typing import Any, Final, cast

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot import acquaintance, events
from bot.channels.base import (
    Address,
    AddressChange,
    Channel,
    Event,
    Inbound,
    Odd,
    Preference,
    Reachability,
    Receipt,
)
from bot.dispatcher import Clock, Dispatcher, utc_now
from bot.telemetry import INBOUND, TURN_SECONDS, where
from bot.turn import House, Taken, find_or_meet, take_turn
from flows.message import Message
from flows.outcomes import ErasureConfirmed
from locales.language import Language
from locales.words import Text, _, render
from storage import contacts, inbox, outbox
from storage.contacts import Collision
from storage.failpoints import reach
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.store import Store

log = structlog.get_logger()

_BROKEN: Final = _(
    "Sorry, something went wrong on our side. Your message is kept and our staff will see it. Please go on with "
    "MENU, or try again a little later."
)
_TOO_FAST: Final = _("That was a lot at once. Please wait a minute; what you wrote is kept for our staff.")
_NOT_OURS: Final = (OperationalError, InterfaceError, UnavailableError, OutcomeUnknownError)
"""The database's own failures: the event is sent again by whoever sent it."""


class Pace:
    """How many messages each person may have answered in a minute; a bucket of that size that refills evenly."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._buckets: dict[tuple[str, str], tuple[float, float]] = {}

    def allows(self, who: tuple[str, str]) -> bool:
        """Tell whether one more message is within the pace."""
        now = monotonic()
        left, since = self._buckets.get(who, (self._size, now))
        left = min(self._size, left + (now - since) * self._size / 60)
        if len(self._buckets) > 50_000:
            self._buckets.clear()
        self._buckets[who] = (max(left - 1, 0.0), now)
        return left >= 1


class Intake:
    """Takes events in: turns are taken, receipts noted, what cannot be handled is kept."""

    def __init__(
        self,
        store: Store,
        house: House,
        dispatcher: Dispatcher,
        pace: Pace,
        channels: Mapping[tuple[str, str], Channel],
        *,
        drop_file: Callable[[str], None],
        files_wait: Callable[[], None],
        clock: Clock = utc_now,
    ) -> None:
        self._store = store
        self._house = house
        self._dispatcher = dispatcher
        self._pace = pace
        self._channels = channels
        self._watchers: list[Callable[[Inbound, Taken], None]] = []
        self._errands: set[asyncio.Task[None]] = set()
        self._drop_file = drop_file
        self._files_wait = files_wait
        self._clock = clock
        self._flow_seconds = TURN_SECONDS.labels("flow")
        self._store_seconds = TURN_SECONDS.labels("store")

    def watch(self, watcher: Callable[[Inbound, Taken], None]) -> None:
        """Have `watcher` called after each committed turn."""
        self._watchers.append(watcher)

    async def take_all(self, found: Iterable[Event]) -> None:
        """Take several events in, those of one payload; raises when the store failed and the sender must repeat."""
        for event in found:
            await self.take(event)

    async def take(self, event: Event) -> None:
        """Take one event in; raises `UnavailableError` or `OutcomeUnknownError` when it could not be stored."""
        try:
            await self._take(event)
        except _NOT_OURS as error:
            if isinstance(error, UnavailableError | OutcomeUnknownError):
                raise
            raise UnavailableError("The database does not answer.") from error
        except Exception:
            log.exception("An event could not be taken in; it is kept.", kind=type(event).__name__)
            await self._store.write(_keep_unusable, event, self._clock())

    async def _take(self, event: Event) -> None:
        match event:
            case Inbound():
                await self.accept(event)
            case Receipt():
                await self._store.write(_note_receipt, event, self._clock())
            case Reachability(address=address, reachable=reachable):
                await self._store.write(
                    contacts.set_reachable, events.place(address), event.at, reachable=reachable
                )
            case AddressChange(old=old, new=new):
                await self._store.write(contacts.move, events.place(old), events.place(new))
            case Preference():
                await self._store.write(_note_preference, event, self._clock())
            case Odd():
                log.warning("An item could not be read; it is kept.", channel=event.channel, why=event.why)
                await self._store.write(_keep_odd, event, self._clock())
        if not isinstance(event, Inbound):
            INBOUND.labels(_channel_of(event), type(event).__name__.lower()).inc()

    async def accept(self, inbound: Inbound) -> None:
        """Take the turn an inbound asks for, and have the answers sent; returns when it is committed."""
        address = inbound.address
        within = self._pace.allows((address.channel, address.value))
        if not within and not acquaintance.says_stop(inbound.content):
            await self._refuse(inbound)
            return
        began = perf_counter()
        taken = await self._turn(inbound, None)
        if taken is None:
            INBOUND.labels(address.channel, "failed").inc()
            return
        self._flow_seconds.observe(taken.flow_seconds)
        self._store_seconds.observe(perf_counter() - began - taken.flow_seconds)
        _counter(address.channel, "repeat" if taken.seen_already else "taken").inc()
        self._after(inbound, taken)

    async def retake(self, row_id: int, inbound: Inbound) -> bool:
        """Take the turn of an event that was kept before; False when it failed again."""
        taken = await self._turn(inbound, row_id)
        if taken is not None:
            self._after(inbound, taken)
        return taken is not None

    def _after(self, inbound: Inbound, taken: Taken) -> None:
        for watcher in self._watchers:
            watcher(inbound, taken)
        self._acknowledge(inbound, slow=taken.waits)
        self._dispatcher.send_soon(taken.letters, more=taken.more)
        if taken.more and not taken.letters:
            self._dispatcher.wake(behind=taken.contact_id)
        if taken.waits:
            self._files_wait()
        if taken.unused_files or any(isinstance(each, ErasureConfirmed) for each in taken.outcomes):
            self._run(self._clear_away(taken.unused_files))

    def _acknowledge(self, inbound: Inbound, *, slow: bool) -> None:
        channel = self._channels.get((inbound.address.channel, inbound.address.account))
        errand = channel.acknowledge(inbound, slow=slow) if channel is not None else None
        if errand is not None:
            self._run(errand)

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _clear_away(self, files: Sequence[str]) -> None:
        """Delete what was erased from the disk; what fails here is swept later."""
        reach("files.unused")
        for sha in files:
            with suppress(OSError):
                await asyncio.to_thread(self._drop_file, sha)
        with suppress(UnavailableError, DBAPIError):
            await self._store.checkpoint()

    async def finish(self) -> None:
        """Wait for the small things that go on beside the turns."""
        if self._errands:
            await asyncio.wait(self._errands, timeout=5)

    async def _turn(self, inbound: Inbound, row_id: int | None) -> Taken | None:
        now = self._clock()
        for _attempt in range(5):
            with suppress(Collision):
                return await self._take_or_keep(inbound, row_id, now)
        raise UnavailableError("The same person was met at the same moment again and again.")

    async def _take_or_keep(self, inbound: Inbound, row_id: int | None, now: datetime) -> Taken | None:
        try:
            return await self._store.write(take_turn, self._house, inbound, now, row_id=row_id)
        except (Collision, *_NOT_OURS):
            raise
        except Exception as error:
            log.exception("A turn failed; it is kept for replay.", channel=inbound.address.channel)
            await self._keep_failed(inbound, row_id, where(error), now)
            return None

    async def _keep_failed(self, inbound: Inbound, row_id: int | None, error: str, now: datetime) -> None:
        await self._store.write(_keep_failed, self._house, inbound, row_id, error, now)
        self._dispatcher.wake()

    async def _refuse(self, inbound: Inbound) -> None:
        INBOUND.labels(inbound.address.channel, "refused").inc()
        await self._store.write(_keep_refused, self._house, inbound, self._clock())
        self._dispatcher.wake()


@cache
def _counter(channel: str, result: str) -> Counter:
    """Find a counter once: looking it up costs more than counting."""
    return INBOUND.labels(channel, result)


def _channel_of(event: Event) -> str:
    return event.channel if isinstance(event, Receipt | Odd) else _address_of(event).channel


def _address_of(event: Inbound | Reachability | AddressChange | Preference) -> Address:
    return event.old if isinstance(event, AddressChange) else event.address


def _note_receipt(conn: Connection, receipt: Receipt, now: datetime) -> None:
    about = outbox.note_receipt(
        conn,
        receipt.channel,
        receipt.account,
        receipt.external_id,
        receipt.key,
        receipt.status,
        receipt.code,
        now,
        again=receipt.again,
        pricing=receipt.pricing,
    )
    if about is not None and receipt.unreachable:
        outbox.suppress(conn, about)


def _note_preference(conn: Connection, event: Preference, now: datetime) -> None:
    known = contacts.find(conn, [events.place(event.address)], now)
    if known is not None:
        contacts.set_preference(conn, known.id, event.at, wants=event.wants, source="provider")


def _keep_odd(conn: Connection, event: Odd, now: datetime) -> None:
    entry = inbox.Entry(event.channel, event.account, event.external_id, {"raw": _written(event.raw)})
    inbox.keep(conn, entry, None, "odd", now, event.why)


def _written(raw: Mapping[str, Any]) -> str:
    """Write a raw payload as a text that every database takes, whatever is in it."""
    try:
        return json.dumps(raw)
    except RecursionError:
        return "nested too deep"


def _keep_failed(
    conn: Connection, house: House, inbound: Inbound, row_id: int | None, error: str, now: datetime
) -> None:
    """Keep an inbound whose turn raised, and apologise once."""
    known = find_or_meet(conn, house, inbound, now)
    if row_id is None:
        is_new = inbox.keep(conn, events.pack(inbound), known.id, "failed", now, error) is not None
    else:
        row = inbox.load(conn, row_id)
        is_new = inbox.mark(conn, row_id, "failed", error) and row is not None and row.state == "waiting"
    if is_new:
        _answer(conn, inbound, known, _BROKEN, now)


def _keep_refused(conn: Connection, house: House, inbound: Inbound, now: datetime) -> None:
    """Keep an inbound that came too fast; the first of a row is answered."""
    known = find_or_meet(conn, house, inbound, now)
    warned = inbox.was_refused_since(conn, known.id, now)
    kept = inbox.keep(conn, events.pack(inbound), known.id, "refused", now)
    if kept is not None and not warned:
        _answer(conn, inbound, known, _TOO_FAST, now)


def _answer(conn: Connection, inbound: Inbound, known: contacts.Known, words: Text, now: datetime) -> None:
    text = render(words, cast("Language", known.language))
    outbox.put(conn, events.place(inbound.address), Message(text), now, contact_id=known.id)


def _keep_unusable(conn: Connection, event: Event, now: datetime) -> None:
    """Keep an event the database will never take the way it is, so that those behind it can go on."""
    address = None if isinstance(event, Receipt | Odd) else _address_of(event)
    channel, account = (address.channel, address.account) if address else (event.channel, event.account)  # type: ignore[union-attr]  # these two have them
    entry = inbox.Entry(channel, account, event.external_id, {"raw": repr(event)[:4000]})
    inbox.keep(conn, entry, None, "odd", now, f"{type(event).__name__} could not be stored")
