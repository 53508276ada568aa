"""Checked reading of the parts of a stranger's JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]


class StrangeError(Exception):
    """A part that is not what it should be; the text names the part, never what was in it."""


def read_part(of: Json, name: str) -> Json:
    """Read an object inside an object."""
    part = of.get(name)
    if not isinstance(part, Mapping):
        raise StrangeError(f"{name} is no object")
    return part


def read_text(of: Json, name: str, default: str | None = None) -> str:
    """Read a string, leaving out what no database takes: NUL and half a surrogate pair."""
    text = of.get(name, default)
    if not isinstance(text, str):
        raise StrangeError(f"{name} is no string")
    return text.replace("\x00", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def read_whole(of: Json, name: str, default: int | None = None) -> int:
    """Read a whole number."""
    number = of.get(name, default)
    if not isinstance(number, int) or isinstance(number, bool):
        raise StrangeError(f"{name} is no whole number")
    return number


def read_degrees(of: Json, name: str, limit: int) -> float:
    """Read an angle between minus and plus `limit`."""
    degrees = of.get(name)
    if not isinstance(degrees, int | float) or isinstance(degrees, bool):
        raise StrangeError(f"{name} is no number")
    if not -limit <= degrees <= limit:
        raise StrangeError(f"{name} is not on this planet")
    return float(degrees)
