"""A thin client of the Graph API: requests out, ids in, every failure a `SendError`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import aiohttp
from yarl import URL

from bot.channels.base import Action, SendError
from bot.channels.whatsapp.errors import refusal_of

CONNECT_SECONDS: Final = 10.0
MEDIA_HOSTS: Final = ("fbsbx.com", "whatsapp.net", "facebook.com")
"""Where Graph keeps media, besides its own host."""

UPLOADED_AS: Final[Mapping[str, str]] = dict.fromkeys(
    ("application/json", "text/calendar", "text/csv"), "text/plain"
)
"""Types Graph refuses to take, and the one they pass as; a phone goes by the file's name (*inferred*)."""

_CHUNK: Final = 64 * 1024
_MEDIA_ID: Final = re.compile(r"[A-Za-z0-9_-]+")


class Graph:
    """One phone number of ours on Graph."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token: str,
        phone_number_id: str,
        api: str,
        version: str,
        seconds: float,
    ) -> None:
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}
        self._root = URL(api) / version
        self._number = self._root / phone_number_id
        self._timeout = aiohttp.ClientTimeout(total=seconds, connect=min(CONNECT_SECONDS, seconds))

    async def post_message(self, body: Mapping[str, Any]) -> str:
        """Send a message and return its id.

        Raises `SendError`: RETRY where it cannot have left, UNKNOWN where it may have been taken.
        """
        try:
            async with self._request("POST", self._number / "messages", json=body) as response:
                status, raw = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise SendError(Action.RETRY, "unreachable") from error
        except TimeoutError as error:
            raise SendError(Action.UNKNOWN, "timeout") from error
        except aiohttp.ClientError as error:
            raise SendError(Action.UNKNOWN, "cut") from error
        answer = _accepted(response, raw)
        message_id = _first_id(answer)
        if not message_id:
            raise SendError(Action.UNKNOWN, f"garbage_{status}")
        return message_id

    async def describe_number(self) -> Mapping[str, Any]:
        """Read what Graph knows of our number; raises `SendError`."""
        return await self._ask("GET", self._number)

    async def mark_read(self, message_id: str, *, typing: bool) -> None:
        """Mark a person's message as read, and show for up to 25 s that we are typing; raises `SendError`."""
        body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        if typing:
            body["typing_indicator"] = {"type": "text"}
        await self._ask("POST", self._number / "messages", json=body)

    async def upload(self, content: bytes, name: str, mime: str) -> str:
        """Give Graph a file and return its media id; raises `SendError`, RETRY where the network failed."""
        mime = UPLOADED_AS.get(mime, mime)
        form = aiohttp.FormData({"messaging_product": "whatsapp", "type": mime})
        form.add_field("file", content, filename=name, content_type=mime)
        answer = await self._ask("POST", self._number / "media", data=form)
        media_id = answer.get("id")
        if not isinstance(media_id, str) or not media_id:
            raise SendError(Action.RETRY, "garbage_upload")
        return media_id

    async def download(self, media_id: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; raises `SendError`, REJECT where it may not be taken."""
        if not _MEDIA_ID.fullmatch(media_id):
            raise SendError(Action.REJECT, "media_id")
        described = await self._ask("GET", self._root / media_id)
        size = described.get("file_size")
        if isinstance(size, int) and size > limit:
            raise SendError(Action.REJECT, "too_large")
        url = self._media_url(described.get("url"))
        try:
            async with self._request("GET", url) as response:
                if response.status != 200:
                    raise SendError(Action.RETRY, f"media_{response.status}")
                return await _read_up_to(response, limit)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendError(Action.RETRY, "media_unreachable") from error

    def _media_url(self, address: object) -> URL:
        """Check that an address is Graph's or one of its media hosts: it will be given our token."""
        try:
            url = URL(str(address))
            origin = url.origin()
        except ValueError:
            raise SendError(Action.REJECT, "media_url") from None
        host = url.host or ""
        kept_by_meta = url.scheme == "https" and any(
            host == name or host.endswith(f".{name}") for name in MEDIA_HOSTS
        )
        if url.user or not (kept_by_meta or origin == self._root.origin()):
            raise SendError(Action.REJECT, "foreign_host")
        return url

    async def _ask(self, method: str, url: URL, **content: Any) -> Mapping[str, Any]:
        """Make a request that may be made again: any failure of the network is RETRY."""
        try:
            async with self._request(method, url, **content) as response:
                raw = await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise SendError(Action.RETRY, "unreachable") from error
        return _accepted(response, raw)

    def _request(
        self, method: str, url: URL, **content: Any
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._session.request(
            method, url, headers=self._headers, timeout=self._timeout, allow_redirects=False, **content
        )


def _accepted(response: aiohttp.ClientResponse, raw: bytes) -> Mapping[str, Any]:
    """Give a 2xx answer's JSON, empty where it is none; raises `SendError` for every other answer."""
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = {}
    answer = answer if isinstance(answer, dict) else {}
    if response.status >= 300 or "error" in answer:
        raise refusal_of(response.status, answer, response.headers.get("Retry-After"))
    return answer


def _first_id(answer: Mapping[str, Any]) -> str:
    try:
        found = answer["messages"][0]["id"]
    except (KeyError, IndexError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


async def _read_up_to(response: aiohttp.ClientResponse, limit: int) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            raise SendError(Action.REJECT, "too_large")
    return bytes(content)
