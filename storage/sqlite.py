"""The store on SQLite: one thread writes, and commits whatever has gathered meanwhile in one go.

A commit waits for the disk; with one commit for many units of work the disk is waited for once. Each unit
has a savepoint of its own, so that one that raises takes nothing of the others with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from sqlalchemy import URL, Connection

from storage.engines import READERS, sqlite_engine
from storage.failpoints import reach
from storage.failures import UnavailableError

P = ParamSpec("P")
T = TypeVar("T")

BATCH: Final = 256
"""How many units of work share a commit at most."""


class SqliteStore:
    """A `Store` over one SQLite file, for one event loop."""

    def __init__(self, url: URL) -> None:
        self._engine = sqlite_engine(url)
        self._reading = sqlite_engine(url, read_only=True)
        self._checkpointing = sqlite_engine(url)
        self._readers = ThreadPoolExecutor(READERS, "store-reader")
        self._writer = Thread(target=self._write_all, name="store-writer", daemon=True)
        self._queue: SimpleQueue[_Unit | None] = SimpleQueue()
        self._closed: str = "The store has not been started."

    async def start(self) -> None:
        """Open the file; raises SQLAlchemy's OperationalError when that is impossible."""
        self._loop = asyncio.get_running_loop()
        self._conn = await asyncio.to_thread(self._engine.connect)
        self._closed = ""
        self._writer.start()

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` over one unchanging view of the database; writing there is an error."""

        def view() -> T:
            with self._reading.connect() as conn, conn.begin():
                conn.exec_driver_sql("BEGIN")
                return _call(fn, conn, *args, **kwargs)

        return await self._loop.run_in_executor(self._readers, view)

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `fn` and commit, together with whatever else is waiting."""
        if self._closed:
            raise RuntimeError(self._closed)
        done: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(_Unit(fn, args, kwargs, done))
        return await done

    async def checkpoint(self) -> None:
        """Move what was committed into the main file and empty the journal, so that nothing erased lingers there."""

        def move() -> None:
            with self._checkpointing.connect() as conn:
                conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

        await asyncio.to_thread(move)

    async def close(self) -> None:
        """Finish what was handed over, and close the file."""
        self._closed = "The store is closed."
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        self._reading.dispose()
        self._checkpointing.dispose()
        await asyncio.to_thread(self._engine.dispose)

    # --- in the writer's thread -----------------------------------------------------------------------------

    def _write_all(self) -> None:
        units: list[_Unit] = []
        try:
            with self._conn:
                for first in iter(self._queue.get, None):
                    units = self._gather(first)
                    self._commit_together(units)
                    self._tell(self._settle, units)
        except BaseException as error:  # whatever ends this thread, nobody may be left waiting
            self._tell(self._give_up, units, error)

    def _gather(self, first: _Unit) -> list[_Unit]:
        """Take what has gathered behind a unit of work."""
        units = [first]
        while len(units) < BATCH and not self._queue.empty():
            unit = self._queue.get()
            if unit is None:
                self._queue.put(None)
                break
            units.append(unit)
        return units

    def _commit_together(self, units: list[_Unit]) -> None:
        connection = self._conn.connection.dbapi_connection
        assert connection is not None
        mark = connection.cursor().execute  # SQLAlchemy's own marks cost more than a small unit of work
        try:
            mark("BEGIN IMMEDIATE")
            try:
                if len(units) == 1:
                    self._run_alone(connection, units[0])
                else:
                    for unit in units:
                        mark("SAVEPOINT unit")
                        unit.run(self._conn)
                        self._check(connection, unit)
                        if unit.error is not None:
                            mark("ROLLBACK TO unit")
                        mark("RELEASE unit")
                reach("store.before_commit")
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            reach("store.after_commit")
        except Exception as error:
            for unit in units:
                unit.error = UnavailableError("SQLite did not commit")
                unit.error.__cause__ = error

    def _run_alone(self, connection: Any, unit: _Unit) -> None:
        """Run the only unit of a transaction, which needs no savepoint: what it did is all there is to undo."""
        unit.run(self._conn)
        self._check(connection, unit)
        if unit.error is not None:
            connection.rollback()

    def _check(self, connection: Any, unit: _Unit) -> None:
        """Raise unless the transaction still stands: SQLite itself ends it when a disk fails or is full."""
        if not connection.in_transaction:
            raise RuntimeError("the transaction was ended within a unit of work") from unit.error

    def _tell(self, callback: Callable[..., None], *args: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is waiting
            self._loop.call_soon_threadsafe(callback, *args)

    # --- in the event loop ----------------------------------------------------------------------------------

    def _settle(self, units: list[_Unit]) -> None:
        for unit in units:
            if unit.done.done():  # cancelled
                continue
            if unit.error is None:
                unit.done.set_result(unit.result)
            else:
                unit.done.set_exception(unit.error)

    def _give_up(self, units: list[_Unit], error: BaseException) -> None:
        self._closed = f"The store has stopped writing: {type(error).__name__}."
        while not self._queue.empty():
            unit = self._queue.get()
            if unit is not None:
                units.append(unit)
        for unit in units:
            unit.error = error
        self._settle(units)


def _call(
    fn: Callable[Concatenate[Connection, P], T], conn: Connection, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a unit of work; its StopIteration, which no future can carry, becomes a RuntimeError."""
    try:
        return fn(conn, *args, **kwargs)
    except StopIteration as error:
        raise RuntimeError("a unit of work raised StopIteration") from error


class _Unit:
    """A unit of work on its way through the writer's thread."""

    __slots__ = ("args", "done", "error", "fn", "kwargs", "result")

    def __init__(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], done: asyncio.Future[Any]
    ) -> None:
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.done = done
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self, conn: Connection) -> None:
        """Run it and keep what comes of it."""
        try:
            self.result = _call(self.fn, conn, *self.args, **self.kwargs)
        except Exception as error:
            self.error = error
