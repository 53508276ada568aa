"""The web chat: a page of the office where anyone may write, without an account, an app or a phone number.

A browser is an anonymous person who holds a random token. The address is the token's hash, so that nobody who
reads the database can speak for her. What the page and the server say to each other is written down here; the
connection itself lives in `bot.webchat`.

The page shows what the store holds: `send` has nothing to carry and only wakes the page.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationError

from bot.channels.base import Action, Address, Event, Inbound, Remote, SendError
from flows.message import (
    Attached,
    Content,
    Message,
    Option,
    Refused,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from locales.language import Language, is_language

LONGEST_TEXT: Final = 2000
"""Characters a person may write in one message; the page's own field stops at the same number."""

MAX_FILES: Final = 5
MAX_UPLOAD: Final = 25 * 1024 * 1024
"""Bytes of all the files of one message; the page makes photos smaller before it sends them."""

_TOKEN_BYTES: Final = 24
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,3}")
_NEIGHBOURS: Final[Mapping[str, Language]] = {"in": "id", "jv": "id", "jw": "id", "su": "id", "ms": "id"}
"""Languages whose readers are best served by one of ours; `in` and `jw` are Android's old codes."""


@dataclass(frozen=True)
class Entry:
    """One line of a chat as the page shows it.

    `n` grows with every line of a chat, so that a page can ask for what came after the last one it has.
    `key` is the inbound's external id or the outbox key: the page knows its own unsent messages by it.
    `name` is the member of staff who wrote; `content` is set for a person, `message` for the bot and staff.
    """

    n: int
    who: Literal["person", "bot", "staff"]
    at: datetime
    message: Message | None
    content: Content | None
    name: str
    key: str
    language: Language | None = None


# --- tokens -------------------------------------------------------------------------------------------------


def new_token() -> str:
    """Make the secret that a new browser keeps: 192 bits in 32 characters that fit a header."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Tell whether a text has the shape of a token of ours."""
    return _TOKEN.fullmatch(text) is not None


def address_of(token: str) -> Address:
    """Name the person who holds a token."""
    return Address(WebChat.name, WebChat.account, "web", hashlib.sha256(token.encode()).hexdigest())


def guess_language(tags: str) -> Language | None:
    """Pick the first language of ours in what a browser prefers, such as `jv-ID,id;q=0.9,en;q=0.8`."""
    for tag in tags.split(","):
        found = _LANGUAGE_TAG.match(tag.strip())
        code = found[0].lower() if found else ""
        code = _NEIGHBOURS.get(code, code)
        if is_language(code):
            return code
    return None


# --- what the page sends ------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Leave out what no database keeps: control characters and halves of a surrogate pair."""
    return _CONTROLS.sub("", text).encode("utf-8", "ignore").decode()


def _code(text: str) -> str:
    return text[:64]


_Line = Annotated[str, AfterValidator(clean)]
_Words = Annotated[_Line, AfterValidator(str.strip), StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
_Label = Annotated[_Line, StringConstraints(max_length=300)]


class Hello(BaseModel):
    """The page's first frame: who it is, the last entry it has, and the browser's language."""

    token: str | None = None
    after: int = Field(default=0, ge=0, le=2**53)
    language: str = Field(default="", max_length=100)


class _Act(BaseModel):
    """Something a person did on the page; `id` is the page's own, the same when it sends again."""

    id: UUID

    def content(self) -> Content:
        raise NotImplementedError


class _Say(_Act):
    text: _Words

    def content(self) -> Content:
        return Said(self.text)


class _Tap(_Act):
    option: _Label
    label: _Label = ""

    def content(self) -> Content:
        return Tapped(self.option, self.label)


class _Start(_Act):
    payload: Annotated[_Line, AfterValidator(_code)] = ""

    def content(self) -> Content:
        return Started(self.payload)


class _Locate(_Act):
    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)

    def content(self) -> Content:
        return SharedLocation(self.latitude, self.longitude)


_ACTS: Final[Mapping[str, type[_Act]]] = {"say": _Say, "tap": _Tap, "start": _Start, "location": _Locate}


# --- the channel --------------------------------------------------------------------------------------------


class WebChat:
    """The channel of the page, and the place where its open connections wait for something to show."""

    name = "webchat"
    account = "web"
    tells_fate = False

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._waiting: dict[str, set[asyncio.Event]] = {}

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """Read one frame of the page, to which the connection has added `person` and `language`."""
        person, language = payload["person"], guess_language(payload.get("language", ""))
        for name, kind in _ACTS.items():
            if name in payload:
                try:
                    act = kind.model_validate(payload[name])
                except ValidationError:
                    return ()
                return (self.receive(person, str(act.id), act.content(), language),)
        return ()

    def receive(self, person: str, id_: str, content: Content, language: Language | None) -> Inbound:
        """Report what a person did; `person` is the value of her address."""
        address = Address(self.name, self.account, "web", person)
        return Inbound(id_, (address,), content, self._now(), language=language)

    async def send(self, to: Address, message: Message, key: str) -> str:  # noqa: ARG002
        """Wake the pages of a person; they read the message from the store."""
        self.wake(to)
        return key

    async def fetch(self, remote: Remote) -> bytes:  # noqa: ARG002
        """Refuse: the page uploads its files itself."""
        raise SendError(Action.REJECT, "nothing-remote")

    def acknowledge(self, inbound: Inbound, *, slow: bool) -> None:  # noqa: ARG002
        """Do nothing: the page shows that an answer is coming from the moment it sends."""
        return

    def wake(self, address: Address) -> None:
        """Tell the pages of a person that there may be something new."""
        for event in self._waiting.get(address.value, ()):
            event.set()

    @contextmanager
    def listen(self, address: Address) -> Iterator[asyncio.Event]:
        """Lend an event that is set whenever there may be something new for a person."""
        event = asyncio.Event()
        pages = self._waiting.setdefault(address.value, set())
        pages.add(event)
        try:
            yield event
        finally:
            pages.discard(event)
            if not pages:
                self._waiting.pop(address.value, None)


# --- what the page gets -------------------------------------------------------------------------------------


def show_entry(entry: Entry, link: Callable[[str, str], str]) -> dict[str, Any]:
    """Shape an entry for the page, without what is empty; `link` gives a file's address by media and name."""
    shown: dict[str, Any] = {
        "n": entry.n,
        "who": entry.who,
        "at": round(entry.at.timestamp() * 1000),
        "key": entry.key,
        "name": entry.name,
        "language": entry.language,
    }
    if entry.message is not None:
        shown |= _show_message(entry.message, link)
    if entry.content is not None:
        shown |= _show_content(entry.content, link)
    return _without_blanks(shown)


def _show_message(message: Message, link: Callable[[str, str], str]) -> dict[str, Any]:
    file = message.file
    return {
        "text": message.text,
        "options": [_show_option(option) for option in message.options],
        "steering": [_show_option(option) for option in message.steering],
        "request": message.request if message.request == "location" else None,
        "request_label": message.request_label,
        "files": [_show_file(file.media, file.name, file.mime, link)] if file else [],
        "link": asdict(message.link) if message.link else None,
        "placeholder": message.placeholder,
    }


def _show_option(option: Option) -> dict[str, Any]:
    return _without_blanks(asdict(option))


def _show_file(media: str, name: str, mime: str, link: Callable[[str, str], str]) -> dict[str, Any]:
    return {"url": link(media, name), "name": name, "picture": mime.startswith("image/")}


def _show_content(content: Content, link: Callable[[str, str], str]) -> dict[str, Any]:
    match content:
        case Said(text):
            return {"text": text}
        case Tapped(_, label):
            return {"text": label}
        case SharedContact(phone):
            return {"text": phone}
        case SharedLocation():
            return {"place": True}
        case Attached(attachments, caption):
            files = [_show_file(file.media, file.name, file.mime, link) for file in attachments]
            return {"text": caption, "files": files}
        case Refused(_, name):
            return {"refused": name or True}
        case Started() | Unsupported():
            return {}


def _without_blanks(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if value or type(value) is int}
