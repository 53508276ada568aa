"""`kabari` as a process of its own: started with settings in its environment, waited for, stopped or killed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from storage.engines import BUSY_TIMEOUT, sqlite_driver

KABARI: Final = (sys.executable, "-c", "from bot.cli import main; main()")
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
_ROOT: Final = Path(__file__).parent.parent
_ADDRESS: Final = re.compile(r"http://localhost:(\d+)/chat")
_DEVELOPMENT: Final = ("PYTHONDEVMODE", "PYTHONASYNCIODEBUG", "PYTHONWARNINGS")


def free_port() -> int:
    """Find a port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """Make an environment in which Kabari has these settings (named without KABARI_) and no others."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KABARI_") and name not in _DEVELOPMENT
    }
    own = {f"KABARI_{name.upper()}": value for name, value in {"data_dir": str(data), **settings}.items()}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", **own}


def run_kabari(
    *arguments: str, data: Path, said: str = "", settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with `said` as its standard input, in a folder without a `.env` file."""
    data.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [*KABARI, *arguments],
        input=said,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=START_SECONDS,
        check=False,
        cwd=data,
        env=environment(data, settings or {}),
    )


class Server:
    """A `kabari serve`, or `kabari demo`, that runs while its block does.

    `port` is where it listens, `log` what it wrote so far: an object for each line, which is its `event` where it
    is no JSON.
    """

    def __init__(self, data: Path, *command: str, **settings: str) -> None:
        self._data = data
        self._command = command or ("serve",)
        self._environment = environment(data, {"port": "0", "log_format": "json", **settings})
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._listens = asyncio.Event()
        self.port = 0
        self.log: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Where it can be reached."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._data.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *KABARI, *self._command, stdout=PIPE, stderr=STDOUT, cwd=self._data, env=self._environment
        )
        self._reading = asyncio.create_task(self._read_log())
        async with asyncio.timeout(START_SECONDS):
            await self._listens.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running.returncode is None:
            self._running.kill()
        await self.ended()

    async def ended(self) -> int:
        """Wait until the process is gone; gives its exit status, negative for a signal."""
        status = await self._running.wait()
        if self._reading is not None:
            await self._reading
        return status

    async def stop(self) -> int:
        """Tell it to stop, as a service manager does, and wait until it has."""
        self._running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_SECONDS):
            return await self.ended()

    @property
    def _running(self) -> Process:
        assert self._process is not None
        return self._process

    async def _read_log(self) -> None:
        """Follow the log; the end of it counts as listening, so that nobody waits for a process that died."""
        assert self._running.stdout is not None
        async for line in self._running.stdout:
            written = _read_line(line.decode(errors="replace"))
            self.log.append(written)
            if written["event"] == "Listening.":
                self.port = int(written["port"])
            elif shown := _ADDRESS.search(written["event"]):
                self.port = int(shown[1])
            if self.port:
                self._listens.set()
        self._listens.set()


def _read_line(line: str) -> dict[str, Any]:
    try:
        written = json.loads(line)
    except ValueError:
        written = None
    return written if isinstance(written, dict) and "event" in written else {"event": line.rstrip()}


def end_leases(database: Path) -> None:
    """Let the minute pass for which a process that was killed still holds what it was sending.

    The bot has no setting for this: what it wrote down is changed, in a database that no process works on.
    """
    _change(database, "UPDATE outbox SET lease_until = 1 WHERE state = 'sending'")


def make_due(database: Path) -> None:
    """Let the time pass for which messages wait in the outbox, for another try or for a status."""
    _change(database, "UPDATE outbox SET due_at = 1 WHERE state = 'queued'")


def _change(database: Path, statement: str) -> None:
    connection = sqlite_driver().connect(database, timeout=BUSY_TIMEOUT / 1000)
    try:
        with connection:
            connection.execute(statement)
    finally:
        connection.close()


def look_up(database: Path, statement: str) -> list[dict[str, Any]]:
    """Read rows out of a SQLite database, from outside the bot."""
    connection = sqlite_driver().connect(database, timeout=BUSY_TIMEOUT / 1000)
    try:
        found = connection.execute(statement)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]
    finally:
        connection.close()
