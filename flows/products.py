"""My products: see one, complete or change it, copy it, add certificates, withdraw it."""

from __future__ import annotations

from typing import Final

from flows import assortment, goods
from flows.card import card, name_of, show, show_certificate
from flows.certificate import label_of
from flows.engine import Chat, Flow
from flows.facts import Product
from flows.message import File
from flows.outcomes import (
    CertificateRemoved,
    Ending,
    FileShown,
    Go,
    ProductChanged,
    ProductDescribed,
    ProductWithdrawn,
)
from flows.product import country_of, find_product, to_register
from flows.questions import Choice, choice, yes_no
from flows.questions.base import Json
from locales.words import _, render

ADD: Final = "add"
_ACTIONS: Final = (
    Choice("details", _("Add details"), aliases=("lengkapi", "추가")),
    Choice("certificates", _("Certificates"), aliases=("sertifikat", "인증서", "인증")),
    Choice("change", _("Change something"), aliases=("ubah", "수정", "edit")),
    Choice("duplicate", _("Make a copy"), aliases=("salin", "duplikat", "복사", "copy", "duplicate")),
    Choice(ADD, _("Another product"), aliases=("produk lain", "다른 제품", "add")),
    Choice("withdraw", _("Withdraw it"), aliases=("tarik", "철회")),
    Choice("menu", _("Main menu")),
)
_LONGEST_SHOWN: Final = 60
_LONGEST_NAME: Final = 96


async def products(chat: Chat) -> Ending:
    """Show a product and do what she wants with it."""
    if not chat.facts.businesses:
        return to_register(chat)
    if not chat.facts.products:
        return Go("product")
    chosen = find_product(chat)
    if chosen is None:
        return await _choose(chat)
    here = {"product": chosen.reference, "seen": "yes"}
    if chosen.photos and "seen" not in chat.about:
        return Go("products", here, _photo_of(chat, chosen))
    today = chat.facts.now.date()
    shown = card(chosen, country_of(chat, chosen), today)
    asked = _("{card}\n\nWhat would you like to do?", card=shown)
    action = await choice("action", asked, _ACTIONS, label=_("What to do"))
    match action:
        case "certificates":
            return await _certificates(chat, chosen)
        case "change":
            return await _change(chat, chosen)
        case "duplicate":
            return _duplicate(chat, chosen)
        case "withdraw":
            return await _withdraw(chat, chosen)
        case "details":
            return Go("details", here)
        case _:
            return Go("product" if action == ADD else "menu")


async def _choose(chat: Chat) -> Ending:
    listed = [Choice(each.reference, name_of(each)) for each in chat.facts.products]
    which = await choice(
        "product", _("Which product?"), [*listed, Choice(ADD, _("Another product"))], label=_("Product")
    )
    return Go("product") if which == ADD else Go("products", {"product": which})


def _photo_of(chat: Chat, chosen: Product) -> FileShown:
    first = chosen.photos[0]
    return FileShown(File(first.media, first.name, first.mime), render(name_of(chosen), chat.facts.language))


async def _change(chat: Chat, chosen: Product) -> Ending:
    fields, country = chosen.fields, country_of(chat, chosen)
    sector = str(fields["sector"])
    listed = [
        Choice(
            field, assortment.LABELS[field], show(field, fields.get(field), sector, country, _LONGEST_SHOWN)
        )
        for field in assortment.FIELDS
        if assortment.applies(field, sector) and (field != "trademark" or fields.get("brand") != "oem")
    ]
    listed.append(
        Choice(
            "photos", assortment.LABELS["photos"], goods.PHOTOS.show([each.name for each in chosen.photos])
        )
    )
    field = await choice("field", _("What do you want to change?"), listed, label=_("Field"))
    question = goods.question_of(field, sector, country)
    here = {"product": chosen.reference, "seen": "yes"}
    if field == "photos":
        photos = await goods.PHOTOS
        chat.say(_("Changed: the new photos take the place of the old ones."))
        return Go("products", here, ProductChanged(chosen.reference, photos=tuple(photos)))
    known = fields.get(field)
    value = goods.to_json(await (question.offering(known) if isinstance(known, str | list) else question))
    changed: dict[str, Json] = {field: value}
    if field == "sector" and assortment.applies("flags", str(value)):
        changed["flags"] = await goods.flags(str(value))
    if field == "brand":
        changed["trademark"] = await goods.TRADEMARK if value != "oem" else ""
    chat.say(
        _("Changed. {label}: {answer}", label=question.label, answer=show(field, value, sector, country))
    )
    return Go("products", here, ProductChanged(chosen.reference, changed))


async def _certificates(chat: Chat, chosen: Product) -> Ending:
    """List the certificates held, to add one or take one off."""
    here = {"product": chosen.reference, "seen": "yes"}
    if not chosen.certificates:
        return Go("certificate", here)
    today = chat.facts.now.date()
    listed = [
        Choice(each.reference, label_of(each.kind), show_certificate(each, today))
        for each in chosen.certificates
    ]
    which = await choice(
        "certificate",
        _("Which certificate? Tap one to take it off the list, or add one."),
        [Choice(ADD, _("Add a certificate"), aliases=("tambah", "추가", "add")), *listed],
        label=_("Certificate"),
    )
    if which == ADD:
        return Go("certificate", here)
    held = next(each for each in chosen.certificates if each.reference == which)
    sure = await yes_no(
        "remove",
        _(
            "{certificate}\n\nTake it off the list? What you sent of it is erased.",
            certificate=show_certificate(held, today),
        ),
        label=_("Certificate"),
        yes=_("Yes, take it off"),
        no=_("No, keep it"),
    )
    return Go("products", here, CertificateRemoved(which) if sure else None)


def _duplicate(chat: Chat, chosen: Product) -> Ending:
    """Make a second product like this one, without what is this one's alone: its certificates."""
    fields = {
        field: f"{str(value)[:_LONGEST_NAME]} (2)" if field.startswith("name_") and value else value
        for field, value in chosen.fields.items()
    }
    reference = chat.facts.reference
    chat.say(_("This is the copy. Change what differs, the name first."))
    copy = ProductDescribed(reference, chosen.business, fields, chosen.photos)
    return Go("products", {"product": reference, "seen": "yes"}, copy)


async def _withdraw(chat: Chat, chosen: Product) -> Ending:
    name = render(name_of(chosen), chat.facts.language)
    sure = await yes_no(
        "sure",
        _(
            "Withdraw {name}? What you told us about it is erased, with its photos and certificates. "
            "It cannot be undone.",
            name=name,
        ),
        label=_("Withdraw it"),
        yes=_("Yes, withdraw"),
        no=_("No, keep it"),
    )
    if not sure:
        return Go("products", {"product": chosen.reference, "seen": "yes"})
    chat.say(_("{name} is withdrawn.", name=name))
    return ProductWithdrawn(chosen.reference)


PRODUCTS = Flow("products", products, _("My products"), reopens=True, then=("registrations",))
