"""The certificates a business may hold: who issues them, how their numbers look, how long they are valid.

Number shapes are soft: few agencies publish theirs, so a number of another shape is kept with a warning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from flows.roadmap.product import Held
from locales.words import Text, Words, _

Validity: TypeAlias = "int | Literal['until_change', 'while_active', 'per_shipment'] | None"
"""Months (the shorter where sources name a range), or what ends it; None where no source says."""


@dataclass(frozen=True)
class CertificateKind:
    """A kind of certificate.

    `issuer` is a key of `locales/agencies`, the usual one. `shape` is what a number looks like once its spaces are
    gone, `example` shows one. `standard` marks those that count as an international standard of quality.
    """

    id: str
    label: Words
    issuer: str
    validity: Validity = None
    shape: str = ""
    example: str = ""
    standard: bool = False


KINDS: Final = (
    CertificateKind("nib", _("NIB (business number)"), "oss", "while_active", r"\d{13}", "9120001234567"),
    CertificateKind(
        "p_irt", _("P-IRT (home-made food)"), "dinkes", 60, r"[1-8]\d{12}-?\d{2}", "2063201010123-28"
    ),
    CertificateKind(
        "bpom_md", _("BPOM MD (food made in Indonesia)"), "bpom", 60, r"MD\d{12,15}", "MD 123456789012"
    ),
    CertificateKind("bpom_ml", _("BPOM ML (imported food)"), "bpom", 60, r"ML\d{12,15}", "ML 123456789012"),
    CertificateKind(
        "bpom_cosmetic", _("BPOM cosmetic notification"), "bpom", 36, r"N[A-E]\d{11}", "NA 18201234567"
    ),
    CertificateKind(
        "bpom_supplement",
        _("BPOM supplement or traditional medicine"),
        "bpom",
        60,
        r"(SD|SI|SL|TR|TI|FF|POM[A-Z]{2})\d{9}",
        "SI 123456789",
    ),
    CertificateKind(
        "device", _("Medical device licence (AKD or AKL)"), "kemenkes", 60, r"AK[DL]\d{11}", "AKL 12345678901"
    ),
    CertificateKind(
        "pkrt", _("Household health product (PKD or PKL)"), "kemenkes", 60, r"PK[DL]\d{11}", "PKD 12345678901"
    ),
    CertificateKind("loa", _("Letter of appointment for the importer"), "importer"),
    CertificateKind(
        "halal_id", _("Halal, BPJPH"), "bpjph", "until_change", r"ID\d{14,20}", "ID12345678901234"
    ),
    CertificateKind("halal_kr", _("Halal, KMF or KHA"), "kmf", 12),
    CertificateKind("halal_registration", _("Foreign halal certificate registered with BPJPH"), "bpjph"),
    CertificateKind("halal_uae", _("Halal, accepted in the UAE"), "bpjph"),
    CertificateKind("haccp", "HACCP", "kan", 36, standard=True),
    CertificateKind("iso_22000", "ISO 22000", "kan", 36, standard=True),
    CertificateKind("fssc_22000", "FSSC 22000", "kan", 36, standard=True),
    CertificateKind("iso_9001", "ISO 9001", "kan", 36, standard=True),
    CertificateKind("gmp", _("GMP of the maker"), "mfds", standard=True),
    CertificateKind("cpkb", _("CPKB (Indonesian cosmetic GMP)"), "bpom", standard=True),
    CertificateKind("skp", _("SKP (fish processing)"), "kkp"),
    CertificateKind("nfqs", _("Plant listed with NFQS"), "nfqs"),
    CertificateKind("ckib", _("CKIB (good fish quarantine)"), "barantin"),
    CertificateKind("mfds_plant", _("Foreign plant registered with MFDS"), "mfds", 24),
    CertificateKind("sni", _("SNI certificate (SPPT-SNI)"), "bsn", 36, standard=True),
    CertificateKind("kc_child", _("KC for children's products"), "labs-kr", 60, standard=True),
    CertificateKind("kc_electrical", _("KC for electrical products"), "labs-kr", standard=True),
    CertificateKind("organic_id", _("Organic, Indonesia (SNI 6729)"), "kan"),
    CertificateKind("organic_kr", _("Organic, Korea"), "naqs", standard=True),
    CertificateKind("svlk", _("SVLK (legal timber)"), "kemenhut", standard=True),
    CertificateKind("batikmark", "Batikmark", "bbspjikb", 36),
    CertificateKind("eac", _("EAC conformity"), "customs-broker", 60, standard=True),
    CertificateKind("free_sale", _("Certificate of free sale"), "bpom"),
    CertificateKind("trademark_id", _("Trademark, Indonesia"), "djki", 120),
    CertificateKind("trademark_kr", _("Trademark, Korea"), "moip", 120),
    CertificateKind("pse", _("PSE registration"), "komdigi", "while_active"),
    CertificateKind("other", _("Another certificate"), "organiser"),
)

BY_ID: Final = {kind.id: kind for kind in KINDS}

OPEN_ENDED: Final = frozenset({"until_change", "while_active"})
"""Validities that no date ends."""


def check_number(kind: str, number: str) -> Text | None:
    """Warn of a number that does not look like one of its kind; None when all is well or nothing is known."""
    known = BY_ID.get(kind)
    if known is None or not known.shape or not number.strip():
        return None
    if re.fullmatch(known.shape, re.sub(r"[\s.]", "", number).upper()):
        return None
    return _(
        "This does not look like a number of “{certificate}” such as {example}. I keep it as it is: please check it.",
        certificate=known.label,
        example=known.example,
    )


def holds_until(held: Held, needed: date) -> bool:
    """Tell whether a certificate is still valid after a day; one without a date is, if its kind needs none."""
    if held.until_change:
        return True
    if held.expires is None:
        kind = BY_ID.get(held.kind)
        return kind is not None and kind.validity in OPEN_ENDED
    return held.expires > needed
