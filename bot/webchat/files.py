"""Files of a chat, both ways: photos and documents a person sends, and those she is shown."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import UUID

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import BadHttpMessage

from bot.channels.base import Address
from bot.channels.webchat import (
    LONGEST_TEXT,
    MAX_FILES,
    MAX_UPLOAD,
    WebChat,
    address_of,
    clean,
    guess_language,
    is_token,
)
from bot.webchat.links import MediaLinks
from bot.webchat.page import choose_language
from bot.webchat.shell import Shell, note_refusal
from bot.webchat.words import GONE
from flows.message import Attached, Attachment, Refused
from locales.language import Language
from locales.words import render

_MAX_PARTS: Final = MAX_FILES + 2
_SHOWN: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
"""Types a browser may show itself; everything else it saves."""


class Files:
    """The routes that files pass through."""

    def __init__(self, channel: WebChat, shell: Shell, links: MediaLinks, language: Language) -> None:
        self._channel = channel
        self._shell = shell
        self._links = links
        self._language = language

    async def upload(self, request: web.Request) -> web.Response:
        """Keep the files of one message and take the turns they make.

        What could not be kept is said first. The last turn carries the page's own id: so the page knows its
        message again.
        """
        address = _address_of_bearer(request)
        id_, caption, files = await _read_form(request)
        results = [await self._shell.keep(data, name) for name, data in files]
        kept = tuple(result for result in results if isinstance(result, Attachment))
        turns: list[Refused | Attached] = [result for result in results if isinstance(result, Refused)]
        if kept:
            turns.append(Attached(kept, caption))
        language = guess_language(request.headers.get("Accept-Language", ""))
        for left, content in zip(range(len(turns) - 1, -1, -1), turns, strict=True):
            turn_id = f"{id_}/{left}" if left else id_
            await self._shell.accept(self._channel.receive(address.value, turn_id, content, language))
        self._channel.wake(address)
        return web.json_response({"ack": id_})

    async def media(self, request: web.Request) -> web.Response:
        """Give a file to whoever was shown the entry it belongs to."""
        media, name = request.match_info["media"], request.match_info["name"]
        until, sign = request.query.get("until", ""), request.query.get("sign", "")
        allowed = self._links.allows(media, name, until, sign, self._shell.now())
        found = await self._shell.open_media(media) if allowed else None
        if found is None:
            note_refusal("media")
            raise web.HTTPNotFound(text=render(GONE, choose_language(request, self._language)))
        body, mime = found
        disposition = "inline" if mime in _SHOWN else "attachment"
        headers = {
            "Content-Type": mime,
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=86400, immutable",
        }
        return web.Response(body=body, headers=headers)


def _address_of_bearer(request: web.Request) -> Address:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not is_token(token):
        note_refusal("token")
        raise web.HTTPUnauthorized
    return address_of(token)


async def _read_form(request: web.Request) -> tuple[str, str, list[tuple[str, bytes]]]:
    """Read an upload's id, its caption, and its files by name; raises aiohttp's 400 and 413."""
    try:
        fields, files = await _read_parts(request)
        return str(UUID(fields.get("id"))), fields.get("caption", "")[:LONGEST_TEXT].strip(), files
    except web.HTTPRequestEntityTooLarge:
        note_refusal("too_large")
        raise
    except (ValueError, TypeError, AssertionError, BadHttpMessage) as error:
        note_refusal("form")
        raise web.HTTPBadRequest from error


async def _read_parts(request: web.Request) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    fields: dict[str, str] = {}
    files: list[tuple[str, bytes]] = []
    weight = 0
    reader = await request.clone(client_max_size=MAX_UPLOAD).multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader) or len(files) + len(fields) == _MAX_PARTS:
            raise ValueError("not a form of the page")
        data = bytes(await part.read())
        weight += len(data)
        if weight > MAX_UPLOAD:
            raise web.HTTPRequestEntityTooLarge(MAX_UPLOAD)
        if part.filename:
            files.append((clean(part.filename), data))
        else:
            fields[f"{part.name}"] = clean(data.decode(errors="replace"))
    if not files:
        raise ValueError("no files")
    return fields, files
