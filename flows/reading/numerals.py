"""How a number is put together: digits with their separators, and words that count or multiply.

A written number is a row of parts ("1억 5천만" is 1, 억, 5, 천, 만); `add_up` says what the row is worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, Literal, NamedTuple

from locales.language import Language


class Part(NamedTuple):
    """One piece of a number.

    A `unit` multiplies the number before it (hundred, puluh, 천), a `scale` the whole group (juta, 만);
    `tens` is a word like twenty, `teen` is Indonesian belas.
    """

    kind: Literal["number", "half", "tens", "teen", "unit", "scale"]
    worth: Decimal


def _parts(
    kind: Literal["number", "tens", "unit", "scale"], words: Mapping[str, int]
) -> dict[str, tuple[Part, ...]]:
    return {word: (Part(kind, Decimal(worth)),) for names, worth in words.items() for word in names.split()}


ONE: Final = Part("number", Decimal(1))

MULTIPLIERS: Final[Mapping[str, tuple[Part, ...]]] = {
    **_parts("unit", {"puluh puluhan": 10, "ratus ratusan hundred": 100}),
    **_parts(
        "scale",
        {
            "ribu ribuan rb rbu rebu k thousand": 10**3,
            "juta jutaan jt jta million millions mio mn": 10**6,
            "miliar miliaran milyar milyard mliar mlyr billion billions bn": 10**9,
            "triliun trilyun trillion": 10**12,
            "lusin dozen": 12,
            "kodi": 20,
        },
    ),
    "setengah": (Part("half", Decimal("0.5")),),
    "belas": (Part("teen", Decimal(10)),),
}
"""What may follow a number and change its worth."""

COUNTING: Final[Mapping[str, tuple[Part, ...]]] = {
    **_parts(
        "number",
        {
            "nol zero": 0, "satu one": 1, "dua two": 2, "tiga three": 3, "empat four": 4, "lima five": 5,
            "enam six": 6, "tujuh seven": 7, "delapan eight": 8, "sembilan nine": 9, "sepuluh ten": 10,
            "sebelas eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
            "seventeen": 17, "eighteen": 18, "nineteen": 19,
        },
    ),
    **_parts(
        "tens",
        {
            "twenty": 20, "thirty": 30, "forty fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
            "eighty": 80, "ninety": 90,
        },
    ),
    "setengah": MULTIPLIERS["setengah"],
    "seratus": (ONE, *MULTIPLIERS["ratus"]),
    "seribu": (ONE, *MULTIPLIERS["ribu"]),
    "sejuta": (ONE, *MULTIPLIERS["juta"]),
    "semiliar": (ONE, *MULTIPLIERS["miliar"]),
}  # fmt: skip
"""Words a number may begin with."""

SINO_DIGITS: Final = "영일이삼사오육칠팔구"
SINO_UNITS: Final[Mapping[str, Part]] = {
    "십": Part("unit", Decimal(10)),
    "백": Part("unit", Decimal(100)),
    "천": Part("unit", Decimal(1000)),
    "만": Part("scale", Decimal(10**4)),
    "억": Part("scale", Decimal(10**8)),
    "조": Part("scale", Decimal(10**12)),
}
NATIVE: Final[Mapping[str, int]] = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "아홉": 9, "열": 10,
}  # fmt: skip
STANDING_ALONE: Final = frozenset({"하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"})
"""Native numbers that need no counter; 네 alone is a yes."""

_UNIT = "[십백천만억조]"
_ENDING = (
    "(?:원|명|개|인|분|불|달러|루피아|위안|엔|유로|톤|킬로|키로|그램|리터|장|대|병|박스|상자|세트|부|평|매|벌|켤레"
    "|마리|포|봉|캔|팩|곳|군데|사람|번|여|정도|쯤|가량|이상|이하|미만|까지|입니다|이에요|예요|이요|요|[a-zA-Z])"
)
_AFTER_DIGITS = re.compile(rf"({_UNIT}(?:[{SINO_DIGITS}]?{_UNIT})*[{SINO_DIGITS}]?)(?:{_ENDING}.*)?")
_SPELLED = re.compile(
    rf"((?:[{SINO_DIGITS}]?{_UNIT})+[{SINO_DIGITS}]?)(?:{_ENDING}.*)?|([{SINO_DIGITS}])(?:원|명|개|요)?"
)
_NATIVE = re.compile(rf"({'|'.join(sorted(NATIVE, key=len, reverse=True))})({_ENDING}.*)?")


def read_multiplier(word: str) -> tuple[Part, ...]:
    """Read a word after digits: "jt", "천만원"; empty when it is no multiplier."""
    known = MULTIPLIERS.get(word.casefold())
    if known:
        return known
    found = _AFTER_DIGITS.fullmatch(word)
    return tuple(_sino_parts(found[1])) if found else ()


def read_number_word(word: str, following: str = "") -> tuple[Part, ...]:
    """Read a word that counts by itself: "lima", "fifty", "삼천", "두" before a counter; else empty."""
    known = COUNTING.get(word.casefold())
    if known:
        return known
    if word.casefold() in {"a", "an"} and read_multiplier(following):
        return (ONE,)
    found = _SPELLED.fullmatch(word)
    if found:
        return tuple(_sino_parts(found[1] or found[2]))
    native = _NATIVE.fullmatch(word)
    if native and (native[2] or native[1] in STANDING_ALONE or re.match(_ENDING, following)):
        return (Part("number", Decimal(NATIVE[native[1]])),)
    return ()


def _sino_parts(run: str) -> Iterable[Part]:
    for character in run:
        yield SINO_UNITS.get(character) or Part("number", Decimal(SINO_DIGITS.index(character)))


def add_up(parts: Iterable[Part]) -> Decimal | None:
    """Say what a row of parts is worth; None when it makes no number."""
    total = section = Decimal(0)
    number: Decimal | None = None
    unit = scale = Decimal("Infinity")
    for kind, worth in parts:
        match kind:
            case "half":
                number = (number or Decimal(0)) + worth
            case "number" if number is None and worth < unit:
                number = worth
            case "tens" if number is None and unit > 10:
                section, unit = section + worth, Decimal(10)
            case "teen" if number is not None:
                section, number, unit = section + number + worth, None, Decimal(1)
            case "unit" if worth < unit:
                section, number, unit = section + (1 if number is None else number) * worth, None, worth
            case "scale" if worth < scale and (total == 0 or section or number is not None):
                group = section + (number or 0) if section or number is not None else Decimal(1)
                total, section, number = total + group * worth, Decimal(0), None
                unit, scale = Decimal("Infinity"), worth
            case _:
                return None
    rest = section + (number or 0)
    return total + rest if rest < scale else None


GROUPED: Final = re.compile(r"\d{1,3}(?:([.,'’ ])\d{3})(?:\1\d{3})*")
LONE: Final = re.compile(r"(\d+)[.,](\d+)")
MIXED: Final = re.compile(r"(\d{1,3}([.,'’ ])\d{3}(?:\2\d{3})*)(?!\2)[.,](\d+)")


def read_digits(written: str, language: Language, *, thousands: bool) -> Decimal | None:
    """Read digits with separators; None when the separators make no sense.

    One separator before exactly three digits is a thousands separator when `thousands` says so, else as the
    language has it: 1.500 is 1500 in Indonesian and one and a half in English.
    """
    if written.isdecimal():
        return Decimal(written)
    lone = LONE.fullmatch(written)
    if lone and not _groups_thousands(written, language, thousands=thousands):
        return Decimal(f"{lone[1]}.{lone[2]}")
    if GROUPED.fullmatch(written):
        return Decimal(re.sub(r"\D", "", written))
    mixed = MIXED.fullmatch(written)
    if mixed:
        return Decimal(re.sub(r"\D", "", mixed[1]) + "." + mixed[3])
    return None


def _groups_thousands(written: str, language: Language, *, thousands: bool) -> bool:
    if written.startswith("0") or not GROUPED.fullmatch(written):
        return False
    return thousands or ("." in written) == (language == "id")
