"""The whole bot in this process: real sockets, a real database, its background work, and a clock that can be set."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import Connection, Select, select

from bot.app import Kabari, opened, running
from bot.settings import Settings
from bot.web import web_app
from flows.book import BOOK
from flows.engine import Flow
from flows.outcomes import Registration
from storage import businesses, contacts, tables
from storage.contacts import Place
from storage.outbox import LEASE
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.graph import FakeGraph
from tests.journey import PATIENCE

T = TypeVar("T")


class MovableClock:
    """The time, which a test can put forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def put_forward(self, **by: float) -> None:
        """Let time pass."""
        self._ahead += timedelta(**by)


@dataclass(frozen=True)
class Household:
    """The bot at work: where it is reached, and a look into what it keeps."""

    kabari: Kabari
    url: str
    clock: MovableClock

    async def rows(self, statement: Select[Any]) -> list[dict[str, Any]]:
        """Read rows."""

        def read(conn: Connection) -> list[dict[str, Any]]:
            return [dict(row._mapping) for row in conn.execute(statement)]

        return await self.kabari.store.read(read)

    async def column(self, statement: Select[Any]) -> list[Any]:
        """Read one column."""
        return [next(iter(row.values())) for row in await self.rows(statement)]

    async def outbox(self) -> list[dict[str, Any]]:
        """Read the outbox, in order."""
        return await self.rows(select(tables.outbox).order_by(tables.outbox.c.id))

    async def acquaint(self, to: Place, language: str = "id", firm: Mapping[str, Any] | None = None) -> int:
        """Have somebody met before, perhaps with a firm registered; gives her contact's id."""

        def meet(conn: Connection) -> int:
            now, office = self.clock(), self.kabari.house.office_id
            known = contacts.meet(conn, [to], now, office_id=office, language=language, name="Siti Rahma")
            contacts.change(conn, known.id, language_confirmed=True)
            if firm is not None:
                person = {"name": "Siti Rahma", "phone": "+6281234567890"}
                businesses.register(conn, known.id, office, Registration("TEST-0001", firm, person), now)
            return known.id

        return await self.kabari.store.write(meet)

    async def outbox_is(self, as_wanted: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until the outbox is as wanted."""
        async with asyncio.timeout(PATIENCE):
            while not as_wanted(await self.outbox()):  # noqa: ASYNC110 - a database has no event to wait for
                await asyncio.sleep(0.005)

    async def settled(self) -> None:
        """Wait until nothing is left to be sent."""
        await self.outbox_is(lambda rows: not any(row["state"] in ("queued", "sending") for row in rows))

    async def wait_out(self, is_done: Callable[[], bool] = lambda: True) -> None:
        """Let time pass until nothing is left to be sent, and something else holds.

        It passes in steps shorter than a lease, and only while nothing is on its way: a message that takes a moment
        is not to be taken for one whose process died.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.kabari.dispatcher.drain()
                states = {row["state"] for row in await self.outbox()}
                if is_done() and states.isdisjoint({"queued", "sending"}):
                    return
                self.clock.put_forward(seconds=LEASE.total_seconds() - 10)

    def later(self, **by: float) -> None:
        """Let time pass, and have the dispatcher notice."""
        self.clock.put_forward(**by)
        self.kabari.dispatcher.wake()


def settings_for(
    data: Path,
    database_url: str,
    *,
    api: FakeBotApi | None = None,
    graph: FakeGraph | None = None,
    **others: Any,
) -> Settings:
    """Make settings that reach these fakes, and nothing of the environment's."""
    values: dict[str, Any] = {"data_dir": data, "database_url": database_url, "messages_per_minute": 1000}
    if api is not None:
        values |= {"telegram_token": SecretStr(api.token), "telegram_api": api.url}
    if graph is not None:
        values |= {
            "whatsapp_token": SecretStr(graph.token),
            "whatsapp_phone_number_id": graph.phone_number_id,
            "whatsapp_app_secret": SecretStr(graph.app_secret),
            "whatsapp_verify_token": SecretStr("kata-kita"),
            "whatsapp_api": graph.url,
            "whatsapp_api_version": graph.version,
        }
    return Settings(_env_file=None, **(values | others))  # type: ignore[call-arg]  # pydantic-settings' own argument


@asynccontextmanager
async def at_work(
    settings: Settings,
    *,
    book: Mapping[str, Flow] = BOOK,
    by_webhook: bool = False,
    graph: FakeGraph | None = None,
    before: Callable[[Kabari], object] = lambda _: None,
) -> AsyncIterator[Household]:
    """Run the bot behind a web server on a free port, with Telegram by polling unless told `by_webhook`.

    `graph` is told where to deliver; `before` may change the bot before it begins to work.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    if by_webhook:
        settings = settings.model_copy(update={"public_url": url})
    clock = MovableClock()
    async with opened(settings, migrated=True, book=book, clock=clock) as kabari:
        before(kabari)
        runner = web.AppRunner(web_app(kabari), access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        if graph is not None:
            graph.webhook_url = f"{url}/webhooks/whatsapp"
        async with running(kabari):
            try:
                yield Household(kabari, url, clock)
            finally:
                await runner.cleanup()
