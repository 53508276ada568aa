"""Register a business: the first sitting, which takes about two minutes."""

from __future__ import annotations

from flows import business
from flows.consent import REGISTRATION, needs
from flows.engine import Chat, Flow
from flows.outcomes import Ending, Go, Registration
from flows.person import hours
from flows.questions import review
from flows.taxonomy import OTHER
from locales.words import _

REVIEW = review(_("Please check:"), send=_("Send"))


async def register(chat: Chat) -> Ending:
    """Collect what the office needs to know about a business."""
    if needs(chat, REGISTRATION):
        return Go("consent", {"purpose": REGISTRATION.id, "then": "register"})
    facts = chat.facts
    country = await business.COUNTRY
    name = await business.LEGAL_NAME
    form = await business.form(country)
    sector = await business.SECTOR
    in_own_words = await business.SECTOR_WORDS if sector == OTHER else ""
    province = await business.province_of(country)
    district = ""
    if business.has_districts(country, province):
        district = await business.district_of(country, province)
    number = await business.registration_number(country).optional()
    experience = await business.EXPORT_EXPERIENCE
    markets = await business.TARGET_MARKETS
    person = await business.NAME.offering(facts.name)
    phone = await business.phone_of(country).offering(facts.phone)
    await REVIEW
    chat.say(
        _(
            "{name} is registered. Your reference is {reference}.\n\n"
            "Our staff will read it and write to you here. {hours}\n\n"
            "You can see, complete or change it at any time under My registrations.",
            name=name,
            reference=facts.reference,
            hours=hours(facts),
        )
    )
    registration = Registration(
        facts.reference,
        {
            "country": country,
            "legal_name": name,
            "form": form,
            "sector": sector,
            "sector_words": in_own_words,
            "province": province,
            "district": district,
            "registration_number": number or "",
            "export_experience": experience,
            "target_markets": markets,
        },
        {"name": person, "phone": phone},
    )
    return Go("announcements", record=registration) if facts.wants_announcements is None else registration


REGISTER = Flow(
    "register", register, _("Register a business"), minutes=2, reopens=True, then=("registrations",)
)
