"""The whole bot with Telegram, by webhook and by polling: real sockets, a real database, a strict Bot API."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import aiohttp
import pytest
from PIL import Image
from prometheus_client import REGISTRY
from sqlalchemy import select

from bot import app, staff
from bot.app import opened, telegram_secret
from bot.channels.telegram import TelegramChannel
from flows.book import BOOK
from flows.engine import Chat
from flows.outcomes import Ending
from storage import failpoints, inbox, tables
from storage.contacts import Place
from tests.fakes.bot_api import FakeBotApi, Fault, Person
from tests.fakes.bot_api.faults import Cut, Silence, broken, garbage, not_ok, page, throttled
from tests.household import Household, MovableClock, at_work, settings_for
from tests.journey import (
    INDONESIAN_FIRM,
    KOREAN_FIRM,
    PATIENCE,
    TelegramPhone,
    answer_to,
    indonesian_firm,
    korean_firm,
    photo_with_place,
    until,
    walk,
)
from tests.processes import look_up

AtWork = Callable[..., AbstractAsyncContextManager[Household]]


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi() as api:
        yield api
        assert not api.refusals


@pytest.fixture
def telegram(api: FakeBotApi, sqlite_url: str, tmp_path: Path) -> AtWork:
    """Run the bot with Telegram; by polling, unless told otherwise."""
    settings = settings_for(tmp_path, sqlite_url, api=api)
    return partial(at_work, settings)


@pytest.fixture
async def house(telegram: AtWork, api: FakeBotApi) -> AsyncIterator[Household]:
    """Have the bot at work, its webhook set."""
    async with telegram(by_webhook=True) as house:
        await api.until_called("setWebhook")
        yield house


async def acquaint(house: Household, api: FakeBotApi, person: Person, **known: Any) -> int:
    """Have somebody met before."""
    api.known.add(person.id)
    account = house.kabari.telegram.account if house.kabari.telegram else ""
    return await house.acquaint(Place("telegram", account, "telegram", str(person.id)), **known)


def refused(reason: str) -> float:
    """Tell how many requests were refused for a reason."""
    return REGISTRY.get_sample_value("kabari_refused_total", {"reason": reason}) or 0.0


# --- a firm registers ---------------------------------------------------------------------------------------


async def test_a_firm_registers_in_korean_by_webhook(house: Household, api: FakeBotApi) -> None:
    phone = TelegramPhone(api.person("한지우", language_code="ko", phone="+821012345678"))
    await phone.person.start()
    await walk(phone, korean_firm("ko"))
    (firm,) = await house.rows(select(tables.business))
    assert {field: firm[field] for field in KOREAN_FIRM} == KOREAN_FIRM
    assert firm["reference"] in phone.bubbles[-1].text
    (speaker,) = await house.rows(select(tables.representative))
    assert (speaker["name"], speaker["phone"]) == ("한지우", "+821012345678")
    assert all(api.callbacks.values()), "a button still shows its clock"
    await house.settled()
    assert set(await house.column(select(tables.outbox.c.state))) == {"sent"}


async def test_a_firm_registers_in_english_by_polling(
    telegram: AtWork, api: FakeBotApi, tmp_path: Path
) -> None:
    async with telegram() as house:
        phone = TelegramPhone(api.person("Siti", language_code="en"))
        await phone.person.start()
        await walk(phone, indonesian_firm("en"))
        (firm,) = await house.rows(select(tables.business))
        assert {field: firm[field] for field in INDONESIAN_FIRM} == INDONESIAN_FIRM
        last = (await house.column(select(tables.inbox.c.external_id).order_by(tables.inbox.c.id)))[-1]
        database = tmp_path / "kabari.sqlite"
        await until(lambda: look_up(database, "SELECT value FROM cursor") == [{"value": int(last) + 1}])
    assert api.called("deleteWebhook")
    assert not api.called("setWebhook")


async def test_what_she_agreed_to_is_recorded_word_for_word(house: Household, api: FakeBotApi) -> None:
    phone = TelegramPhone(api.person("한지우", language_code="ko"))
    await phone.person.start()
    await walk(phone, korean_firm("ko")[:3])
    (consent,) = await house.rows(select(tables.consent))
    read = next(bubble.text for bubble in phone.bubbles if "consent.agreed=yes" in bubble.options)
    assert consent["text_hash"] == sha256(read.rpartition("\n\n")[0].encode()).hexdigest()
    assert (consent["purpose"], consent["given"], consent["language"]) == ("registration", True, "ko")
    taps = await house.column(select(tables.inbox.c.external_id).order_by(tables.inbox.c.id))
    assert (consent["channel"], consent["external_id"]) == ("telegram", taps[-1])


async def test_the_profile_is_published_in_each_language(house: Household, api: FakeBotApi) -> None:
    await until(lambda: len(api.profile) == 9)
    for language in ("id", "ko", ""):
        assert all(api.profile[kind, language] for kind in ("commands", "description", "short_description"))


# --- files --------------------------------------------------------------------------------------------------


async def test_a_photo_for_the_profile_is_kept_without_its_place(house: Household, api: FakeBotApi) -> None:
    person = api.person("Siti")
    phone = TelegramPhone(person)
    await acquaint(house, api, person, firm=INDONESIAN_FIRM)
    await answer_to(phone, phone.say("pendaftaran saya"))
    bubble = await answer_to(phone, phone.tap("registrations.action=complete"))
    for _question in range(6):
        assert "~skip" in bubble.options
        bubble = await answer_to(phone, phone.tap("~skip"))
    await answer_to(phone, person.send_photo(photo_with_place()))
    await answer_to(phone, phone.tap("profile.papers=~done"))
    await answer_to(phone, phone.tap("profile.review=send"))
    uses = await house.rows(select(tables.media_use))
    assert [(use["purpose"], use["business_id"]) for use in uses] == [("chat", None), ("profile", 1)]
    kept = house.kabari.folder.open(uses[0]["sha"])
    with Image.open(BytesIO(kept)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((64, 48), {})
    assert b"Rahasia" not in kept
    assert api.called("sendChatAction"), "she did not see that the answer takes a while"


async def test_a_voice_note_is_declined_and_kept_for_staff(house: Household, api: FakeBotApi) -> None:
    person = api.person("Siti")
    await acquaint(house, api, person)
    await person.send_other("voice", duration=3)
    await until(lambda: bool(person.heard))
    events: list[dict[str, Any]] = []

    async def kept() -> bool:
        events[:] = await house.rows(select(tables.inbox.c.event).where(tables.inbox.c.state == "held"))
        return bool(events)

    for _attempt in range(200):
        if await kept():
            break
        await asyncio.sleep(0.02)
    assert house.kabari.folder.open(events[0]["event"]["kept"]) == b"other"


async def test_her_data_arrives_as_a_document(house: Household, api: FakeBotApi) -> None:
    person = api.person("Siti")
    await acquaint(house, api, person, firm=INDONESIAN_FIRM)
    await person.say("data saya")
    await until(lambda: any("document" in message for message in person.heard))
    (sent,) = [message["document"] for message in person.heard if "document" in message]
    data = json.loads(api.files[sent["file_id"]].content)
    assert sent["mime_type"] == "application/json"
    assert data["businesses"][0]["legal_name"] == INDONESIAN_FIRM["legal_name"]
    assert data["received"][0]["event"]["content"]["text"] == "data saya"


async def test_a_file_that_cannot_be_fetched_is_asked_for_again(house: Household, api: FakeBotApi) -> None:
    person = api.person("Siti")
    await acquaint(house, api, person)
    await person.send_document(b"MZ a program", "virus.pdf")
    await until(lambda: person.heard)
    assert await house.column(select(tables.inbox.c.state)) == ["taken"]
    assert not await house.rows(select(tables.media))


async def test_what_she_writes_behind_a_photo_waits_for_it(
    house: Household, api: FakeBotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.files._BETWEEN_TRIES", 0.01)
    person = api.person("Siti")
    await acquaint(house, api, person)
    api.script("getFile", broken(), broken())
    await person.send_photo(photo_with_place())
    await person.say("menu")
    await until(lambda: len(person.heard) == 2)
    await house.settled()
    assert await house.column(select(tables.inbox.c.state).order_by(tables.inbox.c.id)) == ["held", "taken"]
    assert "menu.menu=register" in TelegramPhone(person).bubbles[-1].options


async def test_a_disk_that_fails_delays_a_photo_and_loses_nothing(
    house: Household, api: FakeBotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.files._IDLE", 0.01)
    monkeypatch.setattr("bot.files._LATER", 0.01)
    house.kabari.files.wake()
    keep = house.kabari.folder.keep
    failures = [OSError("No space left on device")] * 2

    def failing_keep(data: bytes, name: str) -> object:
        if failures:
            raise failures.pop()
        return keep(data, name)

    monkeypatch.setattr(
        type(house.kabari.folder), "keep", lambda _folder, data, name: failing_keep(data, name)
    )
    person = api.person("Siti")
    await acquaint(house, api, person)
    await person.send_photo(photo_with_place())
    await until(lambda: person.heard)
    assert not failures
    assert len(await house.rows(select(tables.media_use))) == 1


async def _broken(chat: Chat) -> Ending:
    raise ZeroDivisionError


async def test_a_photo_whose_turn_fails_is_apologised_for(telegram: AtWork, api: FakeBotApi) -> None:
    async with telegram(book={**BOOK, "menu": replace(BOOK["menu"], run=_broken)}) as house:
        person = api.person("Siti")
        await acquaint(house, api, person)
        await person.send_photo(photo_with_place())
        await until(lambda: person.heard)
        assert "Maaf" in person.heard[0]["text"]
        await house.settled()
        assert await house.column(select(tables.inbox.c.state)) == ["failed"]
        assert len(person.heard) == 1


async def test_two_processes_take_the_turn_of_a_photo_once(
    api: FakeBotApi, postgres_url: str, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, postgres_url, api=api)
    async with opened(settings, migrated=True) as first, opened(settings, migrated=True) as second:
        house = Household(first, "", MovableClock())
        person = api.person("Siti")
        await acquaint(house, api, person)
        await person.send_photo(photo_with_place())
        for update in await first.telegram.get_updates(0, 0) if first.telegram else ():
            await first.intake.take_all(first.telegram.parse(update) if first.telegram else ())
        assert await house.column(select(tables.inbox.c.state)) == ["waiting"]
        (row,) = await first.store.read(inbox.waiting, 4)
        await asyncio.gather(*(each.files.take(each.intake, row) for each in (first, second)))
        await asyncio.gather(*(each.dispatcher.drain() for each in (first, second)))
    assert len(person.heard) == 1


# --- blocking, and staff ------------------------------------------------------------------------------------


async def test_who_blocks_the_bot_is_left_alone_until_she_lets_it_in_again(
    house: Household, api: FakeBotApi
) -> None:
    person = api.person("Siti")
    contact = await acquaint(house, api, person)
    reachable = select(tables.address.c.reachable)
    await person.block()
    assert await house.column(reachable) == [False]
    await person.unblock()
    assert await house.column(reachable) == [True]
    assert not api.sent
    await person.say("petugas")
    await until(lambda: person.heard)
    await person.say("harga kirim")
    await house.settled()
    api.blocked.add(person.id)
    for text in ("satu", "dua"):
        await house.kabari.store.write(staff.answer, contact, text, "Ratna", house.clock())
    house.kabari.dispatcher.wake()
    await house.settled()
    states = [
        (row["state"], row["message"]["text"].partition("\n")[0]) for row in (await house.outbox())[-2:]
    ]
    assert states == [("failed", "satu"), ("dropped", "dua")]
    assert await house.column(reachable) == [False]
    assert api.refusals.pop().startswith("403")
    assert not api.refusals, "the one who blocked it was written to again"
    api.blocked.clear()
    await person.say("menu")
    assert await house.column(reachable) == [True]


async def test_staff_answer_under_their_name_and_hand_back(house: Household, api: FakeBotApi) -> None:
    person = api.person("Siti")
    phone = TelegramPhone(person)
    contact = await acquaint(house, api, person)

    async def at_the_desk(fn: Callable[..., object], *args: Any) -> None:
        await house.kabari.store.write(fn, *args, house.clock())
        house.kabari.dispatcher.wake()

    await answer_to(phone, phone.say("petugas"))
    await answer_to(phone, phone.say("Berapa ongkos kirim ke Busan?"))
    await phone.say("Halo?")
    assert (await house.column(select(tables.inbox.c.state).order_by(tables.inbox.c.id)))[-1] == "held"
    bubble = await answer_to(phone, at_the_desk(staff.answer, contact, "Sekitar Rp2 juta.", "Ratna"))
    assert bubble.text == "Sekitar Rp2 juta.\n— Ratna"
    bubble = await answer_to(phone, at_the_desk(staff.hand_back, house.kabari.house, contact, "Ratna"))
    assert "Ratna" in bubble.text
    (handover,) = await house.rows(select(tables.handover))
    assert (handover["about"], handover["closed_by"]) == ("Berapa ongkos kirim ke Busan?", "Ratna")
    assert "menu.menu=register" in (await answer_to(phone, phone.say("menu"))).options


# --- what comes that should not -----------------------------------------------------------------------------


async def post(house: Household, body: bytes, secret: str | None = None) -> int:
    """Post to the webhook as somebody who knows the secret, or another one."""
    given = telegram_secret(house.kabari) if secret is None else secret
    headers = {"X-Telegram-Bot-Api-Secret-Token": given, "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{house.url}/webhooks/telegram", data=BytesIO(body), headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize(
    ("body", "secret", "status", "reason"),
    [
        (b"{}", "guessed", 403, "telegram-secret"),
        (b"{}", "", 403, "telegram-secret"),
        (b"not json", None, 400, "telegram-json"),
        (b"[1]", None, 400, "telegram-json"),
        (b"\xff\xfe\x00", None, 400, "telegram-json"),
        (b"[" * 100_000, None, 400, "telegram-json"),
        (b'{"a": "' + b"x" * 1_100_000 + b'"}', None, 413, "telegram-too-large"),
    ],
)
async def test_what_is_not_telegrams_leaves_nothing_but_a_count(
    house: Household, body: bytes, secret: str | None, status: int, reason: str
) -> None:
    before = refused(reason)
    assert await post(house, body, secret) == status
    assert refused(reason) == before + 1
    assert not await house.rows(select(tables.inbox))


async def test_a_body_without_end_is_refused(house: Household) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _chunk in range(80):
            yield b" " * 65536

    before = refused("telegram-too-large")
    headers = {"X-Telegram-Bot-Api-Secret-Token": telegram_secret(house.kabari)}
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(
                f"{house.url}/webhooks/telegram", data=endless(), headers=headers
            ) as answer:
                assert answer.status == 413
        except aiohttp.ClientConnectionError:
            pass  # the server hung up before all was sent
    assert refused("telegram-too-large") == before + 1
    assert not await house.rows(select(tables.inbox))


@pytest.mark.parametrize(
    "body",
    [
        b'{"update_id": "seven"}',
        b'{"update_id": 7, "message": {"text": 5}}',
        b'{"update_id": 7, "of_the_future": {"value": NaN, "half": "\\ud800", "none": "\\u0000"}}',
        b'{"update_id": 123456789012345678901234567890, "message": {}}',
        b'{"update_id": 7, "message": ' + b'{"reply_to_message": ' * 200 + b"{}" + b"}" * 200 + b"}",
    ],
)
async def test_an_update_nobody_can_read_is_kept_and_bothers_nobody(
    api: FakeBotApi, database_url: str, tmp_path: Path, body: bytes
) -> None:
    settings = settings_for(tmp_path, database_url, api=api)
    async with at_work(settings, by_webhook=True) as house:
        await api.until_called("setWebhook")
        assert [await post(house, body), await post(house, body)] == [200, 200]
        assert await house.column(select(tables.inbox.c.state)) == ["odd"]


async def test_an_update_nobody_can_read_does_not_hold_up_the_polling(
    telegram: AtWork, api: FakeBotApi
) -> None:
    async with telegram() as house:
        person = api.person("Siti")
        await api.deliver({"message": {"half": "\ud800", "chat": {"type": "private"}}})
        await person.start()
        await until(lambda: person.heard)
        assert await house.column(select(tables.inbox.c.state).order_by(tables.inbox.c.id)) == [
            "odd",
            "taken",
        ]


async def test_updates_that_come_twice_are_answered_once(house: Household, api: FakeBotApi) -> None:
    api.updates.duplicating = True
    phone = TelegramPhone(api.person("한지우", language_code="ko"))
    await phone.person.start()
    await walk(phone, korean_firm("ko"))
    await house.settled()
    assert len(api.sent) == len(await house.rows(select(tables.inbox)))
    assert len(await house.rows(select(tables.business))) == 1


async def test_updates_in_another_order_are_each_answered(house: Household, api: FakeBotApi) -> None:
    person = api.person("Siti")
    await acquaint(house, api, person)
    api.updates.hold()
    await person.say("daftar")
    await person.say("menu")
    await api.updates.release(reverse=True)
    await until(lambda: len(person.heard) == 2)
    assert "consent.agreed=yes" in TelegramPhone(person).bubbles[-1].options


# --- a Telegram that fails ----------------------------------------------------------------------------------

SURE = {
    "too many": throttled(7),
    "fails": broken(),
    "a gateway's page": page(502),
    "cut before": Cut("before"),
}
IN_DOUBT = {
    "cut after": Cut("after", taken=True),
    "nonsense": garbage(),
    "silence": Silence(taken=True),
    "a page after": page(504, taken=True),
}


@pytest.fixture
async def hasty_house(
    telegram: AtWork, api: FakeBotApi, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Household]:
    """Have a bot at work that waits for Telegram only a moment."""
    monkeypatch.setattr(app, "TelegramChannel", partial(TelegramChannel, timeout=1.0))
    async with telegram(by_webhook=True) as house:
        await api.until_called("setWebhook")
        yield house


async def in_the_end(house: Household, person: Person, count: int) -> Counter[str]:
    """Let hours pass until everything was sent; count what she heard by text."""
    await house.wait_out(lambda: len(person.heard) >= count)
    return Counter(message["text"] for message in person.heard)


@pytest.mark.parametrize("fault", SURE.values(), ids=SURE)
async def test_a_failure_that_is_sure_costs_time_and_nothing_else(
    hasty_house: Household, api: FakeBotApi, fault: Fault
) -> None:
    person = api.person("Siti")
    await acquaint(hasty_house, api, person)
    api.script("sendMessage", fault)
    await person.say("menu")
    await person.say("daftar")
    heard = await in_the_end(hasty_house, person, 2)
    assert list(heard.values()) == [1, 1]
    assert [row["state"] for row in await hasty_house.outbox()] == ["sent", "sent"]
    texts = [row["message"]["text"] for row in await hasty_house.outbox()]
    assert [message["text"] for message in person.heard] == texts


@pytest.mark.parametrize("fault", IN_DOUBT.values(), ids=IN_DOUBT)
async def test_a_message_in_doubt_is_sent_again_and_no_other(
    hasty_house: Household, api: FakeBotApi, fault: Fault
) -> None:
    person = api.person("Siti")
    await acquaint(hasty_house, api, person)
    api.script("sendMessage", fault)
    await person.say("menu")
    await person.say("daftar")
    heard = await in_the_end(hasty_house, person, 3)
    assert list(heard.values()) == [2, 1]
    assert [row["state"] for row in await hasty_house.outbox()] == ["sent", "sent"]


async def test_silence_before_anything_was_taken_is_waited_out(
    hasty_house: Household, api: FakeBotApi
) -> None:
    person = api.person("Siti")
    await acquaint(hasty_house, api, person)
    api.script("sendMessage", Silence())
    await person.say("menu")
    assert list((await in_the_end(hasty_house, person, 1)).values()) == [1]


async def test_polling_outlives_whatever_telegram_does(
    telegram: AtWork, api: FakeBotApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling._PAUSE", 0.01)
    monkeypatch.setattr(app, "TelegramChannel", partial(TelegramChannel, timeout=1.0))
    api.script("getUpdates", broken(), page(502), garbage(), Cut("before"), Cut("after"), throttled(0))
    async with telegram():
        person = api.person("Siti")
        await person.start()
        await until(lambda: person.heard)


async def test_a_long_complaint_of_telegrams_fits_every_database(
    api: FakeBotApi, database_url: str, tmp_path: Path
) -> None:
    async with at_work(settings_for(tmp_path, database_url, api=api)) as house:
        person = api.person("Siti")
        await acquaint(house, api, person)
        api.script("sendMessage", not_ok(400, "Bad Request: " + "this is why " * 50))
        await person.say("menu")
        await house.outbox_is(lambda rows: [row["state"] for row in rows] == ["failed"])
        assert "this is why" in (await house.outbox())[0]["code"].lower()


# --- an end in good order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["a text", "a photo"])
async def test_what_is_being_answered_is_answered_before_the_bot_stops(
    telegram: AtWork, api: FakeBotApi, tmp_path: Path, what: str
) -> None:
    person = api.person("Siti")
    answering, go_on = Event(), Event()

    def hold_up() -> None:
        answering.set()
        go_on.wait(PATIENCE)

    async with telegram() as house:
        await acquaint(house, api, person)
        failpoints.arm("turn.answered", hold_up)
        await (person.say("menu") if what == "a text" else person.send_photo(photo_with_place()))
        await until(answering.is_set)
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    sent = look_up(tmp_path / "kabari.sqlite", "SELECT state, attempt FROM outbox")
    assert sent == [{"state": "sent", "attempt": 1}]
    assert len(person.heard) == 1


async def test_what_could_not_be_taken_in_any_more_is_taken_in_at_the_next_start(
    telegram: AtWork, api: FakeBotApi
) -> None:
    person = api.person("Siti")
    async with telegram() as house:
        await acquaint(house, api, person)
        for number in range(20):
            await person.say(f"apa {number}")
        await until(lambda: person.heard)
    async with telegram() as house:
        await until(lambda: len(person.heard) == 20)
        await house.settled()
        assert {row["attempt"] for row in await house.outbox()} == {1}
    assert len(person.heard) == 20
