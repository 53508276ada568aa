"""The one amount a short answer names, with whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from flows.reading import Unreadable
from flows.reading.numerals import Part, add_up, read_digits, read_multiplier, read_number_word
from flows.reading.tidy import shorten, words
from locales.language import Language
from locales.words import _

LONGEST_ANSWER: Final = 100
LARGEST: Final = Decimal(10**18)
"""Numbers from here on fit no database integer."""
MOST_DIGITS: Final = 24
MOST_WORDS_BEFORE: Final = 6
MOST_WORDS_AFTER_SPELLED: Final = 3

TOKEN: Final = re.compile(
    r"""
      (?P<digits>\d{1,3}(?:\ \d{3})+(?:[.,]\d{1,2})?(?![.,]?\d)|\d+(?:[.,'’]\d+)*)
    | (?P<area>[cdkm]?m[23](?![^\W_]))
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    | (?P<sign>\S)
    """,
    re.VERBOSE,
)
RANGE: Final = re.compile(r"(?:-|–|—|~|s/d|sd|sampai|hingga|to|until|에서|부터)$", re.IGNORECASE)
"""How the words between two numbers end when they are the ends of a range."""
AND: Final = frozenset({"dan", "and"})
LIKE_DIGITS: Final = re.compile(r"[oOlI]+")
ABOUT: Final = words(
    "sekitar kurang lebih kira kiranya kisaran ada cuma cuman hanya baru total jumlah jumlahnya",
    "about around only just approximately roughly",
    "약 대략 총 한",
)
"""Words that may stand before a number in words."""


def find_amount(
    said: str, language: Language, letters: Mapping[str, int], *, thousands: bool
) -> Decimal | None:
    """Find the amount in a plain text; None when there is none.

    `letters` are single letters that multiply (M, T), 0 for one whose meaning is unclear. `thousands` is as
    in `read_digits`, for digits that nothing multiplies. Raises `Unreadable` for what is no one clear number.
    """
    if len(said) > LONGEST_ANSWER:
        return None
    tokens = list(TOKEN.finditer(said))
    first = next((index for index, token in enumerate(tokens) if token["digits"]), None)
    if first is None:
        return _spelled([token["word"] for token in tokens if token["word"]])
    if sum(bool(token["word"]) for token in tokens[:first]) > MOST_WORDS_BEFORE:
        return None
    _refuse_letters(tokens)
    parts, end = _row(tokens, first, language, letters, thousands=thousands)
    second = next((token for token in tokens[end:] if token["digits"]), None)
    if second is not None:
        if RANGE.search(said[tokens[end - 1].end() : second.start()].strip()):
            raise Unreadable(_("That looks like a range. Please send one number, your best estimate."))
        raise Unreadable(_("I found more than one number there. Please send just one."))
    amount = add_up(parts)
    if amount is None or _leaves_doubt(parts):
        raise Unreadable(
            _("I am not sure which number you mean. Please write it in full, for example 1500000.")
        )
    if amount >= LARGEST:
        raise Unreadable(_("That number is too large for me. Please check it and send it again."))
    if amount == int(amount):
        amount = Decimal(int(amount))
    return -amount if _is_negative(tokens, first) else amount


def _leaves_doubt(parts: Sequence[Part]) -> bool:
    """Tell whether digits trail far behind their scale: "1 juta 500" may mean 1,000,500 or 1.5 million."""
    if len(parts) < 2 or parts[-1].kind != "number" or parts[-2].kind != "scale":
        return False
    return parts[-1].worth * 1000 < parts[-2].worth


def _row(
    tokens: Sequence[re.Match[str]],
    first: int,
    language: Language,
    letters: Mapping[str, int],
    *,
    thousands: bool,
) -> tuple[list[Part], int]:
    """Collect the parts of the number that begins at a token, and say where it ends."""
    parts: list[Part] = []
    for index in range(first, len(tokens)):
        token = tokens[index]
        if token["digits"]:
            if parts and parts[-1].kind == "number":
                return parts, index
            multiplied = index + 1 < len(tokens) and bool(_multiplier(tokens[index + 1], letters))
            parts.append(Part("number", _digits(token, language, thousands=thousands and not multiplied)))
        elif more := _multiplier(token, letters):
            parts.extend(more)
        elif not _joins(tokens, index, parts):
            return parts, index
    return parts, len(tokens)


def _joins(tokens: Sequence[re.Match[str]], index: int, parts: Sequence[Part]) -> bool:
    between = parts[-1].kind == "scale" and index + 1 < len(tokens) and bool(tokens[index + 1]["digits"])
    return between and tokens[index][0].casefold() in AND


def _multiplier(token: re.Match[str], letters: Mapping[str, int]) -> tuple[Part, ...]:
    word = token["word"] or ""
    if word not in letters:
        return read_multiplier(word)
    if not letters[word]:
        raise Unreadable(
            _(
                "I am not sure what “{letter}” stands for. "
                "Please write the number in full, for example 5000000.",
                letter=word,
            )
        )
    return (Part("scale", Decimal(letters[word])),)


def _digits(token: re.Match[str], language: Language, *, thousands: bool) -> Decimal:
    written = token["digits"]
    if sum(character.isdecimal() for character in written) > MOST_DIGITS:
        raise Unreadable(_("That number has too many digits for me. Please check it and send it again."))
    number = read_digits(written, language, thousands=thousands)
    if number is None:
        raise Unreadable(
            _(
                "I am not sure how to read the dots and commas in “{written}”. Please send only the digits.",
                written=shorten(written),
            )
        )
    return number


def _refuse_letters(tokens: Sequence[re.Match[str]]) -> None:
    """Refuse a letter typed among digits: 1O0, l5, 2x3."""
    ends = {token.end() for token in tokens if token["digits"]}
    starts = {token.start() for token in tokens if token["digits"]}
    for token in tokens:
        if not token["word"]:
            continue
        touching = (token.start() in ends) + (token.end() in starts)
        inside = touching == 2 and not read_multiplier(token["word"])
        if inside or (touching and LIKE_DIGITS.fullmatch(token["word"])):
            raise Unreadable(_("There is a letter among the digits. Please send the number in digits only."))


def _is_negative(tokens: Sequence[re.Match[str]], first: int) -> bool:
    if first == 0:
        return False
    sign = tokens[first - 1]
    apart = first == 1 or tokens[first - 2].end() < sign.start()
    return sign[0] in {"-", "−"} and sign.end() == tokens[first].start() and apart


def _spelled(said: Sequence[str]) -> Decimal | None:
    """Read an answer in words alone: "dua puluh lima orang", "오천만 원", "about fifty"."""
    start = next((index for index, word in enumerate(said) if word.casefold() not in ABOUT), len(said))
    parts: list[Part] = []
    rest = list(said[start:])
    while rest:
        word, following = rest[0], rest[1] if len(rest) > 1 else ""
        more = read_number_word(word, following) or (read_multiplier(word) if parts else ())
        joined = parts and word.casefold() in AND and read_number_word(following)
        if not (more or joined):
            break
        parts.extend(more)
        rest.pop(0)
    if not parts or len(rest) > MOST_WORDS_AFTER_SPELLED or any(map(read_number_word, rest)):
        return None
    return add_up(parts)
