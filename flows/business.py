"""The questions about a business, shared by the flows that register, complete and change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, cast

from flows.questions import (
    Question,
    choice,
    choices,
    district,
    email,
    files,
    identifier,
    phone,
    place_name,
    province,
    text,
)
from flows.reading.identifiers import read_brn, read_nib
from flows.reading.websites import read_website
from flows.taxonomy import COUNTRIES, EXPERIENCE, FIELD_LABELS, FORMS, MARKETS, ROLES, SCALES, SECTORS
from locales.regions import districts, provinces
from locales.words import Words, _

Country = Literal["ID", "KR"]

COUNTRY = choice("country", _("Where is your business?"), COUNTRIES, label=FIELD_LABELS["country"]).resetting(
    "form", "province", "district", "registration_number"
)

LEGAL_NAME = text(
    "legal_name",
    _("What is the name of your business, as on its papers?"),
    label=FIELD_LABELS["legal_name"],
    example=_("CV Kelapa Nusantara"),
)
LEGAL_NAME_EN = text(
    "legal_name_en",
    _("How should foreign buyers see the name, in English letters?"),
    label=FIELD_LABELS["legal_name_en"],
    example=_("Kelapa Nusantara Co."),
)
BRAND = text(
    "brand",
    _("Under which brand do you sell?"),
    label=FIELD_LABELS["brand"],
    example=_("KriukKelapa"),
    most=80,
)
SECTOR = choice("sector", _("What do you make or sell, mainly?"), SECTORS, label=FIELD_LABELS["sector"])
SECTOR_WORDS = text(
    "sector_words",
    _("What is it, in your own words?"),
    label=FIELD_LABELS["sector_words"],
    example=_("bamboo toothbrushes"),
    most=100,
)
EXPORT_EXPERIENCE = choice(
    "export_experience",
    _("Have you sold abroad before?"),
    EXPERIENCE,
    label=FIELD_LABELS["export_experience"],
)
TARGET_MARKETS = choices(
    "target_markets",
    _("Where would you like to sell? You may choose several."),
    MARKETS,
    label=FIELD_LABELS["target_markets"],
)
NAME = text("name", _("Whom may we contact?"), label=FIELD_LABELS["name"], example=_("Siti Rahma"), most=100)
ROLE = choice("role", _("What is the contact person's role?"), ROLES, label=FIELD_LABELS["role"])
EMAIL = email(
    "email",
    _("Which e-mail address may we write to?"),
    label=FIELD_LABELS["email"],
    example=_("name@company.com"),
)
WEBSITE = identifier(
    "website",
    _("Where can a buyer see more: your website, shop or Instagram?"),
    label=FIELD_LABELS["website"],
    reader=read_website,
    example=_("instagram.com/kriukkelapa"),
)
PAPERS = files(
    "papers",
    _("Send up to 5 photos of the business, your business card, or a company profile as PDF."),
    label=_("Photos and papers"),
    kinds=("photo", "document"),
    most=5,
)

_PHONE_EXAMPLES: Final[Mapping[Country, str]] = {"ID": "0812 3456 7890", "KR": "010-1234-5678"}
_FORM_WORDS: Final = _("What is its legal form?")
_FORM = {
    country: choice("form", _FORM_WORDS, FORMS[country], label=FIELD_LABELS["form"])
    for country in ("ID", "KR")
}
_SCALE = {
    country: choice("scale", _("How large is the business?"), SCALES[country], label=FIELD_LABELS["scale"])
    for country in ("ID", "KR")
}
_PHONE = {
    country: phone(
        "phone",
        _("Which phone number may we call?"),
        label=FIELD_LABELS["phone"],
        example=example,
        country=country,
    )
    for country, example in _PHONE_EXAMPLES.items()
}
_REGISTRATION_NUMBER = {
    "ID": identifier(
        "registration_number",
        _("What is your NIB (13 digits)? Please never send your NIK. No NIB yet? Just skip."),
        label=_("NIB"),
        reader=read_nib,
        example="9120001234567",
    ),
    "KR": identifier(
        "registration_number",
        _("What is your business registration number (10 digits)? Please never send a resident number."),
        label=_("Business reg. number"),
        reader=read_brn,
        example="124-81-00998",
    ),
}


def form(country: str) -> Question[str]:
    """Ask for the legal form, as the country has them."""
    return _FORM[country]


def scale(country: str) -> Question[str]:
    """Ask for the size, by the country's legal thresholds."""
    return _SCALE[country]


def registration_number(country: str) -> Question[str]:
    """Ask for the NIB, or for the 사업자등록번호."""
    return _REGISTRATION_NUMBER[country]


def phone_of(country: str) -> Question[str]:
    """Ask for the phone number, as the country writes it."""
    return _PHONE[cast("Country", country)]


def province_of(country: str) -> Question[str]:
    """Ask for the province or 시도."""
    words = (
        _("In which province is it?")
        if country == "ID"
        else _("In which province or metropolitan city is it?")
    )
    return province("province", words, provinces(cast("Country", country)), label=FIELD_LABELS["province"])


def district_of(country: str, code: str) -> Question[str]:
    """Ask for the regency, city or 시군구 within a province."""
    among = districts(cast("Country", country), code)
    return district("district", _("In which city or district?"), among, label=FIELD_LABELS["district"])


def has_districts(country: str, code: str) -> bool:
    """Tell whether a province is divided at all (세종 is not)."""
    return bool(districts(cast("Country", country), code))


def question_of(field: str, country: str, province: str = "") -> Question[Any]:
    """Find the question by which a stored field is asked, for a business of a country and a province."""
    if field == "district":
        return district_of(country, province)
    by_country: Mapping[str, Callable[[str], Question[Any]]] = {
        "form": form,
        "scale": scale,
        "registration_number": registration_number,
        "province": province_of,
        "phone": phone_of,
    }
    return by_country[field](country) if field in by_country else _QUESTIONS[field]


_QUESTIONS: Final[Mapping[str, Question[Any]]] = {
    question.name: question
    for question in (
        COUNTRY,
        LEGAL_NAME,
        LEGAL_NAME_EN,
        BRAND,
        SECTOR,
        SECTOR_WORDS,
        EXPORT_EXPERIENCE,
        TARGET_MARKETS,
        NAME,
        ROLE,
        EMAIL,
        WEBSITE,
    )
}


def label_of(field: str, country: str) -> Words:
    """Name a stored field, as a business of a country knows it."""
    return _REGISTRATION_NUMBER[country].label if field == "registration_number" else FIELD_LABELS[field]


def show_field(field: str, stored: str | list[str], country: str) -> Words:
    """Show a stored field as its question shows it; an empty one as missing."""
    if not stored:
        return _("(not given yet)")
    if field in ("province", "district"):
        return place_name(country, str(stored))
    return question_of(field, country).show(stored)
