"""The page as it goes to a browser: its text in the reader's language, and its style and scripts.

Everything is read once, when the server starts, and named by its content, so that a phone fetches it once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from aiohttp import web

from bot.channels.webchat import LONGEST_TEXT, MAX_FILES, MAX_UPLOAD, guess_language
from bot.webchat.words import NO_SCRIPT, PAGE, embed_words, render_all
from locales.language import LANGUAGES, Language, is_language
from locales.words import Words, render

HERE: Final = Path(__file__).parent
SCRIPTS: Final = (
    "words",
    "store",
    "connection",
    "unsent",
    "bubbles",
    "choices",
    "log",
    "uploads",
    "composer",
    "chat",
)
"""The parts of the page's script, in the order in which they are joined into one."""

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"
_HOST: Final = re.compile(r"[A-Za-z0-9.:\[\]-]+")


@dataclass(frozen=True)
class Asset:
    """A file that is the same for everybody."""

    body: bytes
    mime: str

    @property
    def version(self) -> str:
        """The name of its content."""
        return hashlib.sha256(self.body).hexdigest()[:12]


@cache
def assets(office: Words) -> Mapping[str, Asset]:
    """Read the page's style, script and mark, and the script for other sites with the office's name in it."""
    script = "\n".join((HERE / "script" / f"{name}.js").read_text() for name in SCRIPTS)
    embed_texts = {language: render_all(embed_words(office), language) for language in LANGUAGES}
    embed = (HERE / "embed.js").read_text().replace('"$words"', json.dumps(embed_texts, ensure_ascii=False))
    return {
        "chat.css": Asset((HERE / "chat.css").read_bytes(), "text/css"),
        "chat.js": Asset(script.encode(), "text/javascript"),
        "embed.js": Asset(embed.encode(), "text/javascript"),
        "mark.svg": Asset((HERE / "mark.svg").read_bytes(), "image/svg+xml"),
    }


@cache
def render_page(office: Words, language: Language) -> bytes:
    """Fill in the page's text, the words its script says, and the versions of its files."""
    words = render_all(PAGE, language)
    values: dict[str, Any] = {f"word_{name}": escape(word) for name, word in words.items()}
    values |= {name.replace(".", "_"): asset.version for name, asset in assets(office).items()}
    return (
        Template((HERE / "page.html").read_text())
        .substitute(
            values,
            language=language,
            longest_text=LONGEST_TEXT,
            max_files=MAX_FILES,
            max_upload=MAX_UPLOAD,
            office=escape(render(office, language)),
            no_script=escape(render(NO_SCRIPT, language)),
            words=json.dumps(words, ensure_ascii=False).replace("<", "\\u003c"),
        )
        .encode()
    )


class Page:
    """The routes of the page and of what it loads; `language` is for browsers that prefer none of ours."""

    def __init__(self, office: Words, language: Language) -> None:
        self._office = office
        self._language = language

    async def show(self, request: web.Request) -> web.Response:
        """Serve the page."""
        body = render_page(self._office, choose_language(request, self._language))
        response = _serve(request, body, "text/html", ASK_AGAIN)
        response.headers["Content-Security-Policy"] = _policy(request)
        return response

    async def move(self, request: web.Request) -> web.Response:
        """Lead from `/chat/` to `/chat`: the page's own addresses are relative to the latter."""
        raise web.HTTPPermanentRedirect(f"../chat?{request.query_string}".rstrip("?"))

    async def words(self, request: web.Request) -> web.Response:
        """Serve what the page says in a language."""
        language = request.match_info["language"]
        if not is_language(language):
            raise web.HTTPNotFound
        body = json.dumps(render_all(PAGE, language), ensure_ascii=False).encode()
        return _serve(request, body, "application/json", ASK_AGAIN)

    async def asset(self, request: web.Request) -> web.Response:
        """Serve one of the page's files."""
        found = assets(self._office).get(request.match_info["asset"])
        if found is None:
            raise web.HTTPNotFound
        current = request.query.get("v") == found.version
        return _serve(request, found.body, found.mime, FOREVER if current else ASK_AGAIN)


def choose_language(request: web.Request, otherwise: Language) -> Language:
    """Pick a language: what the address asks for, else what the browser prefers, else the office's own."""
    asked = f"{request.query.get('lang', '')},{request.headers.get('Accept-Language', '')}"
    return guess_language(asked) or otherwise


def _policy(request: web.Request) -> str:
    """Write down what the page may load: nothing from elsewhere. Any site may show it in a frame.

    The socket's address is named because Safari before 15.4 does not count it under 'self'.
    """
    host = request.host if _HOST.fullmatch(request.host) else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"connect-src 'self'{f' ws://{host} wss://{host}' if host else ''}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors *"
    )


def _serve(request: web.Request, body: bytes, mime: str, cache_control: str) -> web.Response:
    """Answer with something that a browser keeps by its version, compressed on the way."""
    version = hashlib.sha256(body).hexdigest()[:16]
    known = request.if_none_match or ()
    if any(tag.value == version for tag in known):
        response = web.Response(status=304)
    else:
        response = web.Response(body=body, content_type=mime, charset="utf-8")
        response.enable_compression()
    response.etag = version
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Accept-Language"
    return response
