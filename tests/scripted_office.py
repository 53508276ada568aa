"""A small office in memory for tests of the web chat: it keeps what it is told and answers by a script."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from aiohttp import web

from bot.channels.base import Address, Inbound, Remote
from bot.channels.webchat import Entry, WebChat
from bot.webchat.routes import chat_app
from bot.webchat.shell import Shell
from flows.message import (
    Attached,
    Attachment,
    Content,
    File,
    Link,
    Message,
    Option,
    Refused,
    Said,
    Started,
    Tapped,
)
from locales.language import Language

STEERING = (Option("back", "Back"), Option("skip", "Skip"), Option("help", "Help"))
LARGEST = 100_000
SECRET = b"only for tests"


def answer(content: Content) -> Message:
    """Answer by the script: a word for each thing the page can show."""
    match content:
        case Started():
            return Message(
                "Selamat datang di Kabari!\nSaya asisten otomatis kantor ini.",
                (Option("register", "Register my firm"), Option("missions", "Missions")),
            )
        case Said("sectors"):
            options = tuple(Option(f"s{number}", f"Sector {number}") for number in range(1, 31))
            return Message("Which sectors? 3/8", options, STEERING)
        case Said("ticks"):
            return Message("Which ones?", (Option("a", "Food", ticked=True), Option("b", "Craft")), STEERING)
        case Said("place"):
            return Message(
                "Where are you?", (), STEERING, request="location", request_label="Share where I am"
            )
        case Said("link"):
            return Message("See https://example.org/a?b=1.", link=Link("https://example.org", "The page"))
        case Said("bad link"):
            return Message("Hm", link=Link("javascript:alert(1)", "Open the page"))
        case Said("file"):
            media = hashlib.sha256(b"ics").hexdigest()
            return Message("Your date", file=File(media, "meeting.ics", "text/calendar"))
        case Said(text) | Tapped(_, text):
            return Message(f"You said {text}", (Option("yes", "Yes"), Option("no", "No")), STEERING)
        case Attached(attachments):
            return Message(f"Got {len(attachments)} files", steering=STEERING)
        case Refused(why, name):
            return Message(f"Not taken: {name} ({why})", steering=STEERING)
        case _:
            return Message("Thank you")


@dataclass
class ScriptedOffice:
    """What an office would keep in its store; `accepted` are the turns taken, without repeats."""

    channel: WebChat = field(default_factory=WebChat)
    answer: Callable[[Content], Message] = answer
    accepted: list[Inbound] = field(default_factory=list)
    entries: dict[Address, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    media: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def app(self, name: str = "Kantor Ekspor Bogor", language: Language = "id") -> web.Application:
        """Build the web application over this office."""
        app = web.Application()
        shell = Shell(self.accept, self.history, self.keep, self.open_media)
        app.add_subapp("/chat", chat_app(self.channel, shell, office=name, language=language, secret=SECRET))
        return app

    async def accept(self, inbound: Inbound) -> None:
        """Take a turn unless it was taken before."""
        if any(taken.external_id == inbound.external_id for taken in self.accepted):
            return
        assert not isinstance(inbound.content, Remote)
        self.accepted.append(inbound)
        self.write(inbound.address, "person", content=inbound.content, key=inbound.external_id)
        self.write(inbound.address, "bot", message=self.answer(inbound.content))

    def write(
        self,
        address: Address,
        who: Literal["person", "bot", "staff"],
        *,
        message: Message | None = None,
        content: Content | None = None,
        name: str = "",
        key: str = "",
        language: Language | None = None,
        ago: timedelta = timedelta(),
    ) -> None:
        """Add an entry to a chat."""
        chat = self.entries[address]
        n = len(chat) + 1
        chat.append(Entry(n, who, self.at - ago, message, content, name, key or f"out-{n}", language))

    async def history(self, address: Address, after: int) -> Sequence[Entry]:
        """Give the entries of a chat after a number."""
        return self.entries[address][after:]

    async def keep(self, data: bytes, name: str) -> Attachment | Refused:
        """Keep a file that is small enough and of a type we know."""
        if len(data) > LARGEST:
            return Refused("too_large", name)
        mime = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"%P": "application/pdf"}.get(data[:2])
        if mime is None:
            return Refused("wrong_type", name)
        media = hashlib.sha256(data).hexdigest()
        self.media[media] = (data, mime)
        return Attachment(media, "photo" if mime.startswith("image/") else "document", name, mime, len(data))

    async def open_media(self, media: str) -> tuple[bytes, str] | None:
        """Open a kept file."""
        return self.media.get(media)
