"""The course of one turn: the stack of flows, how it moves when a flow ends, and what is said in the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flows import prompts
from flows.commands import Command
from flows.conversation import Conversation, Frame
from flows.engine import Chat, Draft, Flow, FlowError, Progress, replay
from flows.facts import Facts
from flows.message import Message
from flows.outcomes import Ending, ErasureConfirmed, Go, Outcome, PersonWanted, Steer
from flows.questions.base import Json, Question
from locales.words import Words, _

MENU, LANGUAGE, WAITING, PERSON = "menu", "language", "waiting", "person"
SILENT: Final = 1_000_000
"""More answers than any flow has: nothing it says is heard again."""
_DEEP: Final = 20
"""Flows one turn may pass through; more is a loop."""


@dataclass(frozen=True)
class Turn:
    """What came of one turn."""

    conversation: Conversation
    messages: tuple[Message, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


class Talk:
    """The working state of one turn.

    `notes` are said above the open question. `steering` is what to offer where no question is open. With `helping`
    the ways to steer are shown instead of the question, and with `quiet` no question is put at all.
    """

    def __init__(self, book: Mapping[str, Flow], conversation: Conversation, facts: Facts) -> None:
        self.book = book
        self.frames = conversation.frames
        self.last_heard = conversation.at
        self.facts = facts
        self.notes: list[Words] = []
        self.outcomes: list[Outcome] = []
        self.steering: tuple[Command, ...] = ("menu",)
        self.progress: Progress | None = None
        self.offset = 0
        self.helping = False
        self.quiet = False

    def turn(self) -> Turn:
        """Put together what is said and kept."""
        return Turn(Conversation(self.frames, self.facts.now), tuple(self._messages()), tuple(self.outcomes))

    def _messages(self) -> list[Message]:
        if self.quiet:
            return [prompts.say(self.notes, self.facts.language, self.steering)] if self.notes else []
        if self.helping:
            return [prompts.explain(self.flow, self.progress, self.facts)]
        if self.progress is None or self.flow is None:
            return [prompts.say(self.notes, self.facts.language, self.steering)]
        returns = len(self.frames) > 1 and self.top.flow != WAITING and self.facts.language_confirmed
        return [
            prompts.ask(
                self.flow, self.top, self.progress, self.facts, self.notes, self.offset, returns=returns
            )
        ]

    # --- where we are -----------------------------------------------------------------------------------------------

    @property
    def top(self) -> Frame:
        """The frame that is talking."""
        return self.frames[-1]

    @property
    def flow(self) -> Flow | None:
        """The flow that is talking."""
        return self.book[self.top.flow] if self.frames else None

    @property
    def question(self) -> Question[Any] | None:
        """The open question."""
        return self.progress.question if self.progress else None

    @property
    def so_far(self) -> Json:
        """What is half given to the open question."""
        return prompts.so_far(self.question, self.top) if self.question else None

    def form(self) -> Frame | None:
        """Find the form that is open, on top or waiting."""
        return next((frame for frame in reversed(self.frames) if self._is_form(frame)), None)

    def _is_form(self, frame: Frame) -> bool:
        return self.book[frame.flow].minutes is not None and bool(frame.answers)

    # --- how it moves -----------------------------------------------------------------------------------------------

    def open(self, flow: str, *, on_top: bool = False) -> None:
        """Start a flow; instead of what is open, or on top of it."""
        if self.frames and self.top.flow == flow:
            self.frames.pop()
        if not on_top:
            self.frames.clear()
        self.frames.append(Frame(flow))
        self.go_on(0)

    def ask_about_form(self, wanted: str) -> None:
        """Ask what becomes of the form that is open, before going where she wanted."""
        while not self._is_form(self.top):
            self.frames.pop()
        self.frames.append(Frame(WAITING, {"then": wanted}))
        self.go_on(0)

    def go_on(self, since: int = SILENT) -> None:
        """Run the flow on top until it asks; what it says after `since` answers is heard."""
        for _step in range(_DEEP):
            if not self.frames:
                self.progress = None
                return
            chat = Chat(self.facts, self.top.about, self._waiting())
            self.progress = replay(self.book[self.top.flow], chat, self.top.answers, since)
            self.notes += self.progress.said
            if self.progress.question is not None:
                if since == 0:
                    self.notes += prompts.opening(self.book[self.top.flow], self.progress)
                return
            since = self._end(self.progress.ending)
        raise FlowError(f"{self.top.flow} goes round in circles")

    def _waiting(self) -> Draft | None:
        if len(self.frames) < 2 or self.book[self.frames[-2].flow].minutes is None:
            return None
        below = self.frames[-2]
        flow = self.book[below.flow]
        progress = replay(flow, Chat(self.facts, below.about), below.answers, SILENT)
        return Draft(flow.title, min(progress.position, progress.total), progress.total)

    def _end(self, ending: Ending) -> int:
        """Leave the flow on top the way it ended; tells from which answer on the next one is heard."""
        ended = self.frames.pop()
        self.steering = (*self.book[ended.flow].then, "menu")
        match ending:
            case Go(flow, about, record):
                if record is not None:
                    self.record(record)
                self.frames.append(Frame(flow, about))
                return 0
            case Steer(towards):
                return self._steer(towards, ended.about.get("then", MENU))
            case None:
                pass
            case _:
                self.record(ending)
        return self._return_from_language() if ended.flow == LANGUAGE else SILENT

    def _return_from_language(self) -> int:
        """Begin what she came for, in her language; in the middle of something just go on."""
        if not self.frames:
            self.frames.append(Frame(MENU))
        return SILENT if self.top.answers else 0

    def _steer(self, towards: str, wanted: str) -> int:
        if towards == "drop":
            self.frames[:] = [Frame(wanted)]
            self.notes.append(_("I have thrown those answers away."))
            return 0
        if towards == "continue":
            return SILENT
        self.top.restart()
        return 0

    def record(self, outcome: Outcome) -> None:
        """Have an outcome stored, and know what it has changed."""
        self.outcomes.append(outcome)
        self.facts = self.facts.after(outcome)
        if isinstance(outcome, PersonWanted):
            self.quiet = True
            self.steering = ("bot",)
        if isinstance(outcome, ErasureConfirmed):
            self.frames.clear()
            self.quiet = True
            self.steering = ()
