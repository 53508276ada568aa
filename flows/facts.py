"""What a flow may know: one frozen value, read in the same transaction as the turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from flows.outcomes import (
    AnnouncementsChosen,
    ConsentDecided,
    LanguageChosen,
    Outcome,
    RegistrationChanged,
    RegistrationWithdrawn,
)
from locales.language import Language


@dataclass(frozen=True)
class Office:
    """The office whose door this is: its name in each language, its zone (IANA) and its hours in words."""

    names: Mapping[Language, str]
    zone: str
    opens: str = "09:00"
    closes: str = "17:00"
    days: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Business:
    """A business she has registered, as stored, with her own part in it."""

    id: int
    reference: str
    fields: Mapping[str, str | list[str]]
    representative: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """The person, the office and the moment, as a turn begins.

    `now` is aware, in UTC; `zone` is the person's. `consents` maps each purpose she agreed to to the version she
    read. `reference` is a fresh reference number, should the flow need one.
    """

    now: datetime
    office: Office
    language: Language = "id"
    language_confirmed: bool = True
    name: str = ""
    phone: str = ""
    country: str = ""
    zone: str = "Asia/Jakarta"
    consents: Mapping[str, str] = field(default_factory=dict)
    wants_announcements: bool = True
    handed_over: bool = False
    businesses: tuple[Business, ...] = ()
    reference: str = ""

    def after(self, outcome: Outcome) -> Facts:
        """Know what an outcome of this same turn has changed."""
        match outcome:
            case LanguageChosen(language):
                return replace(self, language=language, language_confirmed=True)
            case ConsentDecided(purpose, version, given):
                others = {key: value for key, value in self.consents.items() if key != purpose}
                return replace(self, consents={**others, purpose: version} if given else others)
            case AnnouncementsChosen(wants):
                return replace(self, wants_announcements=wants)
            case RegistrationChanged(business, fields, representative):
                return replace(
                    self,
                    businesses=tuple(
                        replace(
                            each,
                            fields={**each.fields, **fields},
                            representative={**each.representative, **representative},
                        )
                        if each.id == business
                        else each
                        for each in self.businesses
                    ),
                )
            case RegistrationWithdrawn(business):
                return replace(
                    self, businesses=tuple(each for each in self.businesses if each.id != business)
                )
            case _:
                return self
