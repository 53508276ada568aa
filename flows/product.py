"""Describe a product: the first sitting, which takes about three minutes, and the details that can wait."""

from __future__ import annotations

from collections.abc import Sequence

from flows import assortment, goods
from flows.engine import Chat, Flow
from flows.facts import Business, Product
from flows.outcomes import Ending, Go, ProductChanged, ProductDescribed
from flows.questions import Choice, choice, review
from flows.questions.base import Json
from flows.registrations import find_business
from flows.taxonomy import OTHER
from locales.language import LANGUAGES
from locales.words import _

REVIEW = review(_("Please check the product:"), send=_("Save"))
DETAILS_REVIEW = review(_("Please check the additions:"), send=_("Save"))


async def product(chat: Chat) -> Ending:
    """Collect what a foreign buyer and the rules need to know about a product."""
    mine = chat.facts.businesses
    if not mine:
        return to_register(chat)
    firm = find_business(chat)
    if firm is None:
        return Go("product", {"business": await ask_business(mine)})
    country = str(firm.fields["country"])
    sector = await _sector(chat, firm)
    name = await goods.NAME
    fields: dict[str, Json] = {"sector": sector, "description": await goods.DESCRIPTION}
    photos = await goods.PHOTOS.optional()
    for field in ("hs", "minimum_order", "monthly_capacity", "price"):
        if assortment.applies(field, sector):
            fields[field] = await goods.answer(field, sector, country)
    if assortment.applies("flags", sector):
        fields["flags"] = await goods.flags(sector)
    fields["brand"] = await goods.BRAND
    fields["trademark"] = await goods.TRADEMARK if fields["brand"] != "oem" else ""
    fields["showcase"] = await goods.SHOWCASE
    await REVIEW
    chat.say(_("{name} is saved. This is how it reads now; you can add details and certificates.", name=name))
    fields[f"name_{goods.language_of(name, chat.facts.language)}"] = name
    reference = chat.facts.reference
    described = ProductDescribed(reference, firm.id, fields, tuple(photos or ()))
    return Go("products", {"product": reference}, described)


def to_register(chat: Chat) -> Go:
    """Lead somebody without a business to its registration."""
    chat.say(
        _("A product belongs to a business, so please register yours first. It takes about two minutes.")
    )
    return Go("register")


async def ask_business(mine: Sequence[Business]) -> str:
    """Ask which of her businesses it is about; gives its id."""
    listed = [Choice(str(each.id), str(each.fields["legal_name"])) for each in mine]
    return await choice("business", _("Which business?"), listed, label=_("Business"))


async def _sector(chat: Chat, firm: Business) -> str:
    """Take the business's sector for its first product; ask for that of another."""
    usual = str(firm.fields["sector"])
    has_others = any(each.business == firm.id for each in chat.facts.products)
    return await goods.SECTOR.offering(usual) if has_others or usual == OTHER else usual


async def details(chat: Chat) -> Ending:
    """Ask for what could wait: names in the other languages, packaging, shelf life, contents, samples."""
    chosen = find_product(chat)
    if chosen is None:
        return Go("products")
    known = chosen.fields
    sector = str(known["sector"])
    country = country_of(chat, chosen)
    wanted = [f"name_{language}" for language in LANGUAGES if f"name_{language}" in goods.still_open(known)]
    wanted += ["packaging", "shelf_life", "storage", "ingredients", "samples"]
    added: dict[str, Json] = {}
    for field in wanted:
        if assortment.applies(field, sector):
            added[field] = await goods.answer(field, sector, country, known.get(field))
    await DETAILS_REVIEW
    chat.say(_("Thank you, saved."))
    given = {field: value for field, value in added.items() if value is not None}
    return Go(
        "products", {"product": chosen.reference, "seen": "yes"}, ProductChanged(chosen.reference, given)
    )


def find_product(chat: Chat) -> Product | None:
    """Find the product a flow was started about, or the only one she has."""
    mine = chat.facts.products
    if "product" not in chat.about:
        return mine[0] if len(mine) == 1 else None
    return next((each for each in mine if each.reference == chat.about["product"]), None)


def country_of(chat: Chat, chosen: Product) -> str:
    """Tell the country a product comes from: its business's."""
    firm = next((each for each in chat.facts.businesses if each.id == chosen.business), None)
    return str(firm.fields["country"]) if firm else "ID"


PRODUCT = Flow("product", product, _("Describe a product"), minutes=3, reopens=True)
DETAILS = Flow("details", details, _("Add product details"), minutes=2)
