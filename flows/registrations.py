"""My registrations: see one, change any field of it, complete it, withdraw it."""

from __future__ import annotations

from typing import Final

from flows import business
from flows.engine import Chat, Flow
from flows.facts import Business
from flows.outcomes import Ending, Go, RegistrationChanged, RegistrationWithdrawn
from flows.questions import Choice, choice, yes_no
from locales.words import Words, _

_SHOWN: Final = (
    "legal_name",
    "legal_name_en",
    "brand",
    "form",
    "registration_number",
    "sector",
    "sector_words",
    "province",
    "district",
    "scale",
    "export_experience",
    "target_markets",
    "website",
)
_SHOWN_OF_PERSON: Final = ("name", "role", "phone", "email")
_ACTIONS: Final = (
    Choice("complete", _("Add details"), aliases=("lengkapi", "추가")),
    Choice("change", _("Change something"), aliases=("ubah", "수정", "edit")),
    Choice("withdraw", _("Withdraw it"), aliases=("tarik", "철회")),
    Choice("menu", _("Main menu")),
)


def find_business(chat: Chat) -> Business | None:
    """Find the business a flow was started about, or the only one she has."""
    mine = chat.facts.businesses
    if "business" not in chat.about:
        return mine[0] if len(mine) == 1 else None
    return next((each for each in mine if str(each.id) == chat.about["business"]), None)


async def registrations(chat: Chat) -> Ending:
    """Show a registration and do what she wants with it."""
    mine = chat.facts.businesses
    if not mine:
        chat.say(_("You have not registered a business yet."))
        return Go("menu")
    chosen = find_business(chat)
    if chosen is None:
        listed = [Choice(str(each.id), str(each.fields["legal_name"])) for each in mine]
        which = await choice("business", _("Which business?"), listed, label=_("Business"))
        return Go("registrations", {"business": which})
    action = await choice("action", _summary(chosen), _ACTIONS, label=_("What to do"))
    match action:
        case "complete":
            return Go("profile", {"business": str(chosen.id)})
        case "change":
            return await _change(chat, chosen)
        case "withdraw":
            return await _withdraw(chat, chosen)
        case _:
            return Go("menu")


def _known(chosen: Business, field: str) -> str | list[str]:
    source = chosen.representative if field in _SHOWN_OF_PERSON else chosen.fields
    return source.get(field, "")


def _summary(chosen: Business) -> Words:
    country = str(chosen.fields["country"])
    summary: Words = _("Reference {reference}", reference=chosen.reference)
    for field in (*_SHOWN, *_SHOWN_OF_PERSON):
        known = _known(chosen, field)
        if known:
            shown = business.show_field(field, known, country)
            line = _("{label}: {answer}", label=business.label_of(field, country), answer=shown)
            summary = _("{above}\n{line}", above=summary, line=line)
    return _("{summary}\n\nWhat would you like to do?", summary=summary)


async def _change(chat: Chat, chosen: Business) -> Ending:
    country, province = str(chosen.fields["country"]), str(chosen.fields["province"])
    listed = [
        Choice(
            field,
            business.label_of(field, country),
            business.show_field(field, _known(chosen, field), country),
        )
        for field in (*_SHOWN, *_SHOWN_OF_PERSON)
        if field != "sector_words" and (field != "district" or business.has_districts(country, province))
    ]
    field = await choice("field", _("What do you want to change?"), listed, label=_("Field"))
    question = business.question_of(field, country, province)
    value = await question.offering(_known(chosen, field))
    changed: dict[str, str | list[str]] = {field: value}
    if field == "province":
        divided = business.has_districts(country, value)
        changed["district"] = await business.district_of(country, value) if divided else ""
    if field == "sector":
        changed["sector_words"] = await business.SECTOR_WORDS if value == "other" else ""
    chat.say(_("Changed. {label}: {answer}", label=question.label, answer=question.show(value)))
    here = {"business": str(chosen.id)}
    if field in _SHOWN_OF_PERSON:
        return Go("registrations", here, RegistrationChanged(chosen.id, representative={field: value}))
    return Go("registrations", here, RegistrationChanged(chosen.id, changed))


async def _withdraw(chat: Chat, chosen: Business) -> Ending:
    sure = await yes_no(
        "sure",
        _(
            "Withdraw {name}? The office will no longer consider it, and what you told us about it is erased. "
            "You can register it again later.",
            name=str(chosen.fields["legal_name"]),
        ),
        label=_("Withdraw it"),
        yes=_("Yes, withdraw"),
        no=_("No, keep it"),
    )
    if not sure:
        return Go("registrations", {"business": str(chosen.id)})
    chat.say(_("{name} is withdrawn.", name=str(chosen.fields["legal_name"])))
    return RegistrationWithdrawn(chosen.id)


REGISTRATIONS = Flow("registrations", registrations, _("My registrations"), reopens=True)
