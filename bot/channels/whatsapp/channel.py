"""The WhatsApp channel: one phone number of ours on Meta's Cloud API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp

from bot.channels.base import Action, Address, Event, Inbound, Receipt, Remote, SendError
from bot.channels.whatsapp.errors import BROKEN_UPLOAD
from bot.channels.whatsapp.graph import Graph
from bot.channels.whatsapp.parse import parse
from bot.channels.whatsapp.people import NAME
from bot.channels.whatsapp.shape import Body, shape
from flows.message import File, Message

REQUEST_SECONDS: Final = 20.0
SEND_SECONDS: Final = 45.0
"""A whole send, with its upload and all its bodies; shorter than the dispatcher's lease."""

DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024

_UPLOADS_KEPT: Final = 256
_UPLOAD_SECONDS: Final = 60 * 60.0
"""How long an upload is used again, as in a broadcast; Graph would keep it for 30 days."""

_UNFINISHED_KEPT: Final = 1000


class WhatsAppChannel:
    """A WhatsApp number that people write to.

    `open_media` reads a file from the media store by its content address, raising `OSError` or `LookupError`
    where it has none. `download_limit` is the largest file taken from a person, in bytes.
    """

    name = NAME
    tells_fate = True

    def __init__(
        self,
        token: str,
        phone_number_id: str,
        session: aiohttp.ClientSession,
        open_media: Callable[[str], Awaitable[bytes]],
        api: str = "https://graph.facebook.com",
        version: str = "v23.0",
        download_limit: int = DOWNLOAD_LIMIT,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self.account = phone_number_id
        self._graph = Graph(session, token, phone_number_id, api, version, request_seconds)
        self._open_media = open_media
        self._download_limit = download_limit
        self._uploads: dict[tuple[str, str], tuple[str, float]] = {}
        self._taken: dict[str, int] = {}

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """Read one webhook into events, never raising."""
        events = parse(payload, self.account, datetime.now(UTC))
        if any(isinstance(event, Receipt) and event.code == BROKEN_UPLOAD for event in events):
            self._uploads.clear()
        return events

    async def send(self, to: Address, message: Message, key: str) -> str:
        """Send a message, as several where it does not fit in one, and return the id of the last.

        Only the last carries `key`: once it was taken, all were. A retry with the same key goes on after the
        bodies that were taken before, as long as the process lives. Raises `SendError`.
        """
        try:
            async with asyncio.timeout(SEND_SECONDS):
                media_id = await self._upload(message.file) if message.file else ""
                return await self._send_bodies(to, shape(message, media_id), key)
        except TimeoutError as error:
            raise SendError(Action.UNKNOWN, "timeout") from error
        except SendError as error:
            if error.code == BROKEN_UPLOAD:
                self._uploads.clear()
            raise

    async def send_template(
        self, to: Address, name: str, language: str, parameters: Sequence[str], key: str
    ) -> str:
        """Send an approved template with positional body parameters and return its id; raises `SendError`.

        `language` is the template's own code ("id", "ko", "en_US"). Graph takes no line breaks in parameters.
        """
        template: dict[str, Any] = {"name": name, "language": {"code": language}}
        if parameters:
            texts = [{"type": "text", "text": " ".join(text.split()) or "–"} for text in parameters]
            template["components"] = [{"type": "body", "parameters": texts}]
        return await self._send_bodies(to, [{"type": "template", "template": template}], key)

    async def fetch(self, remote: Remote) -> bytes:
        """Fetch a file a person sent; raises `SendError`, REJECT `too_large` above the limit."""
        return await self._graph.download(remote.id, self._download_limit)

    def acknowledge(self, inbound: Inbound, *, slow: bool) -> Coroutine[Any, Any, None]:
        """Mark a person's message as read, and show that we are typing where the answer takes a while."""
        return self._mark_read(inbound.external_id, typing=slow)

    async def _mark_read(self, external_id: str, *, typing: bool) -> None:
        with contextlib.suppress(SendError):
            await self._graph.mark_read(external_id, typing=typing)

    async def check(self) -> None:
        """Ask Graph about our own number, so that a wrong token or id shows; raises `SendError`."""
        await self._graph.describe_number()

    async def _send_bodies(self, to: Address, bodies: Sequence[Body], key: str) -> str:
        envelope = {"messaging_product": "whatsapp", "recipient_type": "individual", **_recipient(to)}
        last = len(bodies) - 1
        message_id = ""
        for index in range(min(self._taken.get(key, 0), last), len(bodies)):
            mark = {"biz_opaque_callback_data": key} if key and index == last else {}
            message_id = await self._graph.post_message({**envelope, **bodies[index], **mark})
            if key and index < last:
                self._taken[key] = index + 1
                _forget_oldest(self._taken, _UNFINISHED_KEPT)
        self._taken.pop(key, None)
        return message_id

    async def _upload(self, file: File) -> str:
        now = asyncio.get_running_loop().time()
        wanted = (file.media, file.mime)
        media_id, uploaded_at = self._uploads.get(wanted, ("", now))
        if media_id and now - uploaded_at < _UPLOAD_SECONDS:
            return media_id
        try:
            content = await self._open_media(file.media)
        except (OSError, LookupError) as error:
            raise SendError(Action.REJECT, "media_missing") from error
        media_id = await self._graph.upload(content, file.name, file.mime)
        self._uploads[wanted] = (media_id, now)
        _forget_oldest(self._uploads, _UPLOADS_KEPT)
        return media_id


def _recipient(to: Address) -> dict[str, str]:
    match to.kind:
        case "phone":
            return {"to": to.value.removeprefix("+")}
        case "bsuid":
            return {"recipient": to.value}
        case _:
            raise SendError(Action.REJECT, "address")


def _forget_oldest(kept: dict[Any, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]
