"""`cold_start`: how long a person waits for `kabari --help`, and for the first reply of a new `kabari demo`."""

import asyncio
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiohttp import ClientSession

from tests.benchmarks.harness import BenchmarkError, Options, Report, Spread, machine, versions
from tests.benchmarks.processes import end_of_log, find_program, free_port, listening

SUMMARY: Final = "Launch to help shown, and launch of a new demo to its first reply in the web chat"
COLUMNS: Final = ("what", "wall seconds")
REPLY_SECONDS: Final = 30.0


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
            ("kabari demo, until the first reply", demo_seconds.shown(3)),
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
    """Wall seconds from launching `kabari demo`, with an empty folder, to the first reply in the web chat."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="kabari-benchmark-") as data:
        log = Path(data) / "output.log"
        command = [kabari, "demo", "--port", str(port), "--data", str(Path(data) / "demo")]
        began = time.perf_counter()
        async with listening("kabari demo", command, port, log), ClientSession() as session:
            try:
                async with asyncio.timeout(REPLY_SECONDS):
                    await _first_reply(session, f"http://127.0.0.1:{port}/chat/live")
            except TimeoutError:
                raise BenchmarkError(f"`kabari demo` did not reply in time:\n{end_of_log(log)}") from None
            return time.perf_counter() - began


async def _first_reply(session: ClientSession, url: str) -> None:
    """Open the chat as a browser does, begin, and wait until the bot has said something."""
    async with session.ws_connect(url) as page:
        await page.send_json({"hello": {"token": None, "after": 0, "language": "en"}})
        await page.send_json({"start": {"id": str(uuid4()), "payload": ""}})
        while True:
            frame = await page.receive_json()
            if any(entry["who"] == "bot" for entry in frame.get("entries", ())):
                return
