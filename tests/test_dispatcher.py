"""The dispatcher: what goes first, what waits, what is tried again and what is given up; on both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot import dispatcher
from bot.channels.base import Action, Address, Inbound, Remote, SendError
from bot.dispatcher import ATTEMPTS, GRACE, Dispatcher, back_off
from flows.message import Message, Option
from flows.stored import pack_message
from storage import contacts, offices, outbox, tables
from storage.contacts import Place
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.outbox import BROADCAST, LEASE, REMINDER, REPLY, Letter
from storage.store import Store, open_store
from tests.household import settings_for
from tests.journey import until

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Post:
    """A channel of the tests' own: it fails as told, and keeps what arrived; `shut` holds everything up."""

    def __init__(self, name: str = "post", *, tells_fate: bool = False) -> None:
        self.name = name
        self.account = "1"
        self.tells_fate = tells_fate
        self.refusals: list[SendError] = []
        self.arrived: list[tuple[str, str]] = []
        self.keys: list[str] = []
        self.begun = 0
        self.open = asyncio.Event()
        self.open.set()

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Any]:
        return ()

    async def send(self, to: Address, message: Message, key: str) -> str:
        self.begun += 1
        await self.open.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        self.arrived.append((to.value, message.text))
        self.keys.append(key)
        return f"id-of-{key}"

    async def fetch(self, remote: Remote) -> bytes:
        raise NotImplementedError

    def acknowledge(self, inbound: Inbound, *, slow: bool) -> None:
        return

    @property
    def texts(self) -> list[str]:
        return [text for _value, text in self.arrived]


class Desk:
    """A store, a clock that stands still, and a dispatcher between them and some posts."""

    def __init__(self, store: Store, *posts: Post) -> None:
        self.store = store
        self.now = NOON
        self.posts = {(post.name, post.account): post for post in posts}
        self.dispatcher = self.another()
        self._contacts: dict[str, int] = {}

    def another(self) -> Dispatcher:
        """Make a dispatcher as another process has it."""
        return Dispatcher(self.store, self.posts, lambda: self.now)

    async def put(
        self, text: str, who: str = "siti", *, lane: int = REPLY, post: str = "post", claim: bool = False
    ) -> Letter | None:
        """Put a message into the outbox for somebody."""
        place = Place(post, "1", "terminal", who)
        contact = self._contacts.get(who)
        if contact is None:
            contact = self._contacts[who] = await self.store.write(self._meet, place)
        self.now += timedelta(milliseconds=1)
        return await self.store.write(
            outbox.put, place, Message(text), self.now, contact_id=contact, lane=lane, claim=claim
        )

    def _meet(self, conn: Connection, place: Place) -> int:
        office = offices.establish(conn, "main", OFFICE, self.now)
        return contacts.meet(conn, [place], self.now, office_id=office, language="id").id

    async def drain(self) -> None:
        """Send what is due."""
        await self.dispatcher.drain()

    async def rows(self) -> list[dict[str, Any]]:
        """Read the outbox, in order."""

        def read(conn: Connection) -> list[dict[str, Any]]:
            return [
                dict(row._mapping) for row in conn.execute(select(tables.outbox).order_by(tables.outbox.c.id))
            ]

        return await self.store.read(read)

    async def row(self) -> dict[str, Any]:
        """Read the only message."""
        (row,) = await self.rows()
        return row

    async def states(self) -> list[str]:
        """Read the states of all messages, in order."""
        return [row["state"] for row in await self.rows()]


OFFICE = settings_for(Path(), "sqlite:///x").office


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def desk(store: Store, post: Post) -> Desk:
    return Desk(store, post)


# --- what goes first ----------------------------------------------------------------------------------------


async def test_replies_go_before_reminders_and_those_before_broadcasts(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "MOST_AT_ONCE", 1)
    for number in range(3):
        await desk.put(f"broadcast {number}", f"person {number}", lane=BROADCAST)
    await desk.put("reminder", "person 3", lane=REMINDER)
    await desk.put("reply", "person 4")
    await desk.drain()
    assert post.texts == ["reply", "reminder", "broadcast 0", "broadcast 1", "broadcast 2"]


async def test_each_persons_messages_arrive_in_their_order(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = post.send

    async def send_ever_faster(to: Address, message: Message, key: str) -> str:
        await asyncio.sleep(0.02 / (1 + int(message.text)))
        return await send(to, message, key)

    monkeypatch.setattr(post, "send", send_ever_faster)
    for number in range(5):
        for who in ("siti", "budi"):
            await desk.put(f"{number}", who)
    await desk.drain()
    for who in ("siti", "budi"):
        assert [text for value, text in post.arrived if value == who] == list("01234")


async def test_one_that_has_to_wait_holds_up_those_behind_it_and_nobody_else(desk: Desk, post: Post) -> None:
    post.refusals.append(SendError(Action.RETRY, "http_500"))
    await desk.put("first")
    await desk.drain()
    await desk.put("second")
    await desk.put("other", "budi")
    await desk.drain()
    assert post.texts == ["other"]
    desk.now += timedelta(seconds=3)
    await desk.drain()
    assert post.texts == ["other", "first", "second"]


async def test_a_reply_is_not_held_up_by_a_broadcast_to_the_same_person(desk: Desk, post: Post) -> None:
    post.refusals.append(SendError(Action.RETRY, "http_500"))
    await desk.put("broadcast", lane=BROADCAST)
    await desk.drain()
    await desk.put("reply")
    await desk.drain()
    assert post.texts == ["reply"]


async def test_what_waits_behind_a_message_on_its_way_follows_at_once(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "_IDLE", 3600.0)
    post.open.clear()
    write, looks = desk.store.write, [0]

    async def counting_write(fn: Any, *args: Any, **kwargs: Any) -> Any:
        done = await write(fn, *args, **kwargs)
        looks[0] += fn is outbox.claim
        return done

    monkeypatch.setattr(desk.store, "write", counting_write)
    running = asyncio.create_task(desk.dispatcher.run())
    letter = await desk.put("first", claim=True)
    assert letter is not None
    desk.dispatcher.send_soon([letter])
    await until(lambda: post.begun and looks[0] == 1)
    await desk.put("second")
    desk.dispatcher.wake(behind=letter.contact_id)
    await until(lambda: looks[0] == 2)
    post.open.set()
    await until(lambda: post.texts == ["first", "second"])
    await desk.dispatcher.stop()
    await running


# --- what a refusal does ------------------------------------------------------------------------------------


async def test_a_throttle_pauses_its_account_alone(store: Store) -> None:
    slow, quick = Post("slow"), Post("quick")
    desk = Desk(store, slow, quick)
    slow.refusals.append(SendError(Action.THROTTLE, "429", after=30.0))
    await desk.put("slow 1", "siti", post="slow")
    await desk.drain()
    await desk.put("slow 2", "budi", post="slow")
    await desk.put("quick", "eko", post="quick")
    await desk.drain()
    assert (slow.texts, quick.texts) == ([], ["quick"])
    assert [row["attempt"] for row in await desk.rows()] == [0, 0, 1]
    desk.now += timedelta(seconds=29)
    await desk.drain()
    assert slow.texts == []
    desk.now += timedelta(seconds=2)
    await desk.drain()
    assert slow.texts == ["slow 1", "slow 2"]


async def test_an_alarm_pauses_the_account_and_loses_nothing(desk: Desk, post: Post) -> None:
    post.refusals.append(SendError(Action.ALARM, "190"))
    await desk.put("first", "siti")
    await desk.drain()
    await desk.put("second", "budi")
    await desk.drain()
    assert post.begun == 1
    desk.now += timedelta(minutes=6)
    await desk.drain()
    assert post.texts == ["first", "second"]


async def test_who_cannot_be_reached_is_spared_the_rest(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "MOST_AT_ONCE", 1)
    post.refusals.append(SendError(Action.SUPPRESS, "Forbidden: bot was blocked by the user"))
    for text in ("first", "second"):
        await desk.put(text)
    await desk.put("broadcast", lane=BROADCAST)
    await desk.put("other", "budi")
    await desk.drain()
    assert await desk.states() == ["failed", "dropped", "dropped", "sent"]

    def reachable(conn: Connection) -> dict[str, bool]:
        return {row.value: row.reachable for row in conn.execute(select(tables.address))}

    assert await desk.store.read(reachable) == {"siti": False, "budi": True}


@pytest.mark.parametrize("action", [Action.REJECT, Action.TEMPLATE, Action.STOP_BROADCAST])
async def test_a_message_that_will_never_be_taken_fails_at_once(
    desk: Desk, post: Post, action: Action
) -> None:
    post.refusals.append(SendError(action, "a long story of what is wrong " * 10))
    await desk.put("first")
    await desk.put("second")
    await desk.drain()
    assert await desk.states() == ["failed", "sent"]
    assert (await desk.rows())[0]["code"].startswith("a long story")


async def test_tries_come_ever_later_until_it_is_given_up(desk: Desk, post: Post) -> None:
    waits = []
    await desk.put("stubborn")
    for _attempt in range(ATTEMPTS - 1):
        post.refusals.append(SendError(Action.RETRY, "http_500"))
        await desk.drain()
        row = await desk.row()
        assert row["state"] == "queued"
        waits.append((row["due_at"] - desk.now).total_seconds())
        desk.now = row["due_at"]
    assert waits[:6] == sorted(waits[:6])
    assert 1 < waits[0] < 3
    assert 2800 < waits[-1] < 4400
    post.refusals.append(SendError(Action.RETRY, "http_500"))
    await desk.drain()
    assert (await desk.row())["state"] == "failed"
    assert post.begun == ATTEMPTS
    desk.now += timedelta(days=1)
    await desk.drain()
    assert post.begun == ATTEMPTS


async def test_a_provider_that_names_a_time_is_given_it(desk: Desk, post: Post) -> None:
    post.refusals.append(SendError(Action.RETRY, "131049", after=600.0))
    await desk.put("later")
    await desk.drain()
    assert (await desk.row())["due_at"] == desk.now + timedelta(seconds=600)


def test_retries_spread_out() -> None:
    assert len({back_off(3) for _ in range(20)}) > 1
    assert max(back_off(50) for _ in range(20)) <= timedelta(minutes=72)


async def test_a_message_nobody_can_shape_fails_and_harms_no_other(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(to: Address, message: Message, key: str) -> str:
        raise ValueError("an option's id is too long")

    await desk.put("odd", "siti")
    monkeypatch.setattr(post, "send", send)
    await desk.drain()
    monkeypatch.undo()
    await desk.put("sound", "siti")
    await desk.drain()
    assert await desk.states() == ["failed", "sent"]


async def test_a_message_for_a_channel_that_is_switched_off_waits(desk: Desk, post: Post) -> None:
    await desk.put("later", post="gone")
    await desk.drain()
    assert (await desk.row())["state"] == "queued"
    desk.posts["gone", "1"] = back = Post("gone")
    desk.now += timedelta(minutes=6)
    await desk.drain()
    assert back.texts == ["later"]


# --- leases and doubt ---------------------------------------------------------------------------------------


async def test_only_who_holds_the_lease_settles(desk: Desk) -> None:
    letter = await desk.put("first", claim=True)
    assert letter is not None
    assert await desk.store.write(outbox.claim, desk.now, 10, list(desk.posts)) == []
    (again,) = await desk.store.write(
        outbox.claim, desk.now + LEASE + timedelta(seconds=1), 10, list(desk.posts)
    )
    assert (again.id, again.key, again.attempt, again.code) == (letter.id, letter.key, 2, outbox.UNKNOWN)
    assert not await desk.store.write(outbox.settle, letter, "sent", desk.now)
    assert not await desk.store.write(outbox.postpone, letter, desk.now, "late")
    assert (await desk.row())["state"] == "sending"
    assert await desk.store.write(outbox.settle, again, "sent", desk.now)
    assert not await desk.store.write(outbox.settle, again, "failed", desk.now)
    assert (await desk.row())["state"] == "sent"


async def test_what_a_dead_process_held_is_sent_by_another(desk: Desk, post: Post) -> None:
    await desk.put("in doubt", claim=True)
    await desk.put("behind it")
    await desk.drain()
    assert post.texts == []
    desk.now += LEASE + timedelta(seconds=1)
    await desk.drain()
    assert post.texts == ["in doubt", "behind it"]


async def test_where_a_status_will_tell_a_message_in_doubt_waits_for_it(store: Store) -> None:
    post = Post(tells_fate=True)
    desk = Desk(store, post)
    await desk.put("in doubt", claim=True)
    desk.now += LEASE + timedelta(seconds=1)
    await desk.drain()
    row = await desk.row()
    assert (post.begun, row["state"], row["due_at"]) == (0, "queued", desk.now + GRACE)
    await store.write(outbox.note_receipt, "post", "1", "wamid.1", row["key"], "delivered", "", desk.now)
    desk.now += GRACE + timedelta(seconds=1)
    await desk.drain()
    assert (post.begun, await desk.states()) == (0, ["delivered"])


async def test_where_no_status_tells_after_all_it_is_sent_once(store: Store) -> None:
    post = Post(tells_fate=True)
    desk = Desk(store, post)
    post.refusals.append(SendError(Action.UNKNOWN, "timeout"))
    await desk.put("in doubt")
    await desk.drain()
    assert (await desk.row())["due_at"] == desk.now + GRACE
    desk.now += GRACE + timedelta(seconds=1)
    await desk.drain()
    assert post.texts == ["in doubt"]


async def test_a_message_always_in_doubt_is_given_up_one_day(store: Store) -> None:
    post = Post(tells_fate=True)
    desk = Desk(store, post)
    await desk.put("in doubt")
    for _attempt in range(3 * ATTEMPTS):
        post.refusals.append(SendError(Action.UNKNOWN, "timeout"))
        await desk.drain()
        desk.now += timedelta(hours=2)
    assert await desk.states() == ["failed"]
    assert post.begun == ATTEMPTS


async def test_a_receipt_that_was_early_counts_once_the_message_is_known(store: Store) -> None:
    post = Post(tells_fate=True)
    desk = Desk(store, post)
    letter = await desk.put("first", claim=True)
    assert letter is not None
    external_id = f"id-of-{letter.key}"
    await store.write(outbox.note_receipt, "post", "1", external_id, "", "read", "", desk.now)
    assert await desk.states() == ["sending"]
    desk.dispatcher.send_soon([letter])
    await desk.drain()
    assert await desk.states() == ["read"]
    assert (await desk.row())["external_id"] == external_id


# --- trouble with the database, and the end -----------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [UnavailableError("gone"), OutcomeUnknownError("cut"), OperationalError("x", {}, Exception())]
)
async def test_it_outlives_a_database_that_fails(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(dispatcher, "_IDLE", 0.001)
    failures = [error] * 3
    claim = outbox.claim

    def failing_claim(*args: Any, **kwargs: Any) -> list[Letter]:
        if failures:
            raise failures.pop()
        return claim(*args, **kwargs)

    monkeypatch.setattr(outbox, "claim", failing_claim)
    await desk.put("first")
    running = asyncio.create_task(desk.dispatcher.run())
    await until(lambda: post.texts == ["first"])
    await desk.dispatcher.stop()
    await running


async def test_a_message_sent_while_the_database_failed_is_in_doubt_and_not_failed(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = outbox.settle

    def failing_settle(conn: Connection, letter: Letter, state: Any, *args: Any, **kwargs: Any) -> bool:
        if state == "sent":
            raise OutcomeUnknownError("the connection was lost while committing")
        return settle(conn, letter, state, *args, **kwargs)

    letter = await desk.put("first", claim=True)
    assert letter is not None
    monkeypatch.setattr(dispatcher, "_TRYING_TO_SETTLE", (0.0, 0.0))
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "settle", failing_settle)
        desk.dispatcher.send_soon([letter])
        await desk.drain()
    assert (post.texts, await desk.states()) == (["first"], ["sending"])


async def test_what_is_on_its_way_arrives_before_it_stops(desk: Desk, post: Post) -> None:
    post.open.clear()
    for number in range(10):
        await desk.put(f"{number}", f"person {number}")
    running = asyncio.create_task(desk.dispatcher.run())
    await until(lambda: post.begun == 10)
    stopping = asyncio.create_task(desk.dispatcher.stop())
    await asyncio.sleep(0)
    await desk.put("too late", "siti")
    post.open.set()
    await asyncio.gather(stopping, running)
    assert len(post.texts) == 10
    assert Counter(await desk.states()) == {"sent": 10, "queued": 1}


async def test_what_was_claimed_at_the_last_moment_arrives_too(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = asyncio.Event()
    write = desk.store.write

    async def slow_write(fn: Any, *args: Any, **kwargs: Any) -> Any:
        done = await write(fn, *args, **kwargs)
        if fn is outbox.claim and done:
            claimed.set()
            await asyncio.sleep(0.01)
        return done

    monkeypatch.setattr(desk.store, "write", slow_write)
    await desk.put("first")
    running = asyncio.create_task(desk.dispatcher.run())
    await claimed.wait()
    await desk.dispatcher.stop()
    await running
    assert (post.texts, await desk.states()) == (["first"], ["sent"])


async def test_two_dispatchers_never_send_the_same_message(postgres_url: str, tmp_path: Path) -> None:
    post = Post()
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(open_store(postgres_url, tmp_path)) for _ in range(3)]
        desks = [Desk(store, post) for store in stores]
        for number in range(120):
            await desks[0].put(f"{number}", f"person {number % 40}")
        for desk in desks:
            desk.now = desks[0].now
        await asyncio.gather(*(desk.drain() for desk in desks))
        await desks[0].drain()
        assert Counter(post.keys) == {row["key"]: 1 for row in await desks[0].rows()}
        assert set(await desks[0].states()) == {"sent"}
        for person in range(40):
            mine = [int(text) for value, text in post.arrived if value == f"person {person}"]
            assert mine == sorted(mine)


async def test_a_message_comes_out_as_it_was_put_in(
    desk: Desk, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Message] = []

    async def send(to: Address, message: Message, key: str) -> str:
        sent.append(message)
        return key

    monkeypatch.setattr(post, "send", send)
    whole = Message("Pilih", (Option("a", "Satu", "yang pertama", ticked=True),), request="contact", offset=3)
    await desk.put("first")
    await desk.store.write(
        lambda conn: conn.execute(update(tables.outbox).values(message=pack_message(whole)))
    )
    await desk.drain()
    assert sent == [whole]
