"""Brings a database's tables up to date, at every start.

After a change to `storage.tables`, `python -m storage.migrate "what changed"` drafts the next step from the
difference: read it, mend it, run `ruff format storage`. Until the first release the one step is drawn afresh:

    rm storage/migrations/versions/0001_*; python -m storage.migrate "first tables"; ruff format storage
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import URL, Connection, create_engine, inspect, text

from storage.engines import locate, postgres_engine, sqlite_engine
from storage.failures import UnavailableError

if TYPE_CHECKING:
    from alembic.config import Config

T = TypeVar("T")

FOLDER: Final = Path(__file__).parent / "migrations"

LOCK: Final = 0x6B616261_7269
"""The PostgreSQL advisory lock that lets one process at a time migrate."""


class NewerDatabaseError(Exception):
    """The database has taken steps that this version of Kabari does not know."""


async def upgrade(url: str, data_dir: Path) -> None:
    """Take every step the database has not taken yet, all or none; any number of processes may try at once.

    Creates the SQLite file and its folder. Raises `NewerDatabaseError` after a step back to an older Kabari.
    """
    located = locate(url, data_dir)
    if located.get_backend_name() == "sqlite":
        await asyncio.to_thread(_on_sqlite, located, _upgrade_sqlite)
    else:
        await _on_postgres(located, _upgrade_postgres)


async def current(url: str, data_dir: Path) -> str:
    """Tell the last step the database has taken; empty for a new one, which is created."""
    located = locate(url, data_dir)
    if located.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_on_sqlite, located, _current)
    return await _on_postgres(located, _current)


async def pending(url: str, data_dir: Path) -> list[str]:
    """List the steps the database has yet to take."""
    taken = await current(url, data_dir)
    return [step for step in steps() if step > taken]


def steps() -> list[str]:
    """List the numbers of all steps, in order."""
    return sorted(path.name.partition("_")[0] for path in FOLDER.glob("versions/[0-9]*.py"))


def draft(message: str) -> None:
    """Write the file of the next step, from the difference between the steps so far and `storage.tables`."""
    from alembic import command

    with create_engine("sqlite://").connect() as conn:
        _take_steps(conn)
        command.revision(_config(conn), message, autogenerate=True, rev_id=f"{len(steps()) + 1:04}")


def _upgrade_sqlite(conn: Connection) -> None:
    conn.exec_driver_sql("PRAGMA foreign_keys = off")  # SQLite alters a table by dropping it for another
    conn.exec_driver_sql("BEGIN IMMEDIATE")
    if _take_steps(conn) and conn.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise RuntimeError("A step would have left rows that point nowhere; nothing was changed.")


def _upgrade_postgres(conn: Connection) -> None:
    conn.exec_driver_sql("SET LOCAL lock_timeout = 0")
    conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    conn.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
    _take_steps(conn)


def _take_steps(conn: Connection) -> bool:
    """Take the steps that are missing, if any are."""
    known = steps()
    taken = _current(conn)
    if taken == max(known, default=""):
        return False
    if taken and taken not in known:
        raise NewerDatabaseError(f"The database is at step {taken}, this Kabari only knows {known[-1]}.")

    from alembic import command  # an ordinary start does without: it takes a tenth of a second to import

    command.upgrade(_config(conn), "head")
    return True


def _current(conn: Connection) -> str:
    if not inspect(conn).has_table("alembic_version"):
        return ""
    return conn.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _config(conn: Connection) -> Config:
    from alembic.config import Config

    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _on_sqlite(url: URL, fn: Callable[[Connection], T]) -> T:
    Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = sqlite_engine(url)
    try:
        with engine.begin() as conn:
            return fn(conn)
    finally:
        engine.dispose()


async def _on_postgres(url: URL, fn: Callable[[Connection], T]) -> T:
    engine = postgres_engine(url)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(fn)
    except OSError as error:
        raise UnavailableError(f"PostgreSQL cannot be reached: {error.strerror or error}.") from error
    finally:
        await engine.dispose()


if __name__ == "__main__":
    draft(sys.argv[1])
