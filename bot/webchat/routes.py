"""The routes of the web chat: the page, its live connection, and files both ways."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.channels.webchat import WebChat
from bot.webchat.files import Files
from bot.webchat.links import MediaLinks
from bot.webchat.live import Live
from bot.webchat.page import Page
from bot.webchat.shell import Shell
from locales.language import Language
from locales.words import Words

_SAFE: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def chat_app(
    channel: WebChat, shell: Shell, *, office: Words, language: Language, secret: bytes
) -> web.Application:
    """Build the web chat, to be mounted with `add_subapp("/chat", …)`.

    `language` is the page's where a browser prefers none of ours; `secret` signs the addresses of files and
    is the same in every process.
    """
    links = MediaLinks(secret)
    page = Page(office, language)
    live = Live(channel, shell, links)
    files = Files(channel, shell, links, language)
    app = web.Application()
    app.add_routes(
        [
            web.get("", page.show),
            web.get("/", page.move),
            web.get("/words/{language}.json", page.words),
            web.get("/live", live.connect),
            web.post("/upload", files.upload),
            web.get("/media/{media}/{name}", files.media),
            web.get("/{asset}", page.asset),
        ]
    )
    app.on_response_prepare.append(_add_safe_headers)
    app.on_shutdown.append(live.close)
    return app


async def _add_safe_headers(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_SAFE)
