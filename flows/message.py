"""What passes between a person and a flow, whatever the channel.

A person's side is a `Content` (she said, tapped, shared something); ours is a `Message` (a text with options under
it). Channels turn their payloads into the first and shape the second within their own limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

# --- what a person does ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """She typed a text."""

    text: str


@dataclass(frozen=True)
class Tapped:
    """She pressed an option; `id` is the option's id as we sent it, `label` what it showed, where the channel says."""

    id: str
    label: str = ""


@dataclass(frozen=True)
class Started:
    """She opened the chat, perhaps through a link or a QR code that carries a payload."""

    payload: str = ""


@dataclass(frozen=True)
class SharedContact:
    """She shared a phone number; `own` when it is proven to be hers. E.164 with its plus."""

    phone: str
    own: bool = False


@dataclass(frozen=True)
class SharedLocation:
    """She shared where she is, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Attachment:
    """A photo or document kept in the media store: `media` is its content address (sha-256, hex)."""

    media: str
    kind: Literal["photo", "document"]
    name: str
    mime: str
    bytes: int


@dataclass(frozen=True)
class Attached:
    """She sent photos or documents, with what she wrote under them."""

    attachments: tuple[Attachment, ...]
    caption: str = ""


@dataclass(frozen=True)
class Refused:
    """She sent a file that could not be taken; `why` names the reason in words the flow translates."""

    why: Literal["too_large", "wrong_type", "corrupt", "unavailable", "locked"]
    name: str = ""


@dataclass(frozen=True)
class Unsupported:
    """She sent something the bot cannot read: a voice note, a sticker, a video, a kind not known yet.

    `file` is the provider's id of what she sent, if it is a file; it is fetched afterwards and kept for staff.
    """

    kind: str
    file: str = ""
    mime: str = ""


Content: TypeAlias = (
    Said | Tapped | Started | SharedContact | SharedLocation | Attached | Refused | Unsupported
)

# --- what we answer -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """Something to tap: `id` comes back in `Tapped`, at most 60 bytes of it."""

    id: str
    label: str
    description: str = ""
    ticked: bool = False


@dataclass(frozen=True)
class File:
    """A file to send with a message, from the media store."""

    media: str
    name: str
    mime: str


@dataclass(frozen=True)
class Link:
    """An address to open."""

    url: str
    label: str


@dataclass(frozen=True)
class Message:
    """One message as a person will read it, in her language, before a channel shapes it.

    `options` answer the question; `steering` is what every question offers besides (back, skip, help …), and
    `list_label` names the two together where a channel needs one button for the list. `offset` is the first option
    to show where a channel has to page, `more_label` names the way to the next ones. `request` asks the phone for a
    contact or a location where the channel can, with `request_label` on its button.
    """

    text: str
    options: tuple[Option, ...] = ()
    steering: tuple[Option, ...] = ()
    offset: int = 0
    request: Literal["contact", "location"] | None = None
    request_label: str = ""
    list_label: str = ""
    more_label: str = ""
    file: File | None = None
    link: Link | None = None
    placeholder: str = field(default="")
