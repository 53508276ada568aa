"""Choices as people type them: a label or its number, several in a row, yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from flows.reading.labels import (
    Names,
    find_equal,
    find_near,
    find_number,
    find_numbered,
    find_part,
    fold,
    join,
    readings,
    strip_politeness,
)
from flows.reading.tidy import plain, tidy, words

LONGEST_ANSWER: Final = 200
LONGEST_LIST: Final = 500

ALL: Final = frozenset(
    map(fold, ("semua", "semuanya", "all", "all of them", "everything", "전부", "전부 다", "모두", "모두 다"))
)
SEPARATORS: Final = (
    re.compile(r"[,;|\n、·]"),
    re.compile(r"[/&+]|(?<!\w)(?:dan|and|serta|plus|및|그리고)(?!\w)", re.IGNORECASE),
    re.compile(r"(?<=[가-힣])(?:이랑|랑|하고|와|과) "),
    re.compile(r"[. ]+"),
)
"""What stands between the pieces of a list, from the surest to the least sure."""
SPAN: Final = re.compile(r"(\d{1,3}) ?(?:-|–|~|sampai|s/d|to) ?(\d{1,3})", re.IGNORECASE)


def match_option(text: str, labels: Names) -> int | None:
    """Find the option a text means, by a name, its number (from 1) or a near match; None when that is unsure.

    `labels` has all the names of each option. An exact name comes before a number, so labels may be numbers.
    """
    said = readings(text) if len(text) <= LONGEST_ANSWER else []
    for find in (find_equal, find_number, find_numbered, find_part, find_near):
        for reading in said:
            found = find(reading, labels)
            if found is not None:
                return found
    return None


def match_options(text: str, labels: Names) -> list[int] | None:
    """Find all the options a list means, in its order; None when any piece of it is not understood."""
    if len(text) > LONGEST_LIST:
        return None
    lines = "\n".join(map(plain, tidy(text, lines=True).split("\n")))
    if strip_politeness(fold(lines)) in ALL and match_option(lines, labels) is None:
        return list(range(len(labels)))
    found = _match_piece(lines, labels, 0)
    return None if found is None else list(dict.fromkeys(found))


def _match_piece(piece: str, labels: Names, level: int) -> list[int] | None:
    one = match_option(piece, labels)
    if one is not None:
        return [one]
    span = SPAN.fullmatch(strip_politeness(piece.strip()))
    if span and 1 <= int(span[1]) < int(span[2]) <= len(labels):
        return list(range(int(span[1]) - 1, int(span[2])))
    for deeper in range(level, len(SEPARATORS)):
        whole = strip_politeness(piece) if deeper == len(SEPARATORS) - 1 else piece
        pieces = [each for each in SEPARATORS[deeper].split(whole) if fold(each)]
        found = _match_pieces(pieces, labels, deeper + 1) if len(pieces) > 1 else None
        if found is not None:
            return found
    return None


def _match_pieces(pieces: Iterable[str], labels: Names, level: int) -> list[int] | None:
    found: list[int] = []
    for piece in pieces:
        more = _match_piece(piece, labels, level)
        if more is None:
            return None
        found.extend(more)
    return found


def _squeeze(folded: str) -> str:
    """Take out drawn-out letters: "iyaaa", "네네네", "okeee"."""
    return re.sub(r"(.)\1+", r"\1", join(folded))


def _squeezed(answers: Iterable[str]) -> frozenset[str]:
    return frozenset(_squeeze(fold(answer)) for answer in answers)


YES: Final = _squeezed(
    words(
        "ya y iya iye yo yoi yup ok oke okay okey okeh k sip siap sudah udah betul benar tentu lanjut",
        "yep yeah yea yes sure certainly absolutely right correct affirmative fine",
        "네 넵 넹 넴 예 옙 응 어 ㅇㅇ ㅇㅋ 그래 그래요 그럼요 맞아 맞아요 맞습니다 오케이 콜",
        "물론 물론이죠 물론입니다 당연하죠 당연히",
    )
    | {"of course"}
)
AGREE: Final = _squeezed(
    words(
        "setuju boleh mau bersedia bisa baik agree agreed accept accepted",
        "동의 동의해요 동의합니다 동의함 동의할게요 좋아 좋아요 좋습니다 할게요 하겠습니다 해요",
        "가능해요 가능합니다 원해요",
    )
)
"""Words that a no before them turns round."""
NO: Final = _squeezed(
    words(
        "tidak tdk tak ga gak gk nggak ngga ngak enggak engga kagak ndak nda jangan bukan belum blm ogah",
        "n no nope nah not never disagree dont negative decline",
        "아니 아니요 아니오 아뇨 아닙니다 아니에요 아녜요 노 ㄴㄴ 싫어 싫어요 싫습니다 안해 안해요 안합니다",
        "안할게요 안돼요 안됩니다 거절 거절해요 거절합니다 미동의 동의안함 동의안해요 동의안합니다",
        "동의하지않아요 동의하지않습니다 원하지않아요",
    )
    | {"of course not"}
)
BESIDES: Final = _squeezed(
    words(
        "saya aku kami dan terima kasih makasih kak pak bu mas mbak dong deh lah saja aja sangat",
        "i we do please thanks thank you so it is thats very 저는 전 감사합니다 고마워요 정말",
    )
)
"""Words that change nothing."""
SOFTENERS: Final = _squeezed(("ya", "yah"))
"""A ya at the end of an Indonesian sentence only softens it."""
UNSURE: Final = _squeezed(
    (
        *("tidak apa apa", "gak apa apa", "ga apa apa", "nggak apa apa", "gapapa", "gpp"),
        *("tidak masalah", "no problem", "tidak tahu", "not sure", "why not"),
    )
)
NOTHING: Final = _squeezed(
    (
        *("none", "nothing", "no", "not yet", "not any", "na", "i have none", "dont have", "dont have any"),
        *("dont have one", "do not have", "do not have one", "i dont have one", "no number", "not available"),
        *("tidak", "tidak ada", "tidak punya", "belum", "belum ada", "belum punya", "blm ada", "blm punya"),
        *(
            "ga ada",
            "gak ada",
            "nggak ada",
            "enggak ada",
            "ga punya",
            "gak punya",
            "nggak punya",
            "kosong",
            "nihil",
        ),
        *(
            "없음",
            "없어요",
            "없습니다",
            "없다",
            "없네요",
            "아직",
            "아직이요",
            "아직 없음",
            "아직 없어요",
            "아직 없습니다",
        ),
        *("해당 없음", "해당없음", "아니요"),
    )
)
"""What people answer where they have nothing to give."""
YES_SIGNS: Final = frozenset("👍👌✅⭕🙆✔")
NO_SIGNS: Final = frozenset("👎❌🙅✖")


def read_yes_no(text: str) -> bool | None:
    """Tell whether a short answer means yes or no; None when it is neither for sure."""
    if len(text) > LONGEST_ANSWER:
        return None
    folded = fold(text)
    if not folded:
        signs = set(text)
        yes, no = bool(signs & YES_SIGNS), bool(signs & NO_SIGNS)
        return yes if yes != no else None
    whole = _squeeze(folded)
    if whole in UNSURE:
        return None
    if whole in NO or whole in YES | AGREE:
        return whole not in NO
    return _read_sentence([_squeeze(word) for word in folded.split()])


def says_none(text: str) -> bool:
    """Tell whether an answer says that there is nothing to give: "belum punya", "-"."""
    if len(text) > LONGEST_ANSWER:
        return False
    return text.strip() == "-" or any(_squeeze(each) in NOTHING for each in readings(text))


def _read_sentence(said: list[str]) -> bool | None:
    if len(said) > 1 and said[-1] in SOFTENERS:
        said = said[:-1]
    if not set(said) <= YES | AGREE | NO | BESIDES:
        return None
    yes, no, agrees = (not group.isdisjoint(said) for group in (YES, NO, AGREE))
    if no:
        return None if yes else False
    return True if yes or agrees else None
