"""The store on PostgreSQL: each unit of work is a transaction of its own, on a connection of a pool."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.engines import postgres_engine
from storage.failpoints import reach
from storage.failures import OutcomeUnknownError, UnavailableError

P = ParamSpec("P")
T = TypeVar("T")

TRIES: Final = 5
FIRST_PAUSE: Final = 0.05
"""Seconds to wait, at most, before the second try; twice as long before each one after it."""

CONFLICTS: Final = ("40001", "40P01")
"""The SQLSTATEs by which the server says that it rolled back because of another transaction."""

PASSING: Final = (*CONFLICTS, "08", "53300", "55P03", "57P01", "57P02", "57P03")
"""How the SQLSTATEs begin that may not be met again: of conflicts, and of a server that comes and goes."""


class PostgresStore:
    """A `Store` over a PostgreSQL database, for one event loop; many processes may share the database."""

    def __init__(self, url: URL) -> None:
        self._engine = postgres_engine(url)
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._writes: set[asyncio.Task[object]] = set()
        self._closed = "The store has not been started."

    async def start(self) -> None:
        """Reach the server once; raises `UnavailableError` when it does not answer."""
        self._closed = ""
        await self.read(lambda _: None)

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` over one unchanging view of the database; writing there is an error."""

        async def view(conn: AsyncConnection) -> T:
            return await conn.run_sync(fn, *args, **kwargs)

        return await _persist(self._reading, view)

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn` and commit."""
        if self._closed:
            raise RuntimeError(self._closed)

        async def transact(conn: AsyncConnection) -> T:
            transaction = await conn.begin()
            result = await conn.run_sync(fn, *args, **kwargs)
            reach("store.before_commit")
            try:
                await transaction.commit()
            except Exception as error:
                if _says_rolled_back(error):
                    raise
                raise OutcomeUnknownError("the connection was lost while committing") from error
            reach("store.after_commit")
            return result

        task = asyncio.create_task(_persist(self._engine, transact))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def checkpoint(self) -> None:
        """Do nothing: PostgreSQL moves and overwrites its journal by itself."""

    async def close(self) -> None:
        """Finish what was handed over, and disconnect."""
        self._closed = "The store is closed."
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._engine.dispose()


async def _persist(engine: AsyncEngine, job: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do a job, again after a conflict or a lost connection: neither can have committed anything."""
    for number in range(TRIES):
        try:
            return await _attempt(engine, job)
        except Exception as error:
            if not isinstance(error, OSError | PoolTimeoutError) and not _sqlstate(error).startswith(PASSING):
                raise
            if number == TRIES - 1:
                raise UnavailableError(f"PostgreSQL failed {TRIES} times in a row") from error
        await asyncio.sleep(random.uniform(0, FIRST_PAUSE * 2**number))  # noqa: S311 - jitter, not a secret
    raise AssertionError


async def _attempt(engine: AsyncEngine, job: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do a job once; raises ConnectionError where the connection is lost, whatever the driver makes of it."""
    async with engine.connect() as conn:
        try:
            return await job(conn)
        except OutcomeUnknownError:
            raise
        except Exception as error:
            if await _is_lost(conn):
                raise ConnectionError from error
            raise


async def _is_lost(conn: AsyncConnection) -> bool:
    if conn.invalidated:
        return True
    driver: Any = (await conn.get_raw_connection()).driver_connection
    if not driver.is_closed():
        return False
    with suppress(DBAPIError):
        await conn.exec_driver_sql("SELECT 1")  # SQLAlchemy notices, and mistrusts the rest of its pool
    return True


def _says_rolled_back(error: Exception) -> bool:
    """Tell whether the server itself refused the commit: for a conflict, or a constraint checked late."""
    return _sqlstate(error).startswith((*CONFLICTS, "23"))


def _sqlstate(error: Exception) -> str:
    """Look up the code of an error of the driver, bare or as SQLAlchemy wraps it."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""
