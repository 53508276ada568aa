"""The steps lead to the tables of `storage.tables`, on both databases, whoever takes them and how often."""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage import migrate
from storage.engines import locate, postgres_engine
from storage.store import Store, open_store
from storage.tables import metadata

ROOT = Path(__file__).parent.parent


def differences(conn: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(conn), metadata))


async def test_the_steps_lead_to_the_tables(store: Store) -> None:
    assert await store.read(differences) == []


async def test_to_the_letter_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    def describe(conn: Connection) -> set[tuple[str, str]]:
        found = conn.execute(text("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL")).all()
        return {
            (name, line.strip().rstrip(",").replace('"', ""))  # a table that was altered has its name quoted
            for name, sql in found
            for line in sql.splitlines()
            if name != "alembic_version"
        }

    async with open_store(sqlite_url, tmp_path) as store:
        migrated = await store.read(describe)
    with create_engine("sqlite://").connect() as conn:
        metadata.create_all(conn)
        assert migrated == describe(conn)


async def test_to_the_letter_on_postgres(postgres_url: str, empty_postgres_url: str) -> None:
    def describe(conn: Connection) -> set[tuple[Any, ...]]:
        columns = conn.execute(
            text(
                "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable,"
                " column_default, is_identity FROM information_schema.columns WHERE table_schema = 'public'"
            )
        )
        indexes = conn.execute(text("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
        constraints = conn.execute(
            text(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            )
        )
        found = {tuple(row) for rows in (columns, indexes, constraints) for row in rows}
        return {row for row in found if row[0] != "alembic_version"}

    def create(conn: Connection) -> set[tuple[Any, ...]]:
        metadata.create_all(conn)
        return describe(conn)

    described = []
    for url, look in ((postgres_url, describe), (empty_postgres_url, create)):
        engine = postgres_engine(locate(url, Path()))
        async with engine.begin() as conn:
            described.append(await conn.run_sync(look))
        await engine.dispose()
    assert described[0] == described[1]


def test_the_steps_are_numbered_in_the_order_they_are_taken() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    walked = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert walked[::-1] == migrate.steps()


async def test_pending_steps_are_taken_once(tmp_path: Path) -> None:
    url = "sqlite:///folder/kabari.sqlite"
    assert await migrate.current(url, tmp_path) == ""
    assert await migrate.pending(url, tmp_path) == migrate.steps()
    await migrate.upgrade(url, tmp_path)
    await migrate.upgrade(url, tmp_path)
    assert await migrate.current(url, tmp_path) == migrate.steps()[-1]
    assert await migrate.pending(url, tmp_path) == []
    assert (tmp_path / "folder" / "kabari.sqlite").exists()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite"
    return str(request.getfixturevalue("empty_postgres_url"))


async def test_processes_that_start_at_once_do_not_collide(empty_url: str, tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, storage.migrate as m;"
        f"asyncio.run(m.upgrade({empty_url!r}, pathlib.Path({str(tmp_path)!r})))"
    )
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT) for _ in range(3)
    ]
    assert [await process.wait() for process in processes] == [0, 0, 0]
    assert await migrate.pending(empty_url, tmp_path) == []


# --- steps to come ---------------------------------------------------------------------------------------

FAMILY = (
    "number = sa.Integer()",
    "op.create_table('parent', sa.Column('id', number, primary_key=True), sa.Column('name', sa.Text()))",
    "op.create_table('child', sa.Column('parent_id', number, sa.ForeignKey('parent.id')))",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The steps so far, in a folder where a test may add to them."""
    folder = tmp_path / "100% steps"
    shutil.copytree(migrate.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "FOLDER", folder)
    return folder / "versions"


def add_step(folder: Path, *lines: str) -> None:
    head = f"revision = '9999'\ndown_revision = {migrate.steps()[-1]!r}\n"
    body = "def upgrade():\n    " + "\n    ".join(lines)
    (folder / "9999_next.py").write_text(f"import sqlalchemy as sa\nfrom alembic import op\n{head}{body}\n")


def empty(folder: Path) -> None:
    for step in folder.glob("[0-9]*.py"):
        step.unlink()


async def tables(url: str, data_dir: Path) -> list[str]:
    async with open_store(url, data_dir) as store:
        return await store.read(lambda conn: inspect(conn).get_table_names())


async def test_a_step_that_fails_leaves_nothing_behind(
    database_url: str, folder: Path, tmp_path: Path
) -> None:
    before = await migrate.current(database_url, tmp_path)
    add_step(folder, *FAMILY, "op.execute('nonsense')")
    with pytest.raises(DBAPIError, match="nonsense"):
        await migrate.upgrade(database_url, tmp_path)
    assert await migrate.current(database_url, tmp_path) == before
    assert "parent" not in await tables(database_url, tmp_path)


async def test_altering_a_table_keeps_what_points_to_it(
    database_url: str, folder: Path, tmp_path: Path
) -> None:
    add_step(
        folder,
        *FAMILY,
        "op.execute('INSERT INTO parent (id) VALUES (1)')",
        "op.execute('INSERT INTO child VALUES (1)')",
        "with op.batch_alter_table('parent') as batch:",
        "    batch.alter_column('name', existing_type=sa.Text(), type_=sa.String(90))",
    )
    await migrate.upgrade(database_url, tmp_path)
    async with open_store(database_url, tmp_path) as store:
        assert await store.read(lambda conn: conn.scalar(text("SELECT parent_id FROM child"))) == 1
        assert await store.read(lambda conn: inspect(conn).get_foreign_keys("child"))


async def test_a_step_may_not_leave_rows_that_point_nowhere(
    sqlite_url: str, folder: Path, tmp_path: Path
) -> None:
    add_step(folder, *FAMILY, "op.execute('INSERT INTO child VALUES (1)')")
    with pytest.raises(RuntimeError, match="point nowhere"):
        await migrate.upgrade(sqlite_url, tmp_path)
    assert "parent" not in await tables(sqlite_url, tmp_path)


async def test_an_older_kabari_leaves_a_newer_database_alone(
    database_url: str, folder: Path, tmp_path: Path
) -> None:
    add_step(folder, "pass")
    await migrate.upgrade(database_url, tmp_path)
    (folder / "9999_next.py").unlink()
    with pytest.raises(migrate.NewerDatabaseError, match="9999"):
        await migrate.upgrade(database_url, tmp_path)


async def test_the_first_step_can_be_drawn_afresh(folder: Path, tmp_path: Path) -> None:
    empty(folder)
    migrate.draft("first tables")
    assert migrate.steps() == ["0001"]
    await migrate.upgrade("sqlite:///drawn.sqlite", tmp_path)
    async with open_store("sqlite:///drawn.sqlite", tmp_path) as store:
        assert await store.read(differences) == []


def test_a_draft_without_a_difference_is_empty(folder: Path) -> None:
    migrate.draft("nothing new")
    (written,) = folder.glob("*_nothing_new.py")
    assert written.read_text().endswith('"""Take the step."""\n    pass\n')
