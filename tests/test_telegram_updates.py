"""How updates reach the Telegram channel, by polling and by webhook, and how strict the fake Bot API is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.channels.base import Action, Inbound, Reachability, Remote, SendError
from bot.channels.telegram import TelegramChannel
from flows.message import (
    Content,
    Message,
    Option,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.bot_api.faults import garbage

SECRET = "s3cret_of-the-webhook"


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def no_media(media: str) -> bytes:
    raise FileNotFoundError(media)


@pytest.fixture
def channel(api: FakeBotApi, session: aiohttp.ClientSession) -> TelegramChannel:
    return TelegramChannel(api.token, session, no_media, api=api.url, timeout=1)


class Webhook:
    """A bot's webhook that keeps what it gets, after refusing as often as told."""

    def __init__(self, refusing: int = 0) -> None:
        self.refusing = refusing
        self.updates: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.url = ""
        self.taken = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.refusing:
            self.refusing -= 1
            return web.Response(status=500)
        self.updates.append(await request.json())
        self.taken.set()
        return web.Response()


@pytest.fixture
async def webhook() -> AsyncIterator[Webhook]:
    webhook = Webhook()
    app = web.Application()
    app.router.add_post("/telegram", webhook.take)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    webhook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    yield webhook
    await runner.cleanup()


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


# --- polling ----------------------------------------------------------------------------------------------


async def test_updates_stay_until_a_higher_offset_is_asked_for(
    api: FakeBotApi, channel: TelegramChannel
) -> None:
    siti = api.person()
    await siti.say("satu")
    await siti.say("dua")
    first = await channel.get_updates(0, 0)
    assert texts(first) == ["satu", "dua"] == texts(await channel.get_updates(0, 0))
    after_first = first[0]["update_id"] + 1
    assert (
        texts(await channel.get_updates(after_first, 0)) == ["dua"] == texts(await channel.get_updates(0, 0))
    )


async def test_a_long_poll_waits_for_what_is_said(api: FakeBotApi, channel: TelegramChannel) -> None:
    polling = asyncio.create_task(channel.get_updates(0, 50))
    await api.until_called("getUpdates")
    await api.person().say("akhirnya")
    assert texts(await polling) == ["akhirnya"]
    assert await channel.get_updates(2**40, 0) == []


async def test_a_long_poll_may_take_longer_than_any_other_call(
    api: FakeBotApi, session: aiohttp.ClientSession
) -> None:
    impatient = TelegramChannel(api.token, session, no_media, api=api.url, timeout=0.2)
    polling = asyncio.create_task(impatient.get_updates(0, 50))
    await asyncio.sleep(0.3)
    await api.person().say("akhirnya")
    assert texts(await polling) == ["akhirnya"]


async def test_a_second_poll_ends_the_first_with_an_alarm(api: FakeBotApi, channel: TelegramChannel) -> None:
    polling = asyncio.create_task(channel.get_updates(0, 50))
    await api.until_called("getUpdates")
    assert await channel.get_updates(0, 0) == []
    with pytest.raises(SendError) as caught:
        await polling
    assert caught.value.action is Action.ALARM


async def test_updates_come_twice_or_in_another_order_when_told(
    api: FakeBotApi, channel: TelegramChannel
) -> None:
    siti = api.person()
    api.updates.hold()
    await siti.say("satu")
    await siti.say("dua")
    assert await channel.get_updates(0, 0) == []
    await api.updates.release(reverse=True)
    assert texts(await channel.get_updates(0, 0)) == ["dua", "satu"]
    api.updates.duplicating = True
    await siti.say("tiga")
    one, other = (await channel.get_updates(0, 0))[2:]
    assert one == other


async def test_only_what_the_channel_asks_for_is_delivered(api: FakeBotApi, channel: TelegramChannel) -> None:
    await channel.get_updates(0, 0)
    await api.deliver({"edited_message": {}})
    await api.person().block()
    [update] = await channel.get_updates(0, 0)
    assert "my_chat_member" in update


async def test_everything_a_person_does_is_understood(api: FakeBotApi, channel: TelegramChannel) -> None:
    siti = api.person("Siti", last_name="Aminah", language_code="ko")
    await siti.start("mission-7")
    [first] = await channel.get_updates(0, 0)
    [start] = channel.parse(first)
    assert isinstance(start, Inbound)
    assert start.content == Started("mission-7")
    to = start.address
    await channel.send(to, Message("Sektor?", (Option("s=food", "Makanan", ticked=True),)), "key-1")
    await siti.tap("Makanan")
    await siti.tap("Makanan", inaccessible=True)
    await siti.say("/menu@kabari_test_bot")
    await siti.share_contact()
    await siti.share_contact("+821012345678", own=False, plus=True)
    await siti.share_location()
    await siti.send_photo(b"jpeg", "Keripik")
    await siti.send_document(b"pdf!", "a.pdf")
    await siti.send_other("voice", duration=3)
    await siti.block()
    updates = await channel.get_updates(first["update_id"] + 1, 0)
    *events, blocked = [event for update in updates for event in channel.parse(update)]
    contents: list[Content | Remote] = []
    for event in events:
        assert isinstance(event, Inbound)
        assert (event.address, event.name, event.language) == (to, "Siti Aminah", "ko")
        contents.append(event.content)
    photo, document = (content for content in contents if isinstance(content, Remote))
    *read, voice = (content for content in contents if not isinstance(content, Remote))
    assert read == [
        Tapped("s=food", "Makanan"),
        Tapped("s=food"),
        Said("/menu"),
        SharedContact("+6281234567890", own=True),
        SharedContact("+821012345678"),
        SharedLocation(-6.2, 106.816666),
    ]
    assert isinstance(voice, Unsupported)
    assert (voice.kind, await channel.fetch(Remote(voice.file, "document", "voice", ""))) == (
        "voice",
        b"other",
    )
    assert (await channel.fetch(photo), photo.caption) == (b"jpeg", "Keripik")
    assert (await channel.fetch(document), document.name) == (b"pdf!", "a.pdf")
    assert isinstance(blocked, Reachability)
    assert not blocked.reachable


async def test_an_answer_that_is_no_list_is_no_updates(api: FakeBotApi, channel: TelegramChannel) -> None:
    api.script("getUpdates", garbage(b'{"ok":true,"result":7}'), garbage(b'{"ok":true,"result":[7]}'))
    assert [await channel.get_updates(0, 0), await channel.get_updates(0, 0)] == [[], []]


# --- the webhook ------------------------------------------------------------------------------------------


async def test_a_webhook_gets_every_update_with_the_secret_until_it_takes_it(
    api: FakeBotApi, channel: TelegramChannel, webhook: Webhook
) -> None:
    await channel.set_webhook(webhook.url, SECRET)
    webhook.refusing = 2
    api.updates.duplicating = True
    await api.person().say("halo")
    assert texts(webhook.updates) == ["halo", "halo"]
    assert webhook.secrets == {SECRET}
    info = await channel.webhook_info()
    assert (info["url"], info["pending_update_count"]) == (webhook.url, 0)
    assert "500" in info["last_error_message"]
    assert info["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


async def test_what_waited_is_posted_once_there_is_a_webhook(
    api: FakeBotApi, channel: TelegramChannel, webhook: Webhook
) -> None:
    await api.person().say("kemarin")
    await channel.set_webhook(webhook.url, SECRET)
    await webhook.taken.wait()
    assert texts(webhook.updates) == ["kemarin"]


async def test_a_webhook_excludes_polling_until_it_is_deleted(
    api: FakeBotApi, channel: TelegramChannel, webhook: Webhook
) -> None:
    await channel.set_webhook(webhook.url, SECRET)
    with pytest.raises(SendError, match="alarm"):
        await channel.get_updates(0, 0)
    await channel.delete_webhook()
    assert (await channel.webhook_info())["url"] == ""
    await api.person().say("halo")
    assert texts(await channel.get_updates(0, 0)) == ["halo"]


# --- the fake is strict -----------------------------------------------------------------------------------

KEYBOARD = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


def keyboard(*buttons: dict[str, Any], rows: int = 1) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)] * rows}


@pytest.mark.parametrize(
    ("method", "parameters", "why"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \n"}, "message text is empty"),
        ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
        ("sendMessage", {"text": 7}, "text: "),
        ("sendMessage", {}, "text: Field required"),
        ("sendMessage", {"text": "x", "parse_mode": "HTML"}, "parse_mode: Extra inputs"),
        ("sendMessage", {"text": "x", "chat_id": "@kabari"}, "chat_id: "),
        ("sendMessage", {"text": "x", "chat_id": 9}, "chat not found"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "reply_markup: "),
        ("sendMessage", {"text": "x", "reply_markup": {}}, "can't parse reply keyboard markup"),
        ("sendMessage", {"text": "x", "reply_markup": keyboard({"text": "A"})}, "text buttons are unallowed"),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keyboard({"text": "A", "callback_data": "x" * 65})},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keyboard({"text": "A", "callback_data": ""})},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keyboard({"text": " ", "callback_data": "a"})},
            "button text must be non-empty",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keyboard({"text": "A", "url": "http://localhost:8080/"})},
            "Wrong HTTP URL",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keyboard(*[{"text": "A", "callback_data": "a"}] * 9)},
            "reply markup is too long",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keyboard({"text": "A", "callback_data": "a"}, rows=101)},
            "reply markup is too long",
        ),
        ("sendMessage", {"text": "x", "reply_markup": {"keyboard": [["A"]]}}, "keyboard.0.0"),
        ("sendMessage", {"text": "x", "reply_markup": {"remove_keyboard": False}}, "remove_keyboard"),
        ("sendDocument", {"document": "never seen"}, "wrong file identifier"),
        ("sendChatAction", {"action": "dancing"}, "action: "),
        ("answerCallbackQuery", {"chat_id": ..., "callback_query_id": "1"}, "query is too old"),
        (
            "answerCallbackQuery",
            {"chat_id": ..., "callback_query_id": "1", "text": "x" * 201},
            "MESSAGE_TOO_LONG",
        ),
        ("getFile", {"chat_id": ..., "file_id": "x"}, "wrong file_id"),
        ("getUpdates", {"chat_id": ..., "limit": 101}, "limit: "),
        ("setWebhook", {"chat_id": ..., "url": "http://kabari.example/"}, "HTTPS URL must be provided"),
        ("setWebhook", {"chat_id": ..., "url": "https://kabari.example:8080/"}, "only on ports"),
        ("setWebhook", {"chat_id": ..., "url": "", "secret_token": "a b"}, "secret_token: "),
        (
            "setMyCommands",
            {"chat_id": ..., "commands": [{"command": "Mulai", "description": "x"}]},
            "commands",
        ),
    ],
)
async def test_what_telegram_would_refuse_is_refused(
    api: FakeBotApi, session: aiohttp.ClientSession, method: str, parameters: dict[str, Any], why: str
) -> None:
    siti = api.person()
    await siti.start()
    body = {key: value for key, value in {"chat_id": siti.id, **parameters}.items() if value is not ...}
    async with session.post(f"{api.url}/bot{api.token}/{method}", json=body) as answer:
        said = await answer.json()
        assert (answer.status, said["ok"], said["error_code"]) == (400, False, 400)
        assert why in said["description"]
    assert api.sent == []
    assert len(api.refusals) == 1


async def test_captions_and_files_have_their_limits(
    api: FakeBotApi, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.bot_api.world.PHOTO_LIMIT", 10)
    monkeypatch.setattr("tests.fakes.bot_api.world.UPLOAD_LIMIT", 20)
    siti = api.person()
    await siti.start()
    for method, field, content, caption, why in (
        ("sendDocument", "document", b"x", "x" * 1025, "message caption is too long"),
        ("sendDocument", "document", b"", "x", "file must be non-empty"),
        ("sendPhoto", "photo", bytes(11), "x", "PHOTO_INVALID_DIMENSIONS"),
        ("sendDocument", "document", bytes(21), "x", "Request Entity Too Large"),
    ):
        form = aiohttp.FormData({"chat_id": str(siti.id), "caption": caption})
        form.add_field(field, content, filename="x.bin")
        async with session.post(f"{api.url}/bot{api.token}/{method}", data=form) as answer:
            assert why in (await answer.json())["description"]


async def test_methods_are_named_in_any_case_and_forms_are_read(
    api: FakeBotApi, session: aiohttp.ClientSession
) -> None:
    siti = api.person()
    await siti.start()
    form = {"chat_id": str(siti.id), "text": "x", "reply_markup": '{"remove_keyboard":true}'}
    async with session.post(f"{api.url}/bot{api.token}/SENDmessage", data=form) as answer:
        assert (await answer.json())["result"]["text"] == "x"
    async with session.get(f"{api.url}/bot{api.token}/dance") as answer:
        assert answer.status == 404
    async with session.get(f"{api.url}/bot12:x/getMe") as answer:
        assert answer.status == 404
    assert (await siti.hears())["text"] == "x"


async def test_a_label_nobody_shows_cannot_be_tapped(api: FakeBotApi) -> None:
    with pytest.raises(AssertionError, match="no button"):
        await api.person().tap("Makanan")
