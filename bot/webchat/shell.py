"""What the web chat needs of the rest of the bot, and how it says what it did not take."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog
from prometheus_client import Counter

from bot.channels.base import Address, Inbound
from bot.channels.webchat import Entry
from flows.message import Attachment, Refused

_log = structlog.get_logger(__name__)
_refusals: Final = Counter(
    "kabari_webchat_refusals_total", "What the web chat's routes did not take, by reason.", ["why"]
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Shell:
    """The ways into the rest of the bot.

    `accept` takes a turn and returns when it is committed. `history` gives a person's entries with `n` above
    a number, in order. `keep` stores a file or says why not. `open_media` gives a file's bytes and type.
    """

    accept: Callable[[Inbound], Awaitable[None]]
    history: Callable[[Address, int], Awaitable[Sequence[Entry]]]
    keep: Callable[[bytes, str], Awaitable[Attachment | Refused]]
    open_media: Callable[[str], Awaitable[tuple[bytes, str] | None]]
    now: Callable[[], datetime] = _utc_now


def note_refusal(why: str) -> None:
    """Count and log that something was not taken; never what it was."""
    _refusals.labels(why).inc()
    _log.info("webchat_refused", why=why)
