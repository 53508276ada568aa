"""Telegram's updates, read into events.

Nothing is taken on trust: an update with a part that is not as the Bot API describes it becomes `Odd`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.channels.base import Address, Event, Inbound, Odd, Reachability, Remote
from bot.channels.telegram.parts import Json, StrangeError, read_degrees, read_part, read_text, read_whole
from bot.channels.telegram.shape import TICK
from flows.message import (
    Content,
    Refused,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from locales.language import Language

DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024
"""The largest file a bot may download, in bytes."""

LANGUAGE_CODES: Final[Mapping[str, Language]] = {"id": "id", "in": "id", "ko": "ko", "en": "en"}
"""What phones call our languages; `in` is the old code of Indonesian, still used by Android."""

OTHER_UPDATES: Final = frozenset({
    "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "message_reaction", "message_reaction_count",
    "inline_query", "chosen_inline_result", "shipping_query", "pre_checkout_query", "purchased_paid_media",
    "poll", "poll_answer", "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost",
})  # fmt: skip
"""Updates that are no one talking to the office; we never ask for them."""

UNREADABLE: Final = (
    "voice", "audio", "video", "video_note", "sticker", "animation", "poll", "dice", "game", "story",
    "paid_media", "checklist",
)  # fmt: skip
"""Messages the bot cannot read. An animation comes with a `document` too, so these are looked for first."""

SERVICE: Final = frozenset({
    "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "connected_website",
    "chat_background_set", "proximity_alert_triggered", "users_shared", "chat_shared", "boost_added",
    "successful_payment", "refunded_payment", "passport_data", "checklist_tasks_done",
    "checklist_tasks_added",
})  # fmt: skip
"""Messages the app writes by itself; nobody expects an answer to them."""

_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)
_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class _Seen:
    """One update with what every event made from it needs."""

    external_id: str
    account: str
    now: datetime

    def address(self, user: Json) -> Address:
        return Address("telegram", self.account, "telegram", str(read_whole(user, "id")))

    def moment(self, part: Json) -> datetime:
        """When it happened; now, if the update does not say it in a way that can be read."""
        try:
            return datetime.fromtimestamp(read_whole(part, "date"), UTC)
        except (StrangeError, ValueError, OverflowError, OSError):
            return self.now

    def inbound(self, user: Json, content: Content | Remote, at: datetime, callback: str = "") -> Inbound:
        return Inbound(
            self.external_id,
            (self.address(user),),
            content,
            at,
            name=f"{read_text(user, 'first_name', '')} {read_text(user, 'last_name', '')}".strip(),
            language=_language(user),
            callback=callback,
        )


def parse_update(update: Json, account: str, now: datetime) -> list[Event]:
    """Read one update into events, never raising; `now` dates what Telegram does not."""
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        return [Odd(_digest(update), "telegram", account, update, "update_id is missing", now)]
    seen = _Seen(str(update_id), account, now)
    try:
        return _read_update(seen, update)
    except StrangeError as strange:
        return [Odd(seen.external_id, "telegram", account, update, str(strange), now)]


def _read_update(seen: _Seen, update: Json) -> list[Event]:
    if "message" in update:
        return _read_message(seen, read_part(update, "message"))
    if "callback_query" in update:
        return _read_tap(seen, read_part(update, "callback_query"))
    if "my_chat_member" in update:
        return _read_membership(seen, read_part(update, "my_chat_member"))
    if OTHER_UPDATES.isdisjoint(update):
        raise StrangeError("an update of an unknown kind")
    return []


def _read_message(seen: _Seen, message: Json) -> list[Event]:
    if not _is_private(message):
        return []
    sender = read_part(message, "from")
    content = None if sender.get("is_bot") is True else _read_content(message)
    return [] if content is None else [seen.inbound(sender, content, seen.moment(message))]


def _read_tap(seen: _Seen, query: Json) -> list[Event]:
    message = read_part(query, "message") if query.get("message") is not None else {}
    if "chat" in message and not _is_private(message):
        return []
    content: Content = Unsupported("game")
    if "data" in query:
        data = read_text(query, "data")
        content = Tapped(data, _label(message, data))
    return [seen.inbound(read_part(query, "from"), content, seen.now, read_text(query, "id"))]


def _read_membership(seen: _Seen, change: Json) -> list[Event]:
    if not _is_private(change):
        return []
    status = read_text(read_part(change, "new_chat_member"), "status")
    address = seen.address(read_part(change, "from"))
    return [Reachability(seen.external_id, address, status not in {"kicked", "left"}, seen.moment(change))]


# --- what a message says ------------------------------------------------------------------------------------


def _read_content(message: Json) -> Content | Remote | None:
    for kind in UNREADABLE:
        if kind in message:
            return _read_unreadable(message, kind)
    for kind, read in READERS.items():
        if kind in message:
            return read(message)
    return Unsupported("unknown") if SERVICE.isdisjoint(message) else None


def _read_unreadable(message: Json, kind: str) -> Content:
    """Note what the bot cannot read, and where its file lies, if it has one that can be fetched."""
    part = message[kind] if isinstance(message[kind], dict) else {}
    file = part.get("file_id")
    if not isinstance(file, str) or _bytes(part) > DOWNLOAD_LIMIT:
        return Unsupported(kind)
    mime = part.get("mime_type")
    return Unsupported(kind, file, mime if isinstance(mime, str) else "")


def _read_text(message: Json) -> Content:
    text = read_text(message, "text")
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Said(text)
    name, rest = command[1], (command[2] or "").strip()
    if name.lower() == "start":
        return Started(rest if _PAYLOAD.fullmatch(rest) else "")
    return Said(f"/{name} {rest}".rstrip())


def _read_contact(message: Json) -> Content:
    contact = read_part(message, "contact")
    digits = re.sub("[^0-9]", "", read_text(contact, "phone_number"))
    if not digits:
        return Unsupported("contact")
    own = "user_id" in contact and read_whole(contact, "user_id") == read_whole(
        read_part(message, "from"), "id"
    )
    return SharedContact(f"+{digits}", own)


def _read_venue(message: Json) -> Content:
    return _read_location(read_part(message, "venue"))


def _read_location(message: Json) -> Content:
    location = read_part(message, "location")
    return SharedLocation(read_degrees(location, "latitude", 90), read_degrees(location, "longitude", 180))


def _read_photo(message: Json) -> Content | Remote:
    sizes = message["photo"]
    if not isinstance(sizes, Sequence) or not sizes or not all(isinstance(size, Mapping) for size in sizes):
        raise StrangeError("photo is no list of sizes")
    fitting = [size for size in sizes if _bytes(size) <= DOWNLOAD_LIMIT]
    if not fitting:
        return Refused("too_large")
    best = max(
        fitting, key=lambda size: (read_whole(size, "width", 0) * read_whole(size, "height", 0), _bytes(size))
    )
    caption = read_text(message, "caption", "")
    return Remote(read_text(best, "file_id"), "photo", "photo.jpg", "image/jpeg", _bytes(best), caption)


def _read_document(message: Json) -> Content | Remote:
    document = read_part(message, "document")
    name = read_text(document, "file_name", "")
    if _bytes(document) > DOWNLOAD_LIMIT:
        return Refused("too_large", name)
    mime = read_text(document, "mime_type", "application/octet-stream")
    return Remote(
        read_text(document, "file_id"),
        "photo" if mime.startswith("image/") else "document",
        name,
        mime,
        _bytes(document),
        read_text(message, "caption", ""),
    )


READERS: Final[Mapping[str, Callable[[Json], Content | Remote]]] = {
    "text": _read_text,
    "contact": _read_contact,
    "venue": _read_venue,
    "location": _read_location,
    "photo": _read_photo,
    "document": _read_document,
}

# --- parts of an update -------------------------------------------------------------------------------------


def _is_private(part: Json) -> bool:
    return read_text(read_part(part, "chat"), "type", "private") == "private"


def _label(message: Json, data: str) -> str:
    markup = message.get("reply_markup")
    rows = markup.get("inline_keyboard") if isinstance(markup, Mapping) else None
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, Mapping) and button.get("callback_data") == data:
                return read_text(button, "text", "").removeprefix(TICK)
    return ""


def _language(user: Json) -> Language | None:
    code = user.get("language_code")
    return LANGUAGE_CODES.get(re.split("[-_]", code.lower())[0]) if isinstance(code, str) else None


def _bytes(file: Json) -> int:
    return max(0, read_whole(file, "file_size", 0))


def _digest(update: Json) -> str:
    """An id for an update that has none, the same when it is repeated."""
    return "odd-" + hashlib.sha256(json.dumps(update, sort_keys=True, default=str).encode()).hexdigest()[:32]
