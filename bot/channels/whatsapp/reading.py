"""Reading JSON that may be anything: each look gives the kind of value asked for, or an empty one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

_PHONE: Final = re.compile(r"[0-9]{5,20}")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


class UnreadableError(Exception):
    """An item lacks what it cannot be read without; the text says what, never in a person's words."""


def part_of(value: object, *path: str) -> Mapping[str, Any]:
    """Follow keys to an object, or give an empty one."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def text_of(value: object, *path: str) -> str:
    """Follow keys to a text, or give an empty one.

    A whole number counts as a text; what no database can store (NUL, lone surrogates) is left out.
    """
    *way, last = path
    found = part_of(value, *way).get(last)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return _UNSTORABLE.sub("", found) if isinstance(found, str) else ""


def list_of(value: object, *path: str) -> Sequence[Any]:
    """Follow keys to a list, or give an empty one."""
    *way, last = path
    found = part_of(value, *way).get(last)
    return found if isinstance(found, list) else ()


def needed(value: object, *path: str) -> str:
    """Follow keys to a text that must be there; raises `UnreadableError`."""
    found = text_of(value, *path)
    if not found:
        raise UnreadableError(f"no {'.'.join(path)}")
    return found


def phone_of(digits: str) -> str:
    """Give WhatsApp's digits their plus, or nothing where they are no phone number."""
    return f"+{digits}" if _PHONE.fullmatch(digits) else ""


def time_of(value: object, otherwise: datetime) -> datetime:
    """Read an item's Unix `timestamp`, in seconds."""
    try:
        return datetime.fromtimestamp(int(text_of(value, "timestamp")), UTC)
    except (ValueError, OverflowError, OSError):
        return otherwise


def fingerprint(value: object) -> str:
    """Give an item without an id one that is the same each time it is sent."""
    try:
        written = json.dumps(value, sort_keys=True)
    except RecursionError:
        written = "nested too deep"
    return hashlib.sha256(written.encode()).hexdigest()
