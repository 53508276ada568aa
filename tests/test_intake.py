"""What is promised of every event: taken once, by the right person, and erased without a trace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import housekeeping
from bot.app import Kabari, opened
from bot.channels.base import Address, Inbound, Preference, Receipt
from bot.channels.terminal import TerminalChannel
from bot.settings import Settings
from flows.book import BOOK
from flows.engine import Chat, Flow
from flows.message import Content, Message, Said, Started, Unsupported
from locales.words import _
from storage import tables
from storage.engines import locate

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
NAME = "Maharani Unik Sekali"


def settings(url: str, data: Path) -> Settings:
    return Settings(_env_file=None, database_url=url, data_dir=data)  # type: ignore[call-arg]  # pydantic-settings' own


class House:
    """The bot, perhaps in several processes, and people who write to it on a terminal."""

    def __init__(self, url: str, data: Path, stack: AsyncExitStack) -> None:
        self._url, self._data, self._stack = url, data, stack
        self.now = NOW
        self.shown: list[str] = []
        self._number = 0

    async def open(self, **more: Any) -> Kabari:
        """Start a process."""
        terminal = TerminalChannel(lambda _who, message, _key: self._show(message), now=lambda: self.now)
        bot = opened(
            settings(self._url, self._data), clock=lambda: self.now, extra=(terminal,), migrated=True, **more
        )
        return await self._stack.enter_async_context(bot)

    def _show(self, message: Message) -> None:
        self.shown.append(message.text)

    def inbound(self, content: Content | str, *addresses: Address, name: str = "") -> Inbound:
        """Make an event nobody saw before."""
        self._number += 1
        given = Said(content) if isinstance(content, str) else content
        return Inbound(f"e{self._number}", addresses or (PERSON,), given, self.now, name=name, language="en")

    async def say(self, bot: Kabari, *words: Content | str, name: str = "") -> None:
        """Have somebody say things, and the answers sent."""
        for each in words:
            await bot.intake.accept(self.inbound(each, name=name))
            await bot.dispatcher.drain()

    async def count(self, bot: Kabari, table: Any) -> int:
        """Count a table's rows."""
        return int(
            await bot.store.read(
                lambda conn: conn.execute(select(func.count()).select_from(table)).scalar_one()
            )
        )


PERSON = Address("terminal", "shell", "terminal", "person")


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(database_url, tmp_path, stack)


# --- two processes ----------------------------------------------------------------------------------------------


async def test_answers_given_at_once_in_two_processes_are_all_taken(house: House) -> None:
    first = await house.open()
    second = await house.open() if "postgres" in str(first.settings.database_url) else first
    await house.say(first, "hi", "English", "register", "I agree", "Indonesia")
    answers = ["CV Kelapa", "CV", "coconut", "Aceh"]
    await asyncio.gather(
        *(
            bot.intake.accept(house.inbound(each))
            for each, bot in zip(answers, [first, second] * 2, strict=True)
        )
    )
    state = await first.store.read(
        lambda conn: conn.execute(select(tables.conversation.c.state)).scalar_one()
    )
    (frame,) = state["frames"]
    assert await house.count(first, tables.inbox) == 9
    assert len(frame["answers"]) >= 2
    asked = await first.store.read(
        lambda conn: [
            m["text"] for (m,) in conn.execute(select(tables.outbox.c.message).order_by(tables.outbox.c.id))
        ]
    )
    assert len(asked) == len(set(asked)), "each was answered after the one before"


# --- who it is --------------------------------------------------------------------------------------------------


async def test_a_number_that_went_to_somebody_else_opens_nothing_of_its_former_owner(house: House) -> None:
    bot = await house.open()
    phone = Address("terminal", "shell", "phone", "+628111")
    old, new = (Address("terminal", "shell", "bsuid", f"ID.{who}") for who in ("old", "new"))
    await bot.intake.accept(house.inbound("hi", phone, old, name="Former Owner"))
    await bot.intake.accept(house.inbound("hi", phone, new, name="New Owner"))
    people = await bot.store.read(
        lambda conn: [
            tuple(row)
            for row in conn.execute(
                select(tables.contact.c.name, tables.address.c.value)
                .join(tables.address, tables.address.c.contact_id == tables.contact.c.id)
                .order_by(tables.contact.c.id, tables.address.c.value)
            )
        ]
    )
    assert people == [("Former Owner", "ID.old"), ("New Owner", "+628111"), ("New Owner", "ID.new")]


async def test_an_id_known_without_its_number_takes_the_number(house: House) -> None:
    bot = await house.open()
    phone, who = (
        Address("terminal", "shell", "phone", "+628111"),
        Address("terminal", "shell", "bsuid", "ID.a"),
    )
    await bot.intake.accept(house.inbound("hi", who))
    await bot.intake.accept(house.inbound("hi", phone, who))
    assert await house.count(bot, tables.contact) == 1
    assert await house.count(bot, tables.address) == 2


# --- erasure ----------------------------------------------------------------------------------------------------


async def fail(chat: Chat) -> None:
    raise ValueError(f"no idea what to do with {chat.facts.name}")


BROKEN = {**BOOK, "menu": Flow("menu", fail, _("Menu")), "language": Flow("language", fail, _("Language"))}


async def everything(bot: Kabari) -> str:
    """Read every row of every table."""

    def read(conn: Any) -> str:
        return " ".join(
            str(tuple(row)) for table in tables.metadata.sorted_tables for row in conn.execute(select(table))
        )

    return await bot.store.read(read)


async def test_nothing_is_left_of_somebody_erased(house: House, database_url: str, tmp_path: Path) -> None:
    broken = await house.open(book=BROKEN)
    await house.say(broken, NAME, name=NAME)
    bot = await house.open()
    await house.say(bot, "hi", "English", f"I am {NAME}", Unsupported("voice"), "delete", "yes", name=NAME)
    assert "Everything about you is erased" in house.shown[-1]
    await bot.intake.finish()
    house.now += timedelta(days=2)
    await housekeeping.tidy_up(bot.store, bot.folder, house.now)
    assert NAME not in await everything(bot)
    assert PERSON.value not in (await everything(bot)).replace("representative", "")
    await bot.store.checkpoint()
    if database_url.startswith("sqlite"):
        file = Path(str(locate(database_url, tmp_path).database))
        for part in (file, file.with_name(f"{file.name}-wal")):
            assert NAME.encode() not in part.read_bytes()


async def test_a_replay_does_not_bring_somebody_erased_back(house: House) -> None:
    broken = await house.open(book=BROKEN)
    failing = house.inbound(NAME, name=NAME)
    await broken.intake.accept(failing)
    bot = await house.open()
    await house.say(bot, "hi", "English", "delete", "yes")
    assert not await house.count(bot, tables.contact)
    await bot.intake.retake(1, failing)
    assert not await house.count(bot, tables.contact)


async def test_she_can_be_erased_while_staff_have_the_chat(house: House) -> None:
    bot = await house.open()
    await house.say(bot, "hi", "English", "person", "A question", "delete", "yes")
    assert not await house.count(bot, tables.contact)


# --- stop -------------------------------------------------------------------------------------------------------


async def wants(bot: Kabari) -> bool | None:
    return await bot.store.read(
        lambda conn: conn.execute(select(tables.preference.c.wants)).scalar_one_or_none()
    )


async def test_nobody_gets_announcements_unasked_and_stop_is_heard_at_any_pace(house: House) -> None:
    bot = await house.open()
    await house.say(bot, "hi", "English")
    assert await wants(bot) is None
    for _each in range(bot.settings.messages_per_minute + 5):
        await bot.intake.accept(house.inbound("again and again"))
    await bot.intake.accept(house.inbound("STOP"))
    assert await wants(bot) is False


async def test_an_old_wish_told_again_does_not_undo_a_stop(house: House) -> None:
    bot = await house.open()
    await house.say(bot, "hi", "English", "stop")
    await bot.intake.take(Preference("p1", PERSON, wants=True, at=NOW - timedelta(days=2)))
    assert await wants(bot) is False
    await bot.intake.take(Preference("p2", PERSON, wants=True, at=house.now + timedelta(hours=1)))
    assert await wants(bot) is True


# --- what nobody thought of -------------------------------------------------------------------------------------


async def test_an_item_the_database_refuses_stops_nobody_behind_it(house: House) -> None:
    bot = await house.open()
    receipt = Receipt("x" * 5000, "terminal", "shell", "sent", NOW, code="y" * 500)
    strange = house.inbound("hi", Address("terminal", "shell", "terminal", "z" * 5000))
    await bot.intake.take_all([receipt, strange, house.inbound("hi")])
    await bot.dispatcher.drain()
    assert house.shown


async def test_where_somebody_came_from_is_kept_however_the_link_was_followed(house: House) -> None:
    bot = await house.open()
    await house.say(bot, Started("register-booth7"))
    other = replace(PERSON, value="other")
    await bot.intake.accept(house.inbound("start register-poster", other))
    sources = await bot.store.read(
        lambda conn: list(
            conn.execute(select(tables.contact.c.source).order_by(tables.contact.c.id)).scalars()
        )
    )
    assert sources == ["register-booth7", "register-poster"]
