"""What the Telegram channel says, and what it makes of every way in which that can fail."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.channels.base import Action, Address, Channel, Remote, SendError
from bot.channels.telegram import TelegramChannel
from flows.message import File, Link, Message, Option
from tests.fakes.bot_api import TOKEN, FakeBotApi, Fault, Person
from tests.fakes.bot_api.faults import (
    Answer,
    Cut,
    Silence,
    blocked,
    broken,
    forbidden,
    garbage,
    not_ok,
    page,
    refused,
    throttled,
    unauthorized,
)

MEGABYTE = 1024 * 1024
MEDIA = {"pdf": b"%PDF-1.7", "png": b"\x89PNG", "big": b"\x89PNG" + bytes(9)}
IMPATIENCE = 0.3
HELLO = Message("Halo")


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        yield api


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def open_media(media: str) -> bytes:
    return MEDIA[media]


@pytest.fixture
async def channel(api: FakeBotApi, session: aiohttp.ClientSession) -> TelegramChannel:
    return TelegramChannel(api.token, session, open_media, api=api.url)


@pytest.fixture
async def impatient(api: FakeBotApi, session: aiohttp.ClientSession) -> TelegramChannel:
    return TelegramChannel(api.token, session, open_media, api=api.url, timeout=IMPATIENCE)


@pytest.fixture
async def siti(api: FakeBotApi) -> Person:
    siti = api.person("Siti", last_name="Aminah")
    await siti.start()
    return siti


def address(person: Person) -> Address:
    return Address("telegram", "700000001", "telegram", str(person.id))


async def failure(channel: TelegramChannel, to: Person, message: Message = HELLO) -> SendError:
    with pytest.raises(SendError) as caught:
        await channel.send(address(to), message, "key-1")
    return caught.value


# --- going well -------------------------------------------------------------------------------------------


async def test_a_message_arrives_with_its_buttons(
    api: FakeBotApi, channel: TelegramChannel, siti: Person
) -> None:
    message = Message(
        "Sektor? <b> & _x_ *y*",
        (Option("s=food", "Makanan"), Option("s=craft", "Kerajinan", ticked=True)),
        (Option("~back", "Kembali"),),
        link=Link("https://kabari.example", "Situs"),
    )
    sent = await channel.send(address(siti), message, "key-1")
    heard = await siti.hears()
    assert sent == str(heard["message_id"])
    assert heard["text"] == "Sektor? <b> & _x_ *y*"
    assert siti.labels() == ["Situs", "Makanan", "✓ Kerajinan", "Kembali"]
    assert not api.refusals
    as_any: Channel = channel
    assert (as_any.name, as_any.account) == ("telegram", "700000001")


async def test_a_request_is_answered_by_sharing(
    api: FakeBotApi, channel: TelegramChannel, siti: Person
) -> None:
    asking = Message("Nomor HP?", request="contact", request_label="Bagikan nomor saya")
    await channel.send(address(siti), asking, "key-1")
    await siti.tap("Bagikan nomor saya")
    assert api.updates.pending[-1]["message"]["contact"]["user_id"] == siti.id
    await channel.send(address(siti), Message("Terima kasih."), "key-2")
    assert siti.keyboard == []


async def test_a_text_that_is_too_long_is_cut_and_logged(channel: TelegramChannel, siti: Person) -> None:
    await channel.send(address(siti), Message("😀" * 3000), "key-1")
    heard = await siti.hears()
    assert heard["text"] == "😀" * 2047 + "…"


async def test_a_button_that_cannot_be_is_a_mistake_of_ours(channel: TelegramChannel, siti: Person) -> None:
    with pytest.raises(ValueError, match="bytes"):
        await channel.send(address(siti), Message("?", (Option("x" * 65, "A"),)), "key-1")


async def test_typing_and_answered_taps_are_shown(
    api: FakeBotApi, channel: TelegramChannel, siti: Person
) -> None:
    await channel.send(address(siti), Message("?", (Option("a", "A"),)), "key-1")
    callback_id = await siti.tap("A")
    await channel.show_typing(address(siti))
    await channel.answer_callback(callback_id)
    assert api.called("sendChatAction") == [{"chat_id": siti.id, "action": "typing"}]
    assert api.callbacks == {callback_id: True}


async def test_failing_to_show_typing_or_to_answer_a_tap_is_nothing(
    api: FakeBotApi, channel: TelegramChannel, siti: Person
) -> None:
    api.script("sendChatAction", page(502))
    await channel.show_typing(address(siti))
    await channel.answer_callback("never issued")
    assert len(api.refusals) == 1


# --- files ------------------------------------------------------------------------------------------------


async def test_a_document_goes_with_its_caption_name_and_buttons(
    channel: TelegramChannel, siti: Person, api: FakeBotApi
) -> None:
    file = File("pdf", "Undangan 초대장", "application/pdf")
    message = Message("Undangan Anda", (Option("ok", "Baik"),), file=file)
    sent = await channel.send(address(siti), message, "key-1")
    [document] = api.sent
    assert document["method"] == "sendDocument"
    assert document["document"] == {
        "name": "Undangan 초대장",
        "mime": "application/pdf",
        "content": MEDIA["pdf"],
    }
    assert document["caption"] == "Undangan Anda"
    assert (siti.labels(), sent) == (["Baik"], str(document["message_id"]))


@pytest.mark.parametrize(
    ("media", "mime", "method"),
    [
        ("png", "image/png", "sendPhoto"),
        ("png", "image/jpeg", "sendPhoto"),
        ("png", "image/webp", "sendDocument"),
        ("big", "image/png", "sendDocument"),
    ],
)
async def test_pictures_go_as_photos_if_telegram_takes_them_as_such(
    channel: TelegramChannel,
    siti: Person,
    api: FakeBotApi,
    monkeypatch: pytest.MonkeyPatch,
    media: str,
    mime: str,
    method: str,
) -> None:
    monkeypatch.setattr("bot.channels.telegram.channel.PHOTO_LIMIT", 10)
    await channel.send(address(siti), Message("", file=File(media, "gambar", mime)), "key-1")
    assert [sent["method"] for sent in api.sent] == [method]


async def test_a_file_is_uploaded_once_and_again_if_telegram_forgot_it(
    channel: TelegramChannel, siti: Person, api: FakeBotApi
) -> None:
    message = Message("Brosur", file=File("pdf", "brosur.pdf", "application/pdf"))
    for key in ("1", "2"):
        await channel.send(address(siti), message, key)
    assert isinstance(api.sent[1]["document"], str)
    assert api.files[api.sent[1]["document"]].content == MEDIA["pdf"]
    api.files.clear()
    await channel.send(address(siti), message, "3")
    assert api.sent[2]["document"]["content"] == MEDIA["pdf"]
    assert [len(sent["caption"]) for sent in api.sent] == [6, 6, 6]


async def test_a_text_too_long_for_a_caption_goes_before_the_file_and_only_once(
    channel: TelegramChannel, siti: Person, api: FakeBotApi
) -> None:
    file = File("pdf", "brosur.pdf", "application/pdf")
    message = Message("a" * 1025, (Option("ok", "Baik"),), file=file)
    api.script("sendDocument", throttled(1))
    assert (await failure(channel, siti, message)).action is Action.THROTTLE
    await channel.send(address(siti), message, "key-1")
    assert [sent["method"] for sent in api.sent] == ["sendMessage", "sendDocument"]
    assert "caption" not in api.sent[1]
    assert siti.labels() == ["Baik"]
    await channel.send(address(siti), message, "key-1")
    assert [sent["method"] for sent in api.sent[2:]] == ["sendMessage", "sendDocument"]


async def test_a_file_of_some_megabytes_is_streamed(
    channel: TelegramChannel, siti: Person, api: FakeBotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MEDIA, "pdf", bytes(2 * MEGABYTE))
    await channel.send(address(siti), Message("", file=File("pdf", "x.pdf", "application/pdf")), "key-1")
    assert len(api.sent[0]["document"]["content"]) == 2 * MEGABYTE


async def test_a_file_that_is_not_in_the_store_is_our_fault(channel: TelegramChannel, siti: Person) -> None:
    failed = await failure(channel, siti, Message("x", file=File("gone", "x.pdf", "application/pdf")))
    assert failed.action is Action.REJECT


async def test_a_persons_file_is_fetched(api: FakeBotApi, channel: TelegramChannel, siti: Person) -> None:
    await siti.send_document(b"catalogue", "katalog.pdf")
    [event] = channel.parse(api.updates.pending[-1])
    assert isinstance(event.content, Remote)  # type: ignore[union-attr]  # an Inbound, as Remote proves
    assert await channel.fetch(event.content) == b"catalogue"  # type: ignore[union-attr]


def remote(api: FakeBotApi, content: bytes = b"x") -> Remote:
    return Remote(api.keep_file("x.pdf", "application/pdf", content), "document", "x.pdf", "application/pdf")


async def test_a_file_over_20_megabytes_is_refused(api: FakeBotApi, channel: TelegramChannel) -> None:
    with pytest.raises(SendError, match="reject: too_large"):
        await channel.fetch(remote(api, bytes(20 * MEGABYTE + 1)))


async def test_a_download_is_stopped_where_it_passes_20_megabytes(
    api: FakeBotApi, channel: TelegramChannel
) -> None:
    api.script("file", Answer(200, bytes(20 * MEGABYTE + 1), "application/pdf"))
    with pytest.raises(SendError, match="reject: too_large"):
        await channel.fetch(remote(api))


@pytest.mark.parametrize(
    ("method", "fault", "action"),
    [
        ("getFile", refused("wrong file_id or the file is temporarily unavailable"), Action.REJECT),
        ("getFile", page(502), Action.RETRY),
        ("getFile", Answer(200, b'{"ok":true,"result":{}}'), Action.RETRY),
        ("getFile", unauthorized(), Action.ALARM),
        ("file", page(404), Action.REJECT),
        ("file", page(502), Action.RETRY),
        ("file", page(429), Action.RETRY),
        ("file", page(302), Action.REJECT),
        ("file", Cut("after"), Action.RETRY),
    ],
)
async def test_a_failed_fetch_is_never_in_doubt(
    api: FakeBotApi, channel: TelegramChannel, method: str, fault: Fault, action: Action
) -> None:
    api.script(method, fault, fault)
    with pytest.raises(SendError) as caught:
        await channel.fetch(remote(api))
    assert caught.value.action is action


@pytest.mark.parametrize("method", ["getFile", "file"])
async def test_a_fetch_nobody_answers_is_tried_again(
    api: FakeBotApi, impatient: TelegramChannel, method: str
) -> None:
    api.script(method, Silence())
    with pytest.raises(SendError, match="retry"):
        await impatient.fetch(remote(api))


# --- failing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "action"),
    [
        (throttled(17), Action.THROTTLE),
        (not_ok(429, "Too Many Requests: retry after 17", retry_after=17), Action.THROTTLE),
        (blocked(), Action.SUPPRESS),
        (forbidden("user is deactivated"), Action.SUPPRESS),
        (forbidden("bot can't initiate conversation with a user"), Action.SUPPRESS),
        (not_ok(403, "Forbidden: bot was blocked by the user"), Action.SUPPRESS),
        (refused("chat not found"), Action.SUPPRESS),
        (refused("PEER_ID_INVALID"), Action.SUPPRESS),
        (refused("user is deactivated"), Action.SUPPRESS),
        (refused("message text is empty"), Action.REJECT),
        (refused("BUTTON_DATA_INVALID"), Action.REJECT),
        (not_ok(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100123), Action.REJECT),
        (
            Answer(413, b'{"ok":false,"error_code":413,"description":"Request Entity Too Large"}'),
            Action.REJECT,
        ),
        (unauthorized(), Action.ALARM),
        (Answer(404, b'{"ok":false,"error_code":404,"description":"Not Found"}'), Action.ALARM),
        (Answer(409, b'{"ok":false,"error_code":409,"description":"Conflict: x"}'), Action.ALARM),
        (broken(), Action.RETRY),
        (page(500), Action.RETRY),
        (page(502), Action.RETRY),
        (page(504, taken=True), Action.RETRY),
        (page(429), Action.RETRY),
        (page(403), Action.RETRY),
        (page(404), Action.RETRY),
        (page(302), Action.RETRY),
        (Answer(200, b'{"ok":false}'), Action.RETRY),
        (Answer(400, b'{"ok":false,"error_code":true}'), Action.RETRY),
        (garbage(), Action.UNKNOWN),
        (garbage(b""), Action.UNKNOWN),
        (garbage(b"\xff\xfe"), Action.UNKNOWN),
        (garbage(b"[]"), Action.UNKNOWN),
        (garbage(b'{"ok":true}'), Action.UNKNOWN),
        (garbage(b'{"ok":true,"result":true}'), Action.UNKNOWN),
        (garbage(b'{"ok":true,"result":{"message_id":"7"}}'), Action.UNKNOWN),
        (page(200, taken=True), Action.UNKNOWN),
        (Answer(429, b'{"ok":false,"error_code":429,"parameters":{"retry_after":"x"}}'), Action.UNKNOWN),
        (Answer(400, b'{"ok":false,"error_code":400,"description":7}'), Action.UNKNOWN),
        (Answer(400, b'{"ok":false,"error_code":400,"parameters":7}'), Action.UNKNOWN),
        (Cut("before"), Action.UNKNOWN),
        (Cut("after", taken=True), Action.UNKNOWN),
    ],
    ids=str,
)
async def test_every_failure_has_its_action(
    api: FakeBotApi, channel: TelegramChannel, siti: Person, fault: Fault, action: Action
) -> None:
    api.script("sendMessage", fault)
    failed = await failure(channel, siti)
    assert failed.action is action
    assert failed.after == (17.0 if action is Action.THROTTLE else 0.0)
    assert failed.code
    await channel.send(address(siti), HELLO, "key-2")


@pytest.mark.parametrize("taken", [True, False])
async def test_a_message_nobody_answers_is_in_doubt(
    api: FakeBotApi, impatient: TelegramChannel, siti: Person, taken: bool
) -> None:
    api.script("sendMessage", Silence(taken))
    assert (await failure(impatient, siti)).action is Action.UNKNOWN
    assert len(api.sent) == taken


async def test_who_blocked_the_bot_or_never_met_it_is_suppressed(
    api: FakeBotApi, channel: TelegramChannel, siti: Person
) -> None:
    await siti.block()
    assert (await failure(channel, siti)).action is Action.SUPPRESS
    await siti.unblock()
    await channel.send(address(siti), HELLO, "key-2")
    assert (await failure(channel, api.person("Orang asing"))).action is Action.SUPPRESS


async def test_a_refused_connection_is_tried_again(session: aiohttp.ClientSession, siti: Person) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        channel = TelegramChannel(TOKEN, session, open_media, api=nobody)
        assert (await failure(channel, siti)).action is Action.RETRY


async def test_a_name_that_is_not_found_is_tried_again(session: aiohttp.ClientSession, siti: Person) -> None:
    channel = TelegramChannel(TOKEN, session, open_media, api="http://api.telegram.invalid", timeout=5)
    assert (await failure(channel, siti)).action is Action.RETRY


async def test_what_was_not_foreseen_is_named_and_not_quoted(
    channel: TelegramChannel, session: aiohttp.ClientSession, siti: Person
) -> None:
    await session.close()
    failed = await failure(channel, siti)
    assert (failed.action, failed.code) == (Action.RETRY, "RuntimeError")


async def test_no_free_connection_is_tried_again(api: FakeBotApi, siti: Person) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        channel = TelegramChannel(api.token, session, open_media, api=api.url, timeout=1)
        api.script("sendMessage", Silence())
        in_doubt, not_sent = await asyncio.gather(failure(channel, siti), failure(channel, siti))
        assert (in_doubt.action, not_sent.action) == (Action.UNKNOWN, Action.RETRY)


async def test_a_wrong_token_alarms_and_stays_secret(
    api: FakeBotApi, session: aiohttp.ClientSession, siti: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "telegram")
    secret = "700000001:AAwrong-token_of-no-bot-whatever-012345"
    channel = TelegramChannel(secret, session, open_media, api=api.url)
    failed = await failure(channel, siti)
    assert failed.action is Action.ALARM
    said = "".join(traceback.format_exception(failed)) + caplog.text
    for fault in (garbage(), page(502), Cut("after"), throttled(3)):
        api.script("sendMessage", fault)
        said += "".join(traceback.format_exception(await failure(channel, siti)))
    nowhere = TelegramChannel(secret, session, open_media, api="http://")
    said += "".join(traceback.format_exception(await failure(nowhere, siti))) + caplog.text
    assert "AAwrong" not in said


async def test_what_is_said_is_not_logged(
    channel: TelegramChannel, siti: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await channel.send(address(siti), HELLO, "key-1")
    assert "Halo" not in caplog.text


# --- the bot itself ---------------------------------------------------------------------------------------


async def test_the_profile_is_published_in_each_language_and_english_for_the_rest(
    api: FakeBotApi, channel: TelegramChannel
) -> None:
    await channel.publish_profile(
        {"id": [("mulai", "Mulai lagi")], "ko": [("start", "다시 시작")], "en": [("start", "Start again")]},
        {"id": ("Halo dari Kabari", "Pintu ekspor"), "en": ("Hello from Kabari", "Export desk")},
    )
    assert api.profile == {
        ("commands", "id"): [("mulai", "Mulai lagi")],
        ("commands", "ko"): [("start", "다시 시작")],
        ("commands", ""): [("start", "Start again")],
        ("description", "id"): "Halo dari Kabari",
        ("short_description", "id"): "Pintu ekspor",
        ("description", ""): "Hello from Kabari",
        ("short_description", ""): "Export desk",
    }


async def test_the_bot_knows_its_name(channel: TelegramChannel) -> None:
    assert (await channel.me())["username"] == "kabari_test_bot"


@pytest.mark.parametrize("method", ["getMe", "getWebhookInfo"])
async def test_answers_that_are_no_objects_are_failures(
    api: FakeBotApi, channel: TelegramChannel, method: str
) -> None:
    api.script(method, garbage(b'{"ok":true,"result":7}'))
    with pytest.raises(SendError):
        await (channel.me() if method == "getMe" else channel.webhook_info())
