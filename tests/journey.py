"""How a firm registers, step by step, on whatever phone: what she waits for, and what she does then.

Steps name options by their ids and questions by their place in the form, so they are the same in every language.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, Literal, Protocol

from PIL import Image

from tests.fakes import bot_api, graph

PATIENCE: Final = 20.0
"""Seconds somebody waits for the bot before the test fails."""
_LOOK_AGAIN: Final = 0.004


async def until(holds: Callable[[], Any], why: Callable[[], str] = str) -> None:
    """Wait until something holds."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - what is waited for may be anything
                await asyncio.sleep(_LOOK_AGAIN)
    except TimeoutError:
        raise AssertionError(f"it never came about; {why()}") from None


@dataclass(frozen=True)
class Bubble:
    """A message as a person has it before her: its text, and the labels of its options by their ids."""

    text: str
    options: Mapping[str, str]


class Phone(Protocol):
    """What a journey needs of a phone."""

    @property
    def bubbles(self) -> Sequence[Bubble]:
        """All she was sent, oldest first."""
        ...

    async def say(self, text: str) -> object:
        """Type something."""
        ...

    async def tap(self, option: str) -> object:
        """Tap an option of the last message."""
        ...

    async def share_phone(self) -> object:
        """Give her number the way her phone offers it."""
        ...

    async def send_photo(self, content: bytes) -> object:
        """Send a photo."""
        ...


class TelegramPhone:
    """A phone with Telegram."""

    def __init__(self, person: bot_api.Person) -> None:
        self.person = person

    @property
    def bubbles(self) -> Sequence[Bubble]:
        return [self._bubble(message) for message in self.person.heard]

    @staticmethod
    def _bubble(message: Mapping[str, Any]) -> Bubble:
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        options = {button.get("callback_data", ""): button["text"] for row in rows for button in row}
        return Bubble(message.get("text") or message.get("caption", ""), options)

    async def say(self, text: str) -> None:
        await self.person.say(text)

    async def tap(self, option: str) -> None:
        shown = await _page_with(option, self, self.person.tap)
        await self.person.tap(shown[option])

    async def share_phone(self) -> None:
        await self.person.share_contact()

    async def send_photo(self, content: bytes) -> None:
        await self.person.send_photo(content)


class WhatsAppPhone:
    """A phone with WhatsApp, where a list shows ten rows and the others are pages away."""

    def __init__(self, person: graph.Person) -> None:
        self.person = person

    @property
    def bubbles(self) -> Sequence[Bubble]:
        return [self._bubble(body) for body in self.person.inbox]

    @staticmethod
    def _bubble(body: Mapping[str, Any]) -> Bubble:
        part = body[body["type"]]
        action = part.get("action", {})
        buttons = [button["reply"] for button in action.get("buttons", [])]
        rows = [row for section in action.get("sections", []) for row in section["rows"]]
        text = part["body"] if body["type"] == "text" else part.get("body", part).get("text", "")
        return Bubble(
            text or part.get("caption", ""), {each["id"]: each["title"] for each in [*buttons, *rows]}
        )

    async def say(self, text: str) -> None:
        await self.person.say(text)

    async def tap(self, option: str) -> None:
        shown = await _page_with(option, self, self.person.tap)
        await self.person.tap(shown[option])

    async def share_phone(self) -> None:
        await self.person.say("0812-3456-7890")

    async def send_photo(self, content: bytes) -> None:
        await self.person.send_image(content)


async def _page_with(
    option: str, phone: Phone, press: Callable[[str], Awaitable[object]]
) -> Mapping[str, str]:
    """Turn the pages of the last message's options until one has what is looked for; gives what it shows."""
    turned = 0
    while option not in (shown := phone.bubbles[-1].options):
        pages = [int(id_.removeprefix("~from:")) for id_ in shown if id_.startswith("~from:")]
        furthest = max(pages, default=0)
        assert furthest > turned, f"{option} is on none of the pages; the last has {list(shown)}"
        turned = furthest
        await press(shown[f"~from:{furthest}"])
        await _until_gone(f"~from:{furthest}", phone)
    return shown


async def _until_gone(option: str, phone: Phone) -> None:
    await until(lambda: option not in phone.bubbles[-1].options, lambda: "no other page came")


async def answer_to(phone: Phone, act: Awaitable[object]) -> Bubble:
    """Do something, and wait for what comes next."""
    seen = len(phone.bubbles)
    await act
    await until(lambda: len(phone.bubbles) > seen, lambda: f"after {phone.bubbles[-1:]} nothing came")
    return phone.bubbles[-1]


@dataclass(frozen=True)
class Step:
    """Something to do once the last message asks for it: a question by its place, or one with an option."""

    does: Literal["tap", "say", "share_phone"]
    what: str = ""
    at: int = 0

    async def comes_up(self, phone: Phone) -> None:
        """Wait until it is time."""
        await until(lambda: self._is_asked(phone), lambda: f"for {self} she saw {phone.bubbles[-1:]}")

    def _is_asked(self, phone: Phone) -> bool:
        if not phone.bubbles:
            return False
        last = phone.bubbles[-1]
        if self.at:
            return re.search(rf"(?m)^{self.at}/\d+ · ", last.text) is not None
        question, _, option = self.what.partition("=")
        if option == "~done" and not any(label.startswith("✓") for label in last.options.values()):
            return False
        return any(shown.partition("=")[0] == question for shown in last.options)

    async def take(self, phone: Phone) -> None:
        """Do it."""
        if self.does == "tap":
            await phone.tap(self.what)
        elif self.does == "say":
            await phone.say(self.what)
        else:
            await phone.share_phone()


def tap(option: str) -> Step:
    """Tap an option of the question it belongs to."""
    return Step("tap", option)


def say(what: str, at: int) -> Step:
    """Answer the question at a place in the form by typing."""
    return Step("say", what, at)


def _begin(language: str, country: str) -> list[Step]:
    return [
        tap(f"language.language={language}"),
        tap("menu.menu=register"),
        tap("consent.agreed=yes"),
        tap(f"register.country={country}"),
    ]


def indonesian_firm(language: str) -> list[Step]:
    """Register a firm of Bogor that makes something the list of sectors does not have."""
    return [
        *_begin(language, "ID"),
        say("CV Kelapa Nusantara", 2),
        tap("register.form=cv"),
        tap("register.sector=other"),
        say("arang batok kelapa", 5),
        say("jabar", 6),
        say("kota bogor", 7),
        say("skip", 8),
        tap("register.export_experience=samples"),
        say("korea, japan", 10),
        say("Siti Rahma", 11),
        Step("share_phone", at=12),
        tap("register.review=send"),
    ]


INDONESIAN_FIRM: Final = {
    "country": "ID",
    "legal_name": "CV Kelapa Nusantara",
    "form": "cv",
    "sector": "other",
    "sector_words": "arang batok kelapa",
    "province": "32",
    "district": "3271",
    "registration_number": "",
    "export_experience": "samples",
    "target_markets": ["KR", "JP"],
}
"""What the office has then."""


def korean_firm(language: str) -> list[Step]:
    """Register a firm of Gimpo that makes cosmetics."""
    return [
        *_begin(language, "KR"),
        say("주식회사 새벽들", 2),
        tap("register.form=jusik"),
        tap("register.sector=cosmetics"),
        say("경기도", 5),
        say("김포시", 6),
        say("124-81-00998", 7),
        tap("register.export_experience=none"),
        tap("register.target_markets=ID"),
        tap("register.target_markets=MY"),
        tap("register.target_markets=~done"),
        say("한지우", 10),
        Step("share_phone", at=11),
        tap("register.review=send"),
    ]


KOREAN_FIRM: Final = {
    "country": "KR",
    "legal_name": "주식회사 새벽들",
    "form": "jusik",
    "sector": "cosmetics",
    "sector_words": "",
    "province": "41",
    "district": "41570",
    "registration_number": "124-81-00998",
    "export_experience": "none",
    "target_markets": ["ID", "MY"],
}


async def walk(phone: Phone, steps: Sequence[Step]) -> Bubble:
    """Take one step after the other; gives the answer to the last."""
    for step in steps[:-1]:
        await step.comes_up(phone)
        await step.take(phone)
    await steps[-1].comes_up(phone)
    return await answer_to(phone, steps[-1].take(phone))


def photo_with_place() -> bytes:
    """Take a photo that tells where and with what it was taken."""
    picture = Image.new("RGB", (64, 48), "teal")
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    exif.get_ifd(0x8825)[2] = (6.0, 35.0, 40.0)
    data = BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()
