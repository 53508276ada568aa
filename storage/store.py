"""The store: runs units of work, each whole or not at all, on whichever database the office has.

A unit of work is a plain function over a SQLAlchemy connection. It neither commits nor rolls back; it may be
run more than once before it succeeds, so it changes nothing but the database; and it takes milliseconds.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection

from storage.engines import locate
from storage.postgres import PostgresStore
from storage.sqlite import SqliteStore

P = ParamSpec("P")
T = TypeVar("T")


class Store(Protocol):
    """Where units of work are run."""

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` over one unchanging view of the database; writing there is an error."""
        ...

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn` and commit: when this returns, what `fn` wrote is on the disk.

        What `fn` raises is raised here, and nothing it did is kept. Raises `UnavailableError` and
        `OutcomeUnknownError` for the database's own failures. A unit of work that was handed over is finished
        even if the caller is cancelled.
        """
        ...

    async def checkpoint(self) -> None:
        """Leave nothing of what was erased in the database's journal, as far as that can be asked for."""
        ...


@asynccontextmanager
async def open_store(url: str, data_dir: Path) -> AsyncIterator[Store]:
    """Open the store at `url` (see `storage.engines.locate`); leaving finishes what was handed over."""
    located = locate(url, data_dir)
    store: SqliteStore | PostgresStore
    store = SqliteStore(located) if located.get_backend_name() == "sqlite" else PostgresStore(located)
    await store.start()
    try:
        yield store
    finally:
        await store.close()
