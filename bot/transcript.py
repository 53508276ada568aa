"""A chat as plain text: how `kabari chat` shows it, and how dialogue tests are written.

# Register a business
channel: whatsapp
language: id

Siti: halo
Bot:  Halo! …
      [Daftarkan usaha] [Bahasa]
Recorded: LanguageChosen, language id
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from bot.channels.telegram.shape import shape_keyboard, shape_text
from bot.channels.whatsapp.shape import shape as shape_for_whatsapp
from flows.message import Message
from flows.outcomes import Outcome

Shape = Literal["terminal", "whatsapp", "telegram", "webchat"]
_INDENT: Final = 6
_WIDE: Final = 100


@dataclass(frozen=True)
class Button:
    """Something to tap: what comes back, and what it says."""

    id: str
    label: str
    description: str = ""
    ticked: bool = False


@dataclass(frozen=True)
class Shown:
    """One bubble as a person sees it, with its buttons in rows."""

    text: str
    rows: Sequence[Sequence[Button]] = ()

    @property
    def buttons(self) -> list[Button]:
        """All buttons, in order."""
        return [button for row in self.rows for button in row]


def show(message: Message, shape: Shape) -> list[Shown]:
    """Draw a message the way a channel shapes it."""
    match shape:
        case "whatsapp":
            return [_whatsapp(body) for body in shape_for_whatsapp(message, "file")]
        case "telegram":
            return [_telegram(message)]
        case _:
            return [_plain(message)]


def _plain(message: Message) -> Shown:
    rows = [
        [Button(option.id, option.label, option.description, option.ticked) for option in options]
        for options in (message.options, message.steering)
        if options
    ]
    asked = [[Button("", message.request_label)]] if message.request else []
    file = [f"({message.file.name})"] if message.file and message.file.name not in message.text else []
    return Shown("\n".join([message.text, *file]), [*rows, *asked])


def _whatsapp(body: Mapping[str, Any]) -> Shown:
    kind = body["type"]
    if kind == "text":
        return Shown(body["text"]["body"])
    if kind != "interactive":
        part = body[kind]
        return Shown(part.get("caption") or part.get("filename") or f"({kind})")
    interactive = body["interactive"]
    action = interactive["action"]
    text = "\n".join(
        each for each in (interactive["body"]["text"], interactive.get("footer", {}).get("text", "")) if each
    )
    if "buttons" in action:
        return Shown(
            text, [[Button(each["reply"]["id"], each["reply"]["title"]) for each in action["buttons"]]]
        )
    if "sections" in action:
        rows = [
            [Button(row["id"], row["title"], row.get("description", "")) for row in section["rows"]]
            for section in action["sections"]
        ]
        return Shown(f"{text}\n<{action['button']}>", rows)
    return Shown(text, [[Button("", str(action.get("parameters", {}).get("display_text", action["name"])))]])


def _telegram(message: Message) -> Shown:
    keyboard = shape_keyboard(message)
    rows = keyboard.get("inline_keyboard") or keyboard.get("keyboard") or []
    buttons = [[Button(each.get("callback_data", ""), each["text"]) for each in row] for row in rows]
    return Shown(shape_text(message), buttons)


def draw(shown: Shown) -> list[str]:
    """Write a bubble as lines, its buttons in square brackets."""
    lines = shown.text.split("\n")
    for row in shown.rows:
        line = ""
        for button in row:
            tick = "✓ " if button.ticked else ""
            drawn = f"[{tick}{button.label}]"
            if line and len(line) + len(drawn) > _WIDE:
                lines.append(line)
                line = ""
            line = f"{line} {drawn}".strip()
        lines.append(line)
    return lines


def draw_bot(shown: Shown) -> list[str]:
    """Write a bubble as the lines of a dialogue."""
    first, *rest = draw(shown)
    return [f"Bot:  {first}".rstrip(), *((" " * _INDENT + line).rstrip() for line in rest)]


def describe(outcome: Outcome) -> str:
    """Write an outcome in one line: its kind and what it holds, without what is empty."""
    parts = [type(outcome).__name__]
    for field in fields(outcome):
        value = getattr(outcome, field.name)
        if field.name == "text":
            continue
        if isinstance(value, Mapping):
            parts += [f"{key} {_plainly(each)}" for key, each in value.items() if each]
        elif value not in ("", (), None):
            parts.append(f"{field.name} {_plainly(value)}")
    return ", ".join(parts)


def _plainly(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "+".join(_plainly(each) for each in value)
    return str(getattr(value, "name", value))
