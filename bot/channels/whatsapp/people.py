"""Who did something on WhatsApp: her addresses and the name of her profile.

`wa_id` and `from` are a phone number without its plus; `user_id` and `from_user_id` the business-scoped user
id. Any of them may be missing, and people who use a username show no number at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.channels.base import Address, AddressKind
from bot.channels.whatsapp.reading import UnreadableError, list_of, phone_of, text_of

NAME: Final = "whatsapp"
_USER_ID: Final = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,140}")


@dataclass(frozen=True)
class Person:
    """A person as one item of a webhook names her; each field may be empty."""

    phone: str
    user_id: str
    name: str = ""

    def addresses(self, account: str) -> tuple[Address, ...]:
        """Her addresses on an account of ours, the phone first; raises `UnreadableError` without any."""
        named: tuple[tuple[AddressKind, str], ...] = (("phone", self.phone), ("bsuid", self.user_id))
        found = tuple(Address(NAME, account, kind, value) for kind, value in named if value)
        if not found:
            raise UnreadableError("no sender")
        return found


def sender_of(message: object, value: Mapping[str, Any]) -> Person:
    """Read who sent a message, with what the `contacts` beside it know of her.

    Their order says nothing: she is found by her ids, or, where all messages are one person's, as the only
    contact there.
    """
    ids = _ids(message, "from", "from_user_id")
    contact = _matching(value, ids)
    if contact is None and (single := _only(value)):
        senders = (_ids(other, "from", "from_user_id") for other in list_of(value, "messages"))
        contact = single if all(sender == ids for sender in senders) else None
    return _person(ids, contact)


def chooser_of(item: object, value: Mapping[str, Any]) -> Person:
    """Read whom an item concerns that is no message: a preference, say."""
    ids = _ids(item, "wa_id", "user_id")
    return _person(ids, _matching(value, ids) if any(ids) else _only(value))


def _person(ids: tuple[str, str], contact: object) -> Person:
    phone, user_id = ids
    known_phone, known_id = _ids(contact, "wa_id", "user_id")
    return Person(phone or known_phone, user_id or known_id, text_of(contact, "profile", "name"))


def _only(value: Mapping[str, Any]) -> object:
    contacts = list_of(value, "contacts")
    return contacts[0] if len(contacts) == 1 else None


def _matching(value: Mapping[str, Any], ids: tuple[str, str]) -> object:
    for contact in list_of(value, "contacts"):
        known = _ids(contact, "wa_id", "user_id")
        if any(mine and mine == theirs for mine, theirs in zip(ids, known, strict=True)):
            return contact
    return None


def _ids(item: object, phone_key: str, user_key: str) -> tuple[str, str]:
    """Read an item's phone and user id; a user id may stand where the phone was."""
    raw = text_of(item, phone_key)
    user_id = text_of(item, user_key)
    if not user_id and _USER_ID.fullmatch(raw):
        user_id = raw
    return phone_of(raw), user_id
