"""The whole bot with Telegram: every step over real sockets, by webhook and by polling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage import tables
from sqlalchemy import select
from tests.fakes.bot_api import FakeBotApi
from tests.household import at_work, settings_for
from tests.journey import INDONESIAN_FIRM, KOREAN_FIRM, TelegramPhone, indonesian_firm, korean_firm, walk


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        yield api

async def test_x(api: FakeBotApi, sqlite_url: str, tmp_path: Path) -> None:
    async with at_work(settings_for(tmp_path, sqlite_url, api=api), by_webhook=True) as house:
        await api.until_called("setWebhook")
        phone = TelegramPhone(api.person("한지우", language_code="ko"))
        await phone.person.start()
        await walk(phone, korean_firm("ko"))
        print(phone.bubbles[-1])
        print(await house.rows(select(tables.business)))
        print(await house.rows(select(tables.consent)))
        print(api.refusals)
async def test_y(api: FakeBotApi, sqlite_url: str, tmp_path: Path) -> None:
    async with at_work(settings_for(tmp_path, sqlite_url, api=api)) as house:
        phone = TelegramPhone(api.person("Siti", language_code="ko"))
        await phone.person.start()
        await walk(phone, indonesian_firm("en"))
        print(phone.bubbles[-1])
        print(await house.rows(select(tables.business)))
        print(api.refusals)
