"""Names of questions are stored data: a conversation in flight has answers under them, so none may ever change."""

from __future__ import annotations

from pathlib import Path

from flows.book import BOOK
from tests.walking import walk_everywhere

LISTED = Path(__file__).parent / "question_names.txt"


def listed() -> list[str]:
    return LISTED.read_text(encoding="utf-8").splitlines()


def asked() -> set[str]:
    return {
        f"{flow.name}.{progress.question.name}"
        for flow in BOOK.values()
        for progress in walk_everywhere(flow)
        if progress.question is not None
    }


def test_no_question_is_renamed_or_taken_away() -> None:
    gone = set(listed()) - asked()
    assert not gone, f"people may have answered these; keep their names: {sorted(gone)}"


def test_every_question_is_listed() -> None:
    new = asked() - set(listed())
    assert not new, f"add these lines to the end of {LISTED.name}: {sorted(new)}"


def test_no_name_is_listed_twice() -> None:
    assert len(listed()) == len(set(listed()))


def test_names_fit_an_options_id() -> None:
    """Telegram gives a button 64 bytes; codes of choices take up to 20 of them."""
    assert all(len(name.encode()) <= 43 for name in listed())
