"""One turn of a conversation as a pure function: what she did goes in, what to say and to store comes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flows import prompts
from flows.answering import Answering
from flows.commands import Command, normalise, read_command, read_link
from flows.conversation import Conversation, Frame
from flows.engine import Chat, Flow, replay
from flows.facts import Facts
from flows.message import (
    Attached,
    Content,
    Refused,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from flows.outcomes import AnnouncementsChosen, BotWanted, KeptForStaff
from flows.questions.chosen import names_of
from flows.questions.files import REFUSALS, FilesQuestion
from flows.talk import LANGUAGE, MENU, PERSON, SILENT, WAITING, Talk, Turn
from locales.words import Words, _

__all__ = ["Turn", "respond", "take_up"]

LONG_AGO: Final = timedelta(days=1)
"""After this long a form asks whether to go on with it, before it takes an answer."""

_ERRANDS: Final[Mapping[Command, str]] = {
    "menu": MENU,
    "person": PERSON,
    "data": "data",
    "erase": "erase",
    "register": "register",
    "registrations": "registrations",
}
"""The flows that a word opens."""
_ON_TOP: Final = frozenset({"data", "erase"})
"""Those of them that do not disturb a form."""
_EVEN_SILENT: Final = frozenset({"erase", "data"})
"""What she may have of the bot even while staff have the chat."""
"""How a link reads where it comes as a text: "/start register", "start register-booth7"; "start over" is none."""
_SOURCE: Final = "from-"
"""What a link's payload begins with when it only tells where she found it."""


def respond(book: Mapping[str, Flow], conversation: Conversation, content: Content, facts: Facts) -> Turn:
    """Take one turn; raises `FlowError` where a flow breaks the engine's rules."""
    hearing = _Hearing(book, conversation, facts)
    if facts.handed_over:
        hearing.hear_silently(content)
    else:
        hearing.hear(content)
    return hearing.turn()


def take_up(book: Mapping[str, Flow], conversation: Conversation, facts: Facts, note: Words) -> Turn:
    """Go on by ourselves where the conversation stands, after saying something."""
    talk = Talk(book, conversation, facts)
    talk.notes.append(note)
    talk.go_on()
    return talk.turn()


class _Hearing(Answering):
    """A turn she takes."""

    def hear(self, content: Content) -> None:
        """Take in whatever she did."""
        if isinstance(content, Said):
            content = Started(link) if (link := read_link(content.text)) else content
        if self._is_new(content):
            self._greet(content)
            return
        self.find_place()
        if self._should_ask_first(content):
            self.ask_about_form(MENU)
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

    def _should_ask_first(self, content: Content) -> bool:
        """Tell whether a form was left so long ago that she may have forgotten it."""
        if not self.frames or self.form() is not self.top or self.last_heard is None:
            return False
        if self.facts.now - self.last_heard < LONG_AGO:
            return False
        return isinstance(content, Said) and read_command(content.text) is None

    # --- somebody new -----------------------------------------------------------------------------------------------

    def _is_new(self, content: Content) -> bool:
        """Tell whether to greet her: at first, and again when she greets instead of choosing a language."""
        if self.facts.language_confirmed:
            return False
        return not self.frames or (self.top.flow == LANGUAGE and self._errand(content) is not None)

    def _greet(self, content: Content) -> None:
        """Meet someone new: the language first, then what she came for."""
        self._leave_for_staff(content)
        if isinstance(content, Said) and read_command(content.text) == "stop":
            self._choose_announcements(wants=False)
        if isinstance(content, Started) and self._leads_nowhere(content.payload):
            self.notes.append(_("That link is no longer valid."))
        self.frames = [Frame(self._errand(content) or MENU), Frame(LANGUAGE, {"first": "yes"})]
        self.go_on(0)

    def _errand(self, content: Content) -> str | None:
        """Find the flow she came for."""
        if isinstance(content, Started):
            return self._destination(content.payload) or MENU
        command = read_command(content.text) if isinstance(content, Said) else None
        return _ERRANDS.get(command) if command else None

    # --- links ------------------------------------------------------------------------------------------------------

    def _destination(self, payload: str) -> str | None:
        flow = self.book.get(payload.partition("-")[0])
        return flow.name if flow is not None and flow.reopens else None

    def _leads_nowhere(self, payload: str) -> bool:
        return bool(payload) and not payload.startswith(_SOURCE) and self._destination(payload) is None

    def _follow(self, payload: str) -> None:
        if self._leads_nowhere(payload):
            self.notes.append(_("That link is no longer valid."))
        self._go_to(self._destination(payload) or MENU)

    def _go_to(self, flow: str) -> None:
        """Open a flow she asked for, once it is clear what becomes of an open form."""
        if flow in _ON_TOP:
            self.open(flow, on_top=True)
        elif self.frames and self.top.flow == WAITING:
            self.top.about = {"then": flow}
        elif self.form() is not None:
            self.ask_about_form(flow)
        else:
            self.open(flow)

    # --- taps -------------------------------------------------------------------------------------------------------

    def _tap(self, option: str) -> None:
        if option.startswith("~"):
            self._steer_by(option)
            return
        flow, _dot, rest = option.partition(".")
        name, _sign, choice = rest.partition("=")
        stale = next((frame for frame in self.frames if frame.flow == flow), None)
        if self.is_open(flow, name):
            self.pick(choice)
        elif stale is not None:
            self._mention(stale, name)
        else:
            self._tap_late(flow, name, choice)

    def _tap_late(self, flow: str, name: str, choice: str) -> None:
        """Take a tap on a button of a flow that is over."""
        known = self.book.get(flow)
        if known is None or not known.reopens or known.minutes is not None:
            self.notes.append(_("That button belongs to an earlier conversation."))
            self._ask_or_menu()
        elif self.form() is not None:
            self._go_to(flow)
        else:
            self.open(flow)
            if self.is_open(flow, name):
                self.notes.clear()
                self.pick(choice)
            else:
                self.notes.insert(0, _("That button belongs to an earlier conversation."))

    def _mention(self, frame: Frame, name: str) -> None:
        """Say how an earlier question was answered, and how to change that."""
        progress = replay(self.book[frame.flow], Chat(self.facts, frame.about), frame.answers, SILENT)
        for question, stored in progress.answered:
            if question.name == name and stored is not None:
                self.notes.append(
                    _(
                        "You answered “{question}” with “{answer}”. "
                        "To change it, use Back, or change it in the summary.",
                        question=question.label,
                        answer=question.show(stored),
                    )
                )
                return
        self.notes.append(_("That button belongs to an earlier question."))

    def _steer_by(self, option: str) -> None:
        command = option[1:]
        if command.startswith("from:"):
            self.offset = int(command[5:]) if command[5:].isdecimal() else 0
        elif command in prompts.STEERING:
            self._command(command)
        if self.progress is None and not self.quiet and not self.helping and not self.notes:
            self._ask_or_menu()

    def _ask_or_menu(self) -> None:
        if not self.frames:
            self.open(MENU)

    # --- what she says ----------------------------------------------------------------------------------------------

    def _listen(self, text: str) -> None:
        command = read_command(text)
        if command is not None and not self._is_label(text):
            self._command(command)
            return
        self._ask_or_menu()
        self.answer_text(text)

    def _is_label(self, text: str) -> bool:
        typed = normalise(text)
        return any(normalise(name) == typed for choice in self.choices() for name in names_of(choice))

    # --- what she shares --------------------------------------------------------------------------------------------

    def _look_at(self, content: Content) -> None:
        """Take a shared contact, a location, a file, or something the bot cannot read."""
        if self._is_asked_for(content):
            self.answer(content)
            return
        if isinstance(content, SharedContact | SharedLocation | Refused):
            self.notes.append(_("Thank you, I do not need that just now."))
        else:
            self._leave_for_staff(content)
        self._ask_or_menu()

    def _is_asked_for(self, content: Content) -> bool:
        question = self.question
        match content:
            case SharedContact():
                return question is not None and question.request == "contact"
            case SharedLocation():
                return question is not None and question.request == "location"
            case Attached() | Refused():
                return isinstance(question, FilesQuestion)
            case _:
                return False

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
            case _:
                return
        self.outcomes.append(KeptForStaff())

    # --- commands ---------------------------------------------------------------------------------------------------

    def _command(self, command: Command) -> None:
        match command:
            case "back":
                self._go_back()
            case "skip":
                self.skip()
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
            case "bot":
                self._go_to(MENU)
            case _:
                self._go_to(_ERRANDS[command])

    def _go_back(self) -> None:
        if not self.frames or self.progress is None:
            self.open(MENU)
        elif self.top.so_far is not None:
            self.top.ask_afresh()
        elif self.progress.answered:
            self.top.forget(self.progress.answered[-1][0].name)
            self.go_on()
        elif len(self.frames) > 1 and self.facts.language_confirmed:
            self.frames.pop()
            self.go_on()
        else:
            self.notes.append(_("This is the first question, there is nothing before it."))

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
        self.top.restart()
        self.go_on(0)

    def _choose_announcements(self, *, wants: bool) -> None:
        if wants and self.facts.wants_announcements is not False:
            self._go_to(MENU)
            return
        if wants == self.facts.wants_announcements:
            self.notes.append(_("You do not get our announcements. START brings them back."))
            return
        self.record(AnnouncementsChosen(wants=wants))
        self.notes.append(
            _("You will get our announcements again. STOP ends them at any time.")
            if wants
            else _(
                "Done: no more announcements, on any channel. START brings them back. "
                "Your registration stays."
            )
        )

    # --- while staff have the chat ----------------------------------------------------------------------------------

    def hear_silently(self, content: Content) -> None:
        """Leave her to the staff; only stop, her data, and the wish to have the bot back are the bot's."""
        self.quiet = True
        self.steering = ()
        command = read_command(content.text) if isinstance(content, Said) else None
        if isinstance(content, Tapped) and content.id == "~bot":
            command = "bot"
        if command in _EVEN_SILENT or (self.frames and self.top.flow == "erase"):
            self.quiet = False
            self.hear(content)
        elif command == "stop" or (command == "resume" and self.facts.wants_announcements is False):
            self._choose_announcements(wants=command == "resume")
        elif command == "bot":
            self.quiet = False
            self.outcomes.append(BotWanted())
            self.notes.append(_("The bot is back."))
            self.go_on()
            self._ask_or_menu()
        else:
            if isinstance(content, Refused):
                self.notes.append(REFUSALS[content.why])
            self.outcomes.append(KeptForStaff())
