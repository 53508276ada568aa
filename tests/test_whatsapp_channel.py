"""The WhatsApp channel against a fake Graph: what is sent and fetched, and what each failure asks for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.channels.base import (
    Action,
    Address,
    AddressChange,
    Channel,
    Inbound,
    Preference,
    Receipt,
    Remote,
    SendError,
)
from bot.channels.whatsapp import WhatsAppChannel, action_of, pause_of
from flows.message import File, Message, Option, Said, SharedContact, SharedLocation, Tapped
from tests.fakes.graph import FakeGraph, Person
from tests.fakes.graph.faults import Fault, answer, cut, refuse, silence, usual
from tests.fakes.graph.webhooks import Json
from tests.openapi import validate_outgoing

NUMBER = "106540352242922"
SITI = Address("whatsapp", NUMBER, "phone", "+6281234567890")
SHY = Address("whatsapp", NUMBER, "bsuid", "ID.13491208655302741918")
STORE = {"ab12": b"%PDF-1.7", "cd34": b"\xff\xd8\xff\xe0", "ef56": b"BEGIN:VCALENDAR"}
PDF = File("ab12", "surat.pdf", "application/pdf")
LONG = Message("Cerita. " * 200 + "\n\nLanjut?", (Option("yes", "Ya"),))
Make = Callable[..., WhatsAppChannel]


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with FakeGraph(validate=validate_outgoing) as graph:
        yield graph
    assert not graph.faults, "a fault was never met"


@pytest.fixture
async def make(graph: FakeGraph) -> AsyncIterator[Make]:
    """Make channels that talk with the fake, on one session."""

    async def open_media(media: str) -> bytes:
        return STORE[media]

    async with aiohttp.ClientSession() as session:

        def make(**differences: object) -> WhatsAppChannel:
            usual = {"token": graph.token, "phone_number_id": NUMBER, "api": graph.url}
            return WhatsAppChannel(session=session, open_media=open_media, **{**usual, **differences})  # type: ignore[arg-type]  # the differences are the test's

        yield make


@pytest.fixture
def channel(make: Make) -> WhatsAppChannel:
    return make()


async def failing(sending: Awaitable[object]) -> SendError:
    with pytest.raises(SendError) as caught:
        await sending
    return caught.value


# --- sending ------------------------------------------------------------------------------------------------


async def test_a_message_goes_out_with_our_key_and_comes_back_with_its_id(
    graph: FakeGraph, channel: WhatsAppChannel
) -> None:
    as_any_channel: Channel = channel
    assert (as_any_channel.name, as_any_channel.account) == ("whatsapp", NUMBER)
    assert await as_any_channel.send(SITI, Message("Halo"), "row-1") == graph.ids[0]
    assert graph.sent == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "6281234567890",
            "type": "text",
            "text": {"body": "Halo", "preview_url": False},
            "biz_opaque_callback_data": "row-1",
        }
    ]


async def test_a_person_without_a_phone_is_reached_by_her_user_id(
    graph: FakeGraph, channel: WhatsAppChannel
) -> None:
    await channel.send(SHY, Message("Halo"), "row-1")
    assert graph.sent[0]["recipient"] == SHY.value
    assert "to" not in graph.sent[0]


async def test_an_address_of_another_channel_is_our_fault(channel: WhatsAppChannel) -> None:
    error = await failing(channel.send(Address("telegram", "1", "telegram", "7"), Message("x"), ""))
    assert (error.action, error.code) == (Action.REJECT, "address")


async def test_a_long_message_is_several_and_only_the_last_has_the_key(
    graph: FakeGraph, channel: WhatsAppChannel
) -> None:
    assert await channel.send(SITI, LONG, "row-1") == graph.ids[1]
    assert [body.get("biz_opaque_callback_data") for body in graph.sent] == [None, "row-1"]


async def test_a_retry_goes_on_after_what_was_taken(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    graph.faults.extend([usual, refuse(131056)])
    error = await failing(channel.send(SITI, LONG, "row-1"))
    assert (error.action, error.after) == (Action.RETRY, 6.0)
    await channel.send(SITI, LONG, "row-1")
    assert [body["type"] for body in graph.sent] == ["text", "interactive"]
    await channel.send(SITI, LONG, "row-1")
    assert len(graph.sent) == 4


async def test_a_template_has_its_parameters_in_order(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    key = await channel.send_template(SITI, "mission_reminder", "id", ["Siti\nRahayu", " "], "row-1")
    await channel.send_template(SITI, "hello", "ko", [], "row-2")
    assert key == graph.ids[0]
    assert graph.sent[0]["template"] == {
        "name": "mission_reminder",
        "language": {"code": "id"},
        "components": [
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "Siti Rahayu"}, {"type": "text", "text": "–"}],
            }
        ],
    }
    assert "components" not in graph.sent[1]["template"]


def _inbound(id_: str) -> Inbound:
    return Inbound(id_, (SITI,), Said("halo"), datetime.now(UTC))


async def test_typing_is_shown_and_its_failures_are_nobodys_business(
    graph: FakeGraph, channel: WhatsAppChannel
) -> None:
    await channel.acknowledge(_inbound("wamid.7"), slow=True)
    graph.faults.append(refuse(100))
    await channel.acknowledge(_inbound("wamid.8"), slow=False)
    graph.faults.append(cut(taken=False))
    await channel.acknowledge(_inbound("wamid.9"), slow=True)
    assert graph.read == ["wamid.7"]


# --- files --------------------------------------------------------------------------------------------------


async def test_a_file_is_uploaded_once_for_many(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    for row in range(3):
        await channel.send(SITI, Message("Surat Anda", file=PDF), f"row-{row}")
    ((media_id, media),) = graph.media.items()
    assert (media.content, media.mime, media.name) == (STORE["ab12"], "application/pdf", "surat.pdf")
    assert [body["document"]["id"] for body in graph.sent] == [media_id] * 3


async def test_a_calendar_passes_as_text(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    await channel.send(SITI, Message("Jadwal", file=File("ef56", "temu.ics", "text/calendar")), "row-1")
    assert [media.mime for media in graph.media.values()] == ["text/plain"]
    assert graph.sent[0]["document"]["filename"] == "temu.ics"


async def test_a_broken_upload_is_made_again(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    message = Message("Surat", file=PDF)
    graph.faults.append(refuse(131053))
    error = await failing(channel.send(SITI, message, "row-1"))
    assert error.action is Action.RETRY
    message_id = await channel.send(SITI, message, "row-1")
    assert len(graph.media) == 2
    channel.parse(graph.status_payload(message_id, "failed", 131053))
    await channel.send(SITI, message, "row-1")
    assert len(graph.media) == 3


async def test_a_file_that_cannot_be_sent_is_our_fault(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    lost = await failing(channel.send(SITI, Message("x", file=File("no", "x.pdf", "application/pdf")), ""))
    assert (lost.action, lost.code) == (Action.REJECT, "media_missing")
    refused = await failing(channel.send(SITI, Message("x", file=File("ab12", "x.exe", "x/exe")), ""))
    assert (refused.action, refused.code) == (Action.REJECT, "100")
    assert graph.sent == []


async def test_a_persons_file_is_fetched(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    payload = await Person(graph).send_document(b"x" * 200_000, "kartu.pdf", "application/pdf", "Kartu nama")
    (event,) = channel.parse(payload)
    assert isinstance(event, Inbound)
    assert isinstance(event.content, Remote)
    assert (event.content.name, event.content.caption) == ("kartu.pdf", "Kartu nama")
    assert await channel.fetch(event.content) == b"x" * 200_000


async def test_a_file_above_the_limit_is_refused_before_or_while_reading(
    graph: FakeGraph, make: Make
) -> None:
    channel = make(download_limit=100)
    error = await failing(channel.fetch(remote(graph.add_media(b"x" * 101, "image/png"))))
    assert (error.action, error.code) == (Action.REJECT, "too_large")
    unread = graph.add_media(b"x" * 101, "image/png")
    graph.media[unread].url = "https://evil.example/x"
    assert (await failing(channel.fetch(remote(unread)))).code == "too_large"
    liar = graph.add_media(b"", "image/png")
    graph.media[liar].url = f"{graph.url}/files/{graph.add_media(b'x' * 101, 'image/png')}"
    assert (await failing(channel.fetch(remote(liar)))).code == "too_large"
    assert await channel.fetch(remote(graph.add_media(b"x" * 100, "image/png"))) == b"x" * 100


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://evil.example/x", "foreign_host"),
        ("https://lookaside.fbsbx.com.evil.example/x", "foreign_host"),
        ("https://notfbsbx.com/x", "foreign_host"),
        ("http://lookaside.fbsbx.com/x", "foreign_host"),
        ("https://someone@lookaside.fbsbx.com/x", "foreign_host"),
        ("https://127.0.0.1/x", "foreign_host"),
        ("file:///etc/passwd", "media_url"),
        ("/x", "media_url"),
        ("http://[", "media_url"),
    ],
)
async def test_the_token_goes_to_metas_hosts_only(
    graph: FakeGraph, channel: WhatsAppChannel, url: str, code: str
) -> None:
    media_id = graph.add_media(b"x", "image/png")
    graph.media[media_id].url = url
    error = await failing(channel.fetch(remote(media_id)))
    assert (error.action, error.code) == (Action.REJECT, code)


@pytest.mark.parametrize("host", ["lookaside.fbsbx.com", "mmg.whatsapp.net", "graph.facebook.com"])
async def test_metas_media_hosts_are_asked(graph: FakeGraph, host: str) -> None:
    asked: list[str] = []

    class Nowhere(aiohttp.abc.AbstractResolver):
        async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[aiohttp.abc.ResolveResult]:
            asked.append(host)
            raise OSError("no network in tests")

        async def close(self) -> None: ...

    async def open_media(_media: str) -> bytes:
        return b""

    media_id = graph.add_media(b"x", "image/png")
    graph.media[media_id].url = f"https://{host}/x"
    connector = aiohttp.TCPConnector(resolver=Nowhere())
    async with aiohttp.ClientSession(connector=connector) as session:
        channel = WhatsAppChannel(graph.token, NUMBER, session, open_media, api=graph.url)
        error = await failing(channel.fetch(remote(media_id)))
    assert (error.action, error.code, asked) == (Action.RETRY, "media_unreachable", [host])


async def test_a_media_id_that_is_a_path_is_not_followed(channel: WhatsAppChannel) -> None:
    assert (await failing(channel.fetch(remote("../me")))).code == "media_id"


async def test_a_file_that_is_gone_is_refused(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    assert (await failing(channel.fetch(remote("123")))).action is Action.REJECT
    expired = graph.add_media(b"x", "image/png")
    graph.media[expired].url = f"{graph.url}/gone"
    assert (await failing(channel.fetch(remote(expired)))).action is Action.RETRY


# --- failures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "action"),
    [
        ([2, 131000, 131016, 131053, 131056, 131057], Action.RETRY),
        ([4, 80007, 130429], Action.THROTTLE),
        ([131047], Action.TEMPLATE),
        ([131050, 131049, 130472, 131026], Action.SUPPRESS),
        (
            [131048, 131031, 131042, 131064, 132000, 132001, 132007, 132012, 132015, 132016, 368],
            Action.STOP_BROADCAST,
        ),
        ([0, 3, 10, 190, 200, 250, 299, 131005, 131045], Action.ALARM),
        ([100, 131008, 131009, 131051, 199, 300], Action.REJECT),
    ],
)
async def test_each_code_asks_for_its_action(
    graph: FakeGraph, channel: WhatsAppChannel, codes: list[int], action: Action
) -> None:
    for code in codes:
        graph.faults.append(refuse(code))
        error = await failing(channel.send(SITI, Message("x"), "row-1"))
        assert (error.action, error.code) == (action, str(code))
        assert (
            action_of(str(code)) is action_of(code) is (Action.RETRY if action is Action.THROTTLE else action)
        )
    assert graph.sent == []


def test_a_code_from_nowhere_is_rejected() -> None:
    assert action_of("") is action_of("x") is action_of(-1) is Action.REJECT
    assert (pause_of(131049), pause_of("131056"), pause_of(""), pause_of(131050)) == (86400, 6, 0, 0)


@pytest.mark.parametrize(
    ("fault", "action", "code", "after"),
    [
        (refuse(1, 429), Action.THROTTLE, "1", 30.0),
        (refuse(130429, 429, **{"Retry-After": "7"}), Action.THROTTLE, "130429", 7.0),
        (answer(429, "slow down"), Action.THROTTLE, "http_429", 30.0),
        (refuse(1, 500), Action.RETRY, "1", 0.0),
        (answer(500, "<html>Sorry</html>"), Action.RETRY, "http_500", 0.0),
        (answer(503, ""), Action.RETRY, "http_503", 0.0),
        (answer(401, "<html>"), Action.ALARM, "http_401", 0.0),
        (answer(302, "", Location="/v23.0/1"), Action.ALARM, "http_302", 0.0),
        (answer(404, "<html>"), Action.REJECT, "http_404", 0.0),
        (refuse(131047, 200), Action.TEMPLATE, "131047", 0.0),
        (answer(200, "<html>Welcome to the wifi</html>", taken=True), Action.UNKNOWN, "garbage_200", 0.0),
        (answer(200, '{"messages": [{}]}', taken=True), Action.UNKNOWN, "garbage_200", 0.0),
        (answer(200, '["\xff"]', taken=True), Action.UNKNOWN, "garbage_200", 0.0),
        (cut(taken=False), Action.UNKNOWN, "cut", 0.0),
        (cut(taken=True), Action.UNKNOWN, "cut", 0.0),
        (cut(taken=True, half_answered=True), Action.UNKNOWN, "cut", 0.0),
    ],
)
async def test_each_failure_of_the_wire_asks_for_its_action(
    graph: FakeGraph, channel: WhatsAppChannel, fault: Fault, action: Action, code: str, after: float
) -> None:
    graph.faults.append(fault)
    error = await failing(channel.send(SITI, Message("x"), "row-1"))
    assert (error.action, error.code, error.after) == (action, code, after)


@pytest.mark.parametrize("taken", [False, True])
async def test_silence_leaves_it_unknown(graph: FakeGraph, make: Make, taken: bool) -> None:
    graph.faults.append(silence(taken))
    error = await failing(make(request_seconds=0.05).send(SITI, Message("x"), "row-1"))
    assert (error.action, error.code, len(graph.sent)) == (Action.UNKNOWN, "timeout", taken)


async def test_what_never_left_is_retried(make: Make, unused_tcp_port: int) -> None:
    error = await failing(make(api=f"http://127.0.0.1:{unused_tcp_port}").send(SITI, Message("x"), "row-1"))
    assert (error.action, error.code) == (Action.RETRY, "unreachable")


async def test_a_wrong_token_alarms_and_a_wrong_number_is_our_fault(graph: FakeGraph, make: Make) -> None:
    assert (await failing(make(token="stolen").send(SITI, Message("x"), ""))).action is Action.ALARM
    assert (await failing(make(phone_number_id="1").send(SITI, Message("x"), ""))).code == "100"
    assert graph.sent == []


async def test_errors_say_nothing_of_people_or_secrets(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    graph.faults.append(refuse(131026))
    error = await failing(channel.send(SITI, Message("rahasia"), "row-1"))
    assert str(error) == "suppress: 131026"


# --- both ways ----------------------------------------------------------------------------------------------


async def test_a_person_plays_with_the_channel(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    siti = Person(graph)
    sectors = tuple(Option(f"s{n}", f"Sektor {n}") for n in range(12))
    for text, offset in (("Sektor Anda?", 0), ("Sektor Anda?", 9)):
        await channel.send(SITI, Message(text, sectors, offset=offset, more_label="Lainnya"), "row")
        (event,) = channel.parse(await siti.tap("▶ Lainnya" if not offset else "Sektor 11"))
        assert isinstance(event, Inbound)
        assert event.content == (Tapped("s11", "Sektor 11") if offset else Tapped("~from:9", "▶ Lainnya"))
    await channel.send(SITI, Message("Siapa nama Anda?"), "row")
    (event,) = channel.parse(await siti.say("Siti"))
    assert isinstance(event, Inbound)
    assert (event.content, event.addresses, event.name) == (Said("Siti"), (SITI,), "Siti")
    with pytest.raises(AssertionError, match="is not among"):
        await siti.tap("Tidak ada")


async def test_all_a_person_can_do_is_read(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    siti = Person(graph, user_id="ID.77")
    await siti.send_image(b"x", "Batik kami")
    await siti.share_location(-6.2, 106.8)
    await siti.share_contact("+6281234567890")
    await siti.choose_announcements(wants=False)
    await siti.change_number("6285500001111")
    await siti.say("Nomor baru")
    photo, place, contact, choice, change, text = (
        event for payload in graph.webhooks for event in channel.parse(payload)
    )
    assert isinstance(photo, Inbound)
    assert isinstance(photo.content, Remote)
    assert (photo.content.kind, photo.content.mime, photo.content.caption) == (
        "photo",
        "image/jpeg",
        "Batik kami",
    )
    assert isinstance(place, Inbound)
    assert place.content == SharedLocation(-6.2, 106.8)
    assert isinstance(contact, Inbound)
    assert contact.content == SharedContact("+6281234567890", own=True)
    assert isinstance(choice, Preference)
    assert (choice.address, choice.wants) == (SITI, False)
    assert isinstance(change, AddressChange)
    assert (change.old, change.new.value) == (SITI, "+6285500001111")
    assert isinstance(text, Inbound)
    assert [address.value for address in text.addresses] == ["+6285500001111", "ID.77"]


async def test_a_status_may_come_before_the_answer(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    graph.early = ("sent", "delivered")
    message_id = await channel.send(SITI, Message("x"), "row-1")
    receipts = [event for payload in graph.webhooks for event in channel.parse(payload)]
    assert [
        (event.external_id, event.status, event.key) for event in receipts if isinstance(event, Receipt)
    ] == [
        (message_id, "sent", "row-1"),
        (message_id, "delivered", "row-1"),
    ]


async def test_many_sends_at_once_each_get_their_own_id(graph: FakeGraph, channel: WhatsAppChannel) -> None:
    ids = await asyncio.gather(*(channel.send(SITI, Message(f"{n}"), f"row-{n}") for n in range(50)))
    rows: dict[str, Json] = dict(zip(graph.ids, graph.sent, strict=True))
    assert [rows[message_id]["biz_opaque_callback_data"] for message_id in ids] == [
        f"row-{n}" for n in range(50)
    ]


def remote(media_id: str) -> Remote:
    return Remote(media_id, "photo", "", "image/png")
