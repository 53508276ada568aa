"""The web server: webhooks, the web chat, and what the operator's monitoring asks for."""

from __future__ import annotations

import asyncio
import hmac
import json
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import DBAPIError

from bot.app import Kabari, running, telegram_secret
from bot.channels.base import Event, Inbound
from bot.channels.whatsapp import challenge, is_signed
from bot.telemetry import REFUSED, TURN_SECONDS, UNFINISHED
from bot.webchat.routes import chat_app
from bot.webchat.shell import Shell
from locales.words import by_language
from storage import outbox
from storage.failures import OutcomeUnknownError, UnavailableError

log = structlog.get_logger()

MOST_TELEGRAM: Final = 1024 * 1024
MOST_WHATSAPP: Final = 3 * 1024 * 1024
"""Bytes of one webhook call; Meta documents 3 MB."""
_KABARI: Final = web.AppKey("kabari", Kabari)
_parse_seconds = TURN_SECONDS.labels("parse")


def web_app(kabari: Kabari) -> web.Application:
    """Build the web server around a running bot."""
    app = web.Application(client_max_size=MOST_WHATSAPP + 1)
    app[_KABARI] = kabari
    app.add_routes(
        [
            web.get("/", _home),
            web.get("/healthz", _healthz),
            web.get("/readyz", _readyz),
            web.get("/metrics", _metrics),
            web.post("/webhooks/telegram", _telegram),
            web.get("/webhooks/whatsapp", _whatsapp_handshake),
            web.post("/webhooks/whatsapp", _whatsapp),
        ]
    )
    shell = Shell(kabari.intake.accept, kabari.history, kabari.files.keep, kabari.open_media)
    office = by_language(kabari.settings.office.names)
    app.add_subapp(
        "/chat",
        chat_app(
            kabari.webchat, shell, office=office, language=kabari.settings.language, secret=kabari.secret
        ),
    )
    return app


async def serve(kabari: Kabari, *, host: str, port: int, started: Any = None) -> None:
    """Serve until the process is told to stop; `started` is called with the port once it listens."""
    runner = web.AppRunner(web_app(kabari), access_log=None, shutdown_timeout=5)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound = runner.addresses[0][1]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    async with running(kabari):
        if started is not None:
            started(bound)
        await stop.wait()
        log.info("Stopping.")
        await runner.cleanup()


async def _home(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/chat")


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "alive"})


async def _readyz(request: web.Request) -> web.Response:
    try:
        await asyncio.wait_for(request.app[_KABARI].store.read(outbox.count_unfinished), 5)
    except (UnavailableError, DBAPIError, TimeoutError):
        return web.json_response({"status": "the database does not answer"}, status=503)
    return web.json_response({"status": "ready"})


async def _metrics(request: web.Request) -> web.Response:
    token = request.app[_KABARI].settings.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(given.encode(errors="replace"), token.encode()):
        return _refuse("metrics-token", 401)
    with suppress(UnavailableError, DBAPIError):
        UNFINISHED.set(await request.app[_KABARI].store.read(outbox.count_unfinished))
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _refuse(reason: str, status: int) -> web.Response:
    """Refuse a request: counted and logged, nothing kept."""
    REFUSED.labels(reason).inc()
    log.warning("A request was refused.", reason=reason)
    return web.Response(status=status)


async def _read_body(request: web.Request, most: int) -> bytes | None:
    """Read a body; None for one of more than `most` bytes, which is not read to its end."""
    if request.content_length is not None and request.content_length > most:
        return None
    try:
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None
    return raw if len(raw) <= most else None


def _read_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


async def _telegram(request: web.Request) -> web.Response:
    kabari = request.app[_KABARI]
    if kabari.telegram is None:
        return _refuse("telegram-off", 404)
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not hmac.compare_digest(given.encode(errors="replace"), telegram_secret(kabari).encode()):
        return _refuse("telegram-secret", 403)
    raw = await _read_body(request, MOST_TELEGRAM)
    if raw is None:
        return _refuse("telegram-too-large", 413)
    began = perf_counter()
    update = _read_json(raw)
    if not isinstance(update, dict):
        return _refuse("telegram-json", 400)
    found, answer = _answered(kabari.telegram.parse(update))
    _parse_seconds.observe(perf_counter() - began)
    try:
        await kabari.intake.take_all(found)
    except (UnavailableError, OutcomeUnknownError):
        return web.Response(status=503)
    return web.json_response(answer) if answer else web.Response()


def _answered(found: Sequence[Event]) -> tuple[Sequence[Event], dict[str, str] | None]:
    """Take a tap's acknowledgement out of its event: the webhook's own answer may carry it, which saves a request."""
    for number, event in enumerate(found):
        if isinstance(event, Inbound) and event.callback:
            answer = {"method": "answerCallbackQuery", "callback_query_id": event.callback}
            return [*found[:number], replace(event, callback=""), *found[number + 1 :]], answer
    return found, None


async def _whatsapp_handshake(request: web.Request) -> web.Response:
    token = request.app[_KABARI].settings.whatsapp_verify_token.get_secret_value()
    answer = challenge(request.query, token) if token else None
    return web.Response(text=answer) if answer is not None else _refuse("whatsapp-handshake", 403)


async def _whatsapp(request: web.Request) -> web.Response:
    kabari = request.app[_KABARI]
    if kabari.whatsapp is None:
        return _refuse("whatsapp-off", 404)
    raw = await _read_body(request, MOST_WHATSAPP)
    if raw is None:
        return _refuse("whatsapp-too-large", 413)
    secret = kabari.settings.whatsapp_app_secret.get_secret_value()
    if not secret or not is_signed(raw, request.headers.get("X-Hub-Signature-256"), secret):
        return _refuse("whatsapp-signature", 403)
    began = perf_counter()
    payload = _read_json(raw)
    if not isinstance(payload, dict):
        return _refuse("whatsapp-json", 400)
    found = kabari.whatsapp.parse(payload)
    _parse_seconds.observe(perf_counter() - began)
    try:
        await kabari.intake.take_all(found)
    except (UnavailableError, OutcomeUnknownError):
        return web.Response(status=503)
    return web.Response()
