"""What a flow can bring about: values the shell stores in the same transaction as the conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from flows.message import Attachment, File
from flows.questions.base import Json
from locales.language import Language

# --- what is stored -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LanguageChosen:
    """She chose the language the bot speaks to her."""

    language: Language


@dataclass(frozen=True)
class ConsentDecided:
    """She agreed, or took back her agreement, to a purpose; `text` is what she read, word for word."""

    purpose: str
    version: str
    given: bool
    text: str


@dataclass(frozen=True)
class Registration:
    """A business she speaks for, as the office needs to know it; fields as in `storage.tables.business`."""

    reference: str
    fields: Mapping[str, str | list[str]]
    representative: Mapping[str, str]


@dataclass(frozen=True)
class RegistrationChanged:
    """Fields of a business, or of her part in it, that she changed or added."""

    business: int
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    representative: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class RegistrationWithdrawn:
    """She took a business off the office's list."""

    business: int


@dataclass(frozen=True)
class ProductDescribed:
    """A product of a business; fields as in `storage.tables.product`. `reference` names it from now on."""

    reference: str
    business: int
    fields: Mapping[str, Json]
    photos: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class ProductChanged:
    """Fields of a product that she changed or added; `photos`, where there are any, take the place of the old ones."""

    reference: str
    fields: Mapping[str, Json] = field(default_factory=dict)
    photos: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class ProductWithdrawn:
    """She withdrew a product: it is erased."""

    reference: str


@dataclass(frozen=True)
class CertificateHeld:
    """A certificate for a product, or with `for_all` for all products of its business.

    `kind` is one of `flows.roadmap.certificates`; `until_change` says that no date ends it.
    """

    reference: str
    product: str
    kind: str
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    expires: date | None = None
    until_change: bool = False
    for_all: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class CertificateRemoved:
    """She took a certificate off the list."""

    reference: str


@dataclass(frozen=True)
class FileShown:
    """A file she is to see ahead of what the bot says in this turn; nothing is stored."""

    file: File
    caption: str


@dataclass(frozen=True)
class AnnouncementsChosen:
    """She wants announcements, or none."""

    wants: bool


@dataclass(frozen=True)
class PersonWanted:
    """She asked for a person: the chat is the staff's until they hand it back."""

    about: str = ""


@dataclass(frozen=True)
class BotWanted:
    """She called the bot back while staff had the chat."""


@dataclass(frozen=True)
class DataRequested:
    """She asked for a copy of what is kept about her."""


@dataclass(frozen=True)
class ErasureConfirmed:
    """She confirmed that everything about her is to be erased."""

    reference: str


@dataclass(frozen=True)
class KeptForStaff:
    """She sent something the bot could not read; staff can see it."""


ProductOutcome: TypeAlias = (
    ProductDescribed | ProductChanged | ProductWithdrawn | CertificateHeld | CertificateRemoved
)

Outcome: TypeAlias = (
    LanguageChosen
    | ConsentDecided
    | Registration
    | RegistrationChanged
    | RegistrationWithdrawn
    | ProductOutcome
    | FileShown
    | AnnouncementsChosen
    | PersonWanted
    | BotWanted
    | DataRequested
    | ErasureConfirmed
    | KeptForStaff
)

# --- where the conversation goes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Go:
    """The conversation goes on in another flow; `record` is stored first."""

    flow: str
    about: Mapping[str, str] = field(default_factory=dict)
    record: Outcome | None = None


@dataclass(frozen=True)
class Steer:
    """What she decided about the form that waits below this flow."""

    towards: Literal["continue", "restart", "drop"]


Ending: TypeAlias = Outcome | Go | Steer | None
"""All a flow may return."""
