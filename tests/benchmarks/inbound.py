"""`inbound`: a webhook comes in, the turn is committed, the reply is accepted by a fake Bot API."""

import statistics
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.contestant import Contestant
from tests.benchmarks.form import FORM
from tests.benchmarks.harness import (
    Options,
    Report,
    Sample,
    Spread,
    machine,
    ratios_to,
    run_in_turn,
    versions,
)
from tests.benchmarks.peers import KABARI, PEERS, Peer
from tests.benchmarks.redis_server import Redis, find_redis, redis_serving
from tests.benchmarks.stages import read_stages, shares

SUMMARY: Final = "Webhook in, turn committed, reply accepted by a fake Bot API"
COLUMNS: Final = ("peer", "updates per CPU-second", "CPU ms an update", "updates a second", "kabari ÷ peer")
CROWD: Final = 200
NO_REDIS: Final = "no redis-server found: install the `bench` extra or Debian's redis-server"


class Pace(NamedTuple):
    """How many seconds each part lasts, for one contestant; forms that were begun are finished after it."""

    warm_up: float
    round: float
    crowd: float


QUICK: Final = Pace(warm_up=0.6, round=0.8, crowd=0.6)
FULL: Final = Pace(warm_up=3, round=6, crowd=6)


async def measure(options: Options) -> Report:
    """Run every contestant that can run here, in turn, and report on them; raises harness.BenchmarkError."""
    machine_before = machine()
    pace = QUICK if options.quick else FULL
    async with AsyncExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kabari-benchmark-")))
        redis = await _start_redis(stack, data)
        skipped = {peer.name: reason for peer in PEERS if (reason := _reason_to_skip(peer, redis))}
        contestants: dict[str, Contestant] = {}
        for peer in PEERS if options.without_kabari else (KABARI, *PEERS):
            if peer.name in skipped:
                continue
            running = Contestant.running(peer, data, redis if peer.needs_redis else None)
            contestants[peer.name] = await stack.enter_async_context(running)
        for contestant in contestants.values():
            await contestant.time_turns(options.people, pace.warm_up)
        ours = contestants.get(KABARI.name)
        before = await read_stages(ours.port) if ours else {}
        samples = await run_in_turn(
            {name: partial(c.run_round, options.people, pace.round) for name, c in contestants.items()},
            options.rounds,
        )
        after = await read_stages(ours.port) if ours else {}
        crowds = {name: await c.time_turns(CROWD, pace.crowd) for name, c in contestants.items()}
    report = Report(
        benchmark="inbound",
        title=SUMMARY,
        machine=machine_before,
        versions=versions(*sorted({name for peer in (KABARI, *PEERS) for name in peer.distributions}))
        | ({"redis-server": redis.version} if redis else {}),
        settings={
            "people": options.people,
            "messages a form": len(FORM),
            "rounds": options.rounds,
            "seconds a round": pace.round,
        },
        columns=COLUMNS,
        skipped=skipped,
    )
    _report_cpu(report, samples)
    _report_redis(report, contestants, samples)
    _report_crowds(report, crowds)
    if ours:
        _report_stages(report, shares(before, after))
    return report


async def _start_redis(stack: AsyncExitStack, data: Path) -> Redis | None:
    program = find_redis()
    return await stack.enter_async_context(redis_serving(program, data)) if program else None


def _reason_to_skip(peer: Peer, redis: Redis | None) -> str | None:
    if missing := peer.missing():
        return f"{missing} is not installed: install the `bench` extra"
    return NO_REDIS if peer.needs_redis and redis is None else None


def _report_cpu(report: Report, samples: Mapping[str, Sequence[Sample]]) -> None:
    ours = samples.get(KABARI.name)
    for name, rounds in samples.items():
        rate = Spread.of([sample.operations_per_cpu_second for sample in rounds])
        cost = Spread.of([1000 * sample.cpu_seconds / sample.operations for sample in rounds])
        speed = Spread.of([sample.operations / sample.wall_seconds for sample in rounds])
        ratio = ratios_to(ours, rounds) if ours and name != KABARI.name else None
        report.rows.append(
            (name, rate.shown(), cost.shown(3), f"{speed.median:,.0f}", ratio.shown(2) if ratio else "")
        )
        figures = {
            "updates_per_cpu_second": rate._asdict(),
            "cpu_ms_an_update": cost._asdict(),
            "updates_a_second": speed._asdict(),
            "rounds": [sample._asdict() for sample in rounds],
        }
        if ratio:
            report.ratios[name] = round(ratio.median, 3)
            figures["kabari_to_peer"] = ratio._asdict()
        report.figures[name] = figures


def _report_redis(
    report: Report, contestants: Mapping[str, Contestant], samples: Mapping[str, Sequence[Sample]]
) -> None:
    for name, contestant in contestants.items():
        if contestant.redis:
            updates = sum(sample.operations for sample in samples[name])
            cost = 1000 * contestant.redis_cpu_seconds / updates
            report.figures[name]["redis_server_cpu_ms_an_update"] = cost
            report.notes.append(f"Redis itself, not counted above: {cost:.3f} CPU ms an update of {name}.")


def _report_crowds(report: Report, crowds: Mapping[str, Sequence[float]]) -> None:
    report.notes.append(f"A turn under {CROWD} people at once, webhook sent to reply accepted:")
    for name, turns in crowds.items():
        median = 1000 * statistics.median(turns)
        p99 = 1000 * statistics.quantiles(turns, n=100)[98]
        report.figures[name]["crowd"] = {
            "people": CROWD,
            "turns": len(turns),
            "median_ms": median,
            "p99_ms": p99,
        }
        report.notes.append(f"  {name}: median {median:.0f} ms, p99 {p99:.0f} ms ({len(turns)} turns)")


def _report_stages(report: Report, stages: Mapping[str, float]) -> None:
    shown = ", ".join(f"{stage} {share:.0%}" for stage, share in stages.items())
    report.figures[KABARI.name]["share_of_time"] = dict(stages)
    report.notes.append(f"Share of Kabari's time in a turn: {shown or 'not exposed'}.")
