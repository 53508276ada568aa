"""A certificate she holds: its kind, number, issuer, dates, and a picture of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from flows import assortment, goods
from flows.engine import Chat, Flow
from flows.outcomes import CertificateHeld, Ending, Go
from flows.product import country_of, find_product
from flows.questions import Choice, choice, day, files, review
from flows.questions.expiry import UNTIL_CHANGE, ExpiryQuestion
from flows.roadmap.certificates import BY_ID, KINDS, check_number
from locales.words import Words, _

FOR_ALL: Final = frozenset(
    {
        "nib",
        "haccp",
        "iso_22000",
        "fssc_22000",
        "iso_9001",
        "gmp",
        "cpkb",
        "skp",
        "nfqs",
        "ckib",
        "mfds_plant",
        "svlk",
        "pse",
    }
)
"""Kinds that are of the business or its plant: they count for all its products."""

_SHORT: Final[Mapping[str, Words]] = {
    "nib": _("NIB"),
    "p_irt": _("P-IRT"),
    "bpom_md": _("BPOM MD"),
    "bpom_ml": _("BPOM ML"),
    "bpom_cosmetic": _("BPOM cosmetics"),
    "bpom_supplement": _("BPOM SD, SI, TR, TI"),
    "device": _("AKD or AKL"),
    "pkrt": _("PKD or PKL"),
    "loa": _("Appointment letter"),
    "halal_kr": _("Halal KMF, KHA"),
    "halal_registration": _("Halal, at BPJPH"),
    "halal_uae": _("Halal for the UAE"),
    "gmp": _("GMP"),
    "cpkb": _("CPKB"),
    "skp": _("SKP"),
    "nfqs": _("NFQS plant"),
    "ckib": _("CKIB"),
    "mfds_plant": _("MFDS plant"),
    "sni": _("SNI"),
    "kc_child": _("KC, children"),
    "kc_electrical": _("KC, electrical"),
    "organic_id": _("Organic, Indonesia"),
    "svlk": _("SVLK"),
    "free_sale": _("Free sale"),
}
"""Names that fit a button, where the full one does not."""

_FOOD: Final = {
    "ID": (
        "halal_id",
        "p_irt",
        "bpom_md",
        "haccp",
        "iso_22000",
        "fssc_22000",
        "gmp",
        "organic_id",
        "mfds_plant",
    ),
    "KR": (
        "halal_kr",
        "halal_registration",
        "bpom_ml",
        "haccp",
        "iso_22000",
        "fssc_22000",
        "gmp",
        "organic_kr",
    ),
}
_BODY: Final = {
    "ID": ("bpom_cosmetic", "halal_id", "cpkb", "free_sale", "gmp"),
    "KR": ("bpom_cosmetic", "halal_kr", "halal_registration", "gmp", "free_sale"),
}
_HEALTH: Final = {
    "ID": ("bpom_supplement", "halal_id", "gmp", "free_sale", "haccp"),
    "KR": ("bpom_supplement", "halal_kr", "halal_registration", "gmp", "free_sale"),
}
_MADE: Final = ("sni", "kc_child", "kc_electrical")
_OF_SECTOR: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    **dict.fromkeys(assortment.FOOD - {"fishery"}, _FOOD),
    "fishery": {
        "ID": ("skp", "haccp", "nfqs", "halal_id", "bpom_md", "p_irt", "mfds_plant"),
        "KR": _FOOD["KR"],
    },
    "ornamental_fish": {"ID": ("ckib",), "KR": ()},
    "cosmetics": _BODY,
    "soap_herbal": _BODY,
    "health": _HEALTH,
    "pharma": _HEALTH,
    "medical_device": {"ID": ("device",), "KR": ("device", "gmp")},
    "household_chem": {"ID": ("pkrt", "halal_id"), "KR": ("pkrt",)},
    "fashion": {"ID": ("batikmark", *_MADE[:2]), "KR": _MADE[:2]},
    "footwear": {"ID": _MADE[:2], "KR": _MADE[:2]},
    "craft": {"ID": ("svlk", "batikmark", *_MADE), "KR": _MADE},
    "furniture_interior": {"ID": ("svlk", *_MADE), "KR": _MADE},
    "machinery": {"ID": _MADE[::2], "KR": _MADE[::2]},
    "it": {"ID": ("pse",), "KR": ("pse",)},
}
_OF_ALL: Final[Mapping[str, Sequence[str]]] = {
    "ID": ("iso_9001", "trademark_id", "trademark_kr", "other"),
    "KR": ("loa", "iso_9001", "trademark_kr", "trademark_id", "other"),
}


ISSUER: Final = goods.PlainTextQuestion(
    name="issuer", text=_("Who issued it?"), label=_("Issued by"), most=120
)
ISSUED: Final = day("issued", _("When was it issued?"), label=_("Issued on"), direction="past")
COPIES: Final = files(
    "copies", _("Send a photo or PDF of it."), label=_("Copy"), kinds=("photo", "document"), most=2
)
REVIEW: Final = review(_("Please check the certificate:"), send=_("Save"))


async def certificate(chat: Chat) -> Ending:
    """Ask for a certificate held for a product."""
    chosen = find_product(chat)
    if chosen is None:
        return Go("products")
    country = country_of(chat, chosen)
    kind = await choice(
        "kind",
        _("Which certificate is it?"),
        kinds_for(str(chosen.fields["sector"]), country),
        label=_("Certificate"),
    )
    number = await _number(kind).optional()
    if number and (doubt := check_number(kind, number)):
        chat.say(doubt)
    issuer = await ISSUER.optional()
    issued = await ISSUED.optional()
    expires = await _expires(issued).optional()
    copies = await COPIES.optional()
    await REVIEW
    chat.say(_("{certificate} is saved.", certificate=label_of(kind)))
    held = CertificateHeld(
        chat.facts.reference,
        chosen.reference,
        kind,
        number or "",
        issuer or "",
        issued,
        expires if isinstance(expires, date) else None,
        expires == UNTIL_CHANGE,
        kind in FOR_ALL,
        tuple(copies or ()),
    )
    return Go("products", {"product": chosen.reference, "seen": "yes"}, held)


def _number(kind: str) -> goods.PlainTextQuestion:
    return goods.PlainTextQuestion(
        name="number",
        text=_("What is its number?"),
        label=_("Number"),
        example=BY_ID[kind].example,
        least=3,
        most=60,
    )


def _expires(issued: date | None) -> ExpiryQuestion:
    return ExpiryQuestion(
        name="expires", text=_("Until when is it valid?"), label=_("Valid until"), issued=issued
    )


def kinds_for(sector: str, country: str) -> list[Choice]:
    """List the kinds of certificates there are for a sector, those of the sector first."""
    known = _OF_SECTOR.get(sector, {}).get(country, ())
    if not known:
        known = [kind.id for kind in KINDS if kind.id not in _OF_ALL[country]]
    return [
        Choice(each, label_of(each), _full_label(each)) for each in dict.fromkeys((*known, *_OF_ALL[country]))
    ]


def label_of(kind: str) -> Words:
    """Name a kind of certificate in a few letters."""
    return _SHORT.get(kind) or (BY_ID[kind].label if kind in BY_ID else kind)


def _full_label(kind: str) -> Words:
    return BY_ID[kind].label if kind in _SHORT else ""


CERTIFICATE = Flow("certificate", certificate, _("Add a certificate"), minutes=1)
