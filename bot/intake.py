"""From the channels to the store: every event a channel parsed is taken in here, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from time import monotonic, perf_counter
from typing import Any, Final, cast

import structlog
from prometheus_client import Counter
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot import events
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
from bot.telemetry import INBOUND, TURN_SECONDS
from bot.turn import House, Taken, take_turn
from flows.message import Message
from locales.language import Language
from locales.words import Text, _, render
from storage import contacts, inbox, outbox
from storage.contacts import Collision
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.store import Store

log = structlog.get_logger()

_BROKEN: Final = _(
    "Sorry, something went wrong on our side. Your message is kept and our staff will see it. Please go on with "
    "MENU, or try again a little later."
)
_TOO_FAST: Final = _("That was a lot at once. Please wait a minute; what you wrote is kept for our staff.")
_NOT_OURS: Final = (DBAPIError, UnavailableError, OutcomeUnknownError)


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
        except DBAPIError as error:
            raise UnavailableError("The database refused a statement.") from error

    async def _take(self, event: Event) -> None:
        match event:
            case Inbound():
                await self.accept(event)
            case Receipt():
                await self._store.write(_note_receipt, event, self._clock())
            case Reachability(address=address, reachable=reachable):
                await self._store.write(contacts.set_reachable, events.place(address), reachable=reachable)
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
        if not self._pace.allows((address.channel, address.value)):
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
        for sha in taken.unused_files:
            self._drop_file(sha)
        if taken.waits:
            self._files_wait()
        self._dispatcher.send_soon(taken.letters, more=taken.more)
        if taken.more and not taken.letters:
            self._dispatcher.wake(behind=taken.contact_id)

    def _acknowledge(self, inbound: Inbound, *, slow: bool) -> None:
        channel = self._channels.get((inbound.address.channel, inbound.address.account))
        errand = channel.acknowledge(inbound, slow=slow) if channel is not None else None
        if errand is not None:
            task = asyncio.get_running_loop().create_task(errand)
            self._errands.add(task)
            task.add_done_callback(self._errands.discard)

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
            await self._keep_failed(inbound, row_id, f"{type(error).__name__}: {error}", now)
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
    )
    if about is not None and receipt.unreachable:
        outbox.suppress(conn, about)


def _note_preference(conn: Connection, event: Preference, now: datetime) -> None:
    known = contacts.find(conn, [events.place(event.address)], now)
    if known is not None:
        contacts.set_preference(conn, known.id, now, wants=event.wants, source="provider")


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
    known = contacts.find(conn, events.places(inbound), now)
    if row_id is not None:
        inbox.mark(conn, row_id, "failed", error)
        return
    kept = inbox.keep(conn, events.pack(inbound), known.id if known else None, "failed", now, error)
    if kept is not None:
        _answer(conn, house, inbound, known, _BROKEN, now)


def _keep_refused(conn: Connection, house: House, inbound: Inbound, now: datetime) -> None:
    """Keep an inbound that came too fast; the first of a row is answered."""
    known = contacts.find(conn, events.places(inbound), now)
    warned = known is not None and inbox.was_refused_since(conn, known.id, now)
    kept = inbox.keep(conn, events.pack(inbound), known.id if known else None, "refused", now)
    if kept is not None and not warned:
        _answer(conn, house, inbound, known, _TOO_FAST, now)


def _answer(
    conn: Connection, house: House, inbound: Inbound, known: contacts.Known | None, words: Text, now: datetime
) -> None:
    language = cast("Language", known.language) if known else house.language
    outbox.put(
        conn,
        events.place(inbound.address),
        Message(render(words, language)),
        now,
        contact_id=known.id if known else None,
    )
