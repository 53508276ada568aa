"""Complete a registration: what could wait at the first sitting, all of it optional."""

from __future__ import annotations

from flows import business
from flows.engine import Chat, Flow
from flows.outcomes import Ending, Go, RegistrationChanged
from flows.questions import review
from flows.registrations import find_business
from locales.words import _

REVIEW = review(_("Please check the additions:"), send=_("Save"))


async def profile(chat: Chat) -> Ending:
    """Ask for the rest of a business's profile."""
    chosen = find_business(chat)
    if chosen is None:
        return Go("registrations")
    known = {**chosen.fields, **chosen.representative}
    country = str(known["country"])
    name_en = await business.LEGAL_NAME_EN.offering(known.get("legal_name_en")).optional()
    brand = await business.BRAND.offering(known.get("brand")).optional()
    scale = await business.scale(country).offering(known.get("scale")).optional()
    role = await business.ROLE.offering(known.get("role")).optional()
    email = await business.EMAIL.offering(known.get("email")).optional()
    website = await business.WEBSITE.offering(known.get("website")).optional()
    papers = await business.PAPERS.optional()
    await REVIEW
    chat.say(_("Thank you, saved. Buyers and our staff can now understand your business better."))
    fields = {"legal_name_en": name_en, "brand": brand, "scale": scale, "website": website}
    person = {"role": role, "email": email}
    return RegistrationChanged(
        chosen.id,
        {field: value for field, value in fields.items() if value},
        {field: value for field, value in person.items() if value},
        tuple(papers or ()),
    )


PROFILE = Flow("profile", profile, _("Complete your registration"), minutes=2, then=("registrations",))
