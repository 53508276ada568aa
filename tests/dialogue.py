"""Dialogues in plain text, played against the whole bot.

A dialogue file has a title, a head, and the chat:

    # Register a business
    channel: whatsapp          (how messages are shaped: whatsapp, telegram, webchat or terminal)
    language: id               (what her app says)
    phone: +6281234567890      (what the channel knows of her; may be left out)
    name: Siti                 (likewise)

    Siti: halo                 (she types; [Label] taps, /start CODE follows a link)
    Siti: (voice)              (she sends what the bot cannot read: voice, sticker, video)
    Siti: (location -6.6 106.8), (contact +62812…), (photo), (pdf), (corrupt photo)
    -- 2 days later --
    Staff Ratna: text          (an officer answers)
    -- handed back by Ratna --
    Bot:  what the bot shows
    Recorded: what was stored

The Bot and Recorded lines are what a run produces; `pytest --update` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, Final, cast

from PIL import Image
from sqlalchemy import Connection, select

from bot import staff
from bot.app import Kabari, opened
from bot.channels.base import Address, Inbound
from bot.channels.terminal import TerminalChannel
from bot.settings import Settings
from bot.transcript import Button, Shape, describe, draw_bot, show
from flows.message import (
    Attached,
    Attachment,
    Content,
    Message,
    Refused,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from locales.language import Language
from storage import failpoints, tables

MONDAY: Final = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Ten in the morning in Jakarta, noon in Seoul."""
_MADE: Final = re.compile(r"^(Bot:|Recorded:| {6}\S)")
_LATER: Final = re.compile(r"-- (\d+) (minutes?|hours?|days?) later --")
_BACK: Final = re.compile(r"-- handed back by (.+) --")


@dataclass
class Dialogue:
    """A dialogue file: its head, and the lines somebody other than the bot wrote, with what followed each."""

    path: Path
    head: dict[str, str]
    preamble: list[str]
    lines: list[str]
    expected: list[list[str]] = field(default_factory=list)

    @property
    def language(self) -> Language:
        """What her app is set to."""
        return cast("Language", self.head["language"])

    @property
    def shape(self) -> Shape:
        """How messages are drawn."""
        return cast("Shape", self.head["channel"])

    def written(self, produced: Sequence[Sequence[str]]) -> str:
        """Write the file with what a run produced."""
        parts = [*self.preamble, ""]
        for line, made in zip(self.lines, produced, strict=True):
            parts += [line, *made]
        return "\n".join(parts) + "\n"


def read_dialogue(path: Path) -> Dialogue:
    """Read a dialogue file."""
    preamble: list[str] = []
    head: dict[str, str] = {}
    text = path.read_text(encoding="utf-8").splitlines()
    body = text.index("")
    for line in text[:body]:
        preamble.append(line)
        if not line.startswith("#"):
            key, _, value = line.partition(":")
            head[key.strip()] = value.strip()
    lines: list[str] = []
    expected: list[list[str]] = []
    for line in text[body + 1 :]:
        if _MADE.match(line) or not line.strip():
            if expected:
                expected[-1].append(line)
        else:
            lines.append(line)
            expected.append([])
    for made in expected:
        while made and not made[-1].strip():
            made.pop()
    return Dialogue(path, head, preamble, lines, expected)


class Play:
    """A dialogue being played: the bot on a database of its own, a clock, and the phone she looks at."""

    def __init__(self, dialogue: Dialogue, url: str, data: Path) -> None:
        self.dialogue = dialogue
        self._settings = Settings(
            _env_file=None,
            database_url=url,
            data_dir=data,
            office_name="Export Desk",
            office_name_id="Meja Ekspor",
            office_name_ko="수출지원센터",
        )  # type: ignore[call-arg]  # pydantic-settings' own argument for the environment file
        self._now = MONDAY
        self._stack = AsyncExitStack()
        self._kabari: Kabari | None = None
        self._shown: dict[str, Message] = {}
        self._fresh: list[str] = []
        self._buttons: list[Button] = []
        self._recorded: list[str] = []
        self._number = 0
        self.deaths = 0
        self.repeats = 0

    async def open(self) -> None:
        """Start the bot."""
        terminal = TerminalChannel(self._show, now=lambda: self._now)
        self._stack = AsyncExitStack()
        self._kabari = await self._stack.enter_async_context(
            opened(self._settings, clock=lambda: self._now, extra=(terminal,), migrated=True)
        )
        self._kabari.intake.watch(
            lambda _inbound, taken: self._recorded.extend(map(describe, taken.outcomes))
        )

    async def close(self) -> None:
        """Stop the bot."""
        await self._stack.aclose()

    async def restart(self) -> None:
        """Stop the bot and start it again."""
        await self.close()
        await self.open()

    def _show(self, _person: str, message: Message, key: str) -> None:
        if key in self._shown:
            self.repeats += 1
            return
        self._shown[key] = message
        self._fresh.append(key)

    async def say(self, line: str, *, deliveries: int = 1, failpoint: str = "") -> list[str]:
        """Play one line and give the lines it produced."""
        self._now += timedelta(seconds=10)
        if later := _LATER.fullmatch(line):
            unit = later[2].rstrip("s") + "s"
            self._now += timedelta(**{unit: int(later[1])})
            return []
        if back := _BACK.fullmatch(line):
            await self._write(staff.hand_back, self._bot.house, self._contact, back[1], self._now)
        elif line.startswith("Staff "):
            name, _, text = line.removeprefix("Staff ").partition(": ")
            await self._write(staff.answer, self._contact, text, name, self._now)
        else:
            self._number += 1
            inbound = self._inbound(line.partition(": ")[2])
            if failpoint:
                await self._deliver_and_die(inbound, failpoint)
            for _delivery in range(deliveries):
                await self._bot.intake.accept(inbound)
        await self._bot.dispatcher.drain()
        return self._produced()

    async def _deliver_and_die(self, inbound: Inbound, failpoint: str) -> None:
        """Deliver, die where told to, come up again a minute later; the caller delivers again, as providers do."""

        def die() -> None:
            self.deaths += 1
            raise failpoints.Killed

        failpoints.arm(failpoint, die)
        try:
            await self._bot.intake.accept(inbound)
            await self._bot.dispatcher.drain()
        except failpoints.Killed:
            pass
        finally:
            failpoints.disarm(failpoint)
        await self._abandon()
        self._now += timedelta(seconds=61)
        await self.open()

    async def _abandon(self) -> None:
        """Leave the bot behind as a killed process does."""
        try:
            await self._stack.aclose()
        except BaseException as error:
            if not isinstance(error, failpoints.Killed | RuntimeError):
                raise

    @property
    def _bot(self) -> Kabari:
        assert self._kabari is not None
        return self._kabari

    async def _write(self, fn: Any, *args: Any) -> None:
        await self._bot.store.write(
            lambda conn: fn(
                conn, *(arg(conn) if callable(arg) and arg is self._contact else arg for arg in args)
            )
        )

    @staticmethod
    def _contact(conn: Connection) -> int:
        return int(conn.execute(select(tables.contact.c.id)).scalars().first() or 0)

    def _inbound(self, words: str) -> Inbound:
        address = Address("terminal", "shell", "terminal", "person")
        head = self.dialogue.head
        return Inbound(
            f"{self.dialogue.path.stem}-{self._number}",
            (address,),
            self._content(words),
            self._now,
            name=head.get("name", ""),
            language=self.dialogue.language,
            phone=head.get("phone", ""),
        )

    def _content(self, words: str) -> Content:
        if words.startswith("[") and words.endswith("]"):
            return self._tap(words[1:-1])
        if words.startswith("/start"):
            return Started(words.removeprefix("/start").strip())
        if not (words.startswith("(") and words.endswith(")")):
            return Said(words.replace(" / ", "\n") if " / " in words else words)
        kind, *rest = words[1:-1].split(" ")
        match kind:
            case "location":
                return SharedLocation(float(rest[0]), float(rest[1]))
            case "contact":
                return SharedContact(rest[0], own=True)
            case "photo":
                return Attached((self._keep(_photo(), "foto.jpg"),))
            case "pdf":
                return Attached((self._keep(_pdf(), "profil.pdf"),))
            case "corrupt":
                return Refused("corrupt", "foto.jpg")
            case "large":
                return Refused("too_large", "foto.jpg")
            case _:
                return Unsupported(kind)

    def _tap(self, label: str) -> Content:
        for button in self._buttons:
            if button.label == label.removeprefix("✓ "):
                return Tapped(button.id, button.label) if button.id else Said(button.label)
        raise AssertionError(f"{self.dialogue.path.name}: there is no button [{label}] to tap")

    def _keep(self, data: bytes, name: str) -> Attachment:
        kept = self._bot.folder.keep(data, name)
        return Attachment(kept.sha, kept.kind, kept.name, kept.mime, kept.bytes)  # type: ignore[union-attr]  # our own picture is kept

    def _produced(self) -> list[str]:
        lines: list[str] = []
        for key in self._fresh:
            for shown in show(self._shown[key], self.dialogue.shape):
                lines += draw_bot(shown)
                self._buttons = [*shown.buttons, *self._buttons]
        lines += [f"Recorded: {each}" for each in self._recorded]
        self._fresh, self._recorded = [], []
        return lines

    async def outcome(self) -> dict[str, list[Any]]:
        """Tell what the office has now, without what differs from run to run."""
        return await self._bot.store.read(_state_of_the_office)


def _state_of_the_office(conn: Connection) -> dict[str, list[Any]]:
    kept: dict[str, list[Any]] = {}
    for table, without in (
        (tables.contact, {"created_at", "seen_at"}),
        (tables.business, {"created_at", "updated_at"}),
        (tables.representative, set()),
        (tables.consent, {"at"}),
        (tables.preference, {"at"}),
        (tables.handover, {"opened_at", "closed_at"}),
        (tables.media_use, {"at"}),
        (tables.erasure, {"at"}),
    ):
        columns = [column for column in table.columns if column.name not in {*without, "id"}]
        kept[table.name] = [tuple(row) for row in conn.execute(select(*columns).order_by(*table.primary_key))]
    states = conn.execute(select(tables.inbox.c.state).order_by(tables.inbox.c.id)).scalars()
    kept["inbox"] = list(states)
    sent = conn.execute(select(tables.outbox.c.state, tables.outbox.c.message).order_by(tables.outbox.c.id))
    kept["outbox"] = [(state, message["text"]) for state, message in sent]
    return kept


def _photo() -> bytes:
    data = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(data, "JPEG")
    return data.getvalue()


def _pdf() -> bytes:
    from pypdf import PdfWriter

    data = BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(data)
    return data.getvalue()
