"""The paper that the road map is drawn on: its size and colours, its axis of time, its writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final, TypeAlias

from PIL import Image, ImageDraw

from bot.drawing.lettering import font, wrap
from flows.roadmap.plan import RoadMap
from locales.language import Language
from locales.words import Words, render

Colour: TypeAlias = tuple[int, int, int]

WIDTH: Final = 1080
EDGE: Final = 48
INDENT: Final = 124
"""Where the text of a step begins, right of its number."""

PAPER: Final[Colour] = (255, 255, 255)
INK: Final[Colour] = (24, 32, 44)
MUTED: Final[Colour] = (86, 96, 112)
FAINT: Final[Colour] = (222, 227, 233)
SHORTEST: Final[Colour] = (14, 107, 107)
LONGEST: Final[Colour] = (160, 208, 204)
RENEWED: Final[Colour] = (158, 92, 0)
RENEWED_LONGEST: Final[Colour] = (236, 205, 154)
GOOD: Final[Colour] = (28, 116, 62)
LATE: Final[Colour] = (168, 30, 30)
MISSION: Final[Colour] = (60, 70, 150)
MISSION_FAINT: Final[Colour] = (205, 209, 234)

_TALLEST: Final = 8800
_WEEKS_A_MONTH: Final = 52 / 12
_MONTHS_FROM: Final = 27
"""From how many weeks on the axis is in months."""


@dataclass(frozen=True)
class Axis:
    """The axis of time: how many weeks it shows, and where the mission is on it (None when off it)."""

    weeks: float
    mission: float | None

    def x(self, weeks: float) -> int:
        """Find the place of a week; what lies beyond the axis is at its edge."""
        share = min(max(weeks / self.weeks, 0), 1)
        return EDGE + round(share * (WIDTH - 2 * EDGE))

    @property
    def in_months(self) -> bool:
        """Whether its ticks are months."""
        return self.weeks >= _MONTHS_FROM

    def ticks(self) -> Iterator[tuple[int, int]]:
        """List the ticks: what each says and where it is."""
        unit = _WEEKS_A_MONTH if self.in_months else 1
        units = self.weeks / unit
        every = next(step for step in (1, 2, 3, 4, 6, 12, 24, 48) if units / step <= 8)
        for number in range(0, int(units) + 1, every):
            yield number, self.x(number * unit)


def axis_of(roadmap: RoadMap, today: date) -> Axis:
    """Fit an axis to what is required and, if it is not far behind that, to the mission."""
    work = roadmap.total.most or max((planned.ends.most for planned in roadmap.steps), default=0)
    work = max(work, 4)
    if roadmap.mission is None:
        return Axis(work * 1.04, None)
    mission = max((roadmap.mission.starts - today).days, 0) / 7
    if mission > work * 1.6 + 4:
        return Axis(work * 1.04, None)
    return Axis(max(work, mission) * 1.04, mission)


class Canvas:
    """A tall sheet of paper, written from top to bottom and then cut where the writing ends."""

    def __init__(self, axis: Axis, language: Language) -> None:
        self.image = Image.new("RGB", (WIDTH, _TALLEST), PAPER)
        self.pen = ImageDraw.Draw(self.image)
        self.axis = axis
        self.language = language
        self.y = EDGE

    def write(
        self, words: Words, size: int, colour: Colour = INK, *, bold: bool = False, left: int = EDGE
    ) -> None:
        """Write a paragraph; the mission's line behind it is kept clear of the letters."""
        letters = font(size, bold=bold)
        for line in wrap(render(words, self.language), letters, WIDTH - EDGE - left):
            self.pen.text((left, self.y), line, font=letters, fill=colour, stroke_width=4, stroke_fill=PAPER)
            self.pen.text((left, self.y), line, font=letters, fill=colour)
            self.y += round(size * 1.32)

    def png(self) -> bytes:
        """Cut the paper and give the picture."""
        file = BytesIO()
        self.image.crop((0, 0, WIDTH, min(self.y + EDGE, _TALLEST))).save(file, "PNG")
        return file.getvalue()
