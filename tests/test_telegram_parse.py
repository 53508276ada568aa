"""Telegram's updates as the channel reads them."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Address, Event, Inbound, Odd, Reachability, Remote
from bot.channels.telegram.parse import parse_update
from flows.message import (
    Content,
    Refused,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from locales.language import Language

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SITI = {"id": 5000000001, "is_bot": False, "first_name": "Siti", "last_name": "Aminah", "language_code": "id"}
CHAT = {"id": 5000000001, "first_name": "Siti", "last_name": "Aminah", "type": "private"}
GROUP = {"id": -1001234567890, "title": "UMKM Bandung", "type": "supergroup"}
BOT = {"id": 700000001, "is_bot": True, "first_name": "Kabari", "username": "kabari_bot"}
ADDRESS = Address("telegram", "700000001", "telegram", "5000000001")
MEGABYTE = 1024 * 1024


def message(chat: dict[str, Any] = CHAT, sender: dict[str, Any] = SITI, **parts: Any) -> dict[str, Any]:
    date = int(SENT.timestamp())
    return {
        "update_id": 42,
        "message": {"message_id": 7, "from": sender, "chat": chat, "date": date, **parts},
    }


def tap(data: str = "sector=food", **message_parts: Any) -> dict[str, Any]:
    under = {"message_id": 6, "from": BOT, "chat": CHAT, "date": 1763717000, **message_parts}
    query = {"id": "4382bfdwdsb323b2d9", "from": SITI, "message": under, "chat_instance": "-31", "data": data}
    return {"update_id": 43, "callback_query": query}


def membership(status: str, chat: dict[str, Any] = CHAT) -> dict[str, Any]:
    change = {
        "chat": chat,
        "from": SITI,
        "date": int(SENT.timestamp()),
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": {"user": BOT, "status": status, "until_date": 0},
    }
    return {"update_id": 44, "my_chat_member": change}


def photo_size(width: int, height: int, size: int, file_id: str) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "file_unique_id": file_id[:3],
        "width": width,
        "height": height,
        "file_size": size,
    }


def document(**parts: Any) -> dict[str, Any]:
    return {"file_id": "BQAC", "file_unique_id": "AgAD", "file_size": 12345, **parts}


def parse(update: dict[str, Any]) -> list[Event]:
    return parse_update(update, "700000001", NOW)


def content(update: dict[str, Any]) -> Content | Remote:
    [event] = parse(update)
    assert isinstance(event, Inbound), event
    return event.content


def test_a_message_says_who_when_and_in_which_language() -> None:
    assert parse(message(text="Halo")) == [
        Inbound("42", (ADDRESS,), Said("Halo"), SENT, name="Siti Aminah", language="id")
    ]


@pytest.mark.parametrize(
    ("code", "language"),
    [("id", "id"), ("in", "id"), ("ko", "ko"), ("ko-KR", "ko"), ("en-US", "en"), ("jv", None), ("", None)],
)
def test_phones_name_languages_in_their_own_way(code: str, language: Language | None) -> None:
    [event] = parse(message(sender={**SITI, "language_code": code}, text="Halo"))
    assert isinstance(event, Inbound)
    assert event.language == language


def test_a_single_name_in_any_script_is_enough() -> None:
    [event] = parse(
        message(sender={"id": 5000000001, "is_bot": False, "first_name": "순자"}, text="안녕하세요")
    )
    assert isinstance(event, Inbound)
    assert (event.name, event.language) == ("순자", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Started()),
        ("/start mission-7_ko", Started("mission-7_ko")),
        ("/start@kabari_bot mission-7", Started("mission-7")),
        ("/start what a long story", Started()),
        ("/start " + "x" * 65, Started()),
        ("/bahasa", Said("/bahasa")),
        ("/bahasa@kabari_bot", Said("/bahasa")),
        ("/tanya@kabari_bot HS 210690", Said("/tanya HS 210690")),
        ("/ 5", Said("/ 5")),
        ("1/2", Said("1/2")),
        ("/안녕", Said("/안녕")),
        ("", Said("")),
    ],
)
def test_commands_lose_the_bots_name_and_start_keeps_its_payload(text: str, expected: Content) -> None:
    assert content(message(text=text)) == expected


def test_what_no_database_takes_is_left_out_of_a_text() -> None:
    assert content(message(text="Ru\x00ti \ud83c 😀")) == Said("Ruti � 😀")


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ({"phone_number": "6281234567890", "user_id": 5000000001}, SharedContact("+6281234567890", own=True)),
        ({"phone_number": "+82 10-1234-5678", "user_id": 9}, SharedContact("+821012345678")),
        ({"phone_number": "6281234567890"}, SharedContact("+6281234567890")),
        ({"phone_number": ""}, Unsupported("contact")),
    ],
)
def test_a_contact_has_a_plus_and_is_own_only_with_the_senders_id(
    contact: dict[str, Any], expected: Content
) -> None:
    assert content(message(contact={"first_name": "Siti", **contact})) == expected


def test_a_venue_is_a_location() -> None:
    place = {"latitude": -6.914744, "longitude": 107.60981}
    venue = {"location": place, "title": "Gedung Sate", "address": "Bandung"}
    assert content(message(location=place)) == SharedLocation(-6.914744, 107.60981)
    assert content(message(venue=venue, location=place)) == SharedLocation(-6.914744, 107.60981)


@pytest.mark.parametrize("latitude", [91, -90.5, float("nan"), float("inf"), 10**400, "1", None, True])
def test_a_location_off_the_planet_is_odd(latitude: object) -> None:
    [event] = parse(message(location={"latitude": latitude, "longitude": 0}))
    assert isinstance(event, Odd)


def test_the_largest_photo_a_bot_may_download_is_taken() -> None:
    sizes = [
        photo_size(90, 60, 1500, "small"),
        photo_size(1280, 853, 180_000, "middle"),
        photo_size(9000, 6000, 20 * MEGABYTE + 1, "huge"),
    ]
    assert content(message(photo=sizes, caption="Keripik tempe")) == Remote(
        "middle", "photo", "photo.jpg", "image/jpeg", 180_000, "Keripik tempe"
    )
    assert content(message(photo=sizes[-1:])) == Refused("too_large")


def test_a_document_keeps_its_name_and_kind() -> None:
    pdf = document(file_name="katalog.pdf", mime_type="application/pdf")
    assert content(message(document=pdf, caption="Ini katalog kami")) == Remote(
        "BQAC", "document", "katalog.pdf", "application/pdf", 12345, "Ini katalog kami"
    )
    picture = document(file_name="produk.png", mime_type="image/png")
    assert content(message(document=picture)) == Remote("BQAC", "photo", "produk.png", "image/png", 12345)
    assert content(message(document=document())) == Remote(
        "BQAC", "document", "", "application/octet-stream", 12345
    )


def test_a_document_over_the_download_limit_is_refused_by_name() -> None:
    assert content(message(document=document(file_size=20 * MEGABYTE, file_name="a.zip"))) != Refused(
        "too_large", "a.zip"
    )
    assert content(message(document=document(file_size=20 * MEGABYTE + 1, file_name="a.zip"))) == Refused(
        "too_large", "a.zip"
    )


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("voice", {"voice": document(duration=3, mime_type="audio/ogg")}),
        ("audio", {"audio": document(duration=60, title="Lagu")}),
        ("video", {"video": document(duration=9, width=720, height=1280), "caption": "Produk kami"}),
        ("video_note", {"video_note": document(duration=9, length=240)}),
        ("sticker", {"sticker": document(type="regular", emoji="👍")}),
        ("animation", {"animation": document(duration=2), "document": document(file_name="a.mp4")}),
        ("poll", {"poll": {"id": "1", "question": "?", "options": []}}),
        ("dice", {"dice": {"emoji": "🎲", "value": 6}}),
        ("game", {"game": {"title": "Ular", "description": "", "photo": []}}),
        ("story", {"story": {"chat": CHAT, "id": 3}}),
        ("unknown", {"hologram": {"file_id": "x"}}),
        ("unknown", {}),
    ],
)
def test_what_the_bot_cannot_read_is_named(kind: str, parts: dict[str, Any]) -> None:
    part = parts.get(kind, {})
    kept = part if kind != "unknown" else {}
    assert content(message(**parts)) == Unsupported(kind, kept.get("file_id", ""), kept.get("mime_type", ""))


def test_a_tap_brings_its_id_its_label_and_its_callback() -> None:
    keyboard = [
        [{"text": "Makanan", "callback_data": "sector=food"}],
        [
            {"text": "✓ Kerajinan", "callback_data": "sector=craft"},
            {"text": "Situs", "url": "https://example.id"},
        ],
    ]
    tapped = Inbound(
        "43",
        (ADDRESS,),
        Tapped("sector=food", "Makanan"),
        NOW,
        name="Siti Aminah",
        language="id",
        callback="4382bfdwdsb323b2d9",
    )
    assert parse(tap(reply_markup={"inline_keyboard": keyboard})) == [tapped]
    ticked = tap("sector=craft", reply_markup={"inline_keyboard": keyboard})
    assert content(ticked) == Tapped("sector=craft", "Kerajinan")


def test_a_tap_on_a_button_too_old_or_gone_still_counts() -> None:
    inaccessible = tap()
    inaccessible["callback_query"]["message"] = {"chat": CHAT, "message_id": 6, "date": 0}
    gone = tap()
    del gone["callback_query"]["message"]
    for update in (inaccessible, gone, tap(reply_markup={"inline_keyboard": [[{"text": "X"}], "?"]})):
        assert content(update) == Tapped("sector=food")


def test_a_game_button_is_unsupported() -> None:
    update = tap()
    del update["callback_query"]["data"]
    assert content(update) == Unsupported("game")


@pytest.mark.parametrize(("status", "reachable"), [("kicked", False), ("left", False), ("member", True)])
def test_blocking_and_unblocking_change_reachability(status: str, reachable: bool) -> None:
    assert parse(membership(status)) == [Reachability("44", ADDRESS, reachable, SENT)]


@pytest.mark.parametrize(
    "update",
    [
        message(chat=GROUP, text="Halo semua"),
        membership("member", chat=GROUP),
        tap(chat=GROUP),
        message(sender=BOT, text="I am a bot"),
        message(pinned_message={"message_id": 1, "chat": CHAT, "date": 0}),
        message(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
        {"update_id": 45, "edited_message": message(text="Hallo")["message"]},
        {"update_id": 46, "channel_post": {"message_id": 1, "chat": GROUP, "date": 0, "text": "News"}},
        {"update_id": 47, "poll": {"id": "1"}},
    ],
)
def test_what_nobody_said_to_the_office_is_left_alone(update: dict[str, Any]) -> None:
    assert parse(update) == []


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 48},
        {"update_id": 48, "hologram": {}},
        {"update_id": 48, "message": None},
        {"update_id": 48, "message": "hi"},
        {"update_id": 48, "callback_query": {"id": "1", "data": "x"}},
        {"update_id": 48, "my_chat_member": {"chat": CHAT, "from": SITI}},
        message(sender={}, text="Halo"),
        message(chat={"type": 7}, text="Halo"),
        message(text=["Halo"]),
        message(photo=[]),
        message(photo="photo"),
        message(photo=[{"width": 3}]),
        message(document=None),
        message(contact={"phone_number": 62}),
    ],
)
def test_an_odd_update_is_kept_raw(update: dict[str, Any]) -> None:
    [event] = parse(update)
    assert isinstance(event, Odd)
    assert (event.external_id, event.raw, event.at) == (str(update["update_id"]), update, NOW)
    assert event.why


def test_an_update_without_an_id_gets_the_same_one_every_time() -> None:
    update = {"message": message(text="Halo")["message"], "update_id": "42"}
    [once], [again], [other] = parse(update), parse(json.loads(json.dumps(update))), parse({})
    assert isinstance(once, Odd)
    assert isinstance(again, Odd)
    assert isinstance(other, Odd)
    assert once.external_id == again.external_id != other.external_id


def test_a_message_without_a_readable_date_is_of_now() -> None:
    for date in (None, "yesterday", 10**30, -(10**12)):
        [event] = parse(message(text="Halo") | {"message": message(text="Halo")["message"] | {"date": date}})
        assert isinstance(event, Inbound)
        assert event.at == NOW


TEXT = st.text(st.characters(exclude_categories=()), max_size=9)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
KEYBOARD = {"inline_keyboard": [[{"text": "Makanan", "callback_data": "sector=food"}]]}
REAL = [
    message(text="/start x"),
    message(contact={"phone_number": "62812", "user_id": 5000000001}),
    message(photo=[photo_size(1, 1, 1, "a"), photo_size(2, 2, 2, "b")], caption="c"),
    message(document=document(file_name="a", mime_type="image/png"), caption="c"),
    message(venue={"location": {"latitude": 1.5, "longitude": 2}}),
    tap(reply_markup=KEYBOARD),
    membership("kicked"),
]


def paths(part: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [here, *(path for key, value in inner for path in paths(value, (*here, key)))]


def strings(part: Any) -> list[str]:
    """Every string in nested dicts and tuples."""
    if isinstance(part, dict | tuple):
        inner = part.values() if isinstance(part, dict) else part
        return [text for value in inner for text in strings(value)]
    return [part] if isinstance(part, str) else []


@given(st.dictionaries(TEXT, JSON, max_size=4))
def test_any_object_is_read_without_raising(update: dict[str, Any]) -> None:
    assert all(isinstance(event, Odd) for event in parse(update))


@settings(max_examples=300)
@given(st.data())
def test_an_update_with_any_part_replaced_is_read_without_raising(data: st.DataObject) -> None:
    update = json.loads(json.dumps(data.draw(st.sampled_from(REAL))))
    *outer, last = data.draw(st.sampled_from(paths(update)[1:]))
    part = update
    for key in outer:
        part = part[key]
    part[last] = data.draw(JSON)
    for event in parse(update):
        if isinstance(event, Inbound):
            for text in strings(asdict(event)):
                assert "\x00" not in text
                text.encode()
