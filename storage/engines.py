"""Which database, and how Kabari connects to it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DEFAULT_URL: Final = "sqlite:///kabari.sqlite"

BUSY_TIMEOUT: Final = 10_000
"""Milliseconds to wait while another process, say an operator's command, writes to the SQLite file."""

READERS: Final = 4
"""How many reads go on at once in SQLite."""

CONNECTIONS: Final = 10
"""How many connections to PostgreSQL are kept open; under load there may be twice as many."""

_SQLITE_PRAGMAS: Final = (
    f"busy_timeout = {BUSY_TIMEOUT}",
    "journal_mode = wal",
    "synchronous = full",
    "foreign_keys = on",
    "secure_delete = fast",  # what is deleted does not stay readable; `erasures` is stricter still
    "temp_store = memory",
    "cache_size = -16000",  # KiB, where positive figures are pages
    "journal_size_limit = 67108864",
)

_POSTGRES_SETTINGS: Final = {
    "application_name": "kabari",
    "jit": "off",  # compiling costs more than any of our statements
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
}


def locate(url: str, data_dir: Path) -> URL:
    """Read a database's URL; a relative SQLite path begins at the data folder.

    Takes `sqlite:///path` and `postgresql://…` (also `postgres://…`, as hosts like to write it) with libpq's
    `sslmode`. Raises ValueError for any other.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ValueError("The database URL cannot be read.") from error
    match parsed.drivername:
        case "sqlite":
            if not parsed.database or parsed.database == ":memory:":
                raise ValueError("Kabari keeps its SQLite database in a file: sqlite:///kabari.sqlite")
            return parsed.set(database=str(data_dir.absolute() / parsed.database))
        case "postgresql" | "postgres" | "postgresql+asyncpg":
            query = {("ssl" if name == "sslmode" else name): value for name, value in parsed.query.items()}
            return parsed.set(drivername="postgresql+asyncpg", query=query)
        case other:
            raise ValueError(f"Kabari runs on sqlite and on postgresql, not on {other!r}.")


def sqlite_driver() -> ModuleType:
    """Choose the newest SQLite at hand: the one Python links, or the one in the wheel `pysqlite3`."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    newer = dbapi2.sqlite_version_info > sqlite3.sqlite_version_info
    return dbapi2 if newer else sqlite3


def sqlite_trouble(version: tuple[int, ...]) -> str | None:
    """Tell the operator what is wrong with this version of SQLite, if anything is.

    Before 3.51.3 (but for 3.50.7 and 3.44.6, which are mended) a WAL database with several connections can
    lose commits: https://sqlite.org/wal.html#walresetbug
    """
    mended = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
    if mended:
        return None
    shown = ".".join(map(str, version))
    return f"SQLite {shown} can lose commits (mended in 3.51.3): install pysqlite3, or a newer Python."


def sqlite_engine(url: URL, *, read_only: bool = False) -> Engine:
    """Make an engine over the SQLite file that `locate` found, with transactions only where we begin them."""
    engine = create_engine(
        url,
        module=sqlite_driver(),
        isolation_level="AUTOCOMMIT",
        pool_size=READERS,
        max_overflow=0,
        connect_args={"cached_statements": 512},
        **_COMMON,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only = on")

    return engine


def postgres_engine(url: URL) -> AsyncEngine:
    """Make an engine over the PostgreSQL database that `locate` found."""
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        pool_use_lifo=True,
        connect_args={"server_settings": _POSTGRES_SETTINGS},
        **_COMMON,
    )


_COMMON: Final[dict[str, Any]] = {
    "json_serializer": json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode,
    "hide_parameters": True,  # they are people's words: an error must not carry them into a log
}
