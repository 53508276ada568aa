"""What a WhatsApp message says, by its type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, Literal

import phonenumbers

from bot.channels.base import Remote
from bot.channels.whatsapp.reading import UnreadableError, list_of, needed, part_of, phone_of, text_of
from flows.message import Content, Said, SharedContact, SharedLocation, Started, Tapped, Unsupported

_REPLIES: Final = frozenset({"button_reply", "list_reply"})
_KIND_LENGTH: Final = 40


def content_of(message: Mapping[str, Any], sender_phone: str) -> Content | Remote:
    """Read a message's content; raises `UnreadableError` where a known type lacks its part.

    A type the bot has no use for, or that is not known yet, is `Unsupported` under its own name.
    """
    kind = text_of(message, "type")
    match kind:
        case "text":
            return Said(needed(message, "text", "body"))
        case "image":
            return _remote(message, kind, "photo")
        case "document":
            return _remote(message, kind, "document")
        case "interactive":
            return _interactive(part_of(message, kind))
        case "button":
            label = text_of(message, kind, "text")
            return Tapped(text_of(message, kind, "payload") or needed(message, kind, "text"), label)
        case "location":
            return _location(part_of(message, kind))
        case "contacts":
            return _contact(message, sender_phone)
        case "request_welcome":
            return Started()
        case "audio":
            voice = part_of(message, kind).get("voice") is True
            return _unreadable(message, kind, "voice" if voice else kind)
        case "video" | "sticker":
            return _unreadable(message, kind, kind)
        case "unsupported":
            return Unsupported((text_of(message, kind, "type") or kind)[:_KIND_LENGTH])
        case _:
            return Unsupported(kind[:_KIND_LENGTH] or "unknown")


def _unreadable(message: Mapping[str, Any], key: str, kind: str) -> Content:
    return Unsupported(
        kind, text_of(message, key, "id"), text_of(message, key, "mime_type").partition(";")[0]
    )


def _remote(message: Mapping[str, Any], key: str, kind: Literal["photo", "document"]) -> Remote:
    return Remote(
        id=needed(message, key, "id"),
        kind=kind,
        name=text_of(message, key, "filename"),
        mime=text_of(message, key, "mime_type").partition(";")[0].strip().lower(),
        caption=text_of(message, key, "caption"),
    )


def _interactive(interactive: Mapping[str, Any]) -> Content:
    kind = needed(interactive, "type")
    if kind in _REPLIES:
        return Tapped(needed(interactive, kind, "id"), text_of(interactive, kind, "title"))
    return Unsupported(kind[:_KIND_LENGTH])


def _location(location: Mapping[str, Any]) -> SharedLocation:
    try:
        latitude, longitude = float(location["latitude"]), float(location["longitude"])
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UnreadableError("no coordinates") from None
    if not (math.fabs(latitude) <= 90 and math.fabs(longitude) <= 180):
        raise UnreadableError("coordinates are off the globe")
    return SharedLocation(latitude, longitude)


def _contact(message: Mapping[str, Any], sender_phone: str) -> Content:
    """Read the first phone number of shared contacts.

    It is her own when it is the number she writes from, or when WhatsApp says she answered our request.
    """
    for contact in list_of(message, "contacts"):
        asked_for = "contact_request" in {text_of(message, "origin"), text_of(contact, "origin")}
        for entry in list_of(contact, "phones"):
            phone = phone_of(text_of(entry, "wa_id")) or _e164(text_of(entry, "phone"), sender_phone)
            if phone:
                return SharedContact(phone, own=asked_for or phone == sender_phone)
    return Unsupported("contacts")


def _e164(written: str, sender_phone: str) -> str:
    """Read a number as an address book has it; a local form is taken to be of the sender's country."""
    try:
        number = phonenumbers.parse(written, _region_of(sender_phone))
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _region_of(phone: str) -> str | None:
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return None
