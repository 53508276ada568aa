"""`kabari inbox`: the chats in the hands of staff."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.exc import NoResultFound

from bot import staff
from bot.app import opened
from bot.settings import Settings
from flows.message import Said, Tapped
from flows.stored import unpack_content
from storage import erasures, handovers, inbox


async def run_list() -> None:
    """List the open chats."""
    async with opened(Settings()) as kabari:
        rows = await kabari.store.read(handovers.listed)
        kept = await kabari.store.read(inbox.listed, "held")
    if kept:
        click.echo(f"{len(kept)} messages the bot could not read are kept: kabari inbox kept")
    if not rows:
        click.echo("No chat waits for a person.")
        return
    for row in rows:
        waits = datetime.now(UTC) - row.opened_at
        taken = f", taken by {row.taken_by}" if row.taken_by else ""
        since = _spell(waits.total_seconds())
        who = f"{row.name or 'unnamed'} ({row.language}, {row.channel})"
        click.echo(f"{row.contact_id:>6}  {who}, for {since}{taken}: {row.about}")
    click.echo(
        '\nAnswer with: kabari inbox answer NUMBER "…" --by NAME; hand back with: kabari inbox back NUMBER --by NAME'
    )


def _spell(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


async def run_show(contact: int) -> None:
    """Show a chat, both sides in order."""
    async with opened(Settings()) as kabari:
        try:
            data = await kabari.store.read(erasures.copy_of, contact)
        except NoResultFound:
            raise click.ClickException(f"There is no chat {contact}.") from None
    lines = [(each["received_at"], "→", _heard(each["event"])) for each in data["received"]]
    lines += [(each["created_at"], "←", each["message"]["text"]) for each in data["sent"]]
    for at, side, text in sorted(lines):
        click.echo(f"{at[:16]} {side} {text}")


def _heard(event: dict[str, object]) -> str:
    if "content" not in event:
        return "(a file)"
    content = unpack_content(event["content"])  # type: ignore[arg-type]  # packed by ourselves
    match content:
        case Said(text):
            return text
        case Tapped(_, label):
            return f"[{label}]"
        case _:
            return f"({type(content).__name__})"


async def run_answer(contact: int, text: str, by: str) -> None:
    """Put an answer into the outbox; the running server sends it."""
    async with opened(Settings()) as kabari:
        try:
            await kabari.store.write(staff.answer, contact, text, by, datetime.now(UTC))
        except staff.NotTheirs:
            raise click.ClickException(_not_theirs(contact)) from None
        except staff.Unreachable:
            raise click.ClickException("That person has blocked the bot; no answer can reach her.") from None
    click.echo("Queued; the running server sends it.")


async def run_back(contact: int, by: str) -> None:
    """Hand a chat back."""
    async with opened(Settings()) as kabari:
        try:
            await kabari.store.write(staff.hand_back, kabari.house, contact, by, datetime.now(UTC))
        except staff.NotTheirs:
            raise click.ClickException(_not_theirs(contact)) from None
    click.echo("Handed back; the bot tells the person.")


def _not_theirs(contact: int) -> str:
    return f"Chat {contact} is not in the hands of staff. `kabari inbox` lists those that are."


async def run_kept() -> None:
    """List what the bot could not read, or heard while staff had the chat."""
    async with opened(Settings()) as kabari:
        rows = await kabari.store.read(inbox.listed, "held")
    if not rows:
        click.echo("Nothing is kept for you.")
        return
    for row in rows:
        file = "  (a file)" if "kept" in row.event else f"  {row.error}" if row.error else ""
        heard = _heard(row.event)
        click.echo(f"{row.id:>6}  {row.received_at:%Y-%m-%d %H:%M}  chat {row.contact_id}  {heard}{file}")
    click.echo(
        "\nSave a file with: kabari inbox file NUMBER --output FILE; take one off with: kabari inbox done NUMBER"
    )


async def run_file(row_id: int, output: Path) -> None:
    """Save a kept file; it is as it was sent, so open it with care."""
    async with opened(Settings()) as kabari:
        row = await kabari.store.read(inbox.load, row_id)
        if row is None or "kept" not in row.event:
            raise click.ClickException(
                f"There is no kept file under {row_id}. `kabari inbox kept` lists them."
            )
        data = await asyncio.to_thread(kabari.folder.open, row.event["kept"])
    await asyncio.to_thread(output.write_bytes, data)
    click.echo(f"Saved as {output}. It is as it was sent: open it with care.")


async def run_done(row_id: int) -> None:
    """Take a kept message off the list."""
    async with opened(Settings()) as kabari:
        if not await kabari.store.write(inbox.finish, row_id):
            raise click.ClickException(f"Nothing is kept under {row_id}.")
    click.echo("Done.")
