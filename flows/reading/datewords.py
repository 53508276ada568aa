"""The words dates are made of, in three languages and as they are misspelled most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flows.reading.tidy import words


def _numbered(start: int, *groups: str) -> Mapping[str, int]:
    return {name: number for number, group in enumerate(groups, start) for name in group.split()}


MONTHS: Final = _numbered(
    1,
    "januari jan january",
    "februari pebruari feb peb february",
    "maret mar mrt march",
    "april apr",
    "mei may",
    "juni jun june",
    "juli jul july",
    "agustus agu agt ags agust aug august",
    "september sep sept",
    "oktober okt oct october",
    "november nov nopember nop",
    "desember des dec december",
)
WEEKDAYS: Final = _numbered(
    0,
    "senin mon monday 월요일",
    "selasa tue tues tuesday 화요일",
    "rabu wed weds wednesday 수요일",
    "kamis thu thur thurs thursday 목요일",
    "jumat jum'at jum’at fri friday 금요일",
    "sabtu sat saturday 토요일",
    "minggu ahad sun sunday 일요일",
)
KOREAN_WEEKDAYS: Final = "월화수목금토일"

DAYS_AWAY: Final[Mapping[str, int]] = {
    "hari ini": 0, "today": 0, "오늘": 0, "besok": 1, "bsk": 1, "esok": 1, "tomorrow": 1, "tmr": 1, "tmrw": 1,
    "내일": 1, "lusa": 2, "besok lusa": 2, "day after tomorrow": 2, "모레": 2, "내일모레": 2, "내일 모레": 2,
    "글피": 3, "kemarin": -1, "kmrn": -1, "yesterday": -1, "어제": -1, "kemarin lusa": -2,
    "day before yesterday": -2, "그저께": -2, "그제": -2, "엊그제": -2,
}  # fmt: skip
COUNTS: Final = _numbered(1, "a satu one", "dua two", "tiga three", "empat four", "lima five", "enam six")
SPANS: Final[Mapping[str, int]] = {
    "hari": 1, "day": 1, "days": 1, "일": 1,
    "minggu": 7, "pekan": 7, "week": 7, "weeks": 7, "주": 7, "주일": 7,
}  # fmt: skip
"""How many days a counted word is worth."""

FILLERS: Final = words(
    "hari tanggal tgl pada di ke tahun mulai sekitar kak ya pak bu min",
    "the on of at date day year st nd rd th",
    "에 날 일자 입니다 이에요 예요 이요 요",
)
"""Words that say nothing about which day it is."""
