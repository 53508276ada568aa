"""Answers: how what she gives is taken as the answer to the open question, or to several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flows import prompts
from flows.commands import normalise, read_command
from flows.conversation import Conversation, Frame
from flows.message import Content, Said
from flows.questions.base import Choice, Halfway, Reopened, Taken
from flows.reading import Unreadable
from flows.reading.choices import read_yes_no, says_none
from flows.talk import MENU, SILENT, Talk
from locales.words import Words, _


class Answering(Talk):
    """A turn in which answers are taken."""

    def find_place(self) -> None:
        """Know the open question, without saying anything."""
        self.go_on()
        self.notes.clear()

    def is_open(self, flow: str, name: str) -> bool:
        """Tell whether this is the open question."""
        question = self.question
        return bool(self.frames) and self.top.flow == flow and question is not None and question.name == name

    def pick(self, choice: str) -> None:
        """Take a tap on an option of the open question."""
        question = self.question
        assert question is not None
        if choice == prompts.KEEP and (known := prompts.kept(question, self.top)) is not None:
            self.take(lambda: known)
        else:
            self.take(lambda: question.pick(choice, self.so_far, prompts.reading(self.facts)))

    def skip(self) -> None:
        """Go on without an answer, where that can be."""
        question = self.question
        if question is None:
            self.open(MENU)
        elif question.skippable:
            self.take(lambda: question.skip(self.top.so_far))
        else:
            self.notes.append(_("This question cannot be skipped: without it the form cannot be used."))

    def answer_text(self, text: str) -> None:
        """Take what she typed; several lines may answer several questions of a form."""
        lines = [line for line in text.splitlines() if line.strip()]
        question = self.question
        if len(lines) > 1 and question is not None and question.one_line and self._take_lines(lines):
            return
        self.answer(Said(text))

    def _take_lines(self, lines: list[str]) -> bool:
        """Answer as many questions as the lines can; it takes two of them to count as more than one answer."""
        flow = self.flow
        if flow is None or flow.minutes is None:
            return False
        trial = Answering(self.book, Conversation([_copy(self.top)], self.last_heard), self.facts)
        trial.find_place()
        read = 0
        for line in lines:
            before = trial.progress
            if trial.question is None or not trial.question.counted:
                break
            if read_command(line) == "skip":
                trial.skip()
            else:
                trial.answer(Said(line))
            if trial.progress is before:
                break
            read += 1
        if read < 2 or not trial.frames:
            return False
        self.frames[-1], self.progress, self.notes = trial.top, trial.progress, trial.notes
        if read < len(lines):
            self.notes.insert(
                0,
                _(
                    "I have taken the first {count} lines of your message. Please answer the rest one by one.",
                    count=read,
                ),
            )
        return True

    def answer(self, content: Content) -> None:
        """Take what she said or shared as the answer to the open question."""
        question = self.question
        if question is None:
            return
        known = prompts.kept(question, self.top)
        if known is not None and isinstance(content, Said) and not self.choices():
            meant = read_yes_no(content.text)
            if meant or normalise(content.text) == "1":
                self.take(lambda: known)
                return
            if meant is False:
                self.notes.append(_("Then please type it."))
                return
        if question.skippable and isinstance(content, Said) and says_none(content.text):
            self.skip()
        else:
            self.take(lambda: question.read(content, self.so_far, prompts.reading(self.facts)))

    def choices(self) -> Sequence[Choice]:
        """List what can be tapped now."""
        question = self.question
        return question.choices(self.so_far, prompts.reading(self.facts)) if question else ()

    def take(self, give: Callable[[], Taken]) -> None:
        """Take an answer to the open question, and go on."""
        assert self.progress is not None
        question = self.progress.question
        assert question is not None
        try:
            taken = give()
        except Unreadable as unreadable:
            self._miss(unreadable.words)
            return
        frame = self.top
        if isinstance(taken, Halfway):
            frame.so_far, frame.misses = taken.so_far, 0
            if taken.note:
                self.notes.append(taken.note)
            return
        since = len(self.progress.answered) + 1
        if isinstance(taken, Reopened):
            frame.forget(taken.name)
            since = SILENT
        else:
            frame.answer(question, taken)
        self.go_on(since)

    def _miss(self, why: Words) -> None:
        self.top.misses += 1
        self.notes.append(why)
        if self.top.misses >= prompts.PERSON_AFTER:
            self.notes.append(_("If this is hard to answer here, a person of our office will gladly help."))


def _copy(frame: Frame) -> Frame:
    return Frame(frame.flow, frame.about, dict(frame.answers), frame.so_far, dict(frame.kept), frame.misses)
