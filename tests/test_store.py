"""The store keeps every unit of work whole or not at all, on both databases."""

import asyncio
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any, NoReturn

import asyncpg
import pytest
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from storage import failpoints, postgres
from storage.engines import locate, sqlite_driver, sqlite_trouble
from storage.failpoints import Killed
from storage.failures import OutcomeUnknownError, UnavailableError
from storage.sqlite import BATCH, SqliteStore
from storage.store import Store, open_store

note = Table(
    "note",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("word", String, unique=True),
    Column("data", JSON, nullable=False, default=dict),
)


class OhNoError(Exception):
    pass


def add(conn: Connection, word: str, data: object = None) -> str:
    conn.execute(insert(note), {"word": word, "data": data})
    return word


def add_and_raise(conn: Connection, word: str) -> NoReturn:
    add(conn, word)
    raise OhNoError


def words(conn: Connection) -> list[str]:
    return sorted(conn.scalars(select(note.c.word)))


@pytest.fixture
async def notes(store: Store) -> Store:
    await store.write(note.create)
    return store


@pytest.fixture
async def sqlite_notes(sqlite_url: str, tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with open_store(sqlite_url, tmp_path) as store:
        assert isinstance(store, SqliteStore)
        await store.write(note.create)
        yield store


@pytest.fixture
async def postgres_notes(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    monkeypatch.setattr(postgres, "FIRST_PAUSE", 0)
    async with open_store(postgres_url, tmp_path) as store:
        await store.write(note.create)
        yield store


# --- on both databases ------------------------------------------------------------------------------------


async def test_what_is_written_can_be_read(notes: Store) -> None:
    assert await notes.write(add, "kopi") == "kopi"
    assert await notes.write(add, word="teh", data={"harga": 5}) == "teh"
    assert await notes.read(words) == ["kopi", "teh"]


async def test_a_unit_that_raises_leaves_nothing_and_harms_no_other(notes: Store) -> None:
    run: list[int] = []

    def add_each_third(conn: Connection, number: int) -> str:
        run.append(number)
        return add(conn, f"{number:02}") if number % 3 == 0 else add_and_raise(conn, f"{number:02}")

    outcomes = await asyncio.gather(
        *(notes.write(add_each_third, n) for n in range(60)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [str, OhNoError, OhNoError] * 20
    assert await notes.read(words) == [f"{number:02}" for number in range(0, 60, 3)]
    assert sorted(run) == list(range(60))


async def test_a_statement_that_fails_is_told_without_what_people_wrote(notes: Store) -> None:
    await notes.write(add, "rahasia")
    with pytest.raises(IntegrityError) as caught:
        await notes.write(add, "rahasia")
    assert "rahasia" not in str(caught.value)
    await notes.write(add, "teh")
    assert await notes.read(words) == ["rahasia", "teh"]


async def test_a_unit_that_stops_short_keeps_nobody_waiting(notes: Store) -> None:
    def take_first(_: Connection) -> str:
        return next(iter([]))

    outcomes = await asyncio.gather(
        notes.write(take_first), notes.write(add, "kopi"), notes.read(take_first), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [RuntimeError, str, RuntimeError]


async def test_a_unit_may_try_and_go_on(notes: Store) -> None:
    def add_again(conn: Connection) -> None:
        add(conn, "kopi")
        with pytest.raises(IntegrityError), conn.begin_nested():
            add(conn, "kopi")
        add(conn, "teh")

    await notes.write(add_again)
    assert await notes.read(words) == ["kopi", "teh"]


async def test_nothing_can_be_written_in_a_read(notes: Store) -> None:
    with pytest.raises(DBAPIError):
        await notes.read(add, "kopi")
    assert await notes.read(words) == []


async def test_a_read_sees_one_moment(notes: Store, database_url: str, tmp_path: Path) -> None:
    async def write_elsewhere() -> None:
        async with open_store(database_url, tmp_path) as other:
            await other.write(add, "kopi")

    def look_twice(conn: Connection) -> tuple[list[str], list[str]]:
        before = words(conn)
        elsewhere = Thread(target=asyncio.run, args=(write_elsewhere(),))
        elsewhere.start()
        elsewhere.join()
        return before, words(conn)

    assert await notes.read(look_twice) == ([], [])
    assert await notes.read(words) == ["kopi"]


async def test_json_is_kept_short_and_legible(notes: Store) -> None:
    await notes.write(add, "alamat", {"kota": "서울", "lantai": [1, 2]})
    kept = await notes.read(lambda conn: conn.scalar(text("SELECT CAST(data AS text) FROM note")))
    assert kept == '{"kota":"서울","lantai":[1,2]}'


async def test_a_unit_is_finished_though_its_caller_gave_up(database_url: str, tmp_path: Path) -> None:
    async with open_store(database_url, tmp_path) as store:
        await store.write(note.create)
        callers = [asyncio.create_task(store.write(unit, "kopi")) for unit in (add, add_and_raise)]
        patient = asyncio.create_task(store.write(add, "teh"))
        await asyncio.sleep(0)
        for caller in callers:
            caller.cancel()
        outcomes = await asyncio.gather(*callers, patient, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [
            asyncio.CancelledError,
            asyncio.CancelledError,
            str,
        ]
    async with open_store(database_url, tmp_path) as store:
        assert await store.read(words) == ["kopi", "teh"]


async def test_closing_finishes_what_was_handed_over(database_url: str, tmp_path: Path) -> None:
    async with open_store(database_url, tmp_path) as store:
        await store.write(note.create)
        callers = [asyncio.create_task(store.write(add, f"{number:03}")) for number in range(BATCH + 40)]
        await asyncio.sleep(0)
    assert await asyncio.gather(*callers) == [f"{number:03}" for number in range(BATCH + 40)]
    with pytest.raises(RuntimeError, match="closed"):
        await store.write(add, "too late")


@pytest.mark.parametrize(("place", "kept"), [("store.before_commit", []), ("store.after_commit", ["kopi"])])
async def test_dying_around_the_commit(
    database_url: str, tmp_path: Path, place: str, kept: list[str]
) -> None:
    async with open_store(database_url, tmp_path) as store:
        await store.write(note.create)
        with failpoints.armed(place), pytest.raises(Killed):
            await store.write(add, "kopi")
    async with open_store(database_url, tmp_path) as store:
        assert await store.read(words) == kept


PROGRAM = """
import asyncio, pathlib, sys
from sqlalchemy import text
from storage.store import open_store

def add(conn, word):
    conn.execute(text("INSERT INTO note (word, data) VALUES (:word, '{}')"), {"word": word})

async def main():
    async with open_store(sys.argv[1], pathlib.Path()) as store:
        for word in ("jahe", "kopi", "teh"):
            await store.write(add, word)
            print(word, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("place", "kept"), [("store.before_commit", ["jahe"]), ("store.after_commit", ["jahe", "kopi"])]
)
async def test_a_process_killed_around_the_commit(
    notes: Store, database_url: str, place: str, kept: list[str]
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        database_url,
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"KABARI_FAILPOINT": f"{place}:2"},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    assert (process.returncode, printed.split()) == (-signal.SIGKILL, [b"jahe"])
    assert await notes.read(words) == kept


# --- SQLite -----------------------------------------------------------------------------------------------


class Pause:
    """A unit of work that keeps the writer busy until it may go on."""

    def __init__(self) -> None:
        self.begun = Event()
        self.over = Event()

    def __call__(self, _: Connection) -> None:
        self.begun.set()
        self.over.wait()


async def gathered(store: SqliteStore, writes: Sequence[Coroutine[Any, Any, object]]) -> list[object]:
    """Let `writes` gather behind a busy writer; gives what came of them."""
    pause = Pause()
    pausing = asyncio.create_task(store.write(pause))
    await asyncio.to_thread(pause.begun.wait)
    tasks = [asyncio.create_task(write) for write in writes]
    await asyncio.sleep(0)
    pause.over.set()
    await pausing
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_gathers_shares_commits(sqlite_notes: SqliteStore) -> None:
    commits: list[str] = []
    connection = sqlite_notes._conn.connection.dbapi_connection
    assert connection is not None
    connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    expected = [str(number) for number in range(BATCH + 1)]
    assert await gathered(sqlite_notes, [sqlite_notes.write(add, word) for word in expected]) == expected
    assert len(commits) == 3
    assert await sqlite_notes.read(words) == sorted(expected)


async def test_a_read_does_not_wait_for_the_writer(sqlite_notes: SqliteStore) -> None:
    pause = Pause()
    pausing = asyncio.create_task(sqlite_notes.write(pause))
    await asyncio.to_thread(pause.begun.wait)
    assert await sqlite_notes.read(words) == []
    assert not pausing.done()
    pause.over.set()
    await pausing


def size(url: str) -> int:
    return Path(url.removeprefix("sqlite:///")).stat().st_size


def whole(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_a_full_disk_fails_everyone_and_passes(sqlite_notes: SqliteStore, sqlite_url: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size(sqlite_url + "-wal"), hard))
    try:
        outcomes = await gathered(sqlite_notes, [sqlite_notes.write(add, str(number)) for number in range(9)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 9
    assert await sqlite_notes.read(words) == []
    await sqlite_notes.write(add, "kopi")
    assert await sqlite_notes.read(words) == ["kopi"]


async def test_a_unit_there_is_no_room_for_takes_its_neighbours_with_it(sqlite_notes: SqliteStore) -> None:
    def fill(conn: Connection) -> None:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}").close()

    await sqlite_notes.write(fill)
    outcomes = await gathered(
        sqlite_notes, [sqlite_notes.write(add, word) for word in ("kopi", "teh" * 9999)]
    )
    assert [type(outcome) for outcome in outcomes] == [UnavailableError] * 2
    assert await sqlite_notes.read(words) == []


@pytest.mark.parametrize("meddle", [Connection.commit, Connection.rollback])
async def test_a_unit_that_meddles_with_the_transaction_is_found_out(
    sqlite_notes: SqliteStore, meddle: Callable[[Connection], None]
) -> None:
    with pytest.raises(UnavailableError) as caught:
        await sqlite_notes.write(meddle)
    assert "within a unit of work" in str(caught.value.__cause__)
    await sqlite_notes.write(add, "kopi")
    assert await sqlite_notes.read(words) == ["kopi"]


async def test_another_process_that_writes_is_waited_for(sqlite_notes: SqliteStore, sqlite_url: str) -> None:
    other = sqlite_driver().connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    adding = asyncio.create_task(sqlite_notes.write(add, "kopi"))
    assert await sqlite_notes.read(words) == []
    other.execute("COMMIT")
    assert await adding == "kopi"

    await sqlite_notes.write(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 1").close())
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError):
        await sqlite_notes.write(add, "teh")
    other.close()
    assert await sqlite_notes.write(add, "teh") == "teh"


async def test_every_connection_is_safe_and_strict(sqlite_notes: SqliteStore) -> None:
    def pragmas(conn: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await sqlite_notes.write(pragmas) == ["wal", 2, 1]
    assert await sqlite_notes.read(pragmas) == ["wal", 2, 1]


async def test_what_is_erased_does_not_stay_in_the_file(sqlite_url: str, tmp_path: Path) -> None:
    async with open_store(sqlite_url, tmp_path) as store:
        await store.write(note.create)
        await store.write(add, "kenangan" * 9)
    async with open_store(sqlite_url, tmp_path) as store:
        await store.write(lambda conn: conn.execute(delete(note)).close())
    assert b"kenangan" not in whole(tmp_path)


async def test_a_file_that_cannot_be_opened_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(OperationalError):
        async with open_store("sqlite:///nowhere/kabari.sqlite", tmp_path):
            pass


# --- PostgreSQL -------------------------------------------------------------------------------------------


def run(conn: Connection, sql: str) -> None:
    conn.exec_driver_sql(sql).close()


def run_bare(conn: Connection, sql: str) -> None:
    conn.connection.cursor().execute(sql)


def failing(
    times: int, sql: str, run: Callable[[Connection, str], None] = run
) -> Callable[[Connection, str], int]:
    """Make a unit of work that adds a word, and meets `sql` the first few times."""
    runs = 0

    def fail_at_first(conn: Connection, word: str) -> int:
        nonlocal runs
        runs += 1
        add(conn, word)
        if runs <= times:
            run(conn, sql)
        return runs

    return fail_at_first


CONFLICT = "DO $$ BEGIN RAISE 'conflict' USING errcode = '40001'; END $$"
PASSING = ("40P01", "53300", "57P03", "08006")
HANG_UP = "SELECT pg_terminate_backend(pg_backend_pid())"


@pytest.mark.parametrize("run", [run, run_bare])
@pytest.mark.parametrize("sql", [CONFLICT, *(CONFLICT.replace("40001", code) for code in PASSING), HANG_UP])
async def test_conflicts_and_lost_connections_are_tried_again(
    postgres_notes: Store, sql: str, run: Callable[[Connection, str], None]
) -> None:
    assert await postgres_notes.write(failing(2, sql, run), "kopi") == 3
    assert await postgres_notes.read(words) == ["kopi"]


async def test_trying_again_has_an_end(postgres_notes: Store) -> None:
    with pytest.raises(UnavailableError):
        await postgres_notes.write(failing(postgres.TRIES, CONFLICT), "kopi")
    assert await postgres_notes.read(words) == []


async def test_other_errors_are_not_tried_again(postgres_notes: Store) -> None:
    unit = failing(1, "SELECT 1 / 0")
    with pytest.raises(DBAPIError, match="division by zero"):
        await postgres_notes.write(unit, "kopi")
    assert await postgres_notes.write(unit, "kopi") == 2


AT_COMMIT = """
    CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION at_commit()
"""


def at_commit(body: str) -> Callable[[Connection], None]:
    def create_trigger(conn: Connection) -> None:
        for statement in AT_COMMIT.split(";\n"):
            conn.exec_driver_sql(statement.format(body=body))

    return create_trigger


async def test_a_connection_lost_while_committing_is_not_tried_again(postgres_notes: Store) -> None:
    await postgres_notes.write(at_commit("PERFORM pg_terminate_backend(pg_backend_pid())"))
    runs: list[str] = []

    def add_once(conn: Connection) -> None:
        runs.append(add(conn, "kopi"))

    with pytest.raises(OutcomeUnknownError):
        await postgres_notes.write(add_once)
    assert runs == ["kopi"]
    assert await postgres_notes.read(words) == []


async def test_a_commit_the_server_refuses_is_known_to_be_undone(postgres_notes: Store) -> None:
    await postgres_notes.write(at_commit("RAISE 'late' USING errcode = '23514'"))
    with pytest.raises(IntegrityError, match="late"):
        await postgres_notes.write(add, "kopi")


HANG_UP_ON_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.parametrize("run", [run, run_bare])
async def test_a_server_that_went_away_and_came_back(
    postgres_notes: Store, postgres_url: str, run: Callable[[Connection, str], None]
) -> None:
    many = postgres.TRIES + 3
    await asyncio.gather(*(postgres_notes.read(run, "SELECT pg_sleep(0.02)") for _ in range(many)))
    admin = await asyncpg.connect(postgres_url)
    await admin.execute(HANG_UP_ON_ALL)
    await admin.close()
    await postgres_notes.write(run, "INSERT INTO note (word, data) VALUES ('kopi', '{}')")
    assert await postgres_notes.read(words) == ["kopi"]


async def test_a_server_that_does_not_answer_is_said_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "FIRST_PAUSE", 0)
    with pytest.raises(UnavailableError):
        async with open_store(f"postgresql://nobody@/nothing?host={tmp_path}", tmp_path):
            pass


# --- which database ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "located"),
    [
        ("sqlite:///kabari.sqlite", "sqlite:////data/kabari.sqlite"),
        ("sqlite:////elsewhere/kabari.sqlite", "sqlite:////elsewhere/kabari.sqlite"),
        ("postgresql://me:pw@host/db", "postgresql+asyncpg://me:pw@host/db"),
        ("postgres://me@host:5433/db?sslmode=require", "postgresql+asyncpg://me@host:5433/db?ssl=require"),
    ],
)
def test_a_database_is_located(written: str, located: str) -> None:
    assert locate(written, Path("/data")).render_as_string(hide_password=False) == located


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "kabari.sqlite", ""])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"Kabari|URL"):
        locate(url, Path("/data"))


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 44, 9), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)])
def test_a_sound_sqlite(version: tuple[int, ...]) -> None:
    assert sqlite_trouble(version) is None


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2)])
def test_a_faulty_sqlite(version: tuple[int, ...]) -> None:
    shown = ".".join(map(str, version))
    assert shown in str(sqlite_trouble(version))


def test_the_newest_sqlite_is_used() -> None:
    assert sqlite_driver().sqlite_version_info >= sqlite3.sqlite_version_info


# --- failpoints -------------------------------------------------------------------------------------------


def test_a_failpoint_waits_for_its_passage_and_fires_once() -> None:
    name = failpoints.NAMES[0]
    with failpoints.armed(name, passage=2):
        failpoints.reach(name)
        failpoints.reach(failpoints.NAMES[1])
        with pytest.raises(Killed):
            failpoints.reach(name)
        failpoints.reach(name)
    with failpoints.armed(name):
        pass
    failpoints.reach(name)


def test_there_are_only_the_failpoints_that_have_names() -> None:
    with pytest.raises(ValueError, match=r"store\.before_commit"):
        failpoints.arm("store.lunch", lambda: None)
