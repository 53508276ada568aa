"""Webhooks of the Cloud API, read into events: `entry[]` × `changes[]` × items, each for itself.

Nothing here raises. An item that cannot be read becomes `Odd` and the others go on. Some are left out on
purpose: a reaction, an edit and a revocation answer nothing, and a `played` status moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

from bot.channels.base import (
    Action,
    Address,
    AddressChange,
    AddressKind,
    Event,
    Inbound,
    Odd,
    Preference,
    Receipt,
)
from bot.channels.whatsapp.content import content_of
from bot.channels.whatsapp.errors import UNREACHABLE, action_of
from bot.channels.whatsapp.people import NAME, chooser_of, sender_of
from bot.channels.whatsapp.reading import (
    UnreadableError,
    fingerprint,
    list_of,
    needed,
    part_of,
    phone_of,
    text_of,
    time_of,
)

_UNANSWERED: Final = frozenset({"reaction", "edit", "revoke"})
_PHONE_CHANGES: Final = frozenset({"user_changed_number", "customer_changed_number"})
_STATUSES: Final[Mapping[str, Literal["sent", "delivered", "read", "failed"]]] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "failed": "failed",
}
_WANTS: Final = {"stop": False, "resume": True, "signup": True}


def parse(payload: object, account: str, now: datetime) -> list[Event]:
    """Read a webhook's body; `account` is our phone number id, `now` stands in for a missing time."""
    return list(_Webhook(account, now).events(payload))


@dataclass(frozen=True)
class _Webhook:
    account: str
    now: datetime

    def events(self, payload: object) -> Iterator[Event]:
        yield from self._each(payload, "entry", self._read_entry)

    def _each(self, whole: object, key: str, read: Callable[[Any], Iterator[Event]]) -> Iterator[Event]:
        """Read each item of a list; what fails is kept as it came."""
        if not isinstance(part_of(whole).get(key), list):
            yield self._odd(whole, f"no {key}")
        for item in list_of(whole, key):
            try:
                found = list(read(item))
            except UnreadableError as error:
                found = [self._odd(item, str(error))]
            except Exception as error:  # one bad item must not lose the others
                found = [self._odd(item, type(error).__name__)]
            yield from found

    def _odd(self, raw: object, why: str) -> Odd:
        kept = raw if isinstance(raw, Mapping) else {"item": raw}
        return Odd(f"odd:{fingerprint(raw)}", NAME, self.account, kept, why, self.now)

    def _address(self, kind: AddressKind, value: str) -> Address:
        return Address(NAME, self.account, kind, value)

    def _read_entry(self, entry: object) -> Iterator[Event]:
        return self._each(entry, "changes", self._read_change)

    def _read_change(self, change: object) -> Iterator[Event]:
        value, field = part_of(change, "value"), text_of(change, "field")
        if text_of(value, "metadata", "phone_number_id") not in {"", self.account}:
            raise UnreadableError("another account")
        readers: Mapping[str, Callable[[Mapping[str, Any], Any], Iterator[Event]]] = {
            "messages": self._read_message,
            "statuses": self._read_status,
            "user_preferences": self._read_preference,
            "user_id_update": self._read_new_id,
        }
        present = [key for key in readers if key in value]
        if (field and field not in readers) or not present:
            raise UnreadableError(f"field {field[:60]}")
        if "errors" in value:
            yield self._odd(change, "errors")
        for key in present:
            yield from self._each(value, key, partial(readers[key], value))

    def _read_message(self, value: Mapping[str, Any], message: Any) -> Iterator[Event]:
        kind = text_of(message, "type")
        if kind == "system":
            yield self._read_system(message)
        elif text_of(message, "group_id"):
            raise UnreadableError("a group's message")
        elif kind not in _UNANSWERED and text_of(message, "unsupported", "type") not in _UNANSWERED:
            person = sender_of(message, value)
            yield Inbound(
                external_id=needed(message, "id"),
                addresses=person.addresses(self.account),
                content=content_of(message, person.phone),
                at=time_of(message, self.now),
                name=person.name,
                phone=person.phone,
            )

    def _read_system(self, message: Any) -> Event:
        system = part_of(message, "system")
        kind: AddressKind
        if text_of(system, "type") in _PHONE_CHANGES:
            kind, old = "phone", phone_of(text_of(message, "from") or text_of(system, "customer"))
            new = phone_of(text_of(system, "wa_id") or text_of(system, "new_wa_id"))
        else:
            kind, old = "bsuid", text_of(system, "previous_user_id") or text_of(message, "from_user_id")
            new = text_of(system, "user_id")
        if not old or not new or old == new:
            raise UnreadableError(f"system {text_of(system, 'type')[:60]}")
        return AddressChange(
            needed(message, "id"),
            self._address(kind, old),
            self._address(kind, new),
            time_of(message, self.now),
        )

    def _read_status(self, _value: Mapping[str, Any], status: Any) -> Iterator[Event]:
        name = text_of(status, "status")
        if name == "played":
            return
        if name not in _STATUSES:
            raise UnreadableError(f"status {name[:60]}")
        error = next(iter(list_of(status, "errors")), None)
        yield Receipt(
            external_id=needed(status, "id"),
            channel=NAME,
            account=self.account,
            status=_STATUSES[name],
            at=time_of(status, self.now),
            key=text_of(status, "biz_opaque_callback_data"),
            code=text_of(error, "code"),
            detail=text_of(error, "title") or text_of(error, "message"),
            pricing=part_of(status, "pricing"),
            unreachable=text_of(error, "code") in UNREACHABLE,
            again=error is not None and action_of(text_of(error, "code")) is Action.RETRY,
        )

    def _read_preference(self, value: Mapping[str, Any], item: Any) -> Iterator[Event]:
        choice = text_of(item, "value").lower()
        if choice not in _WANTS or text_of(item, "category") not in {"", "marketing_messages"}:
            raise UnreadableError(f"preference {choice[:60]}")
        address = chooser_of(item, value).addresses(self.account)[0]
        at = time_of(item, self.now)
        yield Preference(f"preference:{fingerprint(item)}", address, _WANTS[choice], at)

    def _read_new_id(self, _value: Mapping[str, Any], item: Any) -> Iterator[Event]:
        old = needed(item, "user_id", "previous")
        new = needed(item, "user_id", "current")
        yield AddressChange(
            f"user_id:{fingerprint(item)}",
            self._address("bsuid", old),
            self._address("bsuid", new),
            time_of(item, self.now),
        )
