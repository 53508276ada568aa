"""What a flow may know: one frozen value, read in the same transaction as the turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from flows.message import Attachment
from flows.outcomes import (
    AnnouncementsChosen,
    CertificateHeld,
    CertificateRemoved,
    ConsentDecided,
    LanguageChosen,
    Outcome,
    ProductChanged,
    ProductDescribed,
    ProductOutcome,
    ProductWithdrawn,
    RegistrationChanged,
    RegistrationWithdrawn,
)
from flows.questions.base import Json
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
    has_products: bool = False


@dataclass(frozen=True)
class Certificate:
    """A certificate she has told us of; `for_all` says that it counts for every product of the business."""

    reference: str
    kind: str
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    expires: date | None = None
    until_change: bool = False
    for_all: bool = False
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Product:
    """A product of a business of hers, as stored, with its photos and the certificates that count for it."""

    reference: str
    business: int
    fields: Mapping[str, Json]
    photos: tuple[Attachment, ...] = ()
    certificates: tuple[Certificate, ...] = ()


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
    wants_announcements: bool | None = None
    handed_over: bool = False
    businesses: tuple[Business, ...] = ()
    products: tuple[Product, ...] = ()
    reference: str = ""

    def after(self, outcome: Outcome) -> Facts:
        """Know what an outcome of this same turn has changed."""
        match outcome:
            case LanguageChosen(language):
                return replace(self, language=language, language_confirmed=True)
            case ConsentDecided(purpose, version, given):
                others = {key: value for key, value in self.consents.items() if key != purpose}
                wants = given if purpose == "announcements" else self.wants_announcements
                known = {**others, purpose: version} if given else others
                return replace(self, consents=known, wants_announcements=wants)
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
                    self,
                    businesses=tuple(each for each in self.businesses if each.id != business),
                    products=tuple(each for each in self.products if each.business != business),
                )
            case (
                ProductDescribed()
                | ProductChanged()
                | ProductWithdrawn()
                | CertificateHeld()
                | CertificateRemoved()
            ):
                return replace(self, products=_products_after(self.products, outcome))
            case _:
                return self


def _products_after(products: tuple[Product, ...], outcome: ProductOutcome) -> tuple[Product, ...]:
    match outcome:
        case ProductDescribed(reference, business, fields, photos):
            shared = {
                held.reference: held
                for each in products
                if each.business == business
                for held in each.certificates
                if held.for_all
            }
            return (*products, Product(reference, business, fields, photos, tuple(shared.values())))
        case ProductChanged(reference, fields, photos):
            return tuple(
                replace(each, fields={**each.fields, **fields}, photos=photos or each.photos)
                if each.reference == reference
                else each
                for each in products
            )
        case ProductWithdrawn(reference):
            return tuple(each for each in products if each.reference != reference)
        case CertificateHeld():
            return tuple(_with_certificate(each, outcome, products) for each in products)
        case CertificateRemoved(reference):
            return tuple(
                replace(
                    each,
                    certificates=tuple(held for held in each.certificates if held.reference != reference),
                )
                for each in products
            )


def _with_certificate(product: Product, held: CertificateHeld, products: tuple[Product, ...]) -> Product:
    """Give a product a certificate that is for it, or for all of its business."""
    owner = next((each.business for each in products if each.reference == held.product), None)
    if product.reference != held.product and not (held.for_all and product.business == owner):
        return product
    new = Certificate(
        held.reference,
        held.kind,
        held.number,
        held.issuer,
        held.issued,
        held.expires,
        held.until_change,
        held.for_all,
        held.attachments,
    )
    return replace(product, certificates=(*product.certificates, new))
