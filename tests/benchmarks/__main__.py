"""`python -m tests.benchmarks [NAME]`: run one benchmark, or list them."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final

from tests.benchmarks import answers, cold_start, inbound
from tests.benchmarks.harness import LEAST_ROUNDS, BenchmarkError, Options, Report

BENCHMARKS: Final[dict[str, tuple[str, Callable[[Options], Coroutine[Any, Any, Report]]]]] = {
    "answers": (answers.SUMMARY, answers.measure),
    "inbound": (inbound.SUMMARY, inbound.measure),
    "cold_start": (cold_start.SUMMARY, cold_start.measure),
}


def _at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"at least {least}")
        return number

    return read


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHMARKS, help="leave out to list the benchmarks")
    parser.add_argument("--quick", action="store_true", help="shorter rounds: ends within a minute")
    parser.add_argument("--json", action="store_true", help="print one JSON object and no table")
    parser.add_argument(
        "--rounds", type=_at_least(LEAST_ROUNDS), default=LEAST_ROUNDS, help="default %(default)s"
    )
    parser.add_argument(
        "--people", type=_at_least(1), default=50, help="how many write at once, default %(default)s"
    )
    parser.add_argument("--without-kabari", action="store_true", help="peers only, for work on the benchmark")
    return parser.parse_args()


def main() -> int:
    """Run what the command line asks for; the status is 1 where a benchmark could give no figure."""
    arguments = _parse_arguments()
    if arguments.name is None:
        for name, (summary, _) in BENCHMARKS.items():
            print(f"{name:12}{summary}")
        return 0
    options = Options(arguments.quick, arguments.rounds, arguments.people, arguments.without_kabari)
    _, measure = BENCHMARKS[arguments.name]
    try:
        report = asyncio.run(measure(options))
    except BenchmarkError as failure:
        print(f"{arguments.name}: no figure. {failure}", file=sys.stderr)
        return 1
    print(report.as_json() if arguments.json else report.as_table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
