"""When a typed text names a label: the same but for case and signs, part of it, or a slip away from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from rapidfuzz.distance import OSA

from flows.reading.tidy import plain, words

Names: TypeAlias = Sequence[Collection[str]]
"""For each option, all its names: in every language, and its aliases."""

MEANT_SIGNS: Final = frozenset("<>+≤≥%")
"""Signs that tell labels apart: "<5" is not ">5"."""
SHORTEST_PART: Final = 4
SHORTEST_HANGUL_PART: Final = 2
FIGURES_OF_A_RANGE: Final = 2
ONE_SLIP_FROM: Final = 4
TWO_SLIPS_FROM: Final = 9

POLITE: Final = words(
    "saya aku gue kami kita mau ingin pilih memilih pilihan pilihannya jawaban jawabannya yang opsi",
    "nomor nomer no ke saja aja ya yah dong deh sih kak kakak pak bu mas mbak min tolong mohon",
    "terima kasih makasih trims",
    "i we would like want choose pick take to the my our it its is number option answer",
    "please pls thanks thank you",
    "저는 전 나는 우리는 저희는 번호 선택 선택할게요 선택합니다 할게요 할래요 주세요 부탁해요 부탁드려요",
    "부탁드립니다 감사합니다 입니다 이에요 예요 이요 요",
)
"""Words around an answer that do not change it."""
KOREAN_ENDING: Final = re.compile(
    r"(?<=\w)(?:(?:으로|로)?(?:할게요|할래요|선택할게요|부탁해요|부탁드려요|주세요)|(?:으로|로)요?"
    r"|입니다|이에요|예요|이요|요)$"
)
NEGATIONS: Final = words(
    "tidak tdk bukan belum tanpa jangan gak ga nggak no not non none never without dont",
    "안 않아요 않습니다 않음 없음 없어요 아니요 아니에요 못",
)

PLACES: Final = (
    "pertama kesatu first satu one 첫째 첫번째 하나",
    "kedua second dua two 둘째 두번째 둘",
    "ketiga third tiga three 셋째 세번째 셋",
    "keempat fourth empat four 넷째 네번째 넷",
    "kelima fifth lima five 다섯째 다섯번째 다섯",
    "keenam sixth enam six 여섯째 여섯번째 여섯",
    "ketujuh seventh tujuh seven 일곱째 일곱번째 일곱",
    "kedelapan eighth delapan eight 여덟째 여덟번째 여덟",
    "kesembilan ninth sembilan nine 아홉째 아홉번째 아홉",
    "kesepuluh tenth sepuluh ten 열째 열번째 열",
)
"""What people call the first option, the second …"""
FIGURES: Final = re.compile(rf"\d+|[{''.join(sorted(MEANT_SIGNS))}]")
"""What a part or a slip must not leave out: "1–5", ">"."""
NUMBER: Final = re.compile(r"(\d{1,3}) ?(?:번|번째|번이요|번요|st|nd|rd|th)?")
NUMBERED: Final = re.compile(r"(\d{1,3}) ?번? (.+)")


def fold(text: str) -> str:
    """Reduce a text to its words: no case, no punctuation, no emoji."""
    folded = re.sub(r"['’`ʼ]", "", plain(text).casefold())
    return " ".join("".join(c if _is_meant(c) else " " for c in folded).split())


def _is_meant(character: str) -> bool:
    category = unicodedata.category(character)
    if category[0] == "M":
        return category != "Me" and not unicodedata.name(character, "").startswith("VARIATION SELECTOR")
    return category[0] in "LN" or character in MEANT_SIGNS


PLACE_OF: Final = {fold(word): place for place, names in enumerate(PLACES) for word in names.split()}
_POLITE: Final = frozenset(map(fold, POLITE))
_NEGATIONS: Final = frozenset(map(fold, NEGATIONS))


def join(folded: str) -> str:
    """Take the spaces out of a folded text, but those between digits: 1–5 is not 15."""
    return re.sub(r"(?<!\d) | (?!\d)", "", folded)


@dataclass(frozen=True)
class _Spelling:
    """A text in the forms it is compared in; Hangul is compared letter by letter."""

    folded: str
    joined: str
    letters: str
    figures: tuple[str, ...]


def _spell(folded: str) -> _Spelling:
    joined = join(folded)
    return _Spelling(folded, joined, unicodedata.normalize("NFD", joined), tuple(FIGURES.findall(folded)))


@lru_cache(maxsize=8192)
def _label(name: str) -> _Spelling:
    return _spell(fold(name) or plain(name))


def strip_politeness(folded: str) -> str:
    """Take off the words around an answer: "saya pilih kopi ya" is "kopi"."""
    kept = folded.split()
    while kept and kept[0] in _POLITE:
        kept.pop(0)
    while kept and kept[-1] in _POLITE:
        kept.pop()
    return " ".join(kept)


def readings(text: str) -> list[str]:
    """List what a text may say, as typed first, then with less and less around it; empty ones left out."""
    folded = fold(text)
    if not folded:
        return [plain(text)] if plain(text) else []
    stripped = strip_politeness(folded)
    return list(dict.fromkeys(filter(None, (folded, stripped, KOREAN_ENDING.sub("", stripped)))))


def find_equal(said: str, names: Names) -> int | None:
    """Find the one option that is called exactly so."""
    typed = join(said)
    return _only(names, lambda label: label.joined == typed)


def find_number(said: str, names: Names) -> int | None:
    """Find the option by its place: "3", "3번", "ketiga", "last"."""
    if said in {"terakhir", "last", "마지막"}:
        return len(names) - 1 if names else None
    number = NUMBER.fullmatch(said)
    place = int(number[1]) - 1 if number else PLACE_OF.get(join(said))
    return place if place is not None and 0 <= place < len(names) else None


def find_numbered(said: str, names: Names) -> int | None:
    """Find the option that is copied out with its number: "3. Kerajinan"."""
    found = NUMBERED.fullmatch(said)
    if not found:
        return None
    place = find_number(found[1], names)
    return place if place is not None and find_equal(found[2], names) == place else None


def find_part(said: str, names: Names) -> int | None:
    """Find the one option whose name has these words in a row, and no "not" besides.

    A Korean name may go on without a space: 공예 is part of 공예품.
    """
    typed, words_typed = _spell(said), set(said.split())
    hangul = re.fullmatch(r"[가-힣 ]+", said) is not None
    shortest = SHORTEST_HANGUL_PART if hangul else SHORTEST_PART
    if len(typed.joined) < shortest and len(typed.figures) < FIGURES_OF_A_RANGE:
        return None

    def has_part(label: _Spelling) -> bool:
        begins = hangul and label.joined.startswith(typed.joined)
        within = begins or f" {said} " in f" {label.folded} "
        return (
            within
            and label.figures == typed.figures
            and _NEGATIONS.isdisjoint(set(label.folded.split()) - words_typed)
        )

    return _only(names, has_part)


def find_near(said: str, names: Names) -> int | None:
    """Find the one option a slip or two away; short names allow none, figures never differ."""
    typed = _spell(said)

    def is_near(label: _Spelling) -> bool:
        size = min(len(label.letters), len(typed.letters))
        slips = (size >= ONE_SLIP_FROM) + (size >= TWO_SLIPS_FROM)
        if not slips or label.figures != typed.figures:
            return False
        return OSA.distance(typed.letters, label.letters, score_cutoff=slips) <= slips

    return _only(names, is_near)


def _only(names: Names, fits: Callable[[_Spelling], bool]) -> int | None:
    found = [index for index, called in enumerate(names) if any(fits(_label(name)) for name in called)]
    return found[0] if len(found) == 1 else None
