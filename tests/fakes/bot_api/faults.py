"""What can go wrong between a bot and Telegram, to be scripted call by call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True)
class Answer:
    """An answer that is not the usual one; `taken` carries out the call all the same."""

    status: int
    body: bytes
    content_type: str = "application/json"
    taken: bool = False


@dataclass(frozen=True)
class Silence:
    """No answer at all, for as long as the caller waits."""

    taken: bool = False


@dataclass(frozen=True)
class Cut:
    """The connection breaks, before or after the body of the request is read."""

    when: Literal["before", "after"]
    taken: bool = False


Fault: TypeAlias = Answer | Silence | Cut


def error_body(code: int, description: str, **parameters: Any) -> bytes:
    """Say no as Telegram does."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()


def throttled(seconds: int) -> Answer:
    """Too many messages; come again after so many seconds."""
    description = f"Too Many Requests: retry after {seconds}"
    return Answer(429, error_body(429, description, retry_after=seconds))


def blocked() -> Answer:
    """The person has blocked the bot."""
    return forbidden("bot was blocked by the user")


def forbidden(why: str) -> Answer:
    """The bot may not do that."""
    return Answer(403, error_body(403, f"Forbidden: {why}"))


def refused(why: str) -> Answer:
    """A request Telegram does not understand or like."""
    return Answer(400, error_body(400, f"Bad Request: {why}"))


def unauthorized() -> Answer:
    """The token was revoked."""
    return Answer(401, error_body(401, "Unauthorized"))


def broken() -> Answer:
    """Telegram fails, and says so in JSON."""
    return Answer(500, error_body(500, "Internal Server Error"))


def page(status: int, taken: bool = False) -> Answer:
    """A gateway's page of HTML in the place of Telegram's answer."""
    return Answer(status, f"<html><h1>{status}</h1><hr>nginx</html>".encode(), "text/html", taken)


def garbage(body: bytes = b'{"ok":true,"resu', taken: bool = True) -> Answer:
    """A success nobody can read."""
    return Answer(200, body, taken=taken)


def not_ok(code: int, description: str, **parameters: Any) -> Answer:
    """A refusal that comes with HTTP 200."""
    return Answer(200, error_body(code, description, **parameters))
