"""The words of the search: slang, words that mean the same, and what no answer covers; staff edit `synonyms.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

_PATH: Final = Path(__file__).parent / "synonyms.toml"


@dataclass(frozen=True)
class Synonyms:
    """Slang words with what they stand for, and terms by what they mean.

    `outside` and `elsewhere` are what no answer covers, as a rule: other subjects, other countries.
    """

    slang: Mapping[str, str]
    concepts: Mapping[str, tuple[str, ...]]
    outside: Mapping[str, tuple[str, ...]]
    elsewhere: Mapping[str, tuple[str, ...]]


def read_synonyms(content: Mapping[str, Any]) -> Synonyms:
    """Take synonyms from the content of their file; raises KeyError where a part is missing."""
    slang = {word: meant for words in content["slang"].values() for word, meant in words.items()}
    return Synonyms(
        MappingProxyType(slang),
        *(
            MappingProxyType({name: tuple(terms) for name, terms in content[part].items()})
            for part in ("concepts", "outside", "elsewhere")
        ),
    )


@cache
def synonyms() -> Synonyms:
    """Read the synonyms that are shipped."""
    return read_synonyms(tomllib.loads(_PATH.read_text(encoding="utf-8")))
