"""A Bot API of our own for tests: real HTTP, as strict as Telegram or stricter, and people to talk to it.

async with FakeBotApi() as api:
    channel = TelegramChannel(api.token, session, open_media, api=api.url)
    siti = api.person("Siti", language_code="id")
    await siti.start()
    ...
    heard = await siti.hears()
    await siti.tap("Makanan")
"""

from tests.fakes.bot_api.faults import Fault
from tests.fakes.bot_api.person import Person
from tests.fakes.bot_api.server import TOKEN, FakeBotApi

__all__ = ["TOKEN", "FakeBotApi", "Fault", "Person"]
