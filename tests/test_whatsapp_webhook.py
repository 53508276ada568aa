"""A webhook is Meta's only with its signature, and a subscription ours only with our token."""

import hashlib
import hmac
from collections.abc import Mapping

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp import challenge, is_signed
from tests.fakes.graph import FakeGraph, Person

BODY = '{"text": "안녕하세요"}'.encode()
SECRET = "app-secret"


def sign(raw: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def test_metas_signature_is_known() -> None:
    assert is_signed(BODY, sign(BODY, SECRET), SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        sign(BODY, SECRET).removeprefix("sha256="),
        sign(BODY, SECRET).replace("sha256", "sha1"),
        sign(BODY, SECRET)[:-1],
        sign(BODY, SECRET) + "0",
        sign(BODY + b" ", SECRET),
        sign(BODY, "another"),
        "sha256=é\udcff",
    ],
)
def test_no_other_header_signs(header: str | None) -> None:
    assert not is_signed(BODY, header, SECRET)


def test_an_empty_secret_signs_nothing() -> None:
    assert not is_signed(BODY, sign(BODY, ""), "")


@given(st.binary(max_size=200), st.text(max_size=80))
def test_no_header_raises(raw: bytes, header: str) -> None:
    assert not is_signed(raw, header, SECRET)


HANDSHAKE = {"hub.mode": "subscribe", "hub.verify_token": "kata", "hub.challenge": "1158201444"}


def test_a_handshake_is_answered_with_its_challenge() -> None:
    assert challenge(HANDSHAKE, "kata") == "1158201444"


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ({}, "kata"),
        ({**HANDSHAKE, "hub.mode": "unsubscribe"}, "kata"),
        ({**HANDSHAKE, "hub.verify_token": "kat"}, "kata"),
        ({**HANDSHAKE, "hub.verify_token": "한글\udcff"}, "kata"),
        ({**HANDSHAKE, "hub.verify_token": ""}, ""),
        ({"hub.mode": "subscribe", "hub.verify_token": "kata"}, "kata"),
    ],
)
def test_another_handshake_is_not(query: Mapping[str, str], token: str) -> None:
    assert challenge(query, token) is None


async def test_the_fakes_webhooks_are_signed_like_metas() -> None:
    async with FakeGraph() as graph:
        seen: list[bool] = []

        async def take(request: web.Request) -> web.Response:
            raw = await request.read()
            seen.append(is_signed(raw, request.headers.get("X-Hub-Signature-256"), graph.app_secret))
            return web.Response()

        app = web.Application()
        app.router.add_post("/whatsapp", take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        graph.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/whatsapp"
        payload = await Person(graph).say("안녕하세요")
        assert await graph.deliver(payload) == 200
        assert await graph.deliver(payload, signature="sha256=forged") == 200
        await runner.cleanup()
    assert seen == [True, True, False]
