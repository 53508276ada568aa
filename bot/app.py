"""The composition root: everything is put together here, and nowhere else."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import structlog

from bot import profile
from bot.channels.base import Address, Channel, SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.webchat import Entry, WebChat
from bot.channels.whatsapp import WhatsAppChannel
from bot.dispatcher import Clock, Dispatcher, utc_now
from bot.events import place, unpack
from bot.files import Files
from bot.housekeeping import keep_house
from bot.intake import Intake, Pace
from bot.polling import poll
from bot.settings import Settings
from bot.turn import House
from flows.book import BOOK
from flows.engine import Flow
from flows.stored import unpack_message
from locales.language import is_language
from storage import history, migrate, offices, secrets
from storage.media import MediaFolder
from storage.store import Store, open_store

log = structlog.get_logger()

_UNTIL_PRESENTED: Final = (5, 30, 120, *(600,) * 100)
"""Seconds between attempts to present the bot."""
OFFICE: Final = "main"
"""The slug of the office a deployment begins with."""


@dataclass(frozen=True)
class Kabari:
    """The running bot: what the web server, the commands and the tests work with."""

    settings: Settings
    store: Store
    house: House
    folder: MediaFolder
    channels: Mapping[tuple[str, str], Channel]
    webchat: WebChat
    telegram: TelegramChannel | None
    whatsapp: WhatsAppChannel | None
    dispatcher: Dispatcher
    intake: Intake
    files: Files
    secret: bytes
    clock: Clock = utc_now

    async def history(self, address: Address, after: int) -> list[Entry]:
        """Give the lines of a web chat after a number."""
        found = await self.store.read(history.of_address, place(address), after)
        language = found.language if is_language(found.language) else None
        entries: list[Entry] = []
        for line in found.lines:
            if line.message is not None:
                message = unpack_message(line.message)
                who = "staff" if line.author else "bot"
                entries.append(Entry(line.n, who, line.at, message, None, line.author, line.key, language))  # type: ignore[arg-type]  # one of the two literals
            elif line.event and "content" in line.event:
                content = unpack(address.channel, address.account, line.key, line.event).content
                entries.append(Entry(line.n, "person", line.at, None, content, "", line.key))  # type: ignore[arg-type]  # it has no remote
        return entries

    async def open_media(self, sha: str) -> tuple[bytes, str] | None:
        """Read a kept file with its MIME type."""
        return await asyncio.to_thread(_read_file, self.folder, sha)


def _read_file(folder: MediaFolder, sha: str) -> tuple[bytes, str] | None:
    try:
        data = folder.open(sha)
    except (OSError, ValueError):
        return None
    return data, _mime(data)


def _mime(data: bytes) -> str:
    for magic, mime in (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG", "image/png"),
        (b"%PDF", "application/pdf"),
    ):
        if data.startswith(magic):
            return mime
    return "application/octet-stream"


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    book: Mapping[str, Flow] = BOOK,
    clock: Clock = utc_now,
    extra: tuple[Channel, ...] = (),
    migrated: bool = False,
) -> AsyncIterator[Kabari]:
    """Open the store and put the bot together; nothing runs by itself yet.

    `extra` are channels beside the settings'. The schema is brought up to date first, unless it is known to be.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not migrated:
        await migrate.upgrade(settings.database_url, settings.data_dir)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database_url, settings.data_dir))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=100),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("Accept", "Accept-Encoding"),
            )
        )
        folder = MediaFolder(settings.data_dir / "media")

        async def open_file(sha: str) -> bytes:
            return await asyncio.to_thread(folder.open, sha)

        office_id = await store.write(offices.establish, OFFICE, settings.office, clock())
        house = House(book, office_id, settings.office, folder.put, settings.language)
        telegram, whatsapp = _telegram(settings, session, open_file), _whatsapp(settings, session, open_file)
        webchat = WebChat(now=clock)
        all_channels: list[Channel | None] = [webchat, telegram, whatsapp, *extra]
        channels = {(each.name, each.account): each for each in all_channels if each is not None}
        dispatcher = Dispatcher(store, channels, clock)
        files = Files(store, folder, channels, clock)
        intake = Intake(
            store,
            house,
            dispatcher,
            Pace(settings.messages_per_minute),
            channels,
            drop_file=folder.delete,
            files_wait=files.wake,
            clock=clock,
        )
        secret = await store.write(secrets.establish, "signing")
        yield Kabari(
            settings,
            store,
            house,
            folder,
            channels,
            webchat,
            telegram,
            whatsapp,
            dispatcher,
            intake,
            files,
            secret,
            clock,
        )


def _telegram(settings: Settings, session: aiohttp.ClientSession, open_file: Any) -> TelegramChannel | None:
    token = settings.telegram_token.get_secret_value()
    return TelegramChannel(token, session, open_file, settings.telegram_api) if token else None


def _whatsapp(settings: Settings, session: aiohttp.ClientSession, open_file: Any) -> WhatsAppChannel | None:
    token = settings.whatsapp_token.get_secret_value()
    if not token or not settings.whatsapp_phone_number_id:
        return None
    return WhatsAppChannel(
        token,
        settings.whatsapp_phone_number_id,
        session=session,
        open_media=open_file,
        api=settings.whatsapp_api,
        version=settings.whatsapp_api_version,
    )


@asynccontextmanager
async def running(kabari: Kabari) -> AsyncIterator[None]:
    """Run what works in the background: sending, files, and Telegram's polling; leaving stops them gently."""
    jobs: list[Coroutine[Any, Any, None]] = [
        kabari.dispatcher.run(),
        kabari.files.run(kabari.intake),
        keep_house(kabari.store, kabari.folder, kabari.clock),
    ]
    if kabari.telegram is not None:
        jobs.append(_present(kabari, kabari.telegram))
        if not kabari.settings.public_url:
            jobs.append(poll(kabari.telegram, kabari.intake, kabari.store))
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        kabari.files.stop()
        for task in tasks[2:]:
            task.cancel()
        await asyncio.gather(*tasks[1:], return_exceptions=True)  # whatever makes messages ends first
        await kabari.intake.finish()
        await kabari.dispatcher.stop()
        await asyncio.gather(tasks[0], return_exceptions=True)


async def _present(kabari: Kabari, telegram: TelegramChannel) -> None:
    """Tell Telegram where the webhook is and how the bot presents itself, again until it has taken it."""
    settings = kabari.settings
    for wait in _UNTIL_PRESENTED:
        try:
            if settings.public_url:
                await telegram.set_webhook(
                    f"{settings.public_url}/webhooks/telegram", telegram_secret(kabari)
                )
            await telegram.publish_profile(profile.commands(), profile.descriptions(settings.office))
        except SendError as refusal:
            log.warning(
                "Telegram did not take the bot's webhook or profile; trying again.", code=refusal.code
            )
            await asyncio.sleep(max(wait, refusal.after))
        else:
            return


def telegram_secret(kabari: Kabari) -> str:
    """Tell the webhook's secret: the one set, or one derived from the deployment's own."""
    given = kabari.settings.telegram_secret.get_secret_value()
    return given or hashlib.sha256(b"telegram" + kabari.secret).hexdigest()
