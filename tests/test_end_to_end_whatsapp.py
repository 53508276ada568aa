"""The whole bot with WhatsApp: signed webhooks, real sockets, a real database, a strict Graph."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image
from prometheus_client import REGISTRY
from sqlalchemy import select

from bot import app, staff
from bot.channels.whatsapp import WhatsAppChannel
from storage import tables
from storage.contacts import Place
from tests.fakes.graph import FakeGraph, Person
from tests.fakes.graph.faults import Fault, answer, cut, refuse, silence
from tests.fakes.graph.webhooks import envelope, in_one_batch, in_one_change, in_one_entry
from tests.household import Household, at_work, settings_for
from tests.journey import (
    INDONESIAN_FIRM,
    WhatsAppPhone,
    answer_to,
    indonesian_firm,
    photo_with_place,
    until,
    walk,
)
from tests.openapi import validate_outgoing

Hasty = tuple[Household, FakeGraph, Person]


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph(validate=validate_outgoing) as graph:
        yield graph
        assert not graph.refused


@pytest.fixture
async def house(graph: FakeGraph, sqlite_url: str, tmp_path: Path) -> AsyncIterator[Household]:
    """Have the bot at work."""
    async with at_work(settings_for(tmp_path, sqlite_url, graph=graph), graph=graph) as house:
        yield house


@pytest.fixture
async def siti(house: Household, graph: FakeGraph) -> Person:
    """Have somebody on WhatsApp who has met the bot."""
    return await met(house, graph)


async def met(house: Household, graph: FakeGraph) -> Person:
    """Have somebody meet the bot."""
    person = Person(graph)
    await acquaint(house, person)
    return person


async def acquaint(house: Household, person: Person, **known: Any) -> int:
    place = Place("whatsapp", person.graph.phone_number_id, "phone", f"+{person.phone}")
    return await house.acquaint(place, **known)


def refused(reason: str) -> float:
    """Tell how many requests were refused for a reason."""
    return REGISTRY.get_sample_value("kabari_refused_total", {"reason": reason}) or 0.0


def texts(person: Person) -> list[str]:
    """Read what a person was sent."""
    return [bubble.text for bubble in WhatsAppPhone(person).bubbles]


# --- a firm registers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["id", "en"])
async def test_a_firm_registers(house: Household, graph: FakeGraph, language: str) -> None:
    phone = WhatsAppPhone(Person(graph))
    await phone.say("hello" if language == "en" else "halo")
    await walk(phone, indonesian_firm(language))
    await house.settled()
    (firm,) = await house.rows(select(tables.business))
    assert {field: firm[field] for field in INDONESIAN_FIRM} == INDONESIAN_FIRM
    assert firm["reference"] in phone.bubbles[-1].text
    (speaker,) = await house.rows(select(tables.representative))
    assert (speaker["name"], speaker["phone"]) == ("Siti Rahma", "+6281234567890")
    keys = Counter(body["biz_opaque_callback_data"] for body in graph.sent)
    assert dict(keys) == {row["key"]: 1 for row in await house.outbox()}
    heard = await house.column(select(tables.inbox.c.external_id).order_by(tables.inbox.c.id))
    assert graph.read == heard, "not every message was marked as read"


async def test_what_she_agreed_to_is_recorded_word_for_word(house: Household, graph: FakeGraph) -> None:
    phone = WhatsAppPhone(Person(graph))
    await phone.say("halo")
    await walk(phone, indonesian_firm("id")[:3])
    (consent,) = await house.rows(select(tables.consent))
    read = next(bubble.text for bubble in phone.bubbles if "consent.agreed=yes" in bubble.options)
    assert consent["text_hash"] == sha256(read.rpartition("\n\n")[0].encode()).hexdigest()
    assert (consent["purpose"], consent["given"], consent["language"]) == ("registration", True, "id")
    taps = await house.column(select(tables.inbox.c.external_id).order_by(tables.inbox.c.id))
    assert (consent["channel"], consent["external_id"]) == ("whatsapp", taps[-1])


async def test_who_shows_only_her_user_id_is_answered_there(house: Household, graph: FakeGraph) -> None:
    shy = Person(graph, phone="", user_id="ID.13491208655302741918")
    await shy.say("halo")
    await until(lambda: graph.sent)
    assert graph.sent[0]["recipient"] == shy.user_id


async def test_who_changes_her_number_goes_on_where_she_was(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    await siti.say("daftar")
    await until(lambda: graph.sent)
    await siti.change_number("6289876543210")
    await siti.say("saya setuju")
    await until(lambda: len(graph.sent) == 2)
    assert graph.sent[1]["to"] == "6289876543210"
    assert len(await house.rows(select(tables.contact))) == 1
    assert len(await house.rows(select(tables.consent))) == 1


async def test_what_she_chooses_in_whatsapps_own_settings_counts(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    wishes = select(tables.preference.c.wants, tables.preference.c.source)
    await siti.choose_announcements(False)
    assert await house.rows(wishes) == [{"wants": False, "source": "provider"}]
    await siti.choose_announcements(True)
    assert await house.rows(wishes) == [{"wants": True, "source": "provider"}]
    assert not graph.sent


# --- files --------------------------------------------------------------------------------------------------


async def test_a_photo_for_the_profile_is_kept_without_its_place(house: Household, graph: FakeGraph) -> None:
    person = Person(graph)
    phone = WhatsAppPhone(person)
    await acquaint(house, person, firm=INDONESIAN_FIRM)
    await answer_to(phone, phone.say("pendaftaran saya"))
    await answer_to(phone, phone.tap("registrations.action=complete"))
    for _question in range(6):
        await answer_to(phone, phone.say("lewati"))
    await answer_to(phone, person.send_image(photo_with_place(), "etalase kami"))
    await answer_to(phone, phone.tap("profile.papers=~done"))
    await answer_to(phone, phone.tap("profile.review=send"))
    uses = await house.rows(select(tables.media_use))
    assert [(use["purpose"], use["business_id"]) for use in uses] == [("chat", None), ("profile", 1)]
    kept = house.kabari.folder.open(uses[0]["sha"])
    with Image.open(BytesIO(kept)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((64, 48), {})
    assert b"Rahasia" not in kept


async def test_her_data_arrives_as_a_document(house: Household, graph: FakeGraph) -> None:
    person = Person(graph)
    await acquaint(house, person, firm=INDONESIAN_FIRM)
    await person.say("data saya")
    await until(lambda: any(body["type"] == "document" for body in graph.sent))
    (document,) = [body["document"] for body in graph.sent if body["type"] == "document"]
    data = json.loads(graph.media[document["id"]].content)
    assert document["filename"].endswith(".json")
    assert data["businesses"][0]["legal_name"] == INDONESIAN_FIRM["legal_name"]


# --- what became of what we sent ----------------------------------------------------------------------------


async def test_statuses_only_ever_move_a_message_up(house: Household, graph: FakeGraph, siti: Person) -> None:
    await siti.say("menu")
    await house.settled()
    seen = []
    for status in ("delivered", "sent", "delivered", "read", "failed", "delivered", "read"):
        assert await graph.deliver_status(graph.ids[0], status) == 200
        seen.append((await house.outbox())[0]["state"])
    assert seen == ["delivered", "delivered", "delivered", "read", "read", "read", "read"]


async def test_a_status_without_our_key_finds_its_message_by_its_id(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    await siti.say("menu")
    await house.settled()
    status = {"id": graph.ids[0], "status": "read", "timestamp": "1795293054", "recipient_id": siti.phone}
    await graph.deliver(envelope(graph.phone_number_id, statuses=[status]))
    assert (await house.outbox())[0]["state"] == "read"


async def test_a_status_may_come_before_the_answer_to_the_send(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    graph.early = ("sent", "delivered")
    await siti.say("menu")
    await house.settled()
    await house.outbox_is(lambda rows: rows[0]["state"] == "delivered")
    (row,) = await house.outbox()
    assert (row["state"], row["external_id"], row["attempt"]) == ("delivered", graph.ids[0], 1)
    assert not await house.rows(select(tables.early_receipt))


async def test_a_status_of_nothing_we_sent_harms_nothing(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    stranger = {"id": "wamid.of-another-system", "status": "read", "timestamp": "1795293054"}
    assert await graph.deliver(envelope(graph.phone_number_id, statuses=[stranger])) == 200
    await siti.say("menu")
    await house.settled()
    assert [row["state"] for row in await house.outbox()] == ["sent"]


async def test_a_number_nobody_answers_at_is_not_written_to_again(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    await siti.say("petugas")
    await until(lambda: graph.sent)
    await siti.say("harga kirim")
    await house.settled()
    (contact,) = await house.column(select(tables.contact.c.id))
    graph.faults.append(refuse(131000, 500))
    for text in ("satu", "dua"):
        await house.kabari.store.write(staff.answer, contact, text, "Ratna", house.clock())
    house.kabari.dispatcher.wake()
    await house.outbox_is(lambda rows: rows[-2]["code"] == "131000")
    await graph.deliver_status(graph.ids[0], "failed", 131026, "Message undeliverable")
    assert [row["state"] for row in (await house.outbox())[-2:]] == ["dropped", "dropped"]
    assert (await house.outbox())[0]["code"] == "131026"
    assert await house.column(select(tables.address.c.reachable)) == [False]
    sent = len(graph.sent)
    await siti.say("menu")
    assert await house.column(select(tables.address.c.reachable)) == [True]
    assert len(graph.sent) == sent, "the chat is still the staff's"


async def test_another_failure_leaves_the_person_reachable(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    await siti.say("menu")
    await house.settled()
    await graph.deliver_status(graph.ids[0], "failed", 131051, "Unsupported message type")
    assert [(row["state"], row["code"]) for row in await house.outbox()] == [("failed", "131051")]
    assert await house.column(select(tables.address.c.reachable)) == [True]


async def test_what_may_succeed_is_sent_once_more(house: Household, graph: FakeGraph, siti: Person) -> None:
    await siti.say("menu")
    await house.settled()
    await graph.deliver_status(graph.ids[0], "failed", 131053, "Media upload error")
    assert [(row["state"], row["code"]) for row in await house.outbox()] == [("queued", "131053")]


# --- what comes that should not -----------------------------------------------------------------------------


@pytest.mark.parametrize("signature", ["sha256=" + "0" * 64, "sha256=", "", "sha1=abc", "\xe9"])
async def test_what_is_not_signed_leaves_nothing_but_a_count(
    house: Household, graph: FakeGraph, signature: str
) -> None:
    before = refused("whatsapp-signature")
    payload = Person(graph).payload("text", {"body": "halo"})
    assert await graph.deliver(payload, signature) == 403
    assert refused("whatsapp-signature") == before + 1
    assert not await house.rows(select(tables.inbox))


async def test_an_app_without_a_secret_takes_nothing(
    graph: FakeGraph, sqlite_url: str, tmp_path: Path
) -> None:
    graph.app_secret = ""
    async with at_work(settings_for(tmp_path, sqlite_url, graph=graph), graph=graph) as house:
        assert await graph.deliver(Person(graph).payload("text", {"body": "halo"})) == 403
        assert not await house.rows(select(tables.inbox))


async def post_signed(house: Household, graph: FakeGraph, raw: bytes) -> int:
    """Post bytes with their signature."""
    digest = hmac.new(graph.app_secret.encode(), raw, "sha256").hexdigest()
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{house.url}/webhooks/whatsapp",
            data=BytesIO(raw),
            headers={"X-Hub-Signature-256": f"sha256={digest}"},
        ) as response,
    ):
        return response.status


@pytest.mark.parametrize(
    ("raw", "status", "reason"),
    [
        (b"not json", 400, "whatsapp-json"),
        (b"[]", 400, "whatsapp-json"),
        (b"", 400, "whatsapp-json"),
        (b"[" * 100_000, 400, "whatsapp-json"),
        (b'"' + b"x" * 3_200_000 + b'"', 413, "whatsapp-too-large"),
    ],
    ids=["not JSON", "a list", "nothing", "deep", "large"],
)
async def test_what_cannot_be_read_leaves_nothing_but_a_count(
    house: Household, graph: FakeGraph, raw: bytes, status: int, reason: str
) -> None:
    before = refused(reason)
    assert await post_signed(house, graph, raw) == status
    assert refused(reason) == before + 1
    assert not await house.rows(select(tables.inbox))


@pytest.mark.parametrize("join", [in_one_batch, in_one_entry, in_one_change])
async def test_one_odd_item_of_a_batch_is_kept_and_the_others_are_answered(
    graph: FakeGraph, database_url: str, tmp_path: Path, join: Any
) -> None:
    async with at_work(settings_for(tmp_path, database_url, graph=graph), graph=graph) as house:
        siti, budi = Person(graph), Person(graph, phone="6281111111111", name="Budi")
        odd = budi.payload("text", {"nothing": "\ud800", "number": float("nan")})
        batch = join(siti.payload("text", {"body": "halo"}), odd, budi.payload("text", {"body": "hai"}))
        assert await graph.deliver(batch) == 200
        await until(lambda: len(graph.sent) == 2)
        assert {body["to"] for body in graph.sent} == {siti.phone, budi.phone}
        states = await house.column(select(tables.inbox.c.state).order_by(tables.inbox.c.id))
        assert states == ["taken", "odd", "taken"]
        assert await graph.deliver(batch) == 200
        assert len(await house.rows(select(tables.inbox))) == 3


async def test_webhooks_that_come_twice_are_answered_once(
    house: Household, graph: FakeGraph, siti: Person
) -> None:
    payload = siti.payload("text", {"body": "menu"})
    assert await asyncio.gather(*(graph.deliver(payload) for _ in range(5))) == [200] * 5
    await house.settled()
    assert len(graph.sent) == 1


async def test_two_of_somebody_new_at_the_same_moment_make_one_contact(
    graph: FakeGraph, database_url: str, tmp_path: Path
) -> None:
    async with at_work(settings_for(tmp_path, database_url, graph=graph), graph=graph) as house:
        new = Person(graph)
        payloads = [new.payload("text", {"body": f"halo {number}"}) for number in range(6)]
        assert await asyncio.gather(*(graph.deliver(payload) for payload in payloads)) == [200] * 6
        await house.settled()
        assert len(await house.rows(select(tables.contact))) == 1
        assert len(graph.sent) == 6


# --- a Graph that fails -------------------------------------------------------------------------------------

SURE = {
    "throttled": refuse(130429, 400),
    "throttled by HTTP": refuse(4, 429, **{"Retry-After": "7"}),
    "a pair too fast": refuse(131056),
    "fails": refuse(131000, 500),
    "token": refuse(190, 401),
    "a gateway's page": answer(502, "<html>Bad Gateway</html>"),
}
IN_DOUBT = {
    "silence": silence,
    "cut": cut,
    "cut half answered": partial(cut, half_answered=True),
    "nonsense": partial(answer, 200, "<html>ok</html>"),
}


@pytest.fixture
async def hasty_house(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Hasty]:
    """Have a bot at work that waits for Graph only a moment, and somebody who has met it."""
    monkeypatch.setattr(app, "WhatsAppChannel", partial(WhatsAppChannel, request_seconds=1.0))
    async with (
        FakeGraph() as graph,
        at_work(settings_for(tmp_path, sqlite_url, graph=graph), graph=graph) as house,
    ):
        yield house, graph, await met(house, graph)


def states_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["state"] for row in rows]


@pytest.mark.parametrize("fault", SURE.values(), ids=SURE)
async def test_a_failure_that_is_sure_costs_time_and_nothing_else(hasty_house: Hasty, fault: Fault) -> None:
    house, graph, siti = hasty_house
    graph.faults.append(_on_messages(fault))
    await siti.say("menu")
    await siti.say("daftar")
    await house.wait_out(lambda: len(graph.sent) >= 2)
    rows = await house.outbox()
    assert states_of(rows) == ["sent", "sent"]
    assert [body["biz_opaque_callback_data"] for body in graph.sent] == [row["key"] for row in rows]


def _on_messages(fault: Fault) -> Fault:
    """Leave the marks that a message was read alone."""

    async def spare_marks(exchange: Any) -> Any:
        body = await exchange.request.json()
        if "status" in body:
            _queue(exchange).appendleft(spare_marks)
            return await exchange.accept()
        return await fault(exchange)

    return spare_marks


def _queue(exchange: Any) -> Any:
    return exchange.accept.func.__self__.faults


@pytest.mark.parametrize("fault", IN_DOUBT.values(), ids=IN_DOUBT)
async def test_a_message_in_doubt_that_was_taken_is_never_sent_again(hasty_house: Hasty, fault: Any) -> None:
    house, graph, siti = hasty_house
    graph.faults.append(_on_messages(fault(taken=True)))
    await siti.say("menu")
    await until(lambda: graph.sent)
    await house.outbox_is(lambda rows: rows[0]["state"] == "queued")
    house.later(minutes=2)
    await siti.say("daftar")
    await graph.deliver_status(graph.ids[0], "sent")
    await house.wait_out(lambda: len(graph.sent) >= 2)
    assert set(Counter(body["biz_opaque_callback_data"] for body in graph.sent).values()) == {1}
    assert states_of(await house.outbox()) == ["sent", "sent"]


@pytest.mark.parametrize("fault", [silence, cut], ids=["silence", "cut"])
async def test_a_message_in_doubt_that_was_not_taken_is_sent_after_the_wait_for_its_status(
    hasty_house: Hasty, fault: Any
) -> None:
    house, graph, siti = hasty_house
    graph.faults.append(_on_messages(fault(taken=False)))
    await siti.say("menu")
    await house.outbox_is(lambda rows: bool(rows[0]["code"] == "waited"))
    house.later(minutes=2)
    await asyncio.sleep(0)
    assert not graph.sent
    await house.wait_out(lambda: len(graph.sent) >= 1)
    assert states_of(await house.outbox()) == ["sent"]
    assert len(graph.sent) == 1


async def test_staff_answer_under_their_name(house: Household, graph: FakeGraph, siti: Person) -> None:
    await siti.say("petugas")
    await until(lambda: graph.sent)
    await siti.say("Berapa ongkos kirim ke Busan?")
    await until(lambda: len(graph.sent) == 2)
    (contact,) = await house.column(select(tables.contact.c.id))
    await house.kabari.store.write(staff.answer, contact, "Sekitar Rp2 juta.", "Ratna", house.clock())
    house.kabari.dispatcher.wake()
    await until(lambda: len(graph.sent) == 3)
    assert texts(siti)[-1] == "Sekitar Rp2 juta.\n— Ratna"
    await siti.say("bot")
    await until(lambda: len(graph.sent) == 4)
    assert await house.column(select(tables.handover.c.closed_at.is_not(None))) == [True]
