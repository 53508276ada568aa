"""A message within Telegram's limits: its text, and the keyboard under it.

Figures are the Bot API's unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any, Final, TypeAlias, TypeVar
from urllib.parse import urlsplit

from flows.message import Link, Message, Option

T = TypeVar("T")
Markup: TypeAlias = dict[str, Any]

TICK: Final = "✓ "
"""What marks a chosen option's label."""

TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024
"""Both in UTF-16 units."""
CALLBACK_LIMIT: Final = 64
"""The bytes of a button's `callback_data`."""
PLACEHOLDER_LIMIT: Final = 64

PAGE: Final = 10
"""Options shown at a time: as many as a phone shows without scrolling (our choice)."""
SHORT_LABEL: Final = 18
"""Characters of a label that still fit half a phone's width (our choice)."""
SINGLE_COLUMN: Final = 3
"""Up to so many options, each has its own row (our choice)."""
STEERING_WIDTH: Final = 36
"""Characters of all the labels in one row of steering (our choice)."""

PRIVATE_SUFFIXES: Final = (".localhost", ".local", ".internal", ".lan", ".test")


def count_units(text: str) -> int:
    """Count a text's UTF-16 units, as Telegram does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_text(text: str, limit: int) -> str:
    """Cut a text to so many UTF-16 units, the last of them an ellipsis where something was lost."""
    if count_units(text) <= limit:
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: (limit - 1) * 2]
    return kept.decode("utf-16-le", "ignore") + "…"


def shape_text(message: Message) -> str:
    """Say a message's text, with its link where no button can carry that."""
    if message.link is None or _fits_button(message, message.link):
        return message.text
    return f"{message.text}\n\n{message.link.label}: {message.link.url}".strip()


def shape_keyboard(message: Message) -> Markup:
    """Lay out a message's buttons; a message without any takes away the keyboard an earlier one left.

    Raises ValueError for an option whose id does not fit a button.
    """
    if message.request is not None:
        return _reply_keyboard(message)
    rows = _option_rows(message)
    rows += [[_button(option) for option in row] for row in _steering_rows(message.steering)]
    if message.link is not None and _fits_button(message, message.link):
        rows.insert(0, [{"text": message.link.label, "url": message.link.url}])
    return {"inline_keyboard": rows} if rows else {"remove_keyboard": True}


def _reply_keyboard(message: Message) -> Markup:
    """Buttons in place of the phone's keyboard, the only ones that can ask for a contact or a location."""
    asking = {"text": message.request_label, f"request_{message.request}": True}
    rows = [*_columns(message.options), *_steering_rows(message.steering)]
    keyboard: Markup = {
        "keyboard": [[asking], *([{"text": option.label} for option in row] for row in rows)],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    if message.placeholder:
        keyboard["input_field_placeholder"] = cut_text(message.placeholder, PLACEHOLDER_LIMIT)
    return keyboard


def _option_rows(message: Message) -> list[list[Markup]]:
    count = len(message.options)
    first = max(0, min(message.offset, count - 1)) if count > PAGE else 0
    shown = message.options[first : first + PAGE]
    rows = [[_button(option) for option in row] for row in _columns(shown)]
    turning = []
    if first > 0:
        turning.append(_button(Option(f"~from:{max(0, first - PAGE)}", "◀")))
    if first + PAGE < count:
        turning.append(_button(Option(f"~from:{first + PAGE}", f"▶ {message.more_label}".rstrip())))
    return [*rows, turning] if turning else rows


def _columns(options: Sequence[Option]) -> list[Sequence[Option]]:
    short = all(len(option.label) <= SHORT_LABEL for option in options)
    return _chunks(options, 2 if short and len(options) > SINGLE_COLUMN else 1)


def _steering_rows(steering: Sequence[Option]) -> list[Sequence[Option]]:
    """The fewest rows of at most four in which no row is crowded."""
    for size in (4, 3, 2):
        rows = _chunks(steering, size)
        if all(sum(len(option.label) for option in row) <= STEERING_WIDTH for row in rows):
            return rows
    return _chunks(steering, 1)


def _chunks(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _button(option: Option) -> Markup:
    size = len(option.id.encode())
    if not 0 < size <= CALLBACK_LIMIT:
        raise ValueError(f"an option's id is of {size} bytes, not of 1 to {CALLBACK_LIMIT}: {option.id!r}")
    return {"text": TICK + option.label if option.ticked else option.label, "callback_data": option.id}


def _fits_button(message: Message, link: Link) -> bool:
    """Tell whether a button can carry the link: a public address, and no request's keyboard in its place."""
    if message.request is not None:
        return False
    parts = urlsplit(link.url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"}:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(PRIVATE_SUFFIXES)
