"""The web chat's routes: what a page may say and gets, and what it may not."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientWebSocketResponse, ClientWSTimeout, FormData, WSMsgType
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.base import Action, Address, Inbound, Remote, SendError
from bot.channels.webchat import Entry, WebChat, address_of, guess_language, is_token, new_token, show_entry
from bot.webchat import files, live
from bot.webchat.links import LIFETIME, MediaLinks
from bot.webchat.words import PAGE
from flows.message import Attached, File, Message, Option, Refused, Said, SharedLocation, Started, Tapped
from locales.words import render
from tests.scripted_office import ScriptedOffice

Client = TestClient[Request, Application]
Frame = dict[str, Any]

JPEG = b"\xff\xd8 a photo"
PDF = b"%PDF-1.7"
AN_ID = "8c1c8d7e-2f1c-4b43-9d0c-6a1f2f0b5a11"
PATIENCE = ClientWSTimeout(ws_receive=10)


@pytest.fixture
def office() -> ScriptedOffice:
    return ScriptedOffice()


@pytest.fixture
async def client(office: ScriptedOffice) -> AsyncIterator[Client]:
    async with TestClient(TestServer(office.app())) as client:
        yield client


async def say_hello(client: Client, token: str | None = None, after: int = 0) -> ClientWebSocketResponse:
    socket = await client.ws_connect("/chat/live", timeout=PATIENCE)
    await socket.send_json({"hello": {"token": token, "after": after, "language": "id-ID"}})
    return socket


async def greeted(client: Client, token: str, after: int = 0) -> ClientWebSocketResponse:
    socket = await say_hello(client, token, after)
    assert (await socket.receive_json())["welcome"]["token"] == token
    return socket


async def listen_until(socket: ClientWebSocketResponse, done: Callable[[list[Frame]], bool]) -> list[Frame]:
    frames: list[Frame] = []
    while not done(frames):
        frames.append(await socket.receive_json())
    return frames


def acks(frames: list[Frame]) -> list[str]:
    return [frame["ack"] for frame in frames if "ack" in frame]


def entries(frames: list[Frame]) -> list[Frame]:
    return [entry for frame in frames for entry in frame.get("entries", [])]


def a_say(text: str, id_: str | None = None) -> Frame:
    return {"say": {"id": id_ or str(uuid4()), "text": text}}


# --- the live connection ------------------------------------------------------------------------------------


async def test_a_new_browser_gets_a_token_and_an_answer(client: Client, office: ScriptedOffice) -> None:
    socket = await say_hello(client)
    token = (await socket.receive_json())["welcome"]["token"]
    id_ = str(uuid4())
    await socket.send_json({"start": {"id": id_, "payload": "booth-7"}})
    frames = await listen_until(socket, lambda frames: len(entries(frames)) == 2 and bool(acks(frames)))

    assert is_token(token)
    assert acks(frames) == [id_]
    [inbound] = office.accepted
    assert inbound.content == Started("booth-7")
    assert inbound.external_id == id_
    assert inbound.language == "id"
    assert inbound.address == Address("webchat", "web", "web", hashlib.sha256(token.encode()).hexdigest())
    person, bot = entries(frames)
    assert (person["n"], person["key"]) == (1, id_)
    assert bot["options"] == [
        {"id": "register", "label": "Register my firm"},
        {"id": "missions", "label": "Missions"},
    ]


async def test_without_a_commit_there_is_no_acknowledgement() -> None:
    class FailingOnce(ScriptedOffice):
        failed = False

        async def accept(self, inbound: Inbound) -> None:
            if not self.failed:
                self.failed = True
                raise OSError("the disk is full")
            await super().accept(inbound)

    office, token, frame = FailingOnce(), new_token(), a_say("halo", id_ := str(uuid4()))
    async with TestClient(TestServer(office.app())) as client:
        socket = await greeted(client, token)
        await socket.send_json(frame)
        assert (await socket.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}

        again = await greeted(client, token)
        await again.send_json(frame)
        await listen_until(again, lambda frames: acks(frames) == [id_])
    assert [inbound.content for inbound in office.accepted] == [Said("halo")]


async def test_a_page_that_comes_back_gets_only_what_it_lacks(client: Client, office: ScriptedOffice) -> None:
    token = new_token()
    for text in ("one", "two", "three"):
        office.write(address_of(token), "person", content=Said(text))
    first = await greeted(client, token)
    assert [entry["n"] for entry in (await first.receive_json())["entries"]] == [1, 2, 3]
    await first.close()
    office.write(address_of(token), "bot", message=Message("four"))

    again = await greeted(client, token, after=2)
    assert [entry["text"] for entry in (await again.receive_json())["entries"]] == ["three", "four"]


async def test_a_repeated_frame_is_taken_once_and_acknowledged_twice(
    client: Client, office: ScriptedOffice
) -> None:
    socket = await greeted(client, new_token())
    frame = a_say("halo", id_ := str(uuid4()))
    await socket.send_json(frame)
    await socket.send_json(frame)
    frames = await listen_until(socket, lambda frames: len(acks(frames)) == 2)

    assert acks(frames) == [id_, id_]
    assert len(office.accepted) == 1


async def test_each_thing_she_can_do_becomes_a_turn(client: Client, office: ScriptedOffice) -> None:
    socket = await greeted(client, new_token())
    ids = [str(uuid4()) for _ in range(4)]
    await socket.send_json({"say": {"id": ids[0], "text": "  Warung\u0000 Sari\n"}})
    await socket.send_json({"tap": {"id": ids[1], "option": "yes", "label": "Yes"}})
    await socket.send_json({"location": {"id": ids[2], "latitude": -6.6, "longitude": 106.8}})
    await socket.send_json({"start": {"id": ids[3]}})
    await listen_until(socket, lambda frames: acks(frames) == ids)

    contents = [inbound.content for inbound in office.accepted]
    assert contents == [Said("Warung Sari"), Tapped("yes", "Yes"), SharedLocation(-6.6, 106.8), Started("")]


@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        "[]",
        "[" * 8000,
        "null",
        '{"say": 5}',
        '{"say": {"id": "not a uuid", "text": "halo"}}',
        json.dumps(a_say("   ", AN_ID)),
        json.dumps(a_say("\ud800", AN_ID)),
        json.dumps(a_say("x" * 2001, AN_ID)),
        json.dumps({"location": {"id": AN_ID, "latitude": 91, "longitude": 0}}),
        json.dumps({"location": {"id": AN_ID, "latitude": float("nan"), "longitude": 0}}),
        json.dumps({"unheard": {"id": AN_ID}}),
        json.dumps({"person": "someone else", "say": {"text": "halo"}}),
    ],
)
async def test_what_cannot_be_read_is_refused_and_the_chat_goes_on(
    client: Client, office: ScriptedOffice, frame: str
) -> None:
    socket = await greeted(client, new_token())
    await socket.send_str(frame)
    refusal = await socket.receive_json()
    assert refusal["why"] == "unreadable"

    await socket.send_json(a_say("halo", id_ := str(uuid4())))
    await listen_until(socket, lambda frames: acks(frames) == [id_])
    assert [inbound.content for inbound in office.accepted] == [Said("halo")]


async def test_a_refusal_names_the_frame(client: Client) -> None:
    socket = await greeted(client, new_token())
    await socket.send_json(a_say("", id_ := str(uuid4())))
    assert await socket.receive_json() == {"refused": id_, "why": "unreadable"}


async def test_bytes_are_refused(client: Client) -> None:
    socket = await greeted(client, new_token())
    await socket.send_bytes(b"\x00")
    assert (await socket.receive_json())["refused"] is None


async def test_a_frame_that_is_too_long_ends_the_connection(client: Client, office: ScriptedOffice) -> None:
    socket = await greeted(client, new_token())
    await socket.send_str(json.dumps(a_say("x" * live.MAX_FRAME)))
    closed = await socket.receive()
    assert closed.type is WSMsgType.CLOSE
    assert socket.close_code == 1009
    assert office.accepted == []


@pytest.mark.parametrize("frame", ["x", "{}", '{"hello": 1}', '{"hello": {"after": -1}}', '{"say": {}}'])
async def test_who_does_not_say_hello_is_shown_out(client: Client, frame: str) -> None:
    socket = await client.ws_connect("/chat/live", timeout=PATIENCE)
    await socket.send_str(frame)
    await socket.receive()
    assert socket.close_code == 1008


async def test_a_token_that_is_not_ours_is_replaced(client: Client) -> None:
    socket = await say_hello(client, "guessable")
    token = (await socket.receive_json())["welcome"]["token"]
    assert token != "guessable"
    assert is_token(token)


async def test_nobody_sees_another_persons_chat(client: Client, office: ScriptedOffice) -> None:
    office.write(address_of(new_token()), "person", content=Said("secret"))
    socket = await greeted(client, new_token())
    await socket.send_json({"here": {"id": "1"}})
    assert await socket.receive_json() == {"ack": "1"}


async def test_sending_wakes_the_page(
    client: Client, office: ScriptedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN", 3600)
    token = new_token()
    socket = await greeted(client, token)
    await socket.send_json({"here": {"id": "1"}})
    await socket.receive_json()
    message = Message("A mission opens")
    office.write(address_of(token), "bot", message=message)
    assert await office.channel.send(address_of(token), message, "key-1") == "key-1"
    assert (await socket.receive_json())["entries"][0]["text"] == "A mission opens"


async def test_what_another_process_wrote_is_found(
    client: Client, office: ScriptedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_AGAIN", 0.01)
    token = new_token()
    socket = await greeted(client, token)
    office.write(address_of(token), "staff", message=Message("Selamat siang"), name="Ibu Rina")
    [entry] = (await socket.receive_json())["entries"]
    assert (entry["who"], entry["name"], entry["text"]) == ("staff", "Ibu Rina", "Selamat siang")


async def test_all_pages_of_one_person_show_the_same(client: Client) -> None:
    token = new_token()
    phone, computer = await greeted(client, token), await greeted(client, token)
    await phone.send_json(a_say("halo"))
    for page in (phone, computer):
        frames = await listen_until(page, lambda frames: len(entries(frames)) == 2)
        assert [entry["text"] for entry in entries(frames)] == ["halo", "You said halo"]


async def test_pages_are_told_when_the_server_stops(office: ScriptedOffice) -> None:
    server = TestServer(office.app())
    async with TestClient(server) as client:
        socket = await greeted(client, new_token())
        stopping = asyncio.create_task(server.close())
        await socket.receive()
        assert socket.close_code == 1001
        await stopping


# --- the page -----------------------------------------------------------------------------------------------


async def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    response = await client.get("/chat?start=booth-7")
    page = await response.text()
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "frame-ancestors *" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"""(?:src|href)=["'](?!chat/|#)""", page)
    assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?! src=| type=\"application/json\")", page)


@pytest.mark.parametrize("host", ["evil;script-src *", "a b"])
async def test_a_strange_host_does_not_get_into_the_policy(client: Client, host: str) -> None:
    response = await client.get("/chat", headers={"Host": host})
    assert "evil" not in response.headers.get("Content-Security-Policy", "")


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "in-ID", "id"),
        ("", "jv", "id"),
        ("", "fr", "id"),
        ("?lang=en", "ko", "en"),
        ("?lang=fr", "ko", "ko"),
    ],
)
async def test_the_page_speaks_the_readers_language(
    client: Client, query: str, accepts: str, language: str
) -> None:
    page = await (await client.get(f"/chat{query}", headers={"Accept-Language": accepts})).text()
    assert f'<html lang="{language}">' in page
    found = re.search(r'<script type="application/json" id="words">(.*)</script>', page)
    assert found
    words = json.loads(found[1])
    assert words == await (await client.get(f"/chat/words/{language}.json")).json()
    assert words.keys() == PAGE.keys()


async def test_the_offices_name_cannot_break_the_page(office: ScriptedOffice) -> None:
    async with TestClient(TestServer(office.app(name="</title><script>alert(1)</script>"))) as client:
        page = await (await client.get("/chat")).text()
        embed = await (await client.get("/chat/embed.js")).text()
    assert "<script>alert" not in page
    assert 'const WORDS = {"id": {"open": "' in embed


async def test_files_of_the_page_are_fetched_once(client: Client) -> None:
    page = await (await client.get("/chat")).text()
    addresses = re.findall(r'(?:src|href)="(chat/[^"]+)"', page)
    assert {address.split("?")[0] for address in addresses} == {
        "chat/chat.css",
        "chat/chat.js",
        "chat/mark.svg",
    }
    for address in addresses:
        assert "immutable" in (await client.get(f"/{address}")).headers["Cache-Control"]
    plain = await client.get("/chat/chat.js")
    assert plain.headers["Cache-Control"] == "no-cache"
    again = await client.get("/chat/chat.js", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_the_page_is_light_enough_for_a_slow_network(client: Client) -> None:
    weight = 0
    for path in ("/chat", "/chat/chat.css", "/chat/chat.js", "/chat/mark.svg"):
        response = await client.get(path, headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
        weight += len(await response.read())
    assert weight < 24_000


@pytest.mark.parametrize(
    "path", ["/chat/page.html", "/chat/routes.py", "/chat/words/fr.json", "/chat/%2e%2e/x"]
)
async def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_a_slash_too_many_leads_to_the_page(client: Client) -> None:
    response = await client.get("/chat/?start=booth-7", allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (308, "../chat?start=booth-7")


# --- files --------------------------------------------------------------------------------------------------

Upload = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def upload(client: Client) -> Upload:
    async def send(
        token: str | None, *parts: tuple[str, bytes], id_: str | None = None, caption: str = ""
    ) -> tuple[int, str]:
        id_ = id_ or str(uuid4())
        form = FormData({"id": id_, "caption": caption}, quote_fields=False)
        for name, data in parts:
            form.add_field("file", data, filename=name)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await client.post("/chat/upload", data=form, headers=headers)
        return response.status, id_

    return send


async def test_files_of_one_message_are_one_turn(upload: Upload, office: ScriptedOffice) -> None:
    token = new_token()
    status, id_ = await upload(token, ("a.jpg", JPEG), ("b.pdf", PDF), caption=" My products ")
    assert status == 200
    [inbound] = office.accepted
    assert inbound.external_id == id_
    assert inbound.address == address_of(token)
    assert isinstance(inbound.content, Attached)
    assert inbound.content.caption == "My products"
    assert [(file.name, file.mime) for file in inbound.content.attachments] == [
        ("a.jpg", "image/jpeg"),
        ("b.pdf", "application/pdf"),
    ]


async def test_what_was_not_kept_is_said_first(upload: Upload, office: ScriptedOffice) -> None:
    token = new_token()
    files = (("a.exe", b"MZ"), ("b.jpg", JPEG), ("c.jpg", JPEG + bytes(100_000)))
    for _ in range(2):
        status, id_ = await upload(token, *files, id_=AN_ID)
        assert status == 200
    first, second, third = office.accepted
    assert first.content == Refused("wrong_type", "a.exe")
    assert second.content == Refused("too_large", "c.jpg")
    assert isinstance(third.content, Attached)
    assert third.external_id == id_
    assert len({inbound.external_id for inbound in office.accepted}) == 3


async def test_an_upload_needs_a_token(upload: Upload, office: ScriptedOffice) -> None:
    assert (await upload(None, ("a.jpg", JPEG)))[0] == 401
    assert (await upload("guessable", ("a.jpg", JPEG)))[0] == 401
    assert office.media == {}


async def test_an_upload_has_limits(
    upload: Upload, office: ScriptedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = new_token()
    assert (await upload(token))[0] == 400
    assert (await upload(token, *[("a.jpg", JPEG)] * 6))[0] == 400
    assert (await upload(token, ("a.jpg", JPEG), id_="no uuid"))[0] == 400
    monkeypatch.setattr(files, "MAX_UPLOAD", 0)
    assert (await upload(token, ("a.jpg", JPEG + bytes(200_000))))[0] == 413
    assert office.accepted == []


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "multipart/form-data; boundary=x"]
)
async def test_a_form_that_is_none_is_refused(client: Client, kind: str) -> None:
    headers = {"Authorization": f"Bearer {new_token()}", "Content-Type": kind}
    assert (await client.post("/chat/upload", data=b"--x\r\nno form", headers=headers)).status == 400


async def test_a_file_opens_only_from_the_address_its_chat_gave(
    client: Client, upload: Upload, office: ScriptedOffice
) -> None:
    token = new_token()
    await upload(token, ("foto batik.jpg", JPEG))
    hers, theirs = hashlib.sha256(JPEG).hexdigest(), hashlib.sha256(PDF).hexdigest()
    office.media[theirs] = (PDF, "application/pdf")
    socket = await greeted(client, token)
    url = (await socket.receive_json())["entries"][0]["files"][0]["url"]

    response = await client.get(f"/{url}")
    assert await response.read() == JPEG
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == "inline; filename*=UTF-8''foto%20batik.jpg"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"

    assert (await client.get(f"/{url.replace(hers, theirs)}")).status == 404
    assert (await client.get(f"/{url.split('?')[0]}")).status == 404
    refused = await client.get(
        f"/chat/media/{hers}/x?until=99999999999&sign=0", headers={"Accept-Language": "en"}
    )
    assert refused.status == 404
    assert "Open the chat again" in await refused.text()


@pytest.mark.parametrize("mime", ["text/html", "image/svg+xml", "application/pdf", "text/calendar"])
async def test_what_a_browser_could_run_is_only_saved(
    client: Client, office: ScriptedOffice, mime: str
) -> None:
    token = new_token()
    media = hashlib.sha256(b"x").hexdigest()
    office.media[media] = (b"x", mime)
    office.write(address_of(token), "bot", message=Message("", file=File(media, "../x.html", mime)))
    socket = await greeted(client, token)
    url = (await socket.receive_json())["entries"][0]["files"][0]["url"]
    assert "/.." not in url
    assert (await client.get(f"/{url}")).headers["Content-Disposition"].startswith("attachment; ")


def test_an_address_of_a_file_lasts_a_day_and_not_much_longer() -> None:
    links = MediaLinks(b"secret")
    made = datetime(2026, 11, 21, 8, tzinfo=UTC)
    url = links.make("a" * 64, "x.jpg", made)
    until, sign = re.search(r"until=(\d+)&sign=(\w+)", url).groups()  # type: ignore[union-attr]  # it is there
    assert links.allows("a" * 64, "x.jpg", until, sign, made + LIFETIME)
    assert not links.allows("a" * 64, "x.jpg", until, sign, made + 2 * LIFETIME)
    assert not links.allows("a" * 64, "x.jpg", str(int(until) + 1), sign, made)
    assert not MediaLinks(b"other").allows("a" * 64, "x.jpg", until, sign, made)
    assert links.make("a" * 64, "x.jpg", made + timedelta(hours=1)) == url


@given(st.text(), st.text(), st.text())
def test_any_address_of_a_file_is_read_without_failing(name: str, until: str, sign: str) -> None:
    assert not MediaLinks(b"secret").allows("a" * 64, name, until, sign, datetime(2026, 11, 21, tzinfo=UTC))


# --- the channel --------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ACTS = st.sampled_from(["say", "tap", "start", "location", "hello"])


@given(st.dictionaries(ACTS, JSON | st.dictionaries(st.sampled_from(["id", "text", "option"]), JSON)))
def test_any_frame_is_read_without_failing(frame: Frame) -> None:
    WebChat().parse({**frame, "person": "p", "language": "id"})


@given(st.text(st.characters(), min_size=1))
def test_what_she_writes_can_be_kept(text: str) -> None:
    for event in WebChat().parse({**a_say(text), "person": "p", "language": ""}):
        assert isinstance(event, Inbound)
        assert isinstance(event.content, Said)
        assert "\x00" not in event.content.text
        assert event.content.text.encode()


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ("id-ID", "id"),
        ("in", "id"),
        ("ko-KR,en;q=0.5", "ko"),
        ("fr, en;q=0.5", "en"),
        ("su", "id"),
        ("", None),
        ("*", None),
        ("zh-CN", None),
        ("indo", None),
    ],
)
def test_the_browsers_language_is_a_hint(tags: str, language: str | None) -> None:
    assert guess_language(tags) == language


def test_an_entry_is_shown_without_what_is_empty() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    message = Message(
        "Pick", (Option("a", "A", ticked=True), Option("b", "B", "more")), offset=9, request="contact"
    )
    shown = show_entry(
        Entry(7, "bot", at, message, None, "", "k", "id"), lambda media, name: f"{media}/{name}"
    )
    assert shown == {
        "n": 7,
        "who": "bot",
        "at": 1795219200000,
        "key": "k",
        "language": "id",
        "text": "Pick",
        "options": [
            {"id": "a", "label": "A", "ticked": True},
            {"id": "b", "label": "B", "description": "more"},
        ],
    }


async def test_the_channel_has_nothing_to_fetch() -> None:
    with pytest.raises(SendError) as caught:
        await WebChat().fetch(Remote("1", "photo", "a.jpg", "image/jpeg"))
    assert caught.value.action is Action.REJECT


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(is_token(token) for token in tokens)


@pytest.mark.parametrize("language", ["id", "ko", "en"])
def test_placeholders_survive_translation(language: Any) -> None:
    for text in PAGE.values():
        assert set(re.findall(r"{\w+}", render(text, language))) == set(re.findall(r"{\w+}", text.key))
