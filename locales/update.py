"""Bring the catalogues up to date with the code: `python -m locales.update [LANGUAGE …]`.

New sentences are added empty (in English they are their own translation), those no longer used go away. Nothing is
guessed: what has no translation shows in a test, not in a chat.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from locales.language import LANGUAGES, Language

ROOT: Final = Path(__file__).parent.parent
_KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {"_": None, "ngettext": (1, 2)}
_PACKAGES: Final = ("bot", "flows", "locales")


def path_of(language: Language) -> Path:
    """Tell where a language's catalogue is."""
    return ROOT / "locales" / language / "LC_MESSAGES" / "kabari.po"


def sentences() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Find every sentence in the code, with the file and line that has it."""
    for package in _PACKAGES:
        found = extract_from_dir(ROOT / package, [("**.py", "python")], keywords=_KEYWORDS)
        for file, line, key, _comments, _context in found:
            yield f"{package}/{file}", line, key


def read(language: Language) -> Catalog:
    """Read a catalogue as it is; an empty one when there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: Language) -> Catalog:
    """Make a catalogue of exactly the code's sentences, keeping the translations there are."""
    old = read(language)
    new = Catalog(
        locale=language,
        project="Kabari",
        version="1",
        copyright_holder="Kabari",
        fuzzy=False,
        header_comment="# Kabari's words.",
    )
    new.creation_date = old.creation_date
    for file, _line, key in sentences():
        before = old.get(key if isinstance(key, str) else key[0])
        message = new.add(key, locations=[(file, None)])  # type: ignore[list-item]  # lines would change with every edit
        message.string = _translation(language, key, before, new.num_plurals)
    return new


def _translation(
    language: Language, key: str | tuple[str, ...], before: Message | None, plurals: int
) -> str | tuple[str, ...]:
    if language == "en":
        return key
    if before is not None and before.id == key:
        return before.string  # type: ignore[return-value]  # a catalogue's message has one string or its plurals
    return ("",) * plurals if isinstance(key, tuple) else ""


def main() -> None:
    """Rewrite the catalogues named, or all."""
    for language in [each for each in LANGUAGES if each in sys.argv[1:]] or LANGUAGES:
        catalog = updated(language)
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_by_file=True, omit_header=False, include_lineno=False)
        missing = [each.id for each in catalog if each.id and not any(each.string or ())]
        print(f"{language}: {len(catalog)} sentences, {len(missing)} without a translation")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
