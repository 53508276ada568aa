"""Killed at every place a process can be killed at, the bot loses nothing and repeats next to nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web

from storage import failpoints
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.graph import FakeGraph
from tests.fakes.graph import Person as WhatsAppPerson
from tests.fakes.graph.webhooks import Json
from tests.journey import (
    INDONESIAN_FIRM,
    KOREAN_FIRM,
    TelegramPhone,
    WhatsAppPhone,
    answer_to,
    indonesian_firm,
    korean_firm,
    photo_with_place,
    until,
    walk,
)
from tests.processes import Server, end_leases, free_port, look_up, make_due

PLACES: Final = (
    "turn.kept:2",
    "turn.outcomes:2",
    "turn.answered:2",
    "store.before_commit:7",
    "store.after_commit:7",
    "dispatch.settled:2",
    "dispatch.sent:2",
    "dispatch.claimed:1",
)
"""Where each process dies, and at which passage. `dispatch.sent` leaves a message in doubt, which the next process
has just claimed when it dies at `dispatch.claimed`."""


def test_every_place_is_died_at() -> None:
    assert {place.partition(":")[0] for place in PLACES} | {"files.unused"} == set(failpoints.NAMES)


class MortalBot:
    """`kabari serve` on one folder: killed at one place after the other, and each time started again at once.

    Every other life has the settings `in_turns`, too. `in_doubt` has, for each death, how many messages were on
    their way: sent, perhaps, and not written down.
    """

    def __init__(self, data: Path, in_turns: Mapping[str, str], settings: Mapping[str, str]) -> None:
        self._data = data
        self._lives = itertools.cycle([settings, {**settings, **in_turns}])
        self.database = data / "kabari.sqlite"
        self.died_at: list[str] = []
        self.in_doubt: list[int] = []
        self.log: list[dict[str, Any]] = []

    async def live(self, moved: Callable[[Server], object] = lambda _: None) -> None:
        """Live from death to death, and then on without end; `moved` is told where each life is reached."""
        for place in (*PLACES, ""):
            async with Server(self._data, failpoint=place, **next(self._lives)) as server:
                self.log = server.log
                moved(server)
                status = await server.ended()
            assert status == -signal.SIGKILL, f"after {place}: {status}, {server.log[-3:]}"
            self.died_at.append(place)
            self.in_doubt.append(len(look_up(self.database, "SELECT 1 FROM outbox WHERE state = 'sending'")))
            end_leases(self.database)

    async def is_done(self) -> None:
        """Wait until it has died at every place, and nothing is left to be sent."""

        def done() -> bool:
            unfinished = "SELECT 1 FROM outbox WHERE state IN ('queued', 'sending')"
            return len(self.died_at) == len(PLACES) and not look_up(self.database, unfinished)

        await until(done, lambda: f"it died at {self.died_at}, and its last words were {self.log[-3:]}")


@asynccontextmanager
async def beside(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do something beside a block; its failure is the block's, and it ends with it."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
        yield
        for task in tasks:
            task.cancel()


class FaithfulGraph(FakeGraph):
    """Meta as it keeps its promises: a webhook is repeated until it is taken, and each message gets its status."""

    def __init__(self) -> None:
        super().__init__()
        self._reports: set[asyncio.Task[int]] = set()

    @property
    def has_told_all(self) -> bool:
        """Whether every status has arrived."""
        return not self._reports

    async def deliver(self, payload: Any, signature: str | None = None) -> int:
        while True:
            with suppress(aiohttp.ClientError):
                status = await super().deliver(payload, signature)
                if 200 <= status < 300:
                    return status
            await asyncio.sleep(0.02)

    async def _accept(self, body: Json) -> web.StreamResponse:
        answer = await super()._accept(body)
        if "status" not in body:
            report = asyncio.create_task(self.deliver_status(self.ids[-1], "delivered"))
            self._reports.add(report)
            report.add_done_callback(self._reports.discard)
        return answer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for report in self._reports:
            report.cancel()
        await super().__aexit__(kind, error, trace)


Make = Callable[..., MortalBot]


@pytest.fixture
def bot(sqlite_template: Path, tmp_path: Path) -> Make:
    """Make a bot over a database of its own."""

    def make(in_turns: Mapping[str, str] | None = None, **settings: str) -> MortalBot:
        shutil.copy(sqlite_template, tmp_path / "kabari.sqlite")
        return MortalBot(tmp_path, in_turns or {}, settings)

    return make


def check_nothing_is_lost(bot: MortalBot, firm: dict[str, Any]) -> None:
    """Check that the office has the whole registration, once, and that everything she said was answered."""
    assert bot.died_at == list(PLACES)
    (kept,) = look_up(bot.database, "SELECT * FROM business")
    kept["target_markets"] = json.loads(kept["target_markets"])
    assert {field: kept[field] for field in firm} == firm
    (consent,) = look_up(bot.database, "SELECT given FROM consent")
    assert consent["given"]
    assert look_up(bot.database, "SELECT DISTINCT state FROM inbox") == [{"state": "taken"}]
    heard = look_up(bot.database, "SELECT count(*) AS turns FROM inbox")
    said = look_up(bot.database, "SELECT count(*) AS turns FROM outbox")
    assert heard == said
    assert max(bot.in_doubt) == 1


async def test_a_firm_registers_on_telegram_though_the_process_is_killed(
    bot: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.bot_api.updates.ATTEMPTS", 10_000)
    port = free_port()
    by_webhook = {"port": str(port), "public_url": f"http://127.0.0.1:{port}"}
    async with FakeBotApi() as api:
        mortal = bot(by_webhook, telegram_token=api.token, telegram_api=api.url)
        phone = TelegramPhone(api.person("한지우", language_code="ko"))
        async with beside(mortal.live()):
            await phone.person.start()
            await walk(phone, korean_firm("ko"))
            await mortal.is_done()
    check_nothing_is_lost(mortal, KOREAN_FIRM)
    heard = Counter((bubble.text, *bubble.options.values()) for bubble in phone.bubbles)
    said = look_up(mortal.database, "SELECT count(*) AS messages FROM outbox WHERE state = 'sent'")
    assert said == [{"messages": len(heard)}]
    repeated = sum(heard.values()) - len(heard)
    print(
        f"{len(heard)} messages, {repeated} of them came twice; {sum(mortal.in_doubt)} were in doubt at a death"
    )
    assert repeated <= sum(mortal.in_doubt)


async def test_a_firm_registers_on_whatsapp_though_the_process_is_killed(bot: Make) -> None:
    async with FaithfulGraph() as graph:
        mortal = bot(
            whatsapp_token=graph.token,
            whatsapp_phone_number_id=graph.phone_number_id,
            whatsapp_app_secret=graph.app_secret,
            whatsapp_api=graph.url,
        )

        def move(server: Server) -> None:
            graph.webhook_url = f"{server.url}/webhooks/whatsapp"

        async def let_time_pass() -> None:
            """Let the minutes pass for which a status is waited for, though never before it has come."""
            while True:
                await until(lambda: graph.has_told_all)
                make_due(mortal.database)
                await asyncio.sleep(0.05)

        phone = WhatsAppPhone(WhatsAppPerson(graph))
        async with beside(mortal.live(move), let_time_pass()):
            await until(lambda: graph.webhook_url)
            await phone.person.say("halo")
            await walk(phone, indonesian_firm("id"))
            await mortal.is_done()
        check_nothing_is_lost(mortal, INDONESIAN_FIRM)
        said = {row["key"]: 1 for row in look_up(mortal.database, "SELECT key FROM outbox")}
        assert Counter(body.get("biz_opaque_callback_data") for body in graph.sent) == said
        assert not graph.refused


async def test_who_had_everything_erased_is_forgotten_though_the_process_is_killed(
    bot: Make, tmp_path: Path
) -> None:
    async with FakeBotApi() as api:
        settings = {"telegram_token": api.token, "telegram_api": api.url}
        phone = TelegramPhone(api.person("Siti"))
        database = bot().database
        async with Server(tmp_path, failpoint="files.unused:1", **settings) as server:
            await answer_to(phone, phone.person.start())
            await answer_to(phone, phone.tap("language.language=id"))
            await answer_to(phone, phone.send_photo(photo_with_place()))
            await answer_to(phone, phone.say("hapus data saya"))
            await phone.tap("erase.sure=yes")
            assert await server.ended() == -signal.SIGKILL
        (photo,) = [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        os.utime(photo, (0, 0))
        end_leases(database)
        async with Server(tmp_path, **settings):
            (receipt,) = look_up(database, "SELECT reference FROM erasure")
            await until(lambda: receipt["reference"] in phone.bubbles[-1].text)
            await until(lambda: not photo.exists())
            await until(lambda: not look_up(database, "SELECT 1 FROM outbox WHERE state = 'sending'"))
        for table in ("contact", "address", "conversation", "media_use"):
            assert not look_up(database, f"SELECT * FROM {table}"), table
        assert "Siti" not in str(look_up(database, "SELECT * FROM inbox"))
