"""What the shell and a channel say to each other.

A channel has two methods, `parse` and `send`; everything it knows of its provider stays in its own file.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Literal, Protocol, TypeAlias

from flows.message import Content, Message
from locales.language import Language

AddressKind = Literal["telegram", "phone", "bsuid", "web", "terminal"]
"""What an address is: a Telegram user id, an E.164 phone, a WhatsApp business-scoped user id, a browser, a shell."""


@dataclass(frozen=True)
class Address:
    """Where a person can be reached on one of our accounts of one channel."""

    channel: str
    account: str
    kind: AddressKind
    value: str


@dataclass(frozen=True)
class Remote:
    """A file that still lies with the provider, to be fetched before the turn is taken."""

    id: str
    kind: Literal["photo", "document"]
    name: str
    mime: str
    bytes: int = 0
    caption: str = ""


@dataclass(frozen=True)
class Inbound:
    """One thing a person did, as a channel reports it.

    `external_id` is the provider's id of the event, unique on channel and account: a second one is a repeat.
    `addresses` are all the addresses the event names for the person, the one to answer first.
    `name`, `language` and `phone` (E.164) are hints from the provider's profile.
    """

    external_id: str
    addresses: tuple[Address, ...]
    content: Content | Remote
    at: datetime
    name: str = ""
    language: Language | None = None
    phone: str = ""
    callback: str = ""

    @property
    def address(self) -> Address:
        """The address to answer."""
        return self.addresses[0]


@dataclass(frozen=True)
class Reachability:
    """A person blocked the bot or let it in again, without saying anything."""

    external_id: str
    address: Address
    reachable: bool
    at: datetime


@dataclass(frozen=True)
class AddressChange:
    """A person's address was replaced by another (a new phone number, a new business-scoped id)."""

    external_id: str
    old: Address
    new: Address
    at: datetime


@dataclass(frozen=True)
class Receipt:
    """What became of a message we sent; `key` is our outbox key where the provider echoes it.

    `unreachable` says that nobody can be reached at that address at all, `again` that another try may succeed.
    """

    external_id: str
    channel: str
    account: str
    status: Literal["sent", "delivered", "read", "failed"]
    at: datetime
    key: str = ""
    code: str = ""
    detail: str = ""
    pricing: Mapping[str, Any] = field(default_factory=dict)
    unreachable: bool = False
    again: bool = False


@dataclass(frozen=True)
class Preference:
    """A person stopped or resumed announcements in the provider's own interface."""

    external_id: str
    address: Address
    wants: bool
    at: datetime


@dataclass(frozen=True)
class Odd:
    """An item that could not be read; kept raw for staff, so that nothing is lost."""

    external_id: str
    channel: str
    account: str
    raw: Mapping[str, Any]
    why: str
    at: datetime


Event: TypeAlias = Inbound | Reachability | AddressChange | Receipt | Preference | Odd


class Action(Enum):
    """What a failed send asks of the dispatcher; see the tables of errors in each channel."""

    RETRY = "retry"
    THROTTLE = "throttle"
    TEMPLATE = "template"
    SUPPRESS = "suppress"
    REJECT = "reject"
    UNKNOWN = "unknown"
    STOP_BROADCAST = "stop-broadcast"
    ALARM = "alarm"


class SendError(Exception):
    """A message was not accepted.

    `action` says what to do: RETRY later; THROTTLE the whole account for `after` seconds; TEMPLATE only; SUPPRESS
    the person; REJECT this message for good (our fault); UNKNOWN, it may have been taken; STOP_BROADCAST; ALARM the
    operator. `code` is the provider's, for staff; never a person's data. A SUPPRESS that is only for `marketing`
    leaves answers to her open.
    """

    def __init__(self, action: Action, code: str, after: float = 0.0, *, marketing: bool = False) -> None:
        super().__init__(f"{action.value}: {code}")
        self.marketing = marketing
        self.action = action
        self.code = code
        self.after = after


class Channel(Protocol):
    """A way to talk with people.

    `tells_fate` says that the provider reports what became of each message under our own key, so that one whose
    fate is unknown need not be sent again at once.
    """

    name: str
    account: str
    tells_fate: bool

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """Read one payload of the provider into events, never raising."""
        ...

    async def send(self, to: Address, message: Message, key: str) -> str:
        """Send a message and return the provider's id of it; raises `SendError`."""
        ...

    async def fetch(self, remote: Remote) -> bytes:
        """Fetch a file a person sent; raises `SendError`."""
        ...

    def acknowledge(self, inbound: Inbound, *, slow: bool) -> Coroutine[Any, Any, None] | None:
        """Let the provider know that a message was taken in: read marks, tapped buttons that stop spinning.

        `slow` says that the answer will take a while, which a channel may show by "typing". Returns what is to be
        done, if anything; it never raises.
        """
        ...
