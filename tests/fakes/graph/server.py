"""One phone number on a fake Graph, over real HTTP, with scripted faults and signed webhooks."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.fakes.graph.faults import Exchange, Fault, refusal
from tests.fakes.graph.rules import BadBodyError, check_body
from tests.fakes.graph.webhooks import Json, envelope, status_item

UPLOADABLE = (
    *("audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus"),
    *("application/vnd.ms-powerpoint", "application/msword", "application/vnd.ms-excel", "application/pdf"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    *("text/plain", "image/jpeg", "image/png", "image/webp", "video/mp4", "video/3gpp"),
)


@dataclass
class Media:
    content: bytes
    mime: str
    name: str = ""
    url: str = ""


class FakeGraph:
    """One phone number on Graph, in an async context.

    `sent` are the bodies taken and `ids` their ids; `refused` why bodies were refused; `read` the messages
    marked as read; `webhooks` what was delivered, or would have been had there been a `webhook_url`. `faults`
    are used up one a send. Statuses named in `early` are delivered before the send is answered. `validate`
    may check bodies further.
    """

    def __init__(
        self,
        webhook_url: str = "",
        token: str = "graph-token",
        phone_number_id: str = "106540352242922",
        app_secret: str = "graph-secret",
        version: str = "v23.0",
        validate: Callable[[Mapping[str, Any]], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.webhook_url, self.token, self.phone_number_id = webhook_url, token, phone_number_id
        self.app_secret, self.version, self.validate, self.clock = app_secret, version, validate, clock
        self.url = ""
        self.sent: list[Json] = []
        self.ids: list[str] = []
        self.refused: list[str] = []
        self.read: list[str] = []
        self.webhooks: list[Json] = []
        self.media: dict[str, Media] = {}
        self.faults: deque[Fault] = deque()
        self.early: tuple[str, ...] = ()
        self._numbers = itertools.count(1)
        self._closing = asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=110 * 1024 * 1024)
        number = f"/{self.version}/{self.phone_number_id}"
        app.router.add_post(f"{number}/messages", self._take_message)
        app.router.add_post(f"{number}/media", self._take_media)
        app.router.add_get(f"/{self.version}/{{media}}", self._describe_media)
        app.router.add_get("/files/{media}", self._give_media)
        app.middlewares.append(self._check_token)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{_port_of(self._runner)}"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self._session.close()
        await self._runner.cleanup()

    def next_id(self, prefix: str = "wamid.") -> str:
        """Make an id no other has."""
        return f"{prefix}{next(self._numbers):012}"

    def add_media(self, content: bytes, mime: str, name: str = "") -> str:
        """Keep a file as if a person had sent it, and give its id."""
        media_id = self.next_id("9")
        self.media[media_id] = Media(content, mime, name)
        return media_id

    async def deliver(self, payload: Any, signature: str | None = None) -> int:
        """Post a webhook, with our signature or another, and return its status (0 without an address)."""
        self.webhooks.append(payload)
        if not self.webhook_url:
            return 0
        raw = json.dumps(payload).encode()
        digest = hmac.new(self.app_secret.encode(), raw, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={digest}" if signature is None else signature,
        }
        async with self._session.post(self.webhook_url, data=raw, headers=headers) as response:
            return response.status

    async def deliver_status(self, message_id: str, status: str, code: int = 0, title: str = "") -> int:
        """Deliver what became of a message sent before."""
        return await self.deliver(self.status_payload(message_id, status, code, title))

    def status_payload(self, message_id: str, status: str, code: int = 0, title: str = "") -> Json:
        """Make the webhook of a message's status."""
        body = self.sent[self.ids.index(message_id)]
        item = status_item(message_id, status, body, self.clock(), code, title)
        return envelope(self.phone_number_id, statuses=[item])

    @web.middleware
    async def _check_token(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(190, 401, "Invalid OAuth access token")
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return refusal(100, 400, f"Unsupported {request.method} request for {request.path}")

    async def _take_message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        try:
            check_body(body)
            self._check_media(body)
            if self.validate:
                self.validate(body)
        except Exception as error:
            self.refused.append(str(error))
            return refusal(131009 if isinstance(error, BadBodyError) else 100, 400, str(error))

        exchange = Exchange(request, partial(self._accept, body), self._closing)
        if self.faults:
            return await self.faults.popleft()(exchange)
        return await exchange.accept()

    async def _accept(self, body: Json) -> web.StreamResponse:
        if "status" in body:
            self.read.append(body["message_id"])
            return web.json_response({"success": True})
        message_id = self.next_id()
        self.sent.append(body)
        self.ids.append(message_id)
        for status in self.early:
            await self.deliver_status(message_id, status)
        who = body.get("to") or body["recipient"]
        contact = {"input": who, "wa_id": who} if "to" in body else {"input": who, "user_id": who}
        return web.json_response(
            {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message_id}]}
        )

    def _check_media(self, body: Json) -> None:
        header = body.get("interactive", {}).get("header", {})
        for holder in (body, header):
            kind = holder.get("type")
            if kind not in {"image", "document"}:
                continue
            media = self.media.get(holder[kind]["id"])
            if media is None:
                raise BadBodyError("media unknown")
            if kind == "image" and media.mime not in {"image/jpeg", "image/png"}:
                raise BadBodyError(f"no image: {media.mime}")

    async def _take_media(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            return refusal(100, 400, "messaging_product and file are required")
        if file.content_type not in UPLOADABLE or form.get("type") != file.content_type:
            return refusal(100, 400, "Param file must be a file with one of the following types")
        return web.json_response({"id": self.add_media(file.file.read(), file.content_type, file.filename)})

    async def _describe_media(self, request: web.Request) -> web.StreamResponse:
        media_id = request.match_info["media"]
        media = self.media.get(media_id)
        if media is None:
            return refusal(100, 400, "Object does not exist")
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "id": media_id,
                "url": media.url or f"{self.url}/files/{media_id}",
                "mime_type": media.mime,
                "sha256": hashlib.sha256(media.content).hexdigest(),
                "file_size": len(media.content),
            }
        )

    async def _give_media(self, request: web.Request) -> web.StreamResponse:
        media = self.media[request.match_info["media"]]
        return web.Response(body=media.content, content_type=media.mime)


def _port_of(runner: web.AppRunner) -> int:
    _host, port, *_rest = runner.addresses[0] or ("", 0)
    return int(port)
