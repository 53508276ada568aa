"""Every dialogue reads the same however the bot is treated: plainly, restarted, repeated, killed; on both databases."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from storage import failpoints
from tests.dialogue import Dialogue, Play, read_dialogue

FOLDER = Path(__file__).parent / "dialogues"
ALL = sorted(FOLDER.glob("*/*.txt"))
each = pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}/{path.stem}")


@each
async def test_reads_as_written(
    path: Path, sqlite_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    dialogue = read_dialogue(path)
    produced, _office = await _play(dialogue, sqlite_url, tmp_path)
    if request.config.getoption("--update"):
        await asyncio.to_thread(path.write_text, dialogue.written(produced), encoding="utf-8")
        return
    for line, made, expected in zip(dialogue.lines, produced, dialogue.expected, strict=True):
        assert made == expected, f"after: {line}"


@each
async def test_reads_the_same_with_a_restart_after_every_line(
    path: Path, sqlite_url: str, tmp_path: Path
) -> None:
    dialogue = read_dialogue(path)
    produced, _office = await _play(dialogue, sqlite_url, tmp_path, restarting=True)
    assert _bot(produced) == _bot(dialogue.expected)


@each
async def test_reads_the_same_with_everything_delivered_twice(
    path: Path, sqlite_url: str, tmp_path: Path
) -> None:
    dialogue = read_dialogue(path)
    produced, _office = await _play(dialogue, sqlite_url, tmp_path, deliveries=2)
    assert _bot(produced) == _bot(dialogue.expected)


@each
async def test_reads_the_same_on_postgres(path: Path, postgres_url: str, tmp_path: Path) -> None:
    dialogue = read_dialogue(path)
    produced, _office = await _play(dialogue, postgres_url, tmp_path)
    assert _bot(produced) == _bot(dialogue.expected)


@each
@pytest.mark.parametrize("failpoint", [name for name in failpoints.NAMES if not name.startswith("files.")])
async def test_reads_the_same_when_killed(
    path: Path, failpoint: str, sqlite_url: str, tmp_path: Path
) -> None:
    sqlite_copy = f"sqlite:///{shutil.copy(tmp_path / 'kabari.sqlite', tmp_path / 'copy.sqlite')}"
    dialogue = read_dialogue(path)
    killed = Play(dialogue, sqlite_url, tmp_path / "killed")
    produced, office = await _run(killed, failpoint=failpoint)
    plainly, expected = await _play(dialogue, sqlite_copy, tmp_path / "plainly")
    assert _bot(produced) == _bot(plainly)
    assert office == expected
    assert killed.deaths >= len([line for line in dialogue.lines if not line.startswith(("--", "Staff"))]) / 2
    assert killed.repeats <= (killed.deaths if failpoint == "dispatch.sent" else 0)


async def _play(
    dialogue: Dialogue,
    url: str,
    data: Path,
    *,
    restarting: bool = False,
    deliveries: int = 1,
    failpoint: str = "",
) -> tuple[list[list[str]], object]:
    play = Play(dialogue, url, data)
    return await _run(play, restarting=restarting, deliveries=deliveries, failpoint=failpoint)


async def _run(
    play: Play, *, restarting: bool = False, deliveries: int = 1, failpoint: str = ""
) -> tuple[list[list[str]], object]:
    await play.open()
    try:
        produced: list[list[str]] = []
        for line in play.dialogue.lines:
            produced.append(await play.say(line, deliveries=deliveries, failpoint=failpoint))
            if restarting:
                await play.restart()
        return produced, await play.outcome()
    finally:
        await play.close()


def _bot(produced: list[list[str]]) -> list[list[str]]:
    """Leave the Recorded lines out: a killed process tells nobody what it recorded, the office's state does."""
    return [[line for line in made if not line.startswith("Recorded:")] for made in produced]
