"""A message as WhatsApp can show it: the bodies to send, one after the other.

Most messages are one body, for each is billed. Up to three options are reply buttons, more are a list of ten
rows with pages. What steers (back, skip, help …) gives way to the options: the last of it, by custom the help
that names the others, stays longest, and what has no button is named in the footer, for it can be typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from bot.channels.base import Action, SendError
from bot.channels.whatsapp.limits import (
    BODY,
    BUTTON_TITLE,
    BUTTONS,
    CAPTION,
    ELLIPSIS,
    FILENAME,
    FOOTER,
    IMAGE_MIMES,
    LINK_BUTTON,
    LIST_BUTTON,
    ROW_DESCRIPTION,
    ROW_TITLE,
    TEXT,
    cut,
    divide,
    units,
)
from bot.channels.whatsapp.paging import Page, keep_ends, page_at
from flows.message import File, Link, Message, Option

Body: TypeAlias = dict[str, Any]
"""A Graph message without its recipient: `type` and the part of that name."""

_TICK: Final = "✓ "
_BETWEEN: Final = " · "


def shape(message: Message, media_id: str = "") -> list[Body]:
    """Shape a message into bodies, the one with the options last; raises `SendError` for one without words.

    `media_id` is Graph's id of `message.file`, which has to be uploaded first.
    """
    lead: list[Body] = []
    text = _with_link(message)
    media = _media(message.file, media_id) if message.file else {}
    kind = "image" if _is_image(message.file) else "document"
    if message.options or message.steering:
        text = text or (message.file.name if message.file else "")
        asking = _asking(message)
        if media and asking["type"] == "button":
            asking["header"] = {"type": kind, kind: media}
        elif media:
            lead.append({"type": kind, kind: media})
        return [*lead, *_interactive(text, asking)]
    if media:
        if 0 < units(text) <= CAPTION:
            return [{"type": kind, kind: {**media, "caption": text}}]
        return [{"type": kind, kind: media}, *(_plain(text) if text else [])]
    if message.link:
        return _interactive(message.text or message.link.label, _opening(message.link))
    if message.request == "location":
        return _interactive(text, {"type": "location_request_message", "action": {"name": "send_location"}})
    return _plain(text)


def _asking(message: Message) -> dict[str, Any]:
    if len(message.options) <= BUTTONS and all(units(each.label) <= BUTTON_TITLE for each in message.options):
        steering = keep_ends(message.steering, BUTTONS - len(message.options))
        asking = _buttons((*message.options, *steering))
    else:
        page = page_at(message.options, message.steering, message.offset)
        steering = page.steering
        asking = _list(message, page)
    unseen = _BETWEEN.join(option.label for option in message.steering if option not in steering)
    return {**asking, "footer": {"text": unseen}} if 0 < units(unseen) <= FOOTER else asking


def _buttons(options: Sequence[Option]) -> dict[str, Any]:
    titles = zip(options, _titles(options, BUTTON_TITLE), strict=True)
    buttons = [{"type": "reply", "reply": {"id": option.id, "title": title}} for option, title in titles]
    return {"type": "button", "action": {"buttons": buttons}}


def _list(message: Message, page: Page) -> dict[str, Any]:
    """Build a list of one section: a second one would need titles, and a message has no words for them."""
    count = len(message.options)
    shown = list(page.options)
    for arrow, other in (("▶", page.next), ("◀", page.previous)):
        if other is not None:
            label = f"{arrow} {message.more_label}"
            shown.append(Option(f"~from:{other.start}", label, f"{other.start + 1}–{other.stop} / {count}"))
    shown += page.steering
    rows = [_row(option, title) for option, title in zip(shown, _titles(shown, ROW_TITLE), strict=True)]
    button = cut(message.list_label, LIST_BUTTON) or ELLIPSIS
    return {"type": "list", "action": {"button": button, "sections": [{"rows": rows}]}}


def _row(option: Option, title: str) -> dict[str, str]:
    label = " ".join(option.label.split())
    whole = "" if title.removeprefix(_TICK) == label else label
    description = cut(" — ".join(filter(None, (whole, option.description))), ROW_DESCRIPTION)
    return {"id": option.id, "title": title, **({"description": description} if description else {})}


def _titles(options: Sequence[Option], limit: int) -> list[str]:
    """Cut labels to titles that all differ, as Graph demands: those that look alike are numbered."""
    titles: list[str] = []
    for option in options:
        label = (_TICK if option.ticked else "") + (option.label.strip() or ELLIPSIS)
        title, number = cut(label, limit), 1
        while title in titles:
            number += 1
            mark = f" ({number})"
            title = cut(label, limit - units(mark)) + mark
        titles.append(title)
    return titles


def _opening(link: Link) -> dict[str, Any]:
    parameters = {"display_text": cut(link.label, LINK_BUTTON) or ELLIPSIS, "url": link.url}
    return {"type": "cta_url", "action": {"name": "cta_url", "parameters": parameters}}


def _interactive(text: str, asking: dict[str, Any]) -> list[Body]:
    *before, last = divide(_spoken(text), BODY)
    interactive = {**asking, "body": {"text": last}}
    return [*(_text_body(part) for part in before), {"type": "interactive", "interactive": interactive}]


def _plain(text: str) -> list[Body]:
    return [_text_body(part) for part in divide(_spoken(text), TEXT)]


def _text_body(text: str) -> Body:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _spoken(text: str) -> str:
    if not text.strip():
        raise SendError(Action.REJECT, "no_text")
    return text


def _with_link(message: Message) -> str:
    """Write a link into the text where it cannot have its button."""
    if message.link is None:
        return message.text
    return f"{message.text}\n\n{message.link.label}: {message.link.url}".strip()


def _is_image(file: File | None) -> bool:
    return file is not None and file.mime in IMAGE_MIMES


def _media(file: File, media_id: str) -> dict[str, str]:
    return {"id": media_id} if _is_image(file) else {"id": media_id, "filename": cut(file.name, FILENAME)}
