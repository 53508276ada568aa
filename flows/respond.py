"""One turn of a conversation as a pure function: what she did goes in, what to say and to store comes out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flows import prompts
from flows.commands import Command, normalise, read_command
from flows.conversation import Conversation, Frame
from flows.engine import Chat, Draft, Flow, FlowError, Progress, replay
from flows.facts import Facts
from flows.message import Attached, Content, Message, Refused, Said, Started, Tapped, Unsupported
from flows.outcomes import (
    AnnouncementsChosen,
    BotWanted,
    ConsentDecided,
    ErasureConfirmed,
    Ending,
    Go,
    KeptForStaff,
    Outcome,
    PersonWanted,
    Steer,
)
from flows.questions.base import Halfway, Question, Reopened, Taken
from flows.questions.chosen import names_of
from flows.questions.files import REFUSALS, FilesQuestion
from flows.reading import Unreadable
from locales.words import Words, _

LONG_AGO: Final = timedelta(days=1)
"""After this long a form asks whether to go on with it, before it takes an answer."""
_DEEP: Final = 20
"""Flows one turn may pass through; more is a loop."""
_SILENT: Final = 1_000_000

MENU, LANGUAGE, WAITING, PERSON = "menu", "language", "waiting", "person"
_OPENS: Final[Mapping[Command, str]] = {
    "data": "data",
    "erase": "erase",
    "register": "register",
    "registrations": "registrations",
}
_ON_TOP: Final = frozenset({"data", "erase"})
_LINK: Final = re.compile(r"/?start\s+([A-Za-z0-9_-]{1,64})", re.IGNORECASE)


@dataclass(frozen=True)
class Turn:
    """What came of one turn."""

    conversation: Conversation
    messages: tuple[Message, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def respond(book: Mapping[str, Flow], conversation: Conversation, content: Content, facts: Facts) -> Turn:
    """Take one turn; raises `FlowError` where a flow breaks the engine's rules."""
    talk = _Talk(book, conversation, facts)
    if facts.handed_over:
        talk.hear_silently(content)
    else:
        talk.hear(content)
    return talk.turn()


def take_up(book: Mapping[str, Flow], conversation: Conversation, facts: Facts, note: Words) -> Turn:
    """Go on by ourselves where the conversation stands, after saying something."""
    talk = _Talk(book, conversation, facts)
    talk.notes.append(note)
    talk.go_on()
    return talk.turn()


class _Talk:
    """The working state of one turn."""

    def __init__(self, book: Mapping[str, Flow], conversation: Conversation, facts: Facts) -> None:
        self.book = book
        self.frames = conversation.frames
        self.last_heard = conversation.at
        self.facts = facts
        self.notes: list[Words] = []
        self.outcomes: list[Outcome] = []
        self.progress: Progress | None = None
        self.offset = 0
        self.helping = False
        self.quiet = False

    def turn(self) -> Turn:
        """Put together what is said and kept."""
        if self.quiet:
            messages = [prompts.say(self.notes, self.facts.language)] if self.notes else []
        elif self.helping:
            messages = [prompts.explain(self.flow, self.progress, self.facts)]
        elif self.progress is not None and self.flow is not None:
            messages = [prompts.ask(self.flow, self.top, self.progress, self.facts, self.notes, self.offset)]
        else:
            messages = [prompts.say(self.notes, self.facts.language, ["menu"])]
        return Turn(Conversation(self.frames, self.facts.now), tuple(messages), tuple(self.outcomes))

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

    def form(self) -> Frame | None:
        """Find the form that is open, on top or waiting."""
        return next((frame for frame in reversed(self.frames) if self._is_form(frame)), None)

    def _is_form(self, frame: Frame) -> bool:
        return self.book[frame.flow].minutes is not None and bool(frame.answers)

    def go_on(self, since: int = _SILENT) -> None:
        """Run the flow on top until it asks; what it says after `since` answers is heard."""
        for _step in range(_DEEP):
            if not self.frames:
                self.progress = None
                return
            chat = Chat(self.facts, self.top.about, self._waiting())
            self.progress = replay(self.book[self.top.flow], chat, self.top.answers, since)
            self.notes += self.progress.said
            if self.progress.question is not None:
                return
            since = self._end(self.progress.ending)
        raise FlowError(f"{self.top.flow} goes round in circles")

    def _waiting(self) -> Draft | None:
        if len(self.frames) < 2 or self.book[self.frames[-2].flow].minutes is None:
            return None
        below = self.frames[-2]
        flow = self.book[below.flow]
        progress = replay(flow, Chat(self.facts, below.about), below.answers, _SILENT)
        return Draft(flow.title, min(progress.position, progress.total), progress.total)

    def _end(self, ending: Ending) -> int:
        """Leave the flow on top the way it ended; tells from which answer on the next one is heard."""
        ended = self.frames.pop()
        match ending:
            case Go(flow, about, record):
                if record is not None:
                    self._record(record)
                self.frames.append(Frame(flow, about))
                return 0
            case Steer(towards):
                return self._steer(towards)
            case None:
                pass
            case _:
                self._record(ending)
        if self.frames and ended.flow == LANGUAGE and not self.top.answers:
            return 0
        return _SILENT

    def _steer(self, towards: str) -> int:
        if towards == "drop":
            self.frames.clear()
            self.notes.append(_("I have thrown those answers away."))
        elif towards == "restart":
            self.top.answers.clear()
            self.top.kept.clear()
            self.top.ask_afresh()
        return _SILENT

    def _record(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.facts = self.facts.after(outcome)
        if isinstance(outcome, PersonWanted):
            self.quiet = True
        if isinstance(outcome, ErasureConfirmed):
            self.frames.clear()
            self.quiet = True

    def open(self, flow: str, *, on_top: bool = False) -> None:
        """Start a flow; instead of what is open, or on top of it."""
        if self.frames and self.top.flow == flow:
            self.frames.pop()
        if not on_top:
            self.frames.clear()
        self.frames.append(Frame(flow))
        self.go_on(0)

    # --- what she does ----------------------------------------------------------------------------------------------

    def hear(self, content: Content) -> None:
        """Take in whatever she did."""
        if isinstance(content, Said) and (link := _LINK.fullmatch(content.text.strip())):
            content = Started(link[1])
        if not self.frames and not self.facts.language_confirmed:
            self._greet(content)
            return
        self._find_place()
        if self._should_ask_first(content):
            self.open(WAITING, on_top=True)
            return
        match content:
            case Started(payload):
                self._follow(payload)
            case Tapped(option):
                self._tap(option)
            case Said(text):
                self._listen(text)
            case _:
                self._look_at(content)

    def _find_place(self) -> None:
        """Know the open question, without saying anything."""
        self.go_on()
        self.notes.clear()

    def _greet(self, content: Content) -> None:
        """Meet someone new: the language first, then what she came for."""
        self._leave_for_staff(content)
        wanted = MENU
        if isinstance(content, Said):
            wanted = _OPENS.get(read_command(content.text) or "menu", MENU)
            if read_command(content.text) == "stop":
                self._listen(content.text)
        elif isinstance(content, Started) and content.payload:
            wanted = self._destination(content.payload) or MENU
        self.frames.append(Frame(wanted))
        self.frames.append(Frame(LANGUAGE, {"first": "yes"}))
        self.go_on(0)

    def _should_ask_first(self, content: Content) -> bool:
        """Tell whether a form was left so long ago that she may have forgotten it."""
        if not self.frames or self.form() is not self.top or self.last_heard is None:
            return False
        if self.facts.now - self.last_heard < LONG_AGO:
            return False
        return isinstance(content, Said) and read_command(content.text) is None

    def _destination(self, payload: str) -> str | None:
        flow = self.book.get(payload.partition("-")[0])
        return flow.name if flow is not None and flow.reopens else None

    def _follow(self, payload: str) -> None:
        if not payload or payload.startswith("from-"):
            self._command("menu")
            return
        flow = self._destination(payload)
        if flow is None:
            self.notes.append(_("That link leads nowhere any more. Here is what I can do for you."))
            self._command("menu")
        elif self.form() is not None:
            self._command("menu")
        else:
            self.open(flow)

    def _tap(self, option: str) -> None:
        if option.startswith("~"):
            self._steer_by(option)
            return
        flow, _dot, rest = option.partition(".")
        name, _sign, choice = rest.partition("=")
        question = self.question
        if self.frames and self.top.flow == flow and question is not None and question.name == name:
            self._take(lambda: question.pick(choice, self.top.so_far, prompts.reading(self.facts)))
            return
        stale = next((frame for frame in self.frames if frame.flow == flow), None)
        if stale is not None:
            self._mention(stale, name)
        elif flow in self.book and self.book[flow].reopens and self.form() is None:
            self.open(flow)
            self._tap_now(flow, name, choice)
        elif self.form() is not None and flow in self.book and self.book[flow].reopens:
            self._command("menu")
        else:
            self.notes.append(_("That button belongs to an earlier conversation."))
            self._ask_or_menu()

    def _tap_now(self, flow: str, name: str, choice: str) -> None:
        question = self.question
        if self.frames and self.top.flow == flow and question is not None and question.name == name:
            self.notes.clear()
            self._take(lambda: question.pick(choice, None, prompts.reading(self.facts)))

    def _mention(self, frame: Frame, name: str) -> None:
        """Say how an earlier question was answered, and how to change that."""
        progress = replay(self.book[frame.flow], Chat(self.facts, frame.about), frame.answers, _SILENT)
        for question, stored in progress.answered:
            if question.name == name and stored is not None:
                self.notes.append(
                    _(
                        "You answered “{question}” with “{answer}”. To change it, use Back, or change it in the summary.",
                        question=question.label,
                        answer=question.show(stored),
                    )
                )
                return
        self.notes.append(_("That button belongs to an earlier question."))

    def _steer_by(self, option: str) -> None:
        command = option[1:]
        question = self.question
        if command.startswith("from:"):
            self.offset = int(command[5:]) if command[5:].isdigit() else 0
        elif option == prompts.AGAIN:
            pass
        elif option == prompts.KEEP and question is not None:
            known = prompts.offered(question, self.top)
            if known is not None:
                self._take(lambda: known)
        elif command in prompts.STEERING:
            self._command(command)
        if self.progress is None and not self.quiet and not self.helping and not self.notes:
            self._ask_or_menu()

    def _ask_or_menu(self) -> None:
        if not self.frames:
            self.open(MENU)

    def _listen(self, text: str) -> None:
        command = read_command(text)
        if command is not None and not self._is_label(text):
            self._command(command)
            return
        if not self.frames:
            self.open(MENU)
        self._answer_lines(text)

    def _is_label(self, text: str) -> bool:
        question = self.question
        if question is None or not self.frames:
            return False
        typed = normalise(text)
        choices = question.choices(self.top.so_far, prompts.reading(self.facts))
        return any(normalise(name) == typed for choice in choices for name in names_of(choice))

    def _answer_lines(self, text: str) -> None:
        """Take a typed answer; several lines may answer several questions of a form, if each can be read."""
        lines = [line for line in text.splitlines() if line.strip()]
        question = self.question
        if len(lines) > 1 and question is not None and question.one_line and self._take_lines(lines):
            return
        self._answer(Said(text))

    def _take_lines(self, lines: list[str]) -> bool:
        flow = self.flow
        if flow is None or flow.minutes is None:
            return False
        trial = _Talk(
            self.book, Conversation([_copy(frame) for frame in self.frames], self.last_heard), self.facts
        )
        trial._find_place()
        for line in lines:
            if trial.question is None or trial.question.name == "review" or trial.flow is not flow:
                return False
            trial._answer(Said(line))
            if trial.top.misses or trial.top.so_far is not None:
                return False
        self.frames, self.progress = trial.frames, trial.progress
        self.notes, self.outcomes, self.facts = trial.notes, trial.outcomes, trial.facts
        return True

    def _answer(self, content: Content) -> None:
        question = self.question
        if question is None:
            return
        self._take(lambda: question.read(content, self.top.so_far, prompts.reading(self.facts)))

    def _take(self, give: Callable[[], Taken]) -> None:
        """Take an answer to the open question, and go on."""
        assert self.progress is not None
        question = self.progress.question
        assert question is not None
        try:
            taken = give()
        except Unreadable as unreadable:
            self._miss(question, unreadable.words)
            return
        frame = self.top
        if isinstance(taken, Halfway):
            frame.so_far, frame.misses = taken.so_far, 0
            if taken.note:
                self.notes.append(taken.note)
            self.go_on()
            return
        since = len(self.progress.answered) + 1
        if isinstance(taken, Reopened):
            frame.forget(taken.name)
            since = _SILENT
        else:
            frame.answers[question.name] = taken
            frame.kept.pop(question.name, None)
            frame.ask_afresh()
        self.go_on(since)

    def _miss(self, question: Question[Any], why: Words) -> None:
        self.top.misses += 1
        self.notes.append(why)
        if self.top.misses >= prompts.PERSON_AFTER:
            self.notes.append(_("If this is hard to answer here, a person of our office will gladly help."))

    def _look_at(self, content: Content) -> None:
        """Take a shared contact, a location, a file, or something the bot cannot read."""
        question = self.question
        if isinstance(content, Attached | Refused) and not isinstance(question, FilesQuestion):
            self._leave_for_staff(content)
        elif isinstance(content, Unsupported):
            self._leave_for_staff(content)
        elif question is not None:
            self._answer(content)
            return
        else:
            self.notes.append(_("Thank you, I do not need that just now."))
        self._ask_or_menu()

    def _leave_for_staff(self, content: Content) -> None:
        """Keep what the bot cannot read, and say so."""
        match content:
            case Unsupported(kind):
                self.notes.append(
                    _("I cannot listen to voice messages. Please type it; I have kept yours for our staff.")
                    if kind in ("voice", "audio")
                    else _(
                        "I cannot read that kind of message. Please type it; I have kept yours for our staff."
                    )
                )
            case Attached():
                self.notes.append(_("I did not ask for a file just now; I have kept it for our staff."))
            case Refused(why):
                self.notes.append(REFUSALS[why])
                return
            case _:
                return
        self.outcomes.append(KeptForStaff())

    # --- commands ---------------------------------------------------------------------------------------------------

    def _command(self, command: Command) -> None:
        match command:
            case "back":
                self._go_back()
            case "skip":
                self._skip()
            case "cancel":
                self._cancel()
            case "restart":
                self._restart()
            case "help":
                self.helping = True
            case "again":
                self._ask_or_menu()
            case "language" | "person":
                self.open(command, on_top=True)
            case "stop" | "resume":
                self._choose_announcements(wants=command == "resume")
            case "menu" | "bot":
                self._show_menu()
            case _:
                self._open_by_word(_OPENS[command])

    def _open_by_word(self, flow: str) -> None:
        if flow in _ON_TOP:
            self.open(flow, on_top=True)
        elif self.form() is not None:
            self._show_menu()
        else:
            self.open(flow)

    def _show_menu(self) -> None:
        if self.frames and self.top.flow == WAITING:
            return
        if self.form() is None:
            self.open(MENU)
            return
        while not self._is_form(self.top):
            self.frames.pop()
        self.open(WAITING, on_top=True)

    def _go_back(self) -> None:
        if not self.frames or self.progress is None:
            self.open(MENU)
        elif self.top.so_far is not None:
            self.top.ask_afresh()
        elif self.progress.answered:
            self.top.forget(self.progress.answered[-1][0].name)
            self.go_on()
        elif len(self.frames) > 1:
            self.frames.pop()
            self.go_on()
        else:
            self.notes.append(_("This is the first question, there is nothing before it."))

    def _skip(self) -> None:
        question = self.question
        if question is None:
            self.open(MENU)
        elif question.skippable:
            self._take(lambda: None)
        else:
            self.notes.append(_("This question cannot be skipped: without it the form cannot be used."))

    def _cancel(self) -> None:
        if self.form() is not None:
            self.notes.append(_("Stopped. I have thrown those answers away."))
        elif self.frames:
            self.notes.append(_("All right, stopped."))
        else:
            self.notes.append(_("There is nothing to cancel."))
        self.frames.clear()
        self.progress = None

    def _restart(self) -> None:
        if not self.frames:
            self.open(MENU)
            return
        self.top.answers.clear()
        self.top.kept.clear()
        self.top.ask_afresh()
        self.go_on(0)

    def _choose_announcements(self, *, wants: bool) -> None:
        if wants and self.facts.wants_announcements:
            self._show_menu()
            return
        self._record(AnnouncementsChosen(wants=wants))
        self.notes.append(
            _("You will get our announcements again. STOP ends them at any time.")
            if wants
            else _(
                "Done: no more announcements, on any channel. START brings them back. Your registration stays."
            )
        )

    # --- while staff have the chat ----------------------------------------------------------------------------------

    def hear_silently(self, content: Content) -> None:
        """Leave her to the staff; only stop, and the wish to have the bot back, are the bot's."""
        self.quiet = True
        command = read_command(content.text) if isinstance(content, Said) else None
        if isinstance(content, Tapped) and content.id == "~bot":
            command = "bot"
        if command == "stop" or (command == "resume" and not self.facts.wants_announcements):
            self._choose_announcements(wants=command == "resume")
        elif command == "bot":
            self.quiet = False
            self.outcomes.append(BotWanted())
            self.notes.append(_("The bot is back."))
            self.go_on()
            self._ask_or_menu()
        else:
            self.outcomes.append(KeptForStaff())


def _copy(frame: Frame) -> Frame:
    return Frame(frame.flow, frame.about, dict(frame.answers), frame.so_far, dict(frame.kept), frame.misses)
