"""`kabari chat`: talk with the bot in a shell."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import cast

import click

from bot.app import opened
from bot.channels.base import Inbound
from bot.channels.terminal import TerminalChannel
from bot.settings import Settings
from bot.telemetry import start_logging
from bot.transcript import Button, Shape, describe, draw, draw_bot, show
from flows.message import Message
from flows.outcomes import Outcome
from locales.language import Language


class _Screen:
    """What has been shown, and what of it can be tapped."""

    def __init__(self, person: str, shape: Shape) -> None:
        self._person = person
        self._shape = shape
        self._buttons: list[Button] = []
        self.lines: list[str] = []

    def show(self, person: str, message: Message, _key: str) -> None:
        """Print a message for the person who sits here."""
        if person != self._person:
            return
        for shown in show(message, self._shape):
            self._buttons = [*shown.buttons, *self._buttons][:500]
            self.lines += draw_bot(shown)
            click.echo("\n".join(draw(shown)))
            click.echo()

    def tapped(self, line: str) -> Button | None:
        """Find what a line in square brackets taps; the latest button of that label."""
        if not (line.startswith("[") and line.endswith("]")):
            return None
        label = line[1:-1].removeprefix("✓ ").strip().casefold()
        return next((button for button in self._buttons if button.label.casefold() == label), None)


async def run_chat(lang: str | None, shape: str, person: str, data: Path | None, save: Path | None) -> None:
    """Chat until the input ends."""
    settings = Settings(data_dir=data) if data else Settings()
    start_logging("ERROR", "text")
    screen = _Screen(person, cast("Shape", shape))
    language = cast("Language | None", lang)
    terminal = TerminalChannel(screen.show, language)
    async with opened(settings, extra=(terminal,)) as kabari:
        recorded: list[Outcome] = []
        kabari.intake.watch(lambda _inbound, taken: recorded.extend(taken.outcomes))
        await kabari.dispatcher.drain()
        interactive = sys.stdin.isatty()
        while (line := await asyncio.to_thread(_read, interactive)) is not None:
            if not line.strip():
                continue
            button = screen.tapped(line.strip())
            payload = {
                "person": person,
                "line": button.label if button else line,
                "option": button.id if button else "",
            }
            screen.lines.append(f"{person}: {line}")
            if not interactive:
                click.echo(f"{person}: {line}\n")
            for event in terminal.parse(payload):
                await kabari.intake.accept(cast("Inbound", event))
            await kabari.dispatcher.drain()
            screen.lines += [f"Recorded: {describe(outcome)}" for outcome in recorded]
            recorded.clear()
    if save is not None:
        head = ["# A chat", f"channel: {shape}", f"language: {lang or settings.language}", ""]
        text = "\n".join([*head, *screen.lines]) + "\n"
        await asyncio.to_thread(save.write_text, text, encoding="utf-8")
        click.echo(f"Saved as {save}.", err=True)


def _read(interactive: bool) -> str | None:
    if interactive:
        click.echo("> ", nl=False)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
