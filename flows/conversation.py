"""A conversation's state between turns: a small stack of flows, each with the answers it has.

The flow on top is talking; those below wait and go on when it has ended (a change of language in the middle of a
form, say).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from flows.questions.base import Json, Question


@dataclass
class Frame:
    """One flow on the stack.

    `about` is what it was started with; `so_far` is the half-given answer to its open question; `kept` are answers
    she went back on, offered again; `misses` counts how often the open question was answered unreadably.
    """

    flow: str
    about: Mapping[str, str] = field(default_factory=dict)
    answers: dict[str, Json] = field(default_factory=dict)
    so_far: Json = None
    kept: dict[str, Json] = field(default_factory=dict)
    misses: int = 0

    def answer(self, question: Question[Any], stored: Json) -> None:
        """Keep an answer; one that is another than before makes those that hang on it void."""
        if self.kept.pop(question.name, stored) != stored:
            for name in question.resets:
                self.answers.pop(name, None)
                self.kept.pop(name, None)
        self.answers[question.name] = stored
        self.ask_afresh()

    def forget(self, name: str) -> None:
        """Take an answer back, keeping it to be offered again."""
        self.kept[name] = self.answers.pop(name)
        self.ask_afresh()

    def restart(self) -> None:
        """Begin anew."""
        self.answers.clear()
        self.kept.clear()
        self.ask_afresh()

    def ask_afresh(self) -> None:
        """Forget what was half given to the open question, and how often it went wrong."""
        self.so_far = None
        self.misses = 0


@dataclass
class Conversation:
    """The stack, the flow that is talking last, and when she was last heard."""

    frames: list[Frame] = field(default_factory=list)
    at: datetime | None = None


_EMPTY: Mapping[str, Any] = {"about": {}, "answers": {}, "so_far": None, "kept": {}, "misses": 0}


def to_json(conversation: Conversation) -> dict[str, Any]:
    """Write the state for the store; what is empty is left out."""
    frames = [
        {key: value for key, value in vars(frame).items() if value != _EMPTY.get(key, "")}
        for frame in conversation.frames
    ]
    return {"frames": frames, "at": conversation.at.timestamp() if conversation.at else None}


def from_json(stored: Mapping[str, Any] | None, flows: Collection[str]) -> Conversation:
    """Read the state from the store; flows, and what another version kept of them, that are not known are left out."""
    if not stored:
        return Conversation()
    known = {field.name for field in fields(Frame)}
    frames = [
        Frame(**{key: value for key, value in frame.items() if key in known})
        for frame in stored["frames"]
        if frame["flow"] in flows
    ]
    at = stored.get("at")
    return Conversation(frames, datetime.fromtimestamp(at, UTC) if at else None)
