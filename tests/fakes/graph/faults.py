"""What can befall one send to Graph in place of the usual answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from aiohttp import web


@dataclass(frozen=True)
class Exchange:
    """A request at hand.

    `accept` takes its message and makes the usual answer; `closing` is set at the server's end.
    """

    request: web.Request
    accept: Callable[[], Awaitable[web.StreamResponse]]
    closing: asyncio.Event


Fault: TypeAlias = Callable[[Exchange], Awaitable[web.StreamResponse]]


async def usual(exchange: Exchange) -> web.StreamResponse:
    """No fault: leave one send alone before the next fault."""
    return await exchange.accept()


def refuse(code: int, status: int = 400, **headers: str) -> Fault:
    """Refuse with one of Graph's error codes."""

    async def fault(_exchange: Exchange) -> web.StreamResponse:
        return refusal(code, status, "refused", headers)

    return fault


def answer(status: int, text: str, taken: bool = False, **headers: str) -> Fault:
    """Answer with some text that is not Graph's JSON, the message taken or not."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        if taken:
            await exchange.accept()
        return web.Response(status=status, text=text, content_type="text/html", headers=headers)

    return fault


def silence(taken: bool) -> Fault:
    """Never answer, the message taken or not."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        if taken:
            await exchange.accept()
        await exchange.closing.wait()
        return web.Response(status=503)

    return fault


def cut(taken: bool, half_answered: bool = False) -> Fault:
    """Cut the connection, before an answer or in its middle, the message taken or not."""

    async def fault(exchange: Exchange) -> web.StreamResponse:
        if taken:
            await exchange.accept()
        response = web.StreamResponse(headers={"Content-Length": "100", "Content-Type": "application/json"})
        if half_answered:
            await response.prepare(exchange.request)
            await response.write(b'{"messaging_product"')
        assert exchange.request.transport
        exchange.request.transport.close()
        return response

    return fault


def refusal(
    code: int, status: int, message: str, headers: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """Make Graph's answer for an error."""
    error = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return web.json_response({"error": error}, status=status, headers=headers)
