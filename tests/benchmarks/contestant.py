"""A peer that runs in a process of its own, with its own fake Bot API and its own people."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.benchmarks.harness import BenchmarkError, Sample, cpu_seconds
from tests.benchmarks.peers import Peer
from tests.benchmarks.peers.placement import Placement
from tests.benchmarks.processes import end_of_log, free_port, listening
from tests.benchmarks.redis_server import Redis
from tests.benchmarks.telegram_api import FakeBotApi
from tests.benchmarks.telegram_load import Load, People, Webhook, WrongReplyError


@dataclass
class Contestant:
    """A running peer; what its Redis used in the rounds is kept apart, in `redis_cpu_seconds`."""

    peer: Peer
    pid: int
    port: int
    log: Path
    people: People
    redis: Redis | None
    redis_cpu_seconds: float = 0.0

    @classmethod
    @asynccontextmanager
    async def running(cls, peer: Peer, data: Path, redis: Redis | None) -> AsyncIterator[Self]:
        """Start the peer's program and its fake Bot API, and end both after the block."""
        folder, port = data / peer.name, free_port()
        folder.mkdir()
        log = folder / "output.log"
        api = FakeBotApi()
        async with api.serving():
            placement = Placement(port, api.url, folder, redis.url if redis else "")
            command = [sys.executable, "-m", peer.module, *placement.arguments()]
            async with listening(peer.name, command, port, log) as process:
                yield cls(peer, process.pid, port, log, People(api, port, peer.replies), redis)

    async def run_round(self, people: int, seconds: float) -> Sample:
        """Have forms filled in for a while, and say what that cost in CPU time."""
        async with self.people.connected(people) as webhooks:
            own, redis = cpu_seconds(self.pid), self._redis_cpu_now()
            load = await self._fill_forms(webhooks, seconds)
            own, redis = cpu_seconds(self.pid) - own, self._redis_cpu_now() - redis
        self.redis_cpu_seconds += redis
        return Sample(len(load.turns), own, load.wall_seconds)

    async def time_turns(self, people: int, seconds: float) -> list[float]:
        """Have forms filled in for a while, and say how many seconds each turn took."""
        async with self.people.connected(people) as webhooks:
            return (await self._fill_forms(webhooks, seconds)).turns

    async def _fill_forms(self, webhooks: list[Webhook], seconds: float) -> Load:
        try:
            return await self.people.fill_forms(webhooks, seconds)
        except (WrongReplyError, ConnectionError) as failure:
            raise BenchmarkError(f"{self.peer.name}: {failure}\n{end_of_log(self.log)}") from failure

    def _redis_cpu_now(self) -> float:
        return cpu_seconds(self.redis.pid) if self.redis else 0.0
