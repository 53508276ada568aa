"""What every benchmark shares: options, rounds in turn, CPU time, medians with their spread, the report."""

import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import psutil

LEAST_ROUNDS: Final = 5


class BenchmarkError(Exception):
    """A benchmark could not give a figure; the text is for the one who ran it."""


@dataclass(frozen=True)
class Options:
    """How to run: `quick` ends within a minute; `people` is how many write at the same time."""

    quick: bool = False
    rounds: int = LEAST_ROUNDS
    people: int = 50
    without_kabari: bool = False


class Sample(NamedTuple):
    """One contestant's round: operations done, the CPU seconds they cost, and the wall seconds they took."""

    operations: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def operations_per_cpu_second(self) -> float:
        """What a benchmark compares."""
        return self.operations / self.cpu_seconds


class Spread(NamedTuple):
    """The median of several measurements, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """The spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def shown(self, digits: int = 0) -> str:
        """As in a table: `median (least … most)`."""
        return f"{self.median:,.{digits}f} ({self.least:,.{digits}f} … {self.most:,.{digits}f})"


async def run_in_turn(
    contestants: Mapping[str, Callable[[], Awaitable[Sample]]], rounds: int
) -> dict[str, list[Sample]]:
    """Run every contestant once a round, each round beginning with another one; samples keep the order."""
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    names = list(contestants)
    for _ in range(rounds):
        for name in names:
            samples[name].append(await contestants[name]())
        names = [*names[1:], names[0]]
    return samples


def ratios_to(ours: Sequence[Sample], theirs: Sequence[Sample]) -> Spread:
    """Ours ÷ theirs in operations per CPU-second, round by round."""
    pairs = zip(ours, theirs, strict=True)
    return Spread.of([a.operations_per_cpu_second / b.operations_per_cpu_second for a, b in pairs])


def cpu_seconds(pid: int) -> float:
    """User and system seconds that a process and all its children, living or ended, have used so far."""
    process = psutil.Process(pid)
    own = process.cpu_times()
    ended_children = own.children_user + own.children_system
    return float(own.user + own.system + ended_children + sum(cpu_seconds(c.pid) for c in process.children()))


def machine() -> dict[str, Any]:
    """The machine as a report shows it; call it before the work, for its load average."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def versions(*distributions: str) -> dict[str, str]:
    """The versions of Python, SQLite and the installed ones of these distributions."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in distributions:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


@dataclass
class Report:
    """A benchmark's result, shown as a table or as one JSON object."""

    benchmark: str
    title: str
    versions: dict[str, str]
    columns: tuple[str, ...]
    machine: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """Everything but the table, as one JSON object."""
        content = asdict(self)
        del content["columns"], content["rows"]
        return json.dumps(content, indent=2, ensure_ascii=False)

    def as_table(self) -> str:
        """The table with its machine, versions and notes."""
        rows = [self.columns, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.columns))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join(
            [
                f"{self.benchmark}: {self.title}",
                "Machine: " + _listed(self.machine),
                "Versions: " + _listed(self.versions),
                "Settings: " + _listed(self.settings),
                "",
                *lines,
                *(f"{name}: skipped, {reason}" for name, reason in self.skipped.items()),
                "",
                *self.notes,
            ]
        )


def _listed(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
