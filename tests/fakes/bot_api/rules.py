"""What the Bot API takes: the parameters of each method, with nothing let through that Telegram would refuse.

A parameter not described here is refused too, where Telegram would ignore it: the bot should not send it.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

MARKUP_ERROR: Final = "can't parse reply keyboard markup JSON object"


class Upload(BaseModel):
    """A file that came in a form."""

    name: str
    mime: str
    content: bytes


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _units(least: int, most: int, empty: str, long: str) -> AfterValidator:
    def check(text: str) -> str:
        units = len(text.strip().encode("utf-16-le")) // 2
        if units < least:
            raise ValueError(empty)
        if units > most:
            raise ValueError(long)
        return text

    return AfterValidator(check)


def _json(value: object) -> object:
    """Nested objects may come as such or as JSON in a string."""
    return json.loads(value) if isinstance(value, str) else value


Text = Annotated[str, _units(1, 4096, "message text is empty", "message is too long")]
Caption = Annotated[str, _units(0, 1024, "", "message caption is too long")]
ButtonText = Annotated[str, _units(1, 1000, "button text must be non-empty", "button text is too long")]
LanguageCode = Annotated[str, Field(pattern="^([a-z]{2})?$")]

# --- keyboards ------------------------------------------------------------------------------------


def _check_data(data: str) -> str:
    if not 0 < len(data.encode()) <= 64:
        raise ValueError("BUTTON_DATA_INVALID")
    return data


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "tg"} or (
        parts.scheme != "tg" and "." not in (parts.hostname or "")
    ):
        raise ValueError(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if re.match(r"(127|10|192\.168)\.", parts.hostname or ""):
        raise ValueError(f"inline keyboard button URL '{url}' is invalid: not a public address")
    return url


class InlineButton(_Strict):
    """A button under a message: it sends its data back, or opens an address."""

    text: ButtonText
    callback_data: Annotated[str, AfterValidator(_check_data)] | None = None
    url: Annotated[str, AfterValidator(_check_url)] | None = None

    @model_validator(mode="after")
    def _acts(self) -> InlineButton:
        if (self.callback_data is None) == (self.url is None):
            raise ValueError("text buttons are unallowed in the inline keyboard")
        return self


class ReplyButton(_Strict):
    """A button in the place of the phone's keyboard."""

    text: ButtonText
    request_contact: bool = False
    request_location: bool = False

    @model_validator(mode="after")
    def _asks_once(self) -> ReplyButton:
        if self.request_contact and self.request_location:
            raise ValueError(MARKUP_ERROR)
        return self


def _check_rows(rows: list[list[Any]]) -> list[list[Any]]:
    if not rows or not all(rows):
        raise ValueError("an empty row of buttons")
    if max(map(len, rows)) > 8 or sum(map(len, rows)) > 100:
        raise ValueError("reply markup is too long")
    return rows


class InlineKeyboard(_Strict):
    """Buttons under a message."""

    inline_keyboard: Annotated[list[list[InlineButton]], AfterValidator(_check_rows)]


class ReplyKeyboard(_Strict):
    """Buttons in the place of the phone's keyboard."""

    keyboard: Annotated[list[list[ReplyButton]], AfterValidator(_check_rows)]
    resize_keyboard: bool = False
    one_time_keyboard: bool = False
    input_field_placeholder: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class RemoveKeyboard(_Strict):
    """The phone's own keyboard again."""

    remove_keyboard: Literal[True]


def _read_markup(value: object) -> object:
    match _json(value):
        case {"inline_keyboard": _} as markup:
            return InlineKeyboard.model_validate(markup)
        case {"keyboard": _} as markup:
            return ReplyKeyboard.model_validate(markup)
        case {"remove_keyboard": _} as markup:
            return RemoveKeyboard.model_validate(markup)
    raise ValueError(MARKUP_ERROR)


Markup = Annotated[InlineKeyboard | ReplyKeyboard | RemoveKeyboard, BeforeValidator(_read_markup)]

# --- methods --------------------------------------------------------------------------------------


class GetMe(_Strict):
    """Who the bot is."""


class GetWebhookInfo(_Strict):
    """How the webhook fares."""


class _ToChat(_Strict):
    chat_id: int
    reply_markup: Markup | None = None
    disable_notification: bool = False
    protect_content: bool = False
    allow_paid_broadcast: bool = False


class SendMessage(_ToChat):
    """A text; a parse mode is no parameter here, as a person's own words could break it."""

    text: Text


class SendPhoto(_ToChat):
    """A picture."""

    photo: Upload | str
    caption: Caption = ""


class SendDocument(_ToChat):
    """A file."""

    document: Upload | str
    caption: Caption = ""


class SendChatAction(_Strict):
    """What the bot is just doing."""

    chat_id: int
    action: Literal["typing", "upload_photo", "upload_document"]


class AnswerCallbackQuery(_Strict):
    """An end to the clock on a button."""

    callback_query_id: str
    text: Annotated[str, _units(0, 200, "", "MESSAGE_TOO_LONG")] = ""
    show_alert: bool = False


class GetFile(_Strict):
    """Where to download a file."""

    file_id: str


class GetUpdates(_Strict):
    """A long poll."""

    offset: int = 0
    limit: Annotated[int, Field(ge=1, le=100)] = 100
    timeout: Annotated[int, Field(ge=0, le=50)] = 0
    allowed_updates: Annotated[list[str] | None, BeforeValidator(_json)] = None


def _check_webhook(url: str) -> str:
    """Loopback is our own exception, as tests have no certificates."""
    parts = urlsplit(url)
    if parts.hostname in {"127.0.0.1", "localhost"} or not url:
        return url
    if parts.scheme != "https":
        raise ValueError("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in {443, 80, 88, 8443}:
        raise ValueError("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return url


class SetWebhook(_Strict):
    """Where updates are posted."""

    url: Annotated[str, AfterValidator(_check_webhook)]
    secret_token: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,256}$")] | None = None
    max_connections: Annotated[int, Field(ge=1, le=100)] = 40
    allowed_updates: Annotated[list[str] | None, BeforeValidator(_json)] = None
    drop_pending_updates: bool = False


class DeleteWebhook(_Strict):
    """No more posting."""

    drop_pending_updates: bool = False


class Command(_Strict):
    """A line of the menu of commands."""

    command: Annotated[str, Field(pattern="^[a-z0-9_]{1,32}$")]
    description: Annotated[str, Field(min_length=1, max_length=256)]


class SetMyCommands(_Strict):
    """The menu of commands in one language."""

    commands: Annotated[list[Command], Field(max_length=100), BeforeValidator(_json)]
    language_code: LanguageCode = ""


class SetMyDescription(_Strict):
    """What an empty chat shows."""

    description: Annotated[str, Field(max_length=512)] = ""
    language_code: LanguageCode = ""


class SetMyShortDescription(_Strict):
    """What the bot's profile shows."""

    short_description: Annotated[str, Field(max_length=120)] = ""
    language_code: LanguageCode = ""


METHODS: Final[dict[str, type[BaseModel]]] = {
    model.__name__.lower(): model
    for model in (
        SendMessage, SendPhoto, SendDocument, SendChatAction, AnswerCallbackQuery, GetFile, GetUpdates,
        SetWebhook, DeleteWebhook, GetWebhookInfo, GetMe, SetMyCommands, SetMyDescription,
        SetMyShortDescription,
    )
}  # fmt: skip


def describe(error: ValidationError) -> str:
    """Say in one line what a request got wrong, as Telegram would where it has words for it."""
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, ValidationError):
        return describe(cause)
    if isinstance(cause, ValueError) and not isinstance(cause, json.JSONDecodeError):
        return str(cause)
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
