"""How an inbound event is kept in the inbox, so that it can be read again: for its file, or to be replayed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from bot.channels.base import Address, AddressKind, Inbound, Remote
from flows.stored import pack_content, unpack_content
from locales.language import is_language
from storage.contacts import Place
from storage.inbox import Entry


def pack(inbound: Inbound) -> Entry:
    """Write an inbound as an inbox entry; what is empty is left out."""
    content = inbound.content
    event: dict[str, Any] = {
        "to": [[each.kind, each.value] for each in inbound.addresses],
        "at": inbound.at.isoformat(),
    }
    if isinstance(content, Remote):
        event["remote"] = vars(content)
    else:
        event["content"] = pack_content(content)
    for name in ("name", "language", "phone", "callback"):
        if value := getattr(inbound, name):
            event[name] = value
    address = inbound.address
    return Entry(address.channel, address.account, inbound.external_id, event)


def unpack(channel: str, account: str, external_id: str, event: Mapping[str, Any]) -> Inbound:
    """Read an inbound out of its inbox entry."""
    language = event.get("language")
    return Inbound(
        external_id=external_id,
        addresses=tuple(Address(channel, account, kind, value) for kind, value in event["to"]),
        content=Remote(**event["remote"]) if "remote" in event else unpack_content(event["content"]),
        at=datetime.fromisoformat(event["at"]),
        name=event.get("name", ""),
        language=language if is_language(language) else None,
        phone=event.get("phone", ""),
        callback=event.get("callback", ""),
    )


def places(inbound: Inbound) -> list[Place]:
    """Name an inbound's addresses as the store has them."""
    return [place(each) for each in inbound.addresses]


def address_of(place: Place) -> Address:
    """Name a stored address as channels have it."""
    return Address(place.channel, place.account, cast("AddressKind", place.kind), place.value)


def place(address: Address) -> Place:
    """Name an address as the store has it."""
    return Place(address.channel, address.account, address.kind, address.value)
