"""How messages and contents are written as JSON, for the inbox and the outbox.

Written by hand: a turn stores a few of these, and `dataclasses.asdict` costs more than the whole turn's logic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from flows import message as m
from flows.message import Attachment, Content, File, Link, Message, Option

_CONTENTS: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        m.Said,
        m.Tapped,
        m.Started,
        m.SharedContact,
        m.SharedLocation,
        m.Attached,
        m.Refused,
        m.Unsupported,
    )
}
_TEXTS: Final = ("request", "request_label", "list_label", "more_label", "placeholder")


def pack_content(content: Content) -> dict[str, Any]:
    """Write what a person did."""
    if isinstance(content, m.Attached):
        files = [vars(each) for each in content.attachments]
        return {"is": "Attached", "attachments": files, "caption": content.caption}
    return {"is": type(content).__name__, **vars(content)}


def unpack_content(stored: Mapping[str, Any]) -> Content:
    """Read what a person did; what a later version wrote and this one does not know is `Unsupported`."""
    values = {key: value for key, value in stored.items() if key != "is"}
    kind = _CONTENTS.get(stored["is"])
    if kind is None:
        return m.Unsupported(str(stored["is"]))
    if kind is m.Attached:
        values["attachments"] = tuple(Attachment(**each) for each in values["attachments"])
    known = {field.name for field in fields(kind)}
    content: Content = kind(**{key: value for key, value in values.items() if key in known})
    return content


def pack_message(message: Message) -> dict[str, Any]:
    """Write a message; what is empty is left out."""
    packed: dict[str, Any] = {"text": message.text}
    if message.options:
        packed["options"] = [_pack_option(option) for option in message.options]
    if message.steering:
        packed["steering"] = [_pack_option(option) for option in message.steering]
    if message.offset:
        packed["offset"] = message.offset
    for name in _TEXTS:
        if value := getattr(message, name):
            packed[name] = value
    if message.file:
        packed["file"] = vars(message.file)
    if message.link:
        packed["link"] = vars(message.link)
    return packed


def unpack_message(stored: Mapping[str, Any]) -> Message:
    """Read a message."""
    return Message(
        stored["text"],
        options=tuple(Option(*option) for option in stored.get("options", ())),
        steering=tuple(Option(*option) for option in stored.get("steering", ())),
        offset=stored.get("offset", 0),
        file=File(**stored["file"]) if "file" in stored else None,
        link=Link(**stored["link"]) if "link" in stored else None,
        **{name: stored[name] for name in _TEXTS if name in stored},
    )


def _pack_option(option: Option) -> list[str | bool]:
    packed: list[str | bool] = [option.id, option.label]
    if option.description or option.ticked:
        packed += [option.description, option.ticked]
    return packed
