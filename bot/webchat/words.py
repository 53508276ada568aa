"""What the page itself says around a chat: buttons, states and labels for those who listen instead of look.

The page gets them rendered in one language and asks for another when the chat changes language. It fills in a
`{placeholder}` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from locales.language import Language
from locales.words import Text, Words, _, render

PAGE: Final[Mapping[str, Text]] = {
    "assistant": _("Automatic assistant"),
    "log": _("Messages"),
    "loading": _("Opening the chat…"),
    "skip": _("Go to the message field"),
    "about": _("About this chat"),
    "about_bot": _(
        "A computer program answers here, not a person. You can ask for the office's staff at any time."
    ),
    "about_device": _(
        "On a phone or computer that others use too: let it forget this chat when you are done. "
        "The office keeps what you sent."
    ),
    "forget": _("Forget this chat here"),
    "close": _("Close"),
    "you": _("You"),
    "staff": _("office staff"),
    "write": _("Write a message"),
    "send": _("Send"),
    "attach": _("Add photos or a PDF"),
    "remove": _("Remove {name}"),
    "unsent": _("Not sent yet"),
    "sent": _("Sent"),
    "uploading": _("{percent}% sent"),
    "failed": _("This could not be sent."),
    "again": _("Try again"),
    "offline": _("No connection. What you write now is sent later."),
    "newest": _("New messages"),
    "choices": _("Choices"),
    "earlier": _("Earlier choices"),
    "filter": _("Search this list"),
    "nothing": _("Nothing found. You can also type your answer."),
    "locate": _("Share my location"),
    "located": _("My location"),
    "lost": _("Your location could not be found. Please type the place."),
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "photo": _("Photo"),
    "download": _("Open or save"),
    "refused": _("{name}: not taken"),
    "too_many": _("At most {count} files at a time."),
    "too_large": _("{name} is too large: at most {limit} MB."),
    "wrong_type": _("{name}: only photos and PDF files can be sent here."),
}

NO_SCRIPT: Final = _("This chat needs JavaScript. Please switch it on in your browser.")
GONE: Final = _("This file can no longer be opened from here. Open the chat again and tap the file there.")


def embed_words(office: Words) -> Mapping[str, Text]:
    """Name what the round button on an office's own site says."""
    return {"open": _("Chat with {office}", office=office), "close": _("Close the chat")}


def render_all(words: Mapping[str, Text], language: Language) -> Mapping[str, str]:
    """Say every one of some words in a language."""
    return {name: render(text, language) for name, text in words.items()}
