"""How the bot presents itself on Telegram: its commands and descriptions, per language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flows.facts import Office
from locales.language import LANGUAGES, Language
from locales.words import Text, _, render

_COMMANDS: Final[Mapping[str, Text]] = {
    "start": _("Begin"),
    "menu": _("What I can do"),
    "register": _("Register a business"),
    "back": _("One question back"),
    "cancel": _("Leave the form"),
    "language": _("Change the language"),
    "person": _("Talk to a person"),
    "help": _("Help"),
}
_SHORT: Final = _("The bot of {office}: register your business and hear of trade missions.")
_LONG: Final = _(
    "I am the bot of {office}. I help small firms of Indonesia and Korea sell abroad: register your business, hear of "
    "trade missions and meet buyers. In Indonesian, Korean and English."
)


def commands() -> Mapping[Language, Sequence[tuple[str, str]]]:
    """List the commands with what each does, per language."""
    return {
        language: [(command, render(words, language)) for command, words in _COMMANDS.items()]
        for language in LANGUAGES
    }


def descriptions(office: Office) -> Mapping[Language, tuple[str, str]]:
    """Describe the bot per language: in full, and in short."""
    described: dict[Language, tuple[str, str]] = {}
    for language in LANGUAGES:
        name = (("office", office.names[language]),)
        described[language] = (
            render(Text(_LONG.key, name), language),
            render(Text(_SHORT.key, name), language),
        )
    return described
