"""`kabari migrate`, `kabari doctor` and `kabari failed`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import aiohttp
import click

from bot.app import Kabari, opened
from bot.channels.base import SendError
from bot.settings import Settings
from storage import inbox, migrate, outbox
from storage.engines import sqlite_driver, sqlite_trouble
from storage.inbox import State


async def run_migrate() -> None:
    """Bring the schema up to date."""
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await migrate.upgrade(settings.database_url, settings.data_dir)
    click.echo("The database is up to date.")


async def run_doctor() -> int:
    """Check everything and return the number of things to mend, at most 1 as an exit status."""
    settings = Settings()
    troubles = 0
    for name, found in _check_settings(settings):
        troubles += _tell(name, found)
    async with opened(settings) as kabari:
        troubles += _tell("database", "")
        for name, check in _remote_checks(kabari):
            troubles += _tell(name, await _try(check))
    click.echo("\nAll is well." if not troubles else f"\n{troubles} to mend.")
    return min(troubles, 1)


def _tell(name: str, trouble: str) -> bool:
    click.echo(f"{'mend' if trouble else 'ok':>5}  {name}{f': {trouble}' if trouble else ''}")
    return bool(trouble)


def _check_settings(settings: Settings) -> Iterator[tuple[str, str]]:
    if settings.database_url.startswith("sqlite"):
        yield "SQLite's version", sqlite_trouble(sqlite_driver().sqlite_version_info) or ""
    if settings.public_url and not settings.public_url.startswith("https://"):
        yield "public URL", "KABARI_PUBLIC_URL has to begin with https:// for webhooks."
    whatsapp = {
        "KABARI_WHATSAPP_PHONE_NUMBER_ID": settings.whatsapp_phone_number_id,
        "KABARI_WHATSAPP_APP_SECRET": settings.whatsapp_app_secret.get_secret_value(),
        "KABARI_WHATSAPP_VERIFY_TOKEN": settings.whatsapp_verify_token.get_secret_value(),
    }
    if settings.whatsapp_token.get_secret_value():
        missing = [name for name, value in whatsapp.items() if not value]
        yield "WhatsApp's settings", f"{', '.join(missing)} missing." if missing else ""
        yield (
            "WhatsApp's webhook",
            "" if settings.public_url else "WhatsApp needs KABARI_PUBLIC_URL for its webhook.",
        )


def _remote_checks(kabari: Kabari) -> Iterator[tuple[str, Callable[[], Awaitable[str]]]]:
    if kabari.telegram is not None:
        yield "Telegram's token", lambda: _check_telegram(kabari)
    if kabari.whatsapp is not None:
        yield "WhatsApp's token", lambda: _check_whatsapp(kabari)
    if kabari.telegram is None and kabari.whatsapp is None:
        click.echo("       no messenger is set up; only the web chat is open")


async def _try(check: Callable[[], Awaitable[str]]) -> str:
    try:
        return await check()
    except SendError as refusal:
        return f"it was refused ({refusal.code})."
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        return f"it could not be reached ({type(error).__name__})."


async def _check_telegram(kabari: Kabari) -> str:
    assert kabari.telegram is not None
    await kabari.telegram.me()
    hook = await kabari.telegram.webhook_info()
    wanted = f"{kabari.settings.public_url}/webhooks/telegram" if kabari.settings.public_url else ""
    if hook.get("url", "") != wanted:
        return f"the webhook is {hook.get('url') or 'not set'}; `kabari serve` sets it when it starts."
    return str(hook.get("last_error_message", ""))


async def _check_whatsapp(kabari: Kabari) -> str:
    assert kabari.whatsapp is not None
    await kabari.whatsapp.check()
    return ""


async def run_failed(*, all_kinds: bool) -> None:
    """List what could not be handled."""
    states: Sequence[State] = ("failed", "odd", "refused") if all_kinds else ("failed",)
    async with opened(Settings()) as kabari:
        rows: list[Any] = []
        for state in states:
            rows += await kabari.store.read(inbox.listed, state)
        letters = await kabari.store.read(outbox.listed) if all_kinds else []
    if not rows and not letters:
        click.echo("Nothing has failed.")
    for row in rows:
        click.echo(
            f"{row.id:>6}  {row.received_at:%Y-%m-%d %H:%M}  {row.channel:<9} {row.state:<8} {row.error}"
        )
    for letter in letters:
        click.echo(
            f"{letter.id:>6}  {letter.created_at:%Y-%m-%d %H:%M}  {letter.channel:<9} {letter.state:<8} "
            f"to chat {letter.contact_id or '-'}: {letter.code}"
        )


async def run_replay(ids: Sequence[int], *, every: bool) -> int:
    """Take failed turns again, and send what they answer; the exit status tells whether all went well."""
    if not ids and not every:
        raise click.UsageError("Name the turns to replay, or use --all.")
    async with opened(Settings()) as kabari:
        if every:
            ids = [row.id for row in await kabari.store.read(inbox.listed, "failed", 10_000)]
        done = [await _replay(kabari, row_id) for row_id in ids]
        await kabari.dispatcher.stop()
    click.echo(f"{sum(done)} of {len(done)} replayed.")
    return int(not all(done))


async def _replay(kabari: Kabari, row_id: int) -> bool:
    row = await kabari.store.read(inbox.load, row_id)
    if row is None or row.state not in ("failed", "refused") or "to" not in row.event:
        click.echo(f"{row_id}: there is no such turn to replay.", err=True)
        return False
    return await kabari.files.take(kabari.intake, row)
