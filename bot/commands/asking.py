"""`kabari faq`: ask the certification answers, and measure how well they are found; no database is needed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, cast

import click

from flows.finding.evaluation import Figures, Question, Trial, evaluate, read_question
from flows.finding.finder import Finder, Found
from locales.answers import lines, topics
from locales.language import Language
from locales.synonyms import synonyms
from locales.words import render

SHOWN: Final = {
    "first": "right topic first",
    "first_three": "right topic among three",
    "answered_right": "answered right",
    "answered_wrong": "answered wrong",
    "offered_right": "offered the right choice",
    "offered_wrong": "offered only wrong choices",
    "refused": "refused",
    "out_answered": "out of scope: answered",
    "out_offered": "out of scope: offered choices",
    "out_refused": "out of scope: refused",
}
"""The shares of an evaluation as its table calls them."""


def run_ask(text: str, lang: str, *, as_json: bool) -> None:
    """Print what the bot would say to a question: the answer, the choices, or that a person is needed."""
    language = cast("Language", lang)
    found = Finder(topics(), synonyms()).find(text, language)
    today = datetime.now(UTC).date()
    if as_json:
        click.echo(json.dumps(_as_data(found, language, today), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_as_lines(found, language, today)))


def _answer(slug: str, language: Language, today: date) -> list[str]:
    return [render(line, language) for line in lines(topics()[slug], language, today)]


def _as_data(found: Found, language: Language, today: date) -> Mapping[str, Any]:
    likely = [
        {"slug": slug, "score": round(score, 3), "title": topics()[slug].texts[language].title}
        for slug, score in found.slugs
    ]
    answer = likely[0] if found.band == "answer" else None
    return {
        "text": found.text,
        "band": found.band,
        "answer": {**answer, "lines": _answer(found.slugs[0][0], language, today)} if answer else None,
        "choices": likely if found.band == "choices" else [],
        "likely": likely,
    }


def _as_lines(found: Found, language: Language, today: date) -> Iterator[str]:
    yield f"band: {found.band}"
    if found.band == "answer":
        slug, score = found.slugs[0]
        yield f"topic: {slug} ({score:.2f})"
        yield ""
        yield topics()[slug].texts[language].title
        yield from _answer(slug, language, today)
        return
    if found.band == "none":
        yield "No answer fits; a person would be asked."
        return
    for slug, score in found.slugs:
        yield f"- {topics()[slug].texts[language].title} [{slug}, {score:.2f}]"


def run_evaluate(path: Path, *, as_json: bool) -> None:
    """Print how well the questions of a file, one JSON object a line, are answered."""
    figures = evaluate(try_all(read_questions(path)))
    click.echo(json.dumps(figures, indent=2) if as_json else "\n".join(_as_table(figures)))


def read_questions(path: Path) -> list[Question]:
    """Read a file of questions; raises ClickException at the first line that is none."""
    try:
        written = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path} is not text in UTF-8.") from None
    questions: list[Question] = []
    for number, line in enumerate(written, 1):
        if not line.strip():
            continue
        try:
            questions.append(read_question(line))
        except ValueError as error:
            raise click.ClickException(f"{path}, line {number}: {error}.") from None
    return questions


def try_all(questions: list[Question]) -> list[Trial]:
    """Ask all questions one after the other, and take the CPU time of each, so that other work changes nothing."""
    finder = Finder(topics(), synonyms())
    trials: list[Trial] = []
    for question in questions:
        began = time.thread_time()
        found = finder.find(question.text, question.language)
        trials.append(Trial(question, found, time.thread_time() - began))
    return trials


def _as_table(figures: Mapping[str, Figures]) -> Iterator[str]:
    yield " " * 32 + "".join(f"{name:>10}" for name in figures)
    rows = [("questions in scope", "count_in", "d"), ("questions out of scope", "count_out", "d")]
    rows += [(title, name, ".1%") for name, title in SHOWN.items()]
    rows += [
        ("milliseconds a query, mean", "milliseconds_per_query", ".2f"),
        ("milliseconds a query, 99 of 100", "milliseconds_p99", ".2f"),
    ]
    for title, name, form in rows:
        cells = (each[name] for each in figures.values())
        yield f"{title:32}" + "".join(f"{'-' if cell is None else format(cell, form):>10}" for cell in cells)
