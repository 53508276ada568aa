"""Failpoints: named places where a test, or a brave operator, can make the process die.

`KABARI_FAILPOINT=store.before_commit:3` kills the process with SIGKILL the third time it comes by that place.
Tests arm a place in their own process instead, where it raises `Killed`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

NAMES: Final = (
    "turn.kept",
    "turn.outcomes",
    "turn.answered",
    "store.before_commit",
    "store.after_commit",
    "files.unused",
    "dispatch.claimed",
    "dispatch.sent",
    "dispatch.settled",
)
"""Every place there is, so that a test can die at each."""


class Killed(BaseException):
    """The process is to be taken for dead: nothing catches this but the test that asked for it."""


def reach(name: str) -> None:
    """Come by the place `name`: nothing happens unless it is armed."""
    if _armed and name in _armed:
        _pass(name)


def arm(name: str, action: Callable[[], None], passage: int = 1) -> None:
    """Do `action` when `name` is reached for the `passage`-th time from now, and disarm the place."""
    if name not in NAMES:
        raise ValueError(f"There is no failpoint {name!r}; there are {', '.join(NAMES)}.")
    _armed[name] = (passage, action)


def disarm(name: str) -> None:
    """Make the place `name` harmless again."""
    _armed.pop(name, None)


@contextmanager
def armed(name: str, passage: int = 1) -> Iterator[None]:
    """Raise `Killed` when `name` is reached for the `passage`-th time within the block."""
    arm(name, _raise_killed, passage)
    try:
        yield
    finally:
        _armed.pop(name, None)


_armed: Final[dict[str, tuple[int, Callable[[], None]]]] = {}


def _pass(name: str) -> None:
    passage, action = _armed.pop(name)
    if passage > 1:
        _armed[name] = (passage - 1, action)
    else:
        action()


def _raise_killed() -> NoReturn:
    raise Killed


def _kill_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm_from_environment(wanted: str) -> None:
    if wanted:
        name, _, passage = wanted.partition(":")
        arm(name, _kill_process, int(passage or 1))


_arm_from_environment(os.environ.get("KABARI_FAILPOINT", ""))
