"""`answers`: how well and how fast the certification answers are found, on questions kept apart from them."""

import asyncio
import time
from pathlib import Path
from typing import Any, Final

from bot.commands.asking import read_questions, try_all
from flows.finding.evaluation import Figures, evaluate
from flows.finding.finder import Finder
from locales.answers import topics
from locales.synonyms import synonyms
from tests.benchmarks.harness import BenchmarkError, Options, Report, Spread, machine, versions

SUMMARY: Final = "Right answers, refusals and time per question of the certification answers' search"
QUESTIONS: Final = Path(__file__).parent.parent / "data" / "questions_dev.jsonl"
COLUMNS: Final = ("what", "all", "id", "ko", "en", "wanted")
WANTED: Final = {"first": 0.92, "first_three": 0.98, "right_or_offered": 0.90, "out_answered": 0.05}
"""The least each has to reach; of `out_answered` the most."""
WANTED_P99_MILLISECONDS: Final = 5.0
WANTED_BUILD_SECONDS: Final = 1.0


async def measure(options: Options) -> Report:
    """Ask every question once a round; quality is the same each time, times are the rounds' medians."""
    return await asyncio.to_thread(_measure, options)


def _measure(options: Options) -> Report:
    if not QUESTIONS.exists():
        raise BenchmarkError(f"There are no questions: {QUESTIONS} is missing.")
    machine_before = machine()
    questions = read_questions(QUESTIONS)
    topics()
    builds = Spread.of([_build_seconds() for _ in range(1 if options.quick else options.rounds)])
    rounds = [evaluate(try_all(questions)) for _ in range(1 if options.quick else options.rounds)]
    figures = {name: _with_sum(found) for name, found in rounds[0].items()}
    p50 = Spread.of([_milliseconds(each["all"], "milliseconds_p50") for each in rounds])
    p99 = Spread.of([_milliseconds(each["all"], "milliseconds_p99") for each in rounds])
    return Report(
        benchmark="answers",
        title=SUMMARY,
        machine=machine_before,
        versions=versions("kabari", "rapidfuzz"),
        settings={"questions": len(questions), "topics": len(topics()), "rounds": len(rounds)},
        columns=COLUMNS,
        rows=[
            *(_row(title, name, figures) for name, title in _TITLES.items()),
            ("milliseconds a question, p50", p50.shown(2), "", "", "", ""),
            ("milliseconds a question, p99", p99.shown(2), "", "", "", f"under {WANTED_P99_MILLISECONDS:g}"),
            ("index built, seconds", builds.shown(2), "", "", "", f"under {WANTED_BUILD_SECONDS:g}"),
        ],
        figures={
            **figures,
            "milliseconds_p50": p50._asdict(),
            "milliseconds_p99": p99._asdict(),
            "build_seconds": builds._asdict(),
        },
        notes=["Right or offered: the right answer, or the right topic among at most three choices."],
    )


_TITLES: Final = {
    "first": "right topic first",
    "first_three": "right topic among three",
    "right_or_offered": "right or offered",
    "answered_right": "answered right",
    "answered_wrong": "answered wrong",
    "refused": "refused",
    "out_answered": "out of scope: answered",
    "out_offered": "out of scope: offered",
    "out_refused": "out of scope: refused",
}


def _with_sum(found: Figures) -> dict[str, Any]:
    parts = (found["answered_right"], found["offered_right"])
    return {**found, "right_or_offered": round(sum(part or 0 for part in parts), 4)}


def _row(title: str, name: str, figures: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    wanted = WANTED.get(name)
    bound = "" if wanted is None else f"{'at most' if name == 'out_answered' else 'at least'} {wanted:.0%}"
    return (title, *(f"{figures[language][name]:.1%}" for language in ("all", "id", "ko", "en")), bound)


def _milliseconds(found: Figures, name: str) -> float:
    return float(found[name] or 0)


def _build_seconds() -> float:
    began = time.perf_counter()
    Finder(topics(), synonyms())
    return time.perf_counter() - began
