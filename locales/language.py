"""The three languages Kabari speaks."""

from collections.abc import Mapping
from typing import Final, Literal, TypeGuard, get_args

Language = Literal["id", "ko", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
OWN_NAMES: Final[Mapping[Language, str]] = {"id": "Bahasa Indonesia", "ko": "한국어", "en": "English"}
"""Each language's name for itself, as its own speakers look for it."""


def is_language(code: str | None) -> TypeGuard[Language]:
    """Tell whether a code is one of the three."""
    return code in LANGUAGES
