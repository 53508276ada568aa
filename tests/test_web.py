"""The web server: what monitoring, Meta and Telegram ask for, what is refused, and the chat beside them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiohttp import ClientSession
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import make_url, select
from structlog.testing import capture_logs

from bot.app import opened, telegram_secret
from bot.settings import Settings
from flows.message import Message
from storage import outbox, postgres, tables
from storage.contacts import Place
from storage.failures import OutcomeUnknownError, UnavailableError
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.graph import FakeGraph
from tests.fakes.graph import Person as WhatsAppPerson
from tests.household import Household, at_work, settings_for

Serve = Callable[..., AbstractAsyncContextManager[tuple[Household, ClientSession]]]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def serve(sqlite_url: str, tmp_path: Path) -> Serve:
    """Run the bot with these settings, and open a session that speaks to it."""

    @asynccontextmanager
    async def serve(**settings: Any) -> AsyncIterator[tuple[Household, ClientSession]]:
        url = settings.pop("database_url", sqlite_url)
        async with (
            at_work(settings_for(tmp_path, url, **settings)) as house,
            ClientSession(house.url) as session,
        ):
            yield house, session

    return serve


@pytest.fixture
async def session(serve: Serve) -> AsyncIterator[ClientSession]:
    async with serve() as (_house, session):
        yield session


def refused(reason: str) -> float:
    return REGISTRY.get_sample_value("kabari_refused_total", {"reason": reason}) or 0.0


# --- monitoring ---------------------------------------------------------------------------------------------


async def test_it_is_alive_and_ready(session: ClientSession) -> None:
    for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
        async with session.get(path) as answer:
            assert (answer.status, await answer.json()) == (200, {"status": status})


async def test_it_is_not_ready_without_its_database_and_still_alive(
    serve: Serve, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "FIRST_PAUSE", 0)
    url = make_url(postgres_url)
    admin = await asyncpg.connect(host=url.query["host"], user="postgres", database="postgres")
    async with serve(database_url=postgres_url) as (_house, session):
        await admin.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false")
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", url.database
        )
        for path, status in (("/readyz", 503), ("/healthz", 200), ("/metrics", 200)):
            async with session.get(path) as answer:
                assert answer.status == status, path
        await admin.execute(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true")
        async with session.get("/readyz") as answer:
            assert answer.status == 200
    await admin.close()


async def test_it_is_not_ready_with_a_database_that_has_lost_its_tables(serve: Serve) -> None:
    async with serve() as (house, session):
        await house.kabari.store.write(lambda conn: conn.exec_driver_sql("DROP TABLE outbox"))
        async with session.get("/readyz") as answer:
            assert answer.status == 503


async def test_metrics_are_given_to_who_has_the_token(serve: Serve) -> None:
    async with serve(metrics_token=SecretStr("rahasia")) as (_house, session):
        for header in ({}, {"Authorization": "Bearer salah"}):
            before = refused("metrics-token")
            async with session.get("/metrics", headers=header) as answer:
                assert (answer.status, await answer.text()) == (401, "")
            assert refused("metrics-token") == before + 1
        async with session.get("/metrics", headers={"Authorization": "Bearer rahasia"}) as answer:
            assert answer.status == 200
            assert "kabari_turn_seconds_bucket" in await answer.text()


async def test_metrics_count_what_waits_to_be_sent(serve: Serve) -> None:
    async with serve() as (house, session):
        await house.kabari.store.write(
            outbox.put,
            Place("nowhere", "1", "terminal", "siti"),
            Message("halo"),
            house.clock(),
            contact_id=None,
        )
        async with session.get("/metrics") as answer:
            assert re.search(r"^kabari_outbox_unfinished 1\.0$", await answer.text(), re.MULTILINE)


async def test_metrics_tell_nothing_of_a_person(serve: Serve) -> None:
    async with FakeGraph() as graph, serve(graph=graph) as (house, session):
        graph.webhook_url = f"{house.url}/webhooks/whatsapp"
        await WhatsAppPerson(graph, name="Ratna Wulandari").say("rahasia dagang")
        await house.settled()
        async with session.get("/metrics") as answer:
            text = await answer.text()
    assert not [word for word in ("Ratna", "rahasia", "6281234567890") if word in text]


# --- the webhooks' doors ------------------------------------------------------------------------------------


async def test_channels_that_are_not_set_up_are_not_there(session: ClientSession) -> None:
    for channel in ("telegram", "whatsapp"):
        before = refused(f"{channel}-off")
        async with session.post(f"/webhooks/{channel}", json={}) as answer:
            assert answer.status == 404
        assert refused(f"{channel}-off") == before + 1
    async with session.get("/webhooks/whatsapp", params={"hub.mode": "subscribe"}) as answer:
        assert answer.status == 403
    async with session.get("/webhooks/telegram") as answer:
        assert answer.status == 405


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        (
            {"hub.mode": "subscribe", "hub.verify_token": "kata-kita", "hub.challenge": "1158201444"},
            200,
            "1158201444",
        ),
        ({"hub.mode": "subscribe", "hub.verify_token": "kata-mereka", "hub.challenge": "1"}, 403, ""),
        ({"hub.mode": "unsubscribe", "hub.verify_token": "kata-kita", "hub.challenge": "1"}, 403, ""),
        ({"hub.mode": "subscribe", "hub.challenge": "1"}, 403, ""),
        ({"hub.mode": "subscribe", "hub.verify_token": "kata-kita"}, 403, ""),
        ({}, 403, ""),
    ],
)
async def test_meta_is_answered_when_it_knows_our_word(
    serve: Serve, query: dict[str, str], status: int, text: str
) -> None:
    async with (
        FakeGraph() as graph,
        serve(graph=graph) as (_house, session),
        session.get("/webhooks/whatsapp", params=query) as answer,
    ):
        assert (answer.status, await answer.text()) == (status, text)
        assert answer.content_type == ("text/plain" if status == 200 else "application/octet-stream")


async def test_a_word_of_our_own_must_have_been_set(serve: Serve) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    async with (
        FakeGraph() as graph,
        serve(graph=graph, whatsapp_verify_token=SecretStr("")) as (_house, session),
        session.get("/webhooks/whatsapp", params=query) as answer,
    ):
        assert answer.status == 403


async def test_telegrams_secret_is_the_one_set_or_one_of_the_deployments_own(
    sqlite_url: str, tmp_path: Path
) -> None:
    made = []
    for given in ("", "", "pilihan-kami"):
        settings = settings_for(tmp_path, sqlite_url, telegram_secret=SecretStr(given))
        async with opened(settings, migrated=True) as kabari:
            made.append(telegram_secret(kabari))
    assert made[0] == made[1]
    assert re.fullmatch("[A-Za-z0-9_-]{32,256}", made[0])
    assert made[2] == "pilihan-kami"


async def status_of(house: Household, method: str, path: str, *headers: bytes) -> int:
    """Ask with headers no client would send, byte by byte, and give the answer's status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(house.url.rpartition(":")[2]))
    head = [f"{method} {path} HTTP/1.1".encode(), b"Host: x", b"Content-Length: 0", *headers]
    writer.write(b"\r\n".join([*head, b"Connection: close", b"", b""]))
    status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


@pytest.mark.parametrize("value", [b"\xff\xfe", "é".encode(), b"x" * 5000, b""])
async def test_a_strange_secret_is_refused_like_any_other(serve: Serve, value: bytes) -> None:
    async with FakeBotApi() as api, serve(api=api, metrics_token=SecretStr("rahasia")) as (house, _session):
        secret = b"X-Telegram-Bot-Api-Secret-Token: " + value
        assert await status_of(house, "POST", "/webhooks/telegram", secret) == 403
        assert await status_of(house, "GET", "/metrics", b"Authorization: Bearer " + value) == 401


@pytest.mark.parametrize("error", [UnavailableError("gone"), OutcomeUnknownError("cut")])
async def test_what_could_not_be_stored_is_to_be_sent_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def fail(*_args: Any, **_kwargs: Any) -> None:
        raise error

    async with FakeGraph() as graph, FakeBotApi() as api, serve(graph=graph, api=api) as (house, session):
        graph.webhook_url = f"{house.url}/webhooks/whatsapp"
        siti = WhatsAppPerson(graph)
        payload = siti.payload("text", {"body": "halo"})
        update = {
            "update_id": 1,
            "message": {
                "message_id": 1,
                "date": 1795293054,
                "from": {"id": 5, "first_name": "Siti"},
                "chat": {"id": 5, "type": "private"},
                "text": "halo",
            },
        }
        secret = {"X-Telegram-Bot-Api-Secret-Token": telegram_secret(house.kabari)}
        with monkeypatch.context() as broken:
            broken.setattr(house.kabari.store, "write", fail)
            assert await graph.deliver(payload) == 503
            async with session.post("/webhooks/telegram", json=update, headers=secret) as answer:
                assert answer.status == 503
        assert not await house.rows(select(tables.inbox))
        assert await graph.deliver(payload) == 200
        assert len(await house.rows(select(tables.inbox))) == 1


# --- the chat, and the front door ---------------------------------------------------------------------------


async def test_the_front_door_leads_to_the_chat(session: ClientSession) -> None:
    async with session.get("/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/chat")
    async with session.get("/", headers={"Accept-Language": "ko"}) as answer:
        assert answer.status == 200
        assert '<html lang="ko"' in await answer.text()
    async with session.get("/nothing-here") as answer:
        assert answer.status == 404


async def test_a_chat_on_the_page_is_answered_and_still_there_after_a_restart(serve: Serve) -> None:
    async with serve() as (_house, session):
        token, entries = await _chat(session, None, "halo")
        assert [entry["who"] for entry in entries] == ["person", "bot"]
        assert {option["id"] for option in entries[1]["options"]} >= {"language.language=id"}
    async with serve() as (_house, session):
        again, entries = await _chat(session, token, "Bahasa Indonesia")
        assert again == token
        assert [entry["who"] for entry in entries] == ["person", "bot", "person", "bot"]
        assert any(option["id"] == "menu.menu=register" for option in entries[3]["options"])


async def _chat(session: ClientSession, token: str | None, text: str) -> tuple[str, list[dict[str, Any]]]:
    """Open the page, say something, and read the chat until it is answered."""
    async with session.ws_connect("/chat/live") as socket:
        await socket.send_json({"hello": {"token": token, "after": 0, "language": "id-ID"}})
        given = (await socket.receive_json(timeout=10))["welcome"]["token"]
        entries: list[dict[str, Any]] = []
        said = str(uuid4())
        await socket.send_json({"say": {"id": said, "text": text}})
        while not (
            entries and entries[-1]["who"] == "bot" and any(each.get("key") == said for each in entries)
        ):
            entries += (await socket.receive_json(timeout=10)).get("entries", [])
        return given, entries


async def test_a_server_answers_while_it_stops(serve: Serve) -> None:
    async with serve() as (_house, session), session.ws_connect("/chat/live") as socket:
        await socket.send_json({"hello": {"token": None, "after": 0, "language": "id"}})
        await socket.receive_json(timeout=10)
    assert socket.closed


def test_settings_are_read_from_files_for_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("700000001:AAtest\n", encoding="utf-8")
    monkeypatch.setenv("KABARI_TELEGRAM_TOKEN_FILE", str(file))
    monkeypatch.setenv("KABARI_OFFICE_NAME_KO", "수출지원센터")
    settings = Settings(_env_file=None)  # type: ignore[call-arg]  # pydantic-settings' own argument
    assert settings.telegram_token.get_secret_value() == "700000001:AAtest"
    assert settings.office.names["ko"] == "수출지원센터"
    assert settings.office.names["id"] == "Export Desk"
    assert "AAtest" not in repr(settings)
