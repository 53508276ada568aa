"""Someone with Telegram on a phone: what she does becomes updates, what the bot sends she hears."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.fakes.bot_api.world import World

TICK: Final = "✓ "
PATIENCE: Final = 5.0
"""Seconds someone waits for the bot before the test fails."""


class Person:
    """A Telegram user in her private chat with the bot.

    `heard` has all the bot's messages, as the Bot API would show them; `keyboard` is what is in the place of
    her phone's keyboard, if anything.
    """

    def __init__(
        self,
        api: World,
        user_id: int,
        first_name: str,
        last_name: str = "",
        language_code: str = "id",
        phone: str = "+6281234567890",
    ) -> None:
        self._api = api
        self.id = user_id
        self.phone = phone
        names = {"first_name": first_name} | ({"last_name": last_name} if last_name else {})
        self.user = {"id": user_id, "is_bot": False, **names, "language_code": language_code}
        self.chat = {"id": user_id, **names, "type": "private"}
        self.heard: list[dict[str, Any]] = []
        self.keyboard: list[list[dict[str, Any]]] = []
        self._unread: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._callback_ids = itertools.count(user_id * 1_000_003)

    # --- what she hears ---------------------------------------------------------------------------

    def receive(self, message: dict[str, Any], sent: dict[str, Any]) -> None:
        """Take a message of the bot."""
        self.heard.append(message)
        self._unread.put_nowait(message)
        markup = sent.get("reply_markup") or {}
        if "keyboard" in markup:
            self.keyboard = markup["keyboard"]
        elif "remove_keyboard" in markup:
            self.keyboard = []

    async def hears(self) -> dict[str, Any]:
        """Wait for the next message she has not heard yet."""
        async with asyncio.timeout(PATIENCE):
            return await self._unread.get()

    def labels(self) -> list[str]:
        """What she can tap under the last message or in the place of the keyboard."""
        rows = self.heard[-1].get("reply_markup", {}).get("inline_keyboard", []) if self.heard else []
        return [button["text"] for row in [*rows, *self.keyboard] for button in row]

    # --- what she does ----------------------------------------------------------------------------

    async def say(self, text: str) -> None:
        """Type a text."""
        command = text.split()[0] if text.startswith("/") else ""
        entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if command else []
        await self._write({"text": text} | ({"entities": entities} if entities else {}))

    async def start(self, payload: str = "") -> None:
        """Open the bot, perhaps through a link that carries something."""
        await self.say(f"/start {payload}".rstrip())

    async def tap(self, label: str, inaccessible: bool = False) -> str:
        """Press the newest button of this label, ticked or not; returns the callback's id, if it makes one.

        With `inaccessible`, the button is so old that Telegram no longer says what message it was under.
        """
        for row in self.keyboard:
            for button in row:
                if button["text"] == label:
                    await self._press_reply_button(button)
                    return ""
        for message in reversed(self.heard):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if label in {button["text"], button["text"].removeprefix(TICK)}:
                        assert "callback_data" in button, f"{label!r} opens an address"
                        return await self._press(button["callback_data"], message, inaccessible)
        raise AssertionError(f"no button {label!r}; there are {self.labels()}")

    async def share_contact(self, phone: str = "", own: bool = True, plus: bool = False) -> None:
        """Share a phone number, hers unless told otherwise; most apps leave the plus out."""
        number = phone or self.phone
        contact: dict[str, Any] = {
            "phone_number": number if plus else number.removeprefix("+"),
            "first_name": "S",
        }
        await self._write({"contact": contact | ({"user_id": self.id} if own else {})})

    async def share_location(self, latitude: float = -6.2, longitude: float = 106.816666) -> None:
        """Share where she is."""
        await self._write({"location": {"latitude": latitude, "longitude": longitude}})

    async def send_photo(self, content: bytes, caption: str = "") -> None:
        """Send a photo, which Telegram makes a JPEG of several sizes."""
        sizes = [
            self._file("small.jpg", "image/jpeg", b"\xff\xd8small\xff\xd9") | {"width": 90, "height": 60},
            self._file("photo.jpg", "image/jpeg", content) | {"width": 1280, "height": 853},
        ]
        await self._write({"photo": sizes} | ({"caption": caption} if caption else {}))

    async def send_document(
        self, content: bytes, name: str = "katalog.pdf", mime: str = "application/pdf", caption: str = ""
    ) -> None:
        """Send a file as it is."""
        document = self._file(name, mime, content) | {"file_name": name, "mime_type": mime}
        await self._write({"document": document} | ({"caption": caption} if caption else {}))

    async def send_other(self, kind: str, **parts: Any) -> None:
        """Send a message of any other kind: a voice note, a sticker, a poll …"""
        await self._write({kind: self._file(kind, "application/octet-stream", b"other") | parts})

    async def block(self) -> None:
        """Stop the bot."""
        self._api.blocked.add(self.id)
        await self._change_membership("member", "kicked")

    async def unblock(self) -> None:
        """Let the bot in again."""
        self._api.blocked.discard(self.id)
        await self._change_membership("kicked", "member")

    # --- how it looks on the wire -----------------------------------------------------------------

    async def _write(self, parts: dict[str, Any]) -> None:
        self._api.known.add(self.id)
        await self._api.deliver(
            {
                "message": {
                    "message_id": self._api.next_message_id(),
                    "from": self.user,
                    "chat": self.chat,
                    "date": int(time.time()),
                    **parts,
                }
            }
        )

    async def _press(self, data: str, message: dict[str, Any], inaccessible: bool) -> str:
        callback_id = str(next(self._callback_ids))
        self._api.callbacks[callback_id] = False
        if inaccessible:
            message = {"chat": self.chat, "message_id": message["message_id"], "date": 0}
        await self._api.deliver(
            {
                "callback_query": {
                    "id": callback_id,
                    "from": self.user,
                    "message": message,
                    "chat_instance": "-3141592653589793238",
                    "data": data,
                }
            }
        )
        return callback_id

    async def _press_reply_button(self, button: dict[str, Any]) -> None:
        if button.get("request_contact"):
            await self.share_contact()
        elif button.get("request_location"):
            await self.share_location()
        else:
            await self.say(button["text"])

    async def _change_membership(self, before: str, after: str) -> None:
        await self._api.deliver(
            {
                "my_chat_member": {
                    "chat": self.chat,
                    "from": self.user,
                    "date": int(time.time()),
                    "old_chat_member": {"user": self._api.bot, "status": before},
                    "new_chat_member": {"user": self._api.bot, "status": after},
                }
            }
        )

    def _file(self, name: str, mime: str, content: bytes) -> dict[str, Any]:
        file_id = self._api.keep_file(name, mime, content)
        return {"file_id": file_id, "file_unique_id": file_id[-8:], "file_size": len(content)}
