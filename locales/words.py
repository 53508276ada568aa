"""The words Kabari says: catalogue keys that stay lazy until they meet a person's language.

A `Text` is a key (the English sentence) with values. It is built anywhere with `_("…", name=…)`, compared
and tested as data, and turned into a string only by `render`. The catalogues are the Babel `.po` files beside this
module, read once per process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeAlias

from babel.messages.pofile import read_po

from locales.formats import Money, show_date, show_datetime, show_money, show_number
from locales.language import Language

Value: TypeAlias = "Text | Named | str | int | Decimal | date | datetime | Money"


@dataclass(frozen=True)
class Text:
    """A sentence of the catalogue with the values that fill its `{placeholders}`.

    With `many`, the sentence has a plural form, chosen by `count`.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()
    many: str | None = None
    count: int = 0


@dataclass(frozen=True)
class Named:
    """A thing with a name of its own in each language: a place, an office, a mission."""

    names: tuple[tuple[Language, str], ...]


Words: TypeAlias = Text | Named | str
"""What may be shown: a catalogue text, a thing's own name, or a person's own words as they are."""


def _(key: str, /, **values: Value) -> Text:
    """Name a sentence of the catalogue."""
    return Text(key, tuple(values.items()))


def ngettext(one: str, many: str, count: int, /, **values: Value) -> Text:
    """Name a sentence that counts something; `{count}` may appear in both forms."""
    return Text(one, (("count", count), *values.items()), many, count)


def by_language(names: Mapping[Language, str]) -> Words:
    """Name something that has its own name in each language, rather than a sentence of the catalogue."""
    return names["id"] if len(set(names.values())) == 1 else Named(tuple(sorted(names.items())))


@cache
def catalogue(language: Language) -> Mapping[str, str | tuple[str, ...]]:
    """Read one language's sentences: a string by key, or its plural forms."""
    path = Path(__file__).parent / language / "LC_MESSAGES" / "kabari.po"
    with path.open("rb") as file:
        entries = read_po(file, locale=language)
    found: dict[str, str | tuple[str, ...]] = {}
    for entry in entries:
        if not entry.id or entry.fuzzy:
            continue
        key = entry.id if isinstance(entry.id, str) else entry.id[0]
        if isinstance(entry.string, str):
            found[key] = entry.string or key
        elif entry.string:
            found[key] = tuple(entry.string)
    return found


def render(words: Words, language: Language) -> str:
    """Say something in a language; values are put in as they are, never read as templates."""
    if isinstance(words, str):
        return words
    if isinstance(words, Named):
        return dict(words.names)[language]
    sentence = _sentence(words, language)
    if not words.values:
        return sentence
    return sentence.format_map({name: _render_value(value, language) for name, value in words.values})


def _sentence(text: Text, language: Language) -> str:
    found = catalogue(language).get(text.key)
    if text.many is None:
        return found if isinstance(found, str) else text.key
    if isinstance(found, tuple) and all(found):
        return found[0] if len(found) == 1 or text.count == 1 else found[1]
    return text.key if text.count == 1 else text.many


def _render_value(value: Value, language: Language) -> str:
    match value:
        case str():
            return value
        case Text() | Named():
            return render(value, language)
        case Money():
            return show_money(value, language)
        case datetime():
            return show_datetime(value, language)
        case date():
            return show_date(value, language)
        case _:
            return show_number(value, language)
