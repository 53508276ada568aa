"""A question for photos or documents: several, until done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from flows.message import Attached, Attachment, Content, Refused
from flows.questions.base import Choice, Halfway, Json, Question, Reading, Taken
from flows.questions.chosen import DONE, says_done
from flows.reading import Unreadable
from locales.words import Text, Words, _, ngettext

REFUSALS: Mapping[str, Text] = {
    "too_large": _("That file is too large. Photos may have up to 10 MB, documents up to 20 MB."),
    "wrong_type": _("I cannot use that kind of file. Please send a photo (JPEG, PNG) or a PDF."),
    "corrupt": _("That file seems to be damaged. Please send it once more, or take a new photo."),
    "locked": _("That PDF is locked with a password. Please send one without."),
    "unavailable": _("I could not fetch that file. Please send it once more."),
}
"""What is said of a file that could not be taken, by its reason."""


@dataclass(frozen=True, kw_only=True)
class FilesQuestion(Question[list[Attachment]]):
    """Up to `most` photos or documents; Done closes, and so does the last one that fits."""

    kinds: tuple[Literal["photo", "document"], ...]
    most: int

    def prompt(self, so_far: Json) -> Words:
        """Say the question, or what has come so far."""
        if not isinstance(so_far, list) or not so_far:
            return self.text
        note = ngettext("{count} file received.", "{count} files received.", len(so_far))
        return _("{note} Send more (up to {most} in all), or press Done.", note=note, most=self.most)

    def choices(self, so_far: Json, reading: Reading) -> Sequence[Choice]:
        """Offer Done once something has come."""
        return (Choice(DONE, _("Done")),) if so_far else ()

    def read(self, content: Content, so_far: Json, reading: Reading) -> Taken:
        """Take files as they come."""
        match content:
            case Attached(attachments):
                return self._add(attachments, list(so_far) if isinstance(so_far, list) else [])
            case Refused(why):
                raise Unreadable(REFUSALS[why])
        return super().read(content, so_far, reading)

    def _add(self, attachments: Sequence[Attachment], kept: list[Json]) -> Taken:
        if any(each.kind not in self.kinds for each in attachments):
            raise Unreadable(_("Please send a photo here, not a document."))
        room = self.most - len(kept)
        kept += [asdict(each) for each in attachments[:room]]
        if len(attachments) > room:
            return Halfway(kept, _("I can take {most} files here; I kept the first ones.", most=self.most))
        return kept if len(kept) == self.most else Halfway(kept)

    def pick(self, choice: str, so_far: Json, reading: Reading) -> Taken:
        """Close on Done."""
        super().pick(choice, so_far, reading)
        return so_far

    def read_text(self, text: str, so_far: Json, reading: Reading) -> Taken:
        """Read "done"; other words are not a file."""
        if says_done(text) and (so_far or self.skippable):
            return so_far
        raise Unreadable(_("Please send a photo or a file here, with the paper clip of your chat."))

    def skip(self, so_far: Json) -> Json:
        """Skip what could still come; what has come is kept."""
        return so_far

    def load(self, stored: Json) -> list[Attachment]:
        """Read the stored attachments."""
        if not isinstance(stored, list):
            raise TypeError(stored)
        return [_attachment(each) for each in stored]

    def show(self, stored: Json) -> Words:
        """Count the files."""
        count = len(stored) if isinstance(stored, list) else 0
        return ngettext("{count} file", "{count} files", count)

    def likely_answer(self) -> Json:
        """Guess none."""
        return []


def _attachment(stored: Any) -> Attachment:
    return Attachment(**stored)


def files(
    name: str,
    words: Text,
    *,
    label: Text,
    kinds: tuple[Literal["photo", "document"], ...] = ("photo",),
    most: int = 5,
) -> FilesQuestion:
    """Ask for photos or documents."""
    return FilesQuestion(name=name, text=words, label=label, kinds=kinds, most=most)
