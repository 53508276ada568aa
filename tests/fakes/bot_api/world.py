"""What there is on Telegram around one bot, and what the Bot API's methods do to it."""

from __future__ import annotations

import itertools
import time
from typing import Any, Final

from pydantic import BaseModel

from tests.fakes.bot_api import rules
from tests.fakes.bot_api.person import Person
from tests.fakes.bot_api.updates import Updates

DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
UPLOAD_LIMIT: Final = 50 * 1024 * 1024
PHOTO_LIMIT: Final = 10 * 1024 * 1024
FIRST_PERSON: Final = 500_000_001
FIRST_UPDATE: Final = 870_000_001


class RefusalError(Exception):
    """A call that gets `ok: false`."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class World:
    """One bot, the people it may write to, and their files.

    `sent` has every message a person got: its method, its parameters as checked, and its `message_id`.
    `callbacks` tells of every press of a button whether it was answered, `profile` what the bot published by
    kind and language code. With `any_chat`, people need not have started the bot.
    """

    def __init__(self, bot_id: int, any_chat: bool) -> None:
        self.any_chat = any_chat
        self.bot = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Kabari",
            "username": "kabari_test_bot",
        }
        self.sent: list[dict[str, Any]] = []
        self.updates = Updates(self._take_answer)
        self.people: dict[int, Person] = {}
        self.known: set[int] = set()
        self.blocked: set[int] = set()
        self.files: dict[str, rules.Upload] = {}
        self.callbacks: dict[str, bool] = {}
        self.profile: dict[tuple[str, str], Any] = {}
        self._message_ids = itertools.count(1)
        self._update_ids = itertools.count(FIRST_UPDATE)
        self._file_ids = itertools.count(1)

    def person(self, first_name: str = "Siti", **profile: str) -> Person:
        """Someone with Telegram, who has not met the bot yet."""
        person = Person(self, FIRST_PERSON + len(self.people), first_name, **profile)
        self.people[person.id] = person
        return person

    async def deliver(self, update: dict[str, Any]) -> None:
        """Give an update a number and have the bot get it."""
        await self.updates.put({"update_id": next(self._update_ids), **update})

    def next_message_id(self) -> int:
        """A number for a message of either side."""
        return next(self._message_ids)

    def keep_file(self, name: str, mime: str, content: bytes) -> str:
        """Keep a file and return its file_id."""
        file_id = f"BQACAgUAAxkBAAI{next(self._file_ids):06}"
        self.files[file_id] = rules.Upload(name=name, mime=mime, content=content)
        return file_id

    async def act(self, asked: BaseModel) -> Any:
        """Do what a method asks and return its result; raises RefusalError, getUpdates ConflictError too."""
        match asked:
            case rules.SendMessage() | rules.SendPhoto() | rules.SendDocument():
                return self._send(asked)
            case rules.SendChatAction():
                self._check_chat(asked.chat_id)
            case rules.AnswerCallbackQuery():
                self._answer_callback(asked)
            case rules.GetFile():
                return self._find_file(asked)
            case rules.GetUpdates():
                return await self.updates.poll(asked)
            case rules.SetWebhook():
                self.updates.set_webhook(asked if asked.url else None, asked.drop_pending_updates)
            case rules.DeleteWebhook():
                self.updates.set_webhook(None, asked.drop_pending_updates)
            case rules.GetWebhookInfo():
                return self._webhook_info()
            case rules.GetMe():
                return self.bot
            case rules.SetMyCommands() | rules.SetMyDescription() | rules.SetMyShortDescription():
                self._publish(asked)
        return True

    async def _take_answer(self, answer: dict[str, Any]) -> Any:
        """Do what a webhook answers with; Telegram keeps the result to itself."""
        method = rules.METHODS[answer["method"].lower()]
        return await self.act(method.model_validate({key: answer[key] for key in answer if key != "method"}))

    def _publish(
        self, asked: rules.SetMyCommands | rules.SetMyDescription | rules.SetMyShortDescription
    ) -> None:
        match asked:
            case rules.SetMyCommands():
                shown = [(line.command, line.description) for line in asked.commands]
                self.profile["commands", asked.language_code] = shown
            case rules.SetMyDescription():
                self.profile["description", asked.language_code] = asked.description
            case rules.SetMyShortDescription():
                self.profile["short_description", asked.language_code] = asked.short_description

    def _check_chat(self, chat_id: int) -> None:
        if chat_id in self.blocked:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        if chat_id not in self.known and not self.any_chat:
            raise RefusalError(400, "Bad Request: chat not found")

    def _send(self, asked: rules.SendMessage | rules.SendPhoto | rules.SendDocument) -> dict[str, Any]:
        self._check_chat(asked.chat_id)
        person = self.people.get(asked.chat_id)
        message: dict[str, Any] = {
            "message_id": self.next_message_id(),
            "from": self.bot,
            "chat": person.chat if person else {"id": asked.chat_id, "type": "private"},
            "date": int(time.time()),
        }
        match asked:
            case rules.SendMessage():
                message["text"] = asked.text
            case rules.SendPhoto():
                message |= {"photo": self._photo(asked.photo), "caption": asked.caption}
            case rules.SendDocument():
                message |= {"document": self._document(asked.document), "caption": asked.caption}
        markup = asked.reply_markup and asked.reply_markup.model_dump(exclude_unset=True)
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
        method = type(asked).__name__
        parameters = asked.model_dump(exclude_unset=True) | ({"reply_markup": markup} if markup else {})
        sent = {
            "method": f"{method[0].lower()}{method[1:]}",
            "message_id": message["message_id"],
            **parameters,
        }
        self.sent.append(sent)
        if person is not None:
            person.receive(message, sent)
        return message

    def _photo(self, photo: rules.Upload | str) -> list[dict[str, Any]]:
        file_id, file = self._take_file(photo)
        if len(file.content) > PHOTO_LIMIT:
            raise RefusalError(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
        size = {"width": 640, "height": 640, "file_size": len(file.content)}
        return [{"file_id": file_id, "file_unique_id": file_id[-8:], **size}]

    def _document(self, document: rules.Upload | str) -> dict[str, Any]:
        file_id, file = self._take_file(document)
        described = {"file_name": file.name, "mime_type": file.mime, "file_size": len(file.content)}
        return {"file_id": file_id, "file_unique_id": file_id[-8:], **described}

    def _take_file(self, given: rules.Upload | str) -> tuple[str, rules.Upload]:
        if isinstance(given, str):
            if given not in self.files:
                raise RefusalError(400, "Bad Request: wrong file identifier/HTTP URL specified")
            return given, self.files[given]
        if not given.content:
            raise RefusalError(400, "Bad Request: file must be non-empty")
        if len(given.content) > UPLOAD_LIMIT:
            raise RefusalError(413, "Request Entity Too Large")
        return self.keep_file(given.name, given.mime, given.content), given

    def _answer_callback(self, asked: rules.AnswerCallbackQuery) -> None:
        if asked.callback_query_id not in self.callbacks:
            raise RefusalError(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self.callbacks[asked.callback_query_id] = True

    def _find_file(self, asked: rules.GetFile) -> dict[str, Any]:
        file = self.files.get(asked.file_id)
        if file is None:
            raise RefusalError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(file.content) > DOWNLOAD_LIMIT:
            raise RefusalError(400, "Bad Request: file is too big")
        described = {"file_size": len(file.content), "file_path": f"documents/{asked.file_id}"}
        return {"file_id": asked.file_id, "file_unique_id": asked.file_id[-8:], **described}

    def _webhook_info(self) -> dict[str, Any]:
        webhook = self.updates.webhook
        info: dict[str, Any] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
        }
        if webhook:
            info |= {"max_connections": webhook.max_connections, "allowed_updates": self.updates.allowed}
        if self.updates.last_error:
            info |= {"last_error_date": int(time.time()), "last_error_message": self.updates.last_error}
        return info
