"""Options in pages of a list: ten rows with the steering and the way to the pages beside.

Every option can be reached by going on from the first page. A page keeps at least six rows for options; where
the steering would take more, only its first and its last stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.channels.whatsapp.limits import ROWS
from flows.message import Option

_STEERING_BESIDE_PAGES: Final = 2


@dataclass(frozen=True)
class Span:
    """Options from `start` up to, not including, `stop`."""

    start: int
    stop: int


@dataclass(frozen=True)
class Page:
    """What one list shows, and the pages before and after it."""

    options: tuple[Option, ...]
    steering: tuple[Option, ...]
    previous: Span | None = None
    next: Span | None = None


def keep_ends(steering: Sequence[Option], room: int) -> tuple[Option, ...]:
    """Choose what still fits of the steering: the first ones and always the last."""
    if len(steering) <= room:
        return tuple(steering)
    return (*steering[: room - 1], steering[-1]) if room > 0 else ()


def page_at(options: Sequence[Option], steering: Sequence[Option], offset: int) -> Page:
    """Give the page that holds the option at `offset`; one out of range gives the nearest page."""
    room = ROWS - len(options)
    if room >= min(len(steering), _STEERING_BESIDE_PAGES):
        return Page(tuple(options), keep_ends(steering, room))
    kept = keep_ends(steering, _STEERING_BESIDE_PAGES)
    spans = _spans(len(options), ROWS - len(kept))
    index = max((i for i, span in enumerate(spans) if span.start <= offset), default=0)
    return Page(
        options=tuple(options[spans[index].start : spans[index].stop]),
        steering=kept,
        previous=spans[index - 1] if index > 0 else None,
        next=spans[index + 1] if index + 1 < len(spans) else None,
    )


def _spans(count: int, rows: int) -> list[Span]:
    """Part more options than there are rows; first and last page give one row away, the others two."""
    spans = [Span(0, rows - 1)]
    while (start := spans[-1].stop) < count:
        last = count - start <= rows - 1
        spans.append(Span(start, count if last else start + rows - 2))
    return spans
