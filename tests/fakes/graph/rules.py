"""What Graph takes in POST /messages, stricter than its own description.

The figures are its own, not the channel's.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any


class BadBodyError(Exception):
    """A body Graph would refuse."""


def check_body(body: Any) -> None:
    """Refuse a body by raising `BadBodyError` with what is wrong with it."""
    _need(isinstance(body, dict), "no object")
    _need(body.get("messaging_product") == "whatsapp", "messaging_product")
    if "status" in body:
        _keys(body, {"messaging_product", "status", "message_id"}, {"typing_indicator"})
        _need(body["status"] == "read" and str(body["message_id"]).startswith("wamid."), "mark as read")
        _need(body.get("typing_indicator", {"type": "text"}) == {"type": "text"}, "typing_indicator")
        return
    kind = body.get("type")
    _need(kind in _PARTS, f"type {kind}")
    _keys(
        body,
        {"messaging_product", "recipient_type", "type", kind},
        {"to", "recipient", "biz_opaque_callback_data"},
    )
    _need(body["recipient_type"] == "individual", "recipient_type")
    _need(("to" in body) != ("recipient" in body), "to or recipient")
    _need(bool(re.fullmatch(r"[0-9]{6,15}", body.get("to", "000000"))), "to")
    _need(bool(re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9.]{1,132}", body.get("recipient", "ID.1"))), "recipient")
    _text(body.get("biz_opaque_callback_data", "x"), 512, "biz_opaque_callback_data")
    _PARTS[kind](body[kind])


def _check_text(text: Any) -> None:
    _keys(text, {"body"}, {"preview_url"})
    _text(text["body"], 4096, "text.body")
    _need(isinstance(text.get("preview_url", False), bool), "preview_url")


def _check_image(image: Any) -> None:
    _keys(image, {"id"}, {"caption"})
    _text(image.get("caption", "x"), 1024, "caption")


def _check_document(document: Any) -> None:
    _keys(document, {"id"}, {"caption", "filename"})
    _text(document.get("caption", "x"), 1024, "caption")
    _text(document.get("filename", "x"), 255, "filename")


def _check_interactive(interactive: Any) -> None:
    kind = interactive.get("type")
    _need(kind in _ACTIONS, f"interactive.type {kind}")
    _keys(interactive, {"type", "body", "action"}, {"header", "footer"})
    _keys(interactive["body"], {"text"})
    _text(interactive["body"]["text"], 1024, "body")
    if "footer" in interactive:
        _keys(interactive["footer"], {"text"})
        _text(interactive["footer"]["text"], 60, "footer")
    if "header" in interactive:
        header = interactive["header"]
        _need(kind == "button", "a header with media is for buttons")
        _need(header.get("type") in {"image", "document"}, "header.type")
        _keys(header, {"type", header["type"]})
        _PARTS[header["type"]](header[header["type"]])
        _need("caption" not in header[header["type"]], "a header has no caption")
    _ACTIONS[kind](interactive["action"])


def _check_buttons(action: Any) -> None:
    _keys(action, {"buttons"})
    buttons = action["buttons"]
    _need(1 <= len(buttons) <= 3, "1 to 3 buttons")
    for button in buttons:
        _keys(button, {"type", "reply"})
        _need(button["type"] == "reply", "button.type")
        _keys(button["reply"], {"id", "title"})
    _check_choices([button["reply"] for button in buttons], title=20, identifier=256)


def _check_list(action: Any) -> None:
    _keys(action, {"button", "sections"})
    _label(action["button"], 20, "list button")
    sections = action["sections"]
    _need(1 <= len(sections) <= 10, "1 to 10 sections")
    for section in sections:
        _keys(section, {"rows"}, {"title"})
        _need(bool(section["rows"]), "a section without rows")
        _need(len(sections) == 1 or "title" in section, "sections need titles")
        _label(section.get("title", "x"), 24, "section title")
    rows = [row for section in sections for row in section["rows"]]
    _need(len(rows) <= 10, f"{len(rows)} rows")
    for row in rows:
        _keys(row, {"id", "title"}, {"description"})
        _text(row.get("description", "x"), 72, "description")
    _check_choices(rows, title=24, identifier=200)


def _check_choices(choices: Sequence[Mapping[str, Any]], title: int, identifier: int) -> None:
    for choice in choices:
        _label(choice["title"], title, "title")
        _label(choice["id"], identifier, "id")
    _need(len({choice["title"] for choice in choices}) == len(choices), "titles must differ")
    _need(len({choice["id"] for choice in choices}) == len(choices), "ids must differ")


def _check_link(action: Any) -> None:
    _keys(action, {"name", "parameters"})
    _need(action["name"] == "cta_url", "action.name")
    _keys(action["parameters"], {"display_text", "url"})
    _label(action["parameters"]["display_text"], 20, "display_text")
    _need(action["parameters"]["url"].startswith(("https://", "http://")), "url")


def _check_location_request(action: Any) -> None:
    _need(action == {"name": "send_location"}, "action")


def _check_template(template: Any) -> None:
    _keys(template, {"name", "language"}, {"components"})
    _need(bool(re.fullmatch(r"[a-z0-9_]{1,512}", template["name"])), "template.name")
    _keys(template["language"], {"code"})
    for component in template.get("components", []):
        _keys(component, {"type", "parameters"})
        _need(component["type"] == "body" and bool(component["parameters"]), "component")
        for parameter in component["parameters"]:
            _keys(parameter, {"type", "text"})
            _text(parameter["text"], 1024, "parameter")
            _need(not re.search(r"[\n\t]| {5}", parameter["text"]), "parameter with breaks")


_PARTS = {
    "text": _check_text,
    "image": _check_image,
    "document": _check_document,
    "interactive": _check_interactive,
    "template": _check_template,
}
_ACTIONS = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_link,
    "location_request_message": _check_location_request,
}


def _keys(value: Any, required: set[str], optional: set[str] | None = None) -> None:
    _need(isinstance(value, dict), "an object was expected")
    missing, unknown = required - value.keys(), value.keys() - required - (optional or set())
    _need(not missing and not unknown, f"missing {sorted(missing)}, unknown {sorted(unknown)}")


def _label(text: Any, limit: int, what: str) -> None:
    _text(text, limit, what)
    _need(text == text.strip() and "\n" not in text, f"{what} has outer spaces or a line break")


def _text(text: Any, limit: int, what: str) -> None:
    _need(isinstance(text, str) and bool(text.strip()), f"{what} is empty")
    length = len(text.encode("utf-16-le")) // 2
    _need(length <= limit, f"{what} has {length} units, over {limit}")


def _need(holds: bool, complaint: str) -> None:
    if not holds:
        raise BadBodyError(complaint)
