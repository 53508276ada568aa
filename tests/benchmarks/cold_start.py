"""`cold_start`: how long a person waits for `kabari --help`, and for `kabari demo` to be up."""

import asyncio
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from aiohttp import ClientError, ClientSession

from tests.benchmarks.harness import BenchmarkError, Options, Report, Spread, machine, versions
from tests.benchmarks.processes import end_of_log, find_program, free_port, listening

SUMMARY: Final = "Launch to help shown, and launch to demo healthy"
COLUMNS: Final = ("what", "wall seconds")
HEALTHY_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.005


async def measure(options: Options) -> Report:
    """Time both, each as often as there are rounds; raises BenchmarkError where `kabari` does not run."""
    kabari = find_program("kabari")
    if kabari is None:
        raise BenchmarkError("The command `kabari` is not installed here: pip install -e .")
    machine_before = machine()
    help_seconds = Spread.of([measure_help(kabari) for _ in range(options.rounds)])
    demo_seconds = Spread.of([await measure_demo(kabari) for _ in range(options.rounds)])
    return Report(
        benchmark="cold_start",
        title=SUMMARY,
        machine=machine_before,
        versions=versions("kabari"),
        settings={"launches": options.rounds},
        columns=COLUMNS,
        rows=[
            ("kabari --help", help_seconds.shown(3)),
            ("kabari demo, until /healthz says 200", demo_seconds.shown(3)),
        ],
        figures={"help_seconds": help_seconds._asdict(), "demo_seconds": demo_seconds._asdict()},
    )


def measure_help(kabari: str) -> float:
    """Wall seconds of one `kabari --help`."""
    began = time.perf_counter()
    done = subprocess.run([kabari, "--help"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"`kabari --help` ended with status {done.returncode}:\n{done.stderr.strip()}")
    return time.perf_counter() - began


async def measure_demo(kabari: str) -> float:
    """Wall seconds from launching `kabari demo`, with an empty folder, until GET /healthz says 200."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kabari-benchmark-") as data:
        log = Path(data) / "output.log"
        command = [kabari, "demo", "--port", str(port), "--data", str(Path(data) / "demo")]
        began = time.perf_counter()
        async with listening("kabari demo", command, port, log), ClientSession() as session:
            while time.perf_counter() < began + HEALTHY_SECONDS:
                try:
                    async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                        if answer.status == 200:
                            return time.perf_counter() - began
                except ClientError:
                    pass
                await asyncio.sleep(POLL_SECONDS)
            raise BenchmarkError(
                f"`kabari demo` was not healthy in {HEALTHY_SECONDS:.0f} s:\n{end_of_log(log)}"
            )
