"""A fake Bot API, light enough never to be what a benchmark waits for."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.parser import BytesParser
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from tests.benchmarks.http1 import HttpMessage, KeepAliveProtocol
from tests.benchmarks.peers.placement import TOKEN

BOT: Final = {
    "id": 123456789,
    "is_bot": True,
    "first_name": "Kabari benchmark",
    "username": "kabari_benchmark_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
UNAUTHORIZED: Final = {"ok": False, "error_code": 401, "description": "Unauthorized"}
WEBHOOK_INFO: Final = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}


class Reply(NamedTuple):
    """A sendMessage as the fake Bot API accepted it; `accepted_at` is on time.perf_counter's clock."""

    message_id: int
    text: str
    buttons: tuple[str, ...]
    accepted_at: float


class FakeBotApi:
    """Takes every method, numbers the messages, and tells who waits for a chat's reply that it came."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.unawaited: list[str] = []
        self.port = 0
        self._awaited: dict[int, asyncio.Future[Reply]] = {}
        self._last_message_id = 0
        self._methods: dict[str, Callable[[dict[str, Any]], Any]] = {
            "sendMessage": self._send_message,
            "getMe": lambda _: BOT,
            "getWebhookInfo": lambda _: WEBHOOK_INFO,
            "getMyCommands": lambda _: [],
            "getUpdates": lambda _: [],
        }

    @property
    def url(self) -> str:
        """Where a bot finds this API, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Listen on a free port of the loopback address for as long as the block runs."""
        server = await asyncio.get_running_loop().create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            server.close()

    def await_reply(self, chat_id: int) -> asyncio.Future[Reply]:
        """A future of the next sendMessage to this chat; a sendMessage nobody awaits is kept as unawaited."""
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._awaited[chat_id] = future
        return future

    def answer(self, request: HttpMessage) -> bytes:
        """The whole HTTP answer to one call."""
        path = request.start.split(b" ")[1].decode()
        if TOKEN not in path:
            return _http_answer(b"401 Unauthorized", UNAUTHORIZED)
        method = path.rpartition("/")[2]
        self.calls[method] += 1
        act = self._methods.get(method)
        result = True if act is None else act(_parameters(request))
        return _http_answer(b"200 OK", {"ok": True, "result": result})

    def _send_message(self, parameters: dict[str, Any]) -> dict[str, Any]:
        accepted_at = time.perf_counter()
        chat_id, text = int(parameters["chat_id"]), str(parameters["text"])
        markup = parameters.get("reply_markup") or {}
        if isinstance(markup, str):
            markup = json.loads(markup)
        rows = markup.get("inline_keyboard", ())
        self._last_message_id += 1
        reply = Reply(
            self._last_message_id,
            text,
            tuple(button["callback_data"] for row in rows for button in row if "callback_data" in button),
            accepted_at,
        )
        awaited = self._awaited.pop(chat_id, None)
        if awaited is None:
            self.unawaited.append(text)
        elif not awaited.done():
            awaited.set_result(reply)
        message = {
            "message_id": reply.message_id,
            "from": BOT,
            "chat": {"id": chat_id, "type": "private", "first_name": "Sari"},
            "date": int(time.time()),
            "text": text,
        }
        if rows:
            message["reply_markup"] = {"inline_keyboard": rows}
        return message


class _Connection(KeepAliveProtocol):
    def __init__(self, api: FakeBotApi) -> None:
        super().__init__()
        self._api = api

    def received(self, message: HttpMessage) -> None:
        self.write(self._api.answer(message))


def _http_answer(status: bytes, content: dict[str, Any]) -> bytes:
    body = json.dumps(content).encode()
    return b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )


def _parameters(request: HttpMessage) -> dict[str, Any]:
    """A call's parameters, from a body in JSON, urlencoded or multipart."""
    if not request.body:
        return {}
    content_type = request.fields.get(b"content-type", b"")
    if content_type.startswith(b"application/json"):
        parameters: dict[str, Any] = json.loads(request.body)
        return parameters
    if content_type.startswith(b"multipart/form-data"):
        whole = BytesParser().parsebytes(b"Content-Type: " + content_type + b"\r\n\r\n" + request.body)
        return {
            str(part.get_param("name", header="content-disposition")): _text_of(part.get_payload(decode=True))
            for part in whole.walk()
            if not part.is_multipart()
        }
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def _text_of(payload: object) -> str:
    return payload.decode(errors="replace") if isinstance(payload, bytes) else str(payload)
