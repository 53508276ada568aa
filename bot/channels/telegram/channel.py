"""The Telegram channel: what the rest of the house calls."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import aiohttp
import structlog
from telegram import InputFile

from bot.channels.base import Action, Address, Event, Inbound, Remote, SendError
from bot.channels.telegram.api import TIMEOUT, BotApi
from bot.channels.telegram.parse import DOWNLOAD_LIMIT, parse_update
from bot.channels.telegram.shape import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    Markup,
    count_units,
    cut_text,
    shape_keyboard,
    shape_text,
)
from flows.message import File, Message
from locales.language import Language

V = TypeVar("V")

TELEGRAM: Final = "https://api.telegram.org"
ALLOWED_UPDATES: Final = ("message", "callback_query", "my_chat_member")
PHOTO_MIMES: Final = frozenset({"image/jpeg", "image/png"})
PHOTO_LIMIT: Final = 10 * 1024 * 1024
"""The largest photo Telegram takes, in bytes; a larger one goes as a document."""
REMEMBERED: Final = 1000
"""How many uploads and half-sent messages are kept in mind."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class TelegramChannel:
    """A bot in Telegram's private chats.

    `open_media` reads a file from the media store by its content address. Calls raise `SendError`.
    """

    name = "telegram"
    tells_fate = False

    def __init__(
        self,
        token: str,
        session: aiohttp.ClientSession,
        open_media: Callable[[str], Awaitable[bytes]],
        api: str = TELEGRAM,
        timeout: float = TIMEOUT,
    ) -> None:
        self._api = BotApi(token, session, api, timeout)
        self.account = self._api.account
        self._open_media = open_media
        self._uploads: dict[tuple[str, str], tuple[str, str]] = {}
        self._half_sent: dict[str, str] = {}

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """Read one update, from the webhook or from `get_updates`, into events; never raises."""
        return parse_update(payload, self.account, datetime.now(UTC))

    # --- what we say --------------------------------------------------------------------------------

    async def send(self, to: Address, message: Message, key: str) -> str:
        """Send a message and return Telegram's id of it, unique in its chat.

        A text too long for a file's caption goes before the file; a second try under the same key leaves the
        text out if it arrived the first time. Raises `SendError`, and ValueError for an option's id too long.
        """
        text, keyboard = shape_text(message), shape_keyboard(message)
        if message.file is None:
            return await self._send_text(to, text, keyboard, key)
        if count_units(text) > CAPTION_LIMIT:
            if key not in self._half_sent:
                _remember(self._half_sent, key, await self._send_text(to, text, None, key))
            text = ""
        sent = await self._send_file(to, message.file, text, keyboard)
        self._half_sent.pop(key, None)
        return sent

    async def _send_text(self, to: Address, text: str, keyboard: Markup | None, key: str) -> str:
        if count_units(text) > TEXT_LIMIT:
            log.warning("telegram_text_cut", key=key, units=count_units(text))
        parameters = {"chat_id": int(to.value), "text": cut_text(text, TEXT_LIMIT), "reply_markup": keyboard}
        return _message_id(await self._api.call("SendMessage", parameters))

    async def _send_file(self, to: Address, file: File, caption: str, keyboard: Markup) -> str:
        """Send a file, uploading it only the first time: Telegram keeps it under an id of its own."""
        known = self._uploads.get((file.media, file.name))
        field, content = known or await self._open(file)
        parameters = {
            "chat_id": int(to.value),
            field: content,
            "caption": caption or None,
            "reply_markup": keyboard,
        }
        try:
            sent = await self._api.call(f"Send{field.title()}", parameters)
        except SendError as error:
            if known is None or error.action is not Action.REJECT:
                raise
            self._uploads.pop((file.media, file.name), None)
            return await self._send_file(to, file, caption, keyboard)
        message_id = _message_id(sent)
        if file_id := _file_id(sent, field):
            _remember(self._uploads, (file.media, file.name), (field, file_id))
        return message_id

    async def _open(self, file: File) -> tuple[str, InputFile]:
        try:
            content = await self._open_media(file.media)
        except (OSError, LookupError):
            raise SendError(Action.REJECT, "media is not in the store") from None
        upload = InputFile(content, filename=file.name)
        upload.mimetype = file.mime
        as_photo = file.mime in PHOTO_MIMES and len(content) <= PHOTO_LIMIT
        return "photo" if as_photo else "document", upload

    def acknowledge(self, inbound: Inbound, *, slow: bool) -> Coroutine[Any, Any, None] | None:
        """Stop the clock a pressed button shows; while a file is being fetched, show that we are typing."""
        if inbound.callback:
            return self.answer_callback(inbound.callback)
        return self.show_typing(inbound.address) if slow else None

    async def show_typing(self, to: Address) -> None:
        """Show that an answer is coming; failures are ignored."""
        with contextlib.suppress(SendError):
            await self._api.call("SendChatAction", {"chat_id": int(to.value), "action": "typing"})

    async def answer_callback(self, callback_id: str) -> None:
        """Stop the clock a pressed button shows; failures are ignored, as a late answer always fails."""
        with contextlib.suppress(SendError):
            await self._api.call("AnswerCallbackQuery", {"callback_query_id": callback_id})

    # --- what people sent ---------------------------------------------------------------------------

    async def fetch(self, remote: Remote) -> bytes:
        """Fetch a file a person sent; raises `SendError`, with REJECT and code `too_large` above 20 MB."""
        try:
            found = await self._api.call("GetFile", {"file_id": remote.id})
        except SendError as error:
            if error.action is not Action.UNKNOWN:
                raise
            raise SendError(Action.RETRY, error.code) from None
        match found:
            case {"file_path": str(path)}:
                return await self._api.download(path, DOWNLOAD_LIMIT)
            case _:
                raise SendError(Action.RETRY, "getFile gave no path")

    async def get_updates(self, offset: int, waiting: int) -> list[dict[str, Any]]:
        """Wait up to `waiting` seconds for updates numbered `offset` and higher; lower ones are forgotten."""
        parameters = {"offset": offset, "timeout": waiting, "allowed_updates": ALLOWED_UPDATES}
        updates = await self._api.call("GetUpdates", parameters, waiting)
        return [update for update in updates if isinstance(update, dict)] if isinstance(updates, list) else []

    # --- the bot itself -----------------------------------------------------------------------------

    async def me(self) -> Mapping[str, Any]:
        """Say who the bot is: a Bot API User, with its `username`."""
        return _mapping(await self._api.call("GetMe", {}))

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to an address, with the secret in X-Telegram-Bot-Api-Secret-Token."""
        parameters = {"url": url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES}
        await self._api.call("SetWebhook", parameters)

    async def delete_webhook(self) -> None:
        """Stop the webhook, so that updates can be polled; those waiting are kept."""
        await self._api.call("DeleteWebhook", {})

    async def webhook_info(self) -> Mapping[str, Any]:
        """Say how the webhook fares: a Bot API WebhookInfo."""
        return _mapping(await self._api.call("GetWebhookInfo", {}))

    async def publish_profile(
        self,
        commands: Mapping[Language, Sequence[tuple[str, str]]],
        descriptions: Mapping[Language, tuple[str, str]],
    ) -> None:
        """Publish the commands (name, what it does) and the descriptions (long, short) of each language.

        English is what phones set to any other language show.
        """
        for language, listed in commands.items():
            shown = [{"command": name, "description": what} for name, what in listed]
            await self._api.call("SetMyCommands", {"commands": shown, **_for_language(language)})
        for language, (long, short) in descriptions.items():
            parameters = _for_language(language)
            await self._api.call("SetMyDescription", {"description": long, **parameters})
            await self._api.call("SetMyShortDescription", {"short_description": short, **parameters})


def _for_language(language: Language) -> dict[str, str]:
    return {} if language == "en" else {"language_code": language}


def _message_id(sent: Any) -> str:
    match sent:
        case {"message_id": int(message_id)}:
            return str(message_id)
        case _:
            raise SendError(Action.UNKNOWN, "no message_id in the answer")


def _file_id(sent: Any, field: str) -> str:
    match sent.get(field):
        case {"file_id": str(file_id)} | [*_, {"file_id": str(file_id)}]:
            return file_id
        case _:
            return ""


def _mapping(result: Any) -> Mapping[str, Any]:
    if isinstance(result, Mapping):
        return result
    raise SendError(Action.UNKNOWN, "the answer is no object")


def _remember(memory: dict[Any, V], key: Any, value: V) -> None:
    """Keep something in mind, forgetting the oldest thing once there are too many."""
    memory[key] = value
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
