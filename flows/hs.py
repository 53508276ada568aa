"""HS codes: the chapters of HS 2022 and the headings small firms need, found by words or by digits.

A help to find the code, not a ruling: names are short forms of the nomenclature's, and customs decides. Chapters are
complete with the number of their last heading, so that a code that cannot exist is noticed; headings are a choice.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from flows.reading import Unreadable
from flows.reading.identifiers import LABEL, SEPARATORS, WORDS_AFTER
from flows.reading.labels import fold
from flows.reading.tidy import plain
from locales.language import LANGUAGES, Language
from locales.words import Words, _, by_language, ngettext

LENGTHS: Final = (2, 4, 6, 8, 10)
"""Digits of a chapter, a heading, a subheading, and of the national codes of Indonesia and Korea."""
MOST_FOUND: Final = 8
LONGEST_ANSWER: Final = 200
_WORTH_SHOWING: Final = 0.3
_SAME: Final = 3.0
_WITHIN: Final = 1.5
_CHAPTER: Final = 0.5
_EMPTY_WORDS: Final = frozenset(
    fold(
        "dan and of from dari untuk for yang the lain lainnya other others barang goods produk product olahan "
        "그 밖의 및 제품 kami saya our jual made khas"
    ).split()
)
_HANGUL: Final = re.compile("[가-힣]+")
_CODE: Final = re.compile(r"[\d .\-–/,]+")


@dataclass(frozen=True)
class Entry:
    """A chapter (two digits) or a heading (four) with all it is called; `last` is the last heading of a chapter."""

    code: str
    names: Mapping[Language, str]
    phrases: frozenset[str]
    words: frozenset[str]
    last: int


def is_code(text: str) -> bool:
    """Tell whether an answer is meant as digits rather than words."""
    said = WORDS_AFTER.sub("", LABEL.sub("", plain(text)))
    return bool(_CODE.fullmatch(said)) and any(letter.isdigit() for letter in said)


def read_code(text: str) -> str:
    """Read a code of 2 to 10 digits, in pairs, whose chapter and heading exist; raises `Unreadable`."""
    digits = SEPARATORS.sub("", WORDS_AFTER.sub("", LABEL.sub("", plain(text))))
    rule = _("An HS code has 4 or 6 digits, 8 in Indonesia or 10 in Korea. A zero in front counts.")
    if not re.fullmatch(r"\d+", digits, re.ASCII):
        raise Unreadable(rule)
    if len(digits) not in LENGTHS:
        raise Unreadable(
            ngettext(
                "I count {count} digit. {rule}", "I count {count} digits. {rule}", len(digits), rule=rule
            )
        )
    chapter = _entries().get(digits[:2])
    if chapter is None:
        raise Unreadable(
            _(
                "There is no HS chapter {chapter}: chapters run from 01 to 97, without 77. "
                "Please check the first two digits, or describe the product in words.",
                chapter=digits[:2],
            )
        )
    if digits[2:4] and not 1 <= int(digits[2:4]) <= chapter.last:
        raise Unreadable(
            _(
                "There is no HS heading {heading}: chapter {chapter} ends with {last}. "
                "Please check the first four digits, or describe the product in words.",
                heading=digits[:4],
                chapter=chapter.code,
                last=f"{chapter.code}{chapter.last:02}",
            )
        )
    return digits


def find_headings(text: str) -> list[Entry]:
    """Find what a product may be called in HS, the likeliest first; at most eight, chapters after headings.

    Digits list the headings that begin with them.
    """
    if is_code(text):
        digits = SEPARATORS.sub("", LABEL.sub("", plain(text)))
        headings = (entry for entry in find_all() if len(entry.code) == 4)
        return [entry for entry in headings if entry.code.startswith(digits[:4])][:MOST_FOUND]
    said = fold(text[:LONGEST_ANSWER])
    tokens = [token for token in said.split() if token not in _EMPTY_WORDS]
    if not tokens:
        return []
    scores: dict[str, float] = {}
    for token in tokens:
        for code, score in _score(token).items():
            scores[code] = scores.get(code, 0.0) + score
    scored = [
        (_weigh(entry, scores[entry.code], said), entry) for entry in map(_entries().__getitem__, scores)
    ]
    best = max((score for score, _entry in scored), default=0.0)
    kept = [(score, entry) for score, entry in scored if score >= best * _WORTH_SHOWING]
    kept.sort(key=lambda pair: (-pair[0], pair[1].code))
    return [entry for _score_, entry in kept[:MOST_FOUND]]


def name_of(code: str) -> Words:
    """Name a code by its heading, or by its chapter where the heading is not among ours."""
    found = _entries().get(code[:4]) or _entries().get(code[:2])
    return by_language(found.names) if found else ""


def dotted(code: str) -> str:
    """Write a code the way people do: 2008.99.10."""
    return ".".join(filter(None, (code[:4], code[4:6], code[6:8], code[8:])))


def chapters() -> Sequence[Entry]:
    """List the chapters."""
    return [entry for code, entry in _entries().items() if len(code) == 2]


def find_all() -> Sequence[Entry]:
    """List everything the table has."""
    return list(_entries().values())


@cache
def _entries() -> Mapping[str, Entry]:
    """Read the table, once a process."""
    table = files("locales").joinpath("data/hs.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: _read_entry(row) for row in csv.DictReader(table)}


def _read_entry(row: Mapping[str, str]) -> Entry:
    names: dict[Language, str] = {language: row[language] for language in LANGUAGES}
    phrases = frozenset(fold(each) for each in (*names.values(), *row["words"].split("|"))) - {""}
    words = frozenset(word for phrase in phrases for word in phrase.split()) - _EMPTY_WORDS
    return Entry(row["code"], names, phrases, words, int(row["last"] or 0))


@cache
def _entries_by_word() -> Mapping[str, Sequence[str]]:
    """List the codes of the entries that have a word."""
    having: dict[str, list[str]] = {}
    for entry in _entries().values():
        for word in entry.words:
            having.setdefault(word, []).append(entry.code)
    return having


def _score(token: str) -> Mapping[str, float]:
    """Score the entries for one typed word: by their word nearest to it, and by how few entries have that."""
    scores: dict[str, float] = {}
    having = _entries_by_word()
    for word, likeness in _near_words(token):
        score = likeness * math.log(len(_entries()) / len(having[word]))
        for code in having[word]:
            scores[code] = max(scores.get(code, 0.0), score)
    return scores


def _weigh(entry: Entry, score: float, said: str) -> float:
    if said in entry.phrases:
        score += _SAME
    elif any(f" {phrase} " in f" {said} " for phrase in entry.phrases):
        score += _WITHIN
    return score * (_CHAPTER if len(entry.code) == 2 else 1)


def _near_words(token: str) -> Iterator[tuple[str, float]]:
    """Find the known words near a typed one, with how near: the same or part of it, or else a slip away."""
    known = list(_entries_by_word())
    shortest = 2 if _HANGUL.fullmatch(token) else 4
    for word in known:
        shorter, longer = sorted((token, word), key=len)
        if token == word:
            yield word, 1.0
        elif len(shorter) >= shortest and (
            shorter in longer if shortest == 2 else longer.startswith(shorter)
        ):
            yield word, 0.8 * len(shorter) / len(longer)
    slips = 0 if shortest == 2 or token in _entries_by_word() else (len(token) >= 5) + (len(token) >= 9)
    if slips:
        near = process.extract(token, known, scorer=OSA.distance, score_cutoff=slips, limit=None)
        yield from ((word, 0.6) for word, _slips, _index in near if len(word) >= 5)
