"""What the operator sees: logs without personal data, and metrics."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

import structlog
from prometheus_client import Counter, Gauge, Histogram

INBOUND: Final = Counter("kabari_inbound", "Events received.", ["channel", "result"])
OUTBOUND: Final = Counter("kabari_outbound", "Attempts to send.", ["channel", "result"])
REFUSED: Final = Counter("kabari_refused", "Requests refused.", ["reason"])
UNFINISHED: Final = Gauge("kabari_outbox_unfinished", "Messages not sent yet.")
TURN_SECONDS: Final = Histogram(
    "kabari_turn_seconds",
    "Time spent in each stage of a turn.",
    ["stage"],
    buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
)

_TOKEN: Final = re.compile(r"(bot)?\d{6,}:[A-Za-z0-9_-]{20,}|EAA[A-Za-z0-9]{20,}")
_PHONE: Final = re.compile(r"(?<![\w.:])\+?\d[\d \-]{7,}\d(?!\w)")
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PRIVATE_KEYS: Final = frozenset(
    {"name", "phone", "email", "text", "address", "token", "caption", "content", "message"}
)
_OWN_KEYS: Final = frozenset({"event", "level", "timestamp", "logger"})


def redact(text: str) -> str:
    """Take tokens, phone numbers and e-mail addresses out of a text."""
    text = _TOKEN.sub("[token]", text)
    return _PHONE.sub("[number]", _EMAIL.sub("[e-mail]", text))


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Redact one log event: private keys whole, every other text by what is in it."""
    for key, value in event.items():
        if key in _PRIVATE_KEYS:
            event[key] = "[private]"
        elif isinstance(value, str) and key not in _OWN_KEYS - {"event"}:
            event[key] = redact(value)
    return event


def where(error: BaseException) -> str:
    """Write an error as its type and where it was raised; what it says may be personal data."""
    frames = reversed(extract_tb(error.__traceback__)[-6:])
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places}"


def name_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write a log event's error by its type and place only."""
    error = event.pop("exc_info", None)
    error = sys.exc_info()[1] if error is True else error[1] if isinstance(error, tuple) else error
    if isinstance(error, BaseException):
        event["error"] = where(error)
    return event


def start_logging(level: str, form: str) -> None:
    """Begin logging to standard error: as JSON for machines, as coloured text in a terminal."""
    as_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_error,
        redact_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("aiohttp.access", "httpx", "telegram", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
