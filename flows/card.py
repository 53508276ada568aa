"""A product on one screen: what a buyer would read first, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from flows import assortment, goods
from flows.certificate import label_of
from flows.facts import Certificate, Product
from flows.questions.base import Json
from flows.questions.chosen import join
from locales.language import LANGUAGES
from locales.words import Words, _, by_language

_SHORT: Final = 120
_LONG: Final = 300
_MOST_CERTIFICATES: Final = 6


def name_of(product: Product) -> Words:
    """Name a product in the reader's language where it has such a name."""
    return by_language({language: goods.name_of(product.fields, language) for language in LANGUAGES})


def card(product: Product, country: str, today: date) -> Words:
    """Say what is known of a product, and what is not."""
    fields = product.fields
    sector = str(fields["sector"])
    lines: list[Words] = [name_of(product)]
    if fields.get("description"):
        lines.append(_cut(str(fields["description"]), _LONG))
    for field in assortment.FIELDS:
        if _is_worth_a_line(field, product) and assortment.applies(field, sector):
            shown = show(field, fields[field], sector, country)
            lines.append(_("{label}: {answer}", label=assortment.LABELS[field], answer=shown))
    lines += [
        _("· {certificate}", certificate=show_certificate(each, today))
        for each in product.certificates[:_MOST_CERTIFICATES]
    ]
    if more := len(product.certificates[_MOST_CERTIFICATES:]):
        lines.append(_("· and {count} more", count=more))
    if missing := _missing(product):
        lines.append(_("Still open: {fields}", fields=join(missing)))
    text: Words = lines[0]
    for line in lines[1:]:
        text = _("{above}\n{line}", above=text, line=line)
    return text


def _is_worth_a_line(field: str, product: Product) -> bool:
    """Tell whether a field is to be shown: it is given, and not said by the first lines already."""
    if field.startswith("name_") and len(goods.missing_names(product.fields)) == len(LANGUAGES) - 1:
        return False
    return field not in ("description", "sector") and product.fields.get(field) not in (None, "", [])


def _missing(product: Product) -> Sequence[Words]:
    photos = [] if product.photos else [assortment.LABELS["photos"]]
    return [*photos, *(assortment.LABELS[field] for field in goods.still_open(product.fields))]


def show(field: str, stored: Json, sector: str, country: str, most: int = _SHORT) -> Words:
    """Show a field; a long text only in part."""
    shown = goods.show_field(field, stored, sector, country)
    return _cut(shown, most) if isinstance(shown, str) else shown


def show_certificate(held: Certificate, today: date) -> Words:
    """Show a certificate with how long it is valid."""
    kind = label_of(held.kind)
    if held.until_change:
        return _("{certificate}, no end date", certificate=kind)
    if held.expires is None:
        return _("{certificate}, end not known", certificate=kind)
    if held.expires < today:
        return _("{certificate}, expired on {day}", certificate=kind, day=held.expires)
    return _("{certificate}, until {day}", certificate=kind, day=held.expires)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
