"""Processes a benchmark starts: each listens on a port of the loopback address and ends with its block."""

import asyncio
import os
import shutil
import socket
import sys
from asyncio.subprocess import STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.benchmarks.harness import BenchmarkError

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0
POLL_SECONDS: Final = 0.01
SHOWN_LOG_CHARACTERS: Final = 2000
PYTHON_DEVELOPMENT: Final = {"PYTHONDEVMODE", "PYTHONASYNCIODEBUG", "PYTHONWARNINGS", "PYTHONTRACEMALLOC"}


def free_port() -> int:
    """A port of the loopback address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_program(name: str) -> str | None:
    """The path of a program on PATH or beside this Python, where wheels put theirs."""
    places = os.pathsep.join([os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)])
    return shutil.which(name, path=places)


@asynccontextmanager
async def listening(name: str, command: Sequence[str], port: int, log: Path) -> AsyncIterator[Process]:
    """Start a command, wait until it takes connections on `port`, and end it after the block.

    What it prints goes to `log`, and Python's development switches, which would be measured too, are left
    out. Raises BenchmarkError, with the end of the log, if it ends by itself or never listens.
    """
    environment = {key: value for key, value in os.environ.items() if key not in PYTHON_DEVELOPMENT}
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=output, stderr=STDOUT, env=environment
        )
    try:
        await _wait_for_port(name, process, port, log)
        yield process
    finally:
        await _end(process)


def end_of_log(log: Path) -> str:
    """The last lines a process printed."""
    return log.read_text(errors="replace")[-SHOWN_LOG_CHARACTERS:].strip()


async def _wait_for_port(name: str, process: Process, port: int, log: Path) -> None:
    for _ in range(int(START_SECONDS / POLL_SECONDS)):
        if process.returncode is not None:
            raise BenchmarkError(f"{name} ended with status {process.returncode}:\n{end_of_log(log)}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(POLL_SECONDS)
        else:
            writer.close()
            return
    raise BenchmarkError(f"{name} did not listen within {START_SECONDS:.0f} s:\n{end_of_log(log)}")


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
