"""The live connection of a page: it shows a person her chat as it grows and takes what she does.

First the page says hello and is told its token. Then both sides speak freely: the server sends `entries`, the
page sends acts, each with an id, and gets an `ack` for it once the turn is committed. A page that lost its
connection says hello again with the last entry it has, and sends again what was not acknowledged; the same id
is taken only once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from weakref import WeakSet

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from pydantic import ValidationError

from bot.channels.base import Address, Inbound
from bot.channels.webchat import Hello, WebChat, address_of, is_token, new_token, show_entry
from bot.webchat.links import MediaLinks
from bot.webchat.shell import Shell, note_refusal

MAX_FRAME: Final = 8 * 1024
"""Bytes of one frame from a page; a longer one ends the connection."""

HEARTBEAT: Final = 45.0
GREETING_TIME: Final = 15.0
LOOK_AGAIN: Final = 2.0
"""Seconds after which a connection looks for entries unasked: another process may have written them."""


class Live:
    """The open connections of one process."""

    def __init__(self, channel: WebChat, shell: Shell, links: MediaLinks) -> None:
        self._channel = channel
        self._shell = shell
        self._links = links
        self._sockets: WeakSet[web.WebSocketResponse] = WeakSet()

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one page from its hello to its end."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_FRAME)
        await socket.prepare(request)
        self._sockets.add(socket)
        hello = await _receive_hello(socket)
        if hello is None:
            note_refusal("greeting")
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return socket
        with suppress(ConnectionResetError):
            await self._converse(socket, hello)
        return socket

    async def close(self, _app: web.Application) -> None:
        """Tell the pages that the server stops; they come back when it does."""
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in list(self._sockets)))

    async def _converse(self, socket: web.WebSocketResponse, hello: Hello) -> None:
        token = hello.token if hello.token and is_token(hello.token) else new_token()
        address = address_of(token)
        await socket.send_json({"welcome": {"token": token}})
        showing = asyncio.create_task(self._show(socket, address, hello.after))
        try:
            async for frame in socket:
                await self._take(socket, address, hello.language, frame)
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing

    async def _show(self, socket: web.WebSocketResponse, address: Address, after: int) -> None:
        """Send what is new whenever there may be something, until the page is gone or cannot be served."""
        try:
            with self._channel.listen(address) as woken:
                while True:
                    woken.clear()
                    entries = await self._shell.history(address, after)
                    if entries:
                        shown = [show_entry(entry, self._link) for entry in entries]
                        await socket.send_json({"entries": shown})
                        after = entries[-1].n
                    with suppress(TimeoutError):
                        await asyncio.wait_for(woken.wait(), LOOK_AGAIN)
        finally:
            await socket.close()

    async def _take(
        self, socket: web.WebSocketResponse, address: Address, language: str, frame: WSMessage
    ) -> None:
        payload = _read(frame)
        id_ = _id_of(payload)
        if "here" in payload:
            await socket.send_json({"ack": id_})
            return
        events = self._channel.parse({**payload, "person": address.value, "language": language})
        if not events:
            note_refusal("unreadable")
            await socket.send_json({"refused": id_, "why": "unreadable"})
            return
        for event in events:
            if isinstance(event, Inbound):
                await self._shell.accept(event)
        self._channel.wake(address)
        await socket.send_json({"ack": id_})

    def _link(self, media: str, name: str) -> str:
        return self._links.make(media, name, self._shell.now())


async def _receive_hello(socket: web.WebSocketResponse) -> Hello | None:
    try:
        frame = await socket.receive(timeout=GREETING_TIME)
        return Hello.model_validate(_read(frame).get("hello"))
    except (TimeoutError, ValidationError):
        return None


def _read(frame: WSMessage) -> Mapping[str, Any]:
    if frame.type is not WSMsgType.TEXT:
        return {}
    try:
        payload = json.loads(frame.data)
    except (ValueError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}


def _id_of(payload: Mapping[str, Any]) -> str | None:
    """Find the page's own id of a frame, so that the page learns which one is meant."""
    acts = (act for act in payload.values() if isinstance(act, dict))
    return next((act["id"] for act in acts if isinstance(act.get("id"), str)), None)
