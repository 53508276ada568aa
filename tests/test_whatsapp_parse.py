"""Webhooks of WhatsApp become events: each item for itself, and nothing raises."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Address, AddressChange, Event, Inbound, Odd, Preference, Receipt, Remote
from bot.channels.whatsapp.parse import parse
from flows.message import Said, SharedContact, SharedLocation, Started, Tapped, Unsupported
from tests.fakes.graph import FakeGraph, Person
from tests.fakes.graph.webhooks import Json, envelope, in_one_batch, in_one_change, in_one_entry

ACCOUNT = "106540352242922"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SHEENA = Address("whatsapp", ACCOUNT, "phone", "+16505551234")
EXAMPLES = Path(__file__).parents[2] / "shared/fixtures/whatsapp/examples_webhook"

EXPECTED: dict[str, object] = {
    "button_message": Tapped("Unsubscribe", "Unsubscribe"),
    "contact_sharing_message": SharedContact("+19835552319"),
    "group_create_message": "field group_lifecycle_update",
    "group_remove_participants": "field group_participants_update",
    "group_settings_update": "field group_settings_update",
    "image_message": Remote("1003383421387256", "photo", "", "image/jpeg", caption="Taj Mahal"),
    "interactive_button_reply_message": Tapped("cancel-button", "Cancel"),
    "interactive_list_reply_message": Tapped("priority_express", "Priority Mail Express"),
    "location_message": SharedLocation(37.44221496582, -122.16165924072),
    "order_message": Unsupported("order"),
    "reaction_message": None,
    "system_message": AddressChange(
        "wamid.HBgLMTk4MzU1NTE5NzQVAgASGAoxMTgyMDg2MjY3AA==",
        SHEENA,
        Address("whatsapp", ACCOUNT, "phone", "+12195555358"),
        datetime(2025, 6, 18, 17, 55, 42, tzinfo=UTC),
    ),
    "text_message": Said("Does it come in another color?"),
    "text_message_from_click_to_whatsapp_ad": Said("Hello! Can I get more info on this?"),
    "text_message_with_context_product_inquiry": Said("Is this still available?"),
    "unsupported_message": Unsupported("unsupported"),
}


def read(payload: object) -> list[Event]:
    return parse(payload, ACCOUNT, NOW)


def message(**fields: Any) -> Json:
    """A message of Siti's, whole but for what is given."""
    return {"from": "6281234567890", "id": "wamid.1", "timestamp": "1790000000", **fields}


def only(payload: object) -> Any:
    (event,) = read(payload)
    return event


def heard(**fields: Any) -> Any:
    """What one message says."""
    event = only(envelope(ACCOUNT, messages=[message(**fields)]))
    assert isinstance(event, Inbound), event
    return event.content


@pytest.mark.skipif(not EXAMPLES.exists(), reason="Meta's webhook examples are not at hand")
def test_metas_examples_say_what_they_show() -> None:
    assert sorted(file.stem for file in EXAMPLES.glob("*.json")) == sorted(EXPECTED)
    for name, expected in EXPECTED.items():
        events = read(json.loads((EXAMPLES / f"{name}.json").read_text("utf-8")))
        found: list[object] = []
        for event in events:
            if isinstance(event, Inbound):
                assert event.addresses == (SHEENA,)
                assert (event.name, event.phone, event.at.year) == ("Sheena Nelson", "+16505551234", 2025)
                found.append(event.content)
            else:
                found.append(event.why if isinstance(event, Odd) else event)
        assert found == ([] if expected is None else [expected]), name


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ({"type": "text", "text": {"body": "start HALAL26"}}, Said("start HALAL26")),
        ({"type": "text", "text": {"body": "a\x00b\ud800c"}}, Said("abc")),
        ({"type": "text", "text": {"body": "\ud55c\uae00 \U0001f600"}}, Said("한글 😀")),
        (
            {
                "type": "document",
                "document": {"id": 7, "filename": "kartu.pdf", "mime_type": "Application/PDF; x"},
            },
            Remote("7", "document", "kartu.pdf", "application/pdf"),
        ),
        (
            {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow"}}},
            Unsupported("nfm_reply"),
        ),
        ({"type": "button", "button": {"text": "Ya"}}, Tapped("Ya", "Ya")),
        ({"type": "audio", "audio": {"id": "1", "voice": True}}, Unsupported("voice", "1")),
        ({"type": "audio", "audio": {"id": "1"}}, Unsupported("audio", "1")),
        ({"type": "video", "video": {"id": "1"}}, Unsupported("video", "1")),
        ({"type": "sticker", "sticker": {"id": "1"}}, Unsupported("sticker", "1")),
        ({"type": "ephemeral"}, Unsupported("ephemeral")),
        ({"type": "hologram", "hologram": {}}, Unsupported("hologram")),
        ({"type": "unsupported", "unsupported": {"type": "poll"}}, Unsupported("poll")),
        ({}, Unsupported("unknown")),
        ({"type": "request_welcome"}, Started()),
        ({"type": "contacts", "contacts": [{"name": {}}]}, Unsupported("contacts")),
    ],
)
def test_each_type_has_its_content(fields: Json, content: object) -> None:
    assert heard(**fields) == content


@pytest.mark.parametrize("kind", ["reaction", "edit", "revoke"])
def test_what_answers_nothing_is_left_out(kind: str) -> None:
    assert read(envelope(ACCOUNT, messages=[message(type=kind, **{kind: {"message_id": "wamid.0"}})])) == []


def test_an_edit_that_arrives_as_unsupported_is_left_out_too() -> None:
    assert read(envelope(ACCOUNT, messages=[message(type="unsupported", unsupported={"type": "edit"})])) == []


@pytest.mark.parametrize(
    ("contact", "shared"),
    [
        ({"phones": [{"phone": "0812-3456-7890"}]}, SharedContact("+6281234567890", own=True)),
        ({"phones": [{"wa_id": "6281234567890"}]}, SharedContact("+6281234567890", own=True)),
        ({"phones": [{"phone": "+82 10-1234-5678"}]}, SharedContact("+821012345678")),
        ({"phones": [{"phone": "?"}, {"phone": "0813 1111 2222"}]}, SharedContact("+6281311112222")),
        (
            {"origin": "contact_request", "phones": [{"wa_id": "821012345678"}]},
            SharedContact("+821012345678", own=True),
        ),
    ],
)
def test_a_shared_contact_is_own_only_when_proven(contact: Json, shared: SharedContact) -> None:
    assert heard(type="contacts", contacts=[{}, contact]) == shared


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"type": "text"}, "no text.body"),
        ({"type": "text", "text": {"body": ["x"]}}, "no text.body"),
        ({"type": "text", "text": {"body": True}}, "no text.body"),
        ({"type": "image", "image": {}}, "no image.id"),
        (
            {"type": "system", "system": {"type": "user_changed_number", "wa_id": "6281234567890"}},
            "system user_changed_number",
        ),
        ({"type": "interactive", "interactive": {"type": "list_reply"}}, "no list_reply.id"),
        ({"type": "location", "location": {"latitude": 1}}, "no coordinates"),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, "coordinates are off the globe"),
        (
            {"type": "location", "location": {"latitude": float("nan"), "longitude": 0}},
            "coordinates are off the globe",
        ),
        ({"type": "text", "text": {"body": "x"}, "id": None}, "no id"),
        ({"type": "text", "text": {"body": "x"}, "from": None}, "no sender"),
        ({"type": "text", "text": {"body": "x"}, "group_id": "Y2"}, "a group's message"),
        (
            {"type": "system", "system": {"type": "customer_identity_changed"}},
            "system customer_identity_changed",
        ),
    ],
)
def test_a_message_that_cannot_be_read_is_kept(fields: Json, why: str) -> None:
    raw = message(**fields)
    event = only(envelope(ACCOUNT, messages=[raw]))
    assert isinstance(event, Odd)
    assert (event.why, event.raw, event.at) == (why, raw, NOW)


def test_a_bad_item_does_not_lose_the_others() -> None:
    good: list[Any] = [message(id=f"wamid.{n}", type="text", text={"body": str(n)}) for n in range(3)]
    items = [good[0], {"type": "text"}, "rubbish", None, good[1], [], good[2]]
    events = read(envelope(ACCOUNT, messages=items))
    assert [type(event) for event in events] == [Inbound, Odd, Odd, Odd, Inbound, Odd, Inbound]
    assert len({event.external_id for event in events if isinstance(event, Odd)}) == 4


def test_the_same_odd_item_keeps_its_id() -> None:
    first, second = only({"entry": [{"id": 1}]}), only({"entry": [{"id": 1}]})
    assert isinstance(first, Odd)
    assert first.external_id == second.external_id


@pytest.mark.parametrize("payload", [{}, None, [], "x", {"entry": None}, {"entry": "x"}])
def test_a_payload_without_entries_is_kept(payload: object) -> None:
    assert only(payload).why == "no entry"


def test_changes_for_another_number_of_the_office_are_kept_apart() -> None:
    event = only(envelope("999", messages=[message(type="text", text={"body": "x"})]))
    assert isinstance(event, Odd)
    assert event.why == "another account"


def test_an_account_update_is_kept_for_staff() -> None:
    event = only({"entry": [{"changes": [{"field": "account_update", "value": {"event": "BAN"}}]}]})
    assert isinstance(event, Odd)
    assert (event.why, event.raw["value"]) == ("field account_update", {"event": "BAN"})


async def test_every_shape_of_batch_gives_every_item() -> None:
    graph = FakeGraph(clock=lambda: 1790000000)
    siti = Person(graph, user_id="ID.77")
    minsu = Person(graph, "821012345678", "민수", "KR.88")
    texts = [siti.payload("text", {"body": "1"}), minsu.payload("text", {"body": "2"})]
    for join in (in_one_batch, in_one_entry, in_one_change):
        first, second = read(join(*texts))
        assert isinstance(first, Inbound)
        assert isinstance(second, Inbound)
        assert (first.content, first.name, first.phone) == (Said("1"), "Siti", "+6281234567890")
        assert (second.content, second.name, second.phone) == (Said("2"), "민수", "+821012345678")
        assert [address.value for address in second.addresses] == ["+821012345678", "KR.88"]
        assert second.address.kind == "phone"


def test_a_person_with_a_username_has_no_phone() -> None:
    contact = {"user_id": "ID.77", "profile": {"name": "Siti", "username": "siti"}}
    raw = {"from_user_id": "ID.77", "id": "wamid.1", "type": "text", "text": {"body": "x"}}
    event = only(envelope(ACCOUNT, contacts=[contact], messages=[raw]))
    assert isinstance(event, Inbound)
    assert event.addresses == (Address("whatsapp", ACCOUNT, "bsuid", "ID.77"),)
    assert (event.name, event.phone, event.at) == ("Siti", "", NOW)


@pytest.mark.parametrize("sender", [{"from": "ID.77"}, {}])
def test_a_user_id_is_found_where_the_phone_was_or_beside_the_message(sender: Json) -> None:
    contact = {"user_id": "ID.77", "profile": {"name": "Siti"}}
    raw = {"id": "wamid.1", "type": "text", "text": {"body": "x"}, **sender}
    event = only(envelope(ACCOUNT, contacts=[contact], messages=[raw]))
    assert isinstance(event, Inbound)
    assert (event.addresses[0].value, event.name) == ("ID.77", "Siti")


def test_one_persons_profile_is_never_given_to_another() -> None:
    contact = {"wa_id": "6281234567890", "user_id": "ID.77", "profile": {"name": "Siti"}}
    items = [
        message(type="text", text={"body": "x"}),
        message(type="text", text={"body": "y"}) | {"from": "821"},
    ]
    items[1]["from"] = "821012345678"
    siti, other = read(envelope(ACCOUNT, contacts=[contact], messages=items))
    assert isinstance(siti, Inbound)
    assert isinstance(other, Inbound)
    assert siti.name == "Siti"
    assert (other.name, [address.value for address in other.addresses]) == ("", ["+821012345678"])


def test_people_without_phones_are_told_apart() -> None:
    contacts = [{"user_id": f"ID.{n}", "profile": {"name": name}} for n, name in enumerate(("Ani", "Siti"))]
    raw = {"from_user_id": "ID.1", "id": "wamid.1", "type": "text", "text": {"body": "x"}}
    assert only(envelope(ACCOUNT, contacts=contacts, messages=[raw])).name == "Siti"


def test_the_number_she_writes_from_is_answered_though_her_whatsapp_id_differs() -> None:
    contact = {"wa_id": "5215512345678", "profile": {"name": "Ana"}}
    raw = message(type="text", text={"body": "x"}) | {"from": "525512345678"}
    event = only(envelope(ACCOUNT, contacts=[contact], messages=[raw]))
    assert (event.phone, event.name) == ("+525512345678", "Ana")


def test_errors_beside_the_items_are_kept() -> None:
    payload = envelope(
        ACCOUNT, errors=[{"code": 131000}], messages=[message(type="text", text={"body": "x"})]
    )
    odd, inbound = read(payload)
    assert isinstance(odd, Odd)
    assert odd.why == "errors"
    assert isinstance(inbound, Inbound)


def test_statuses_are_receipts_with_our_key() -> None:
    statuses: list[Json] = [
        {"id": "wamid.9", "status": "sent", "timestamp": "1790000000", "biz_opaque_callback_data": "row-5"},
        {"id": "wamid.9", "status": "read", "pricing": {"billable": False, "category": "service"}},
        {"id": "wamid.9", "status": "played"},
        {"id": "wamid.9", "status": "failed", "errors": [{"code": 131047, "title": "Re-engagement message"}]},
        {"id": "wamid.9", "status": "evaporated"},
        {"status": "sent"},
    ]
    sent, seen, failed, *odd = read(envelope(ACCOUNT, statuses=statuses))
    assert sent == Receipt(
        "wamid.9", "whatsapp", ACCOUNT, "sent", datetime.fromtimestamp(1790000000, UTC), "row-5"
    )
    assert isinstance(seen, Receipt)
    assert (seen.status, seen.pricing["category"], seen.at) == ("read", "service", NOW)
    assert isinstance(failed, Receipt)
    assert (failed.status, failed.code, failed.detail) == ("failed", "131047", "Re-engagement message")
    assert [event.why for event in odd if isinstance(event, Odd)] == ["status evaporated", "no id"]


@pytest.mark.parametrize(("value", "wants"), [("stop", False), ("resume", True)])
@pytest.mark.parametrize("who", [{"wa_id": "16505551234"}, {}])
def test_a_persons_own_setting_is_a_preference(value: str, wants: bool, who: Json) -> None:
    item = {"category": "marketing_messages", "value": value, "timestamp": 1731705721, **who}
    payload = envelope(
        ACCOUNT, "user_preferences", contacts=[{"wa_id": "16505551234"}], user_preferences=[item]
    )
    event = only(payload)
    assert isinstance(event, Preference)
    assert (event.address, event.wants, event.at.year) == (SHEENA, wants, 2024)
    assert event.external_id == only(payload).external_id


def test_a_preference_of_an_unknown_kind_is_kept() -> None:
    item = {"wa_id": "16505551234", "category": "birthday_greetings", "value": "stop"}
    assert only(envelope(ACCOUNT, "user_preferences", user_preferences=[item])).why == "preference stop"


def test_a_new_user_id_replaces_the_old_one() -> None:
    item = {
        "wa_id": "16505551234",
        "user_id": {"previous": "US.1", "current": "US.2"},
        "timestamp": "1790000000",
    }
    event = only(envelope(ACCOUNT, "user_id_update", user_id_update=[item]))
    assert isinstance(event, AddressChange)
    assert (event.old.kind, event.old.value, event.new.value) == ("bsuid", "US.1", "US.2")


def test_a_new_user_id_told_by_a_system_message_needs_the_old_one() -> None:
    system = {"type": "user_changed_user_id", "user_id": "US.2"}
    known = only(envelope(ACCOUNT, messages=[message(type="system", system=system, from_user_id="US.1")]))
    assert isinstance(known, AddressChange)
    assert (known.old.value, known.new.value) == ("US.1", "US.2")
    unknown = only(envelope(ACCOUNT, messages=[message(type="system", system=system)]))
    assert isinstance(unknown, Odd)


@pytest.mark.parametrize("timestamp", ["x", "1e9", -(10**30), 10**30, None, True, [], "9" * 5000])
def test_an_absurd_time_is_now(timestamp: object) -> None:
    event = only(
        envelope(ACCOUNT, messages=[message(type="text", text={"body": "x"}) | {"timestamp": timestamp}])
    )
    assert isinstance(event, Inbound)
    assert event.at == NOW


def test_deep_nesting_is_no_way_in() -> None:
    deep: Any = []
    for _level in range(100_000):
        deep = [deep]
    assert [event.why for event in read({"entry": [{"changes": deep}, deep]}) if isinstance(event, Odd)]


_scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
_types = st.sampled_from(
    [
        "text",
        "image",
        "document",
        "interactive",
        "button",
        "location",
        "contacts",
        "system",
        "audio",
        "unsupported",
    ]
)
_parts = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "body",
            "type",
            "payload",
            "phones",
            "latitude",
            "longitude",
            "wa_id",
            "user_id",
            "button_reply",
        ]
    ),
    _anything,
)


@st.composite
def _almost_messages(draw: st.DrawFn) -> Json:
    """Messages that are right but for what is not."""
    kind = draw(_types)
    right = message(type=kind, **{kind: draw(_parts | st.lists(_parts, max_size=2) | _anything)})
    spoilt = draw(
        st.dictionaries(st.sampled_from([*right, "from_user_id", "group_id"]), _anything, max_size=2)
    )
    return {**right, **spoilt}


@given(_anything)
def test_no_json_raises(payload: object) -> None:
    assert all(event.external_id for event in read(payload))


@settings(max_examples=300)
@given(
    st.lists(_almost_messages() | _anything, max_size=4),
    st.lists(_anything, max_size=2) | _anything,
    st.sampled_from(["messages", "statuses", "user_preferences", "user_id_update", "contacts"]),
)
def test_no_item_raises_and_none_is_lost(items: list[Any], contacts: Any, key: str) -> None:
    value = {"metadata": {"phone_number_id": ACCOUNT}, "contacts": contacts, key: items}
    events = read({"entry": [{"changes": [{"field": "messages", "value": value}, {"field": "x"}]}]})
    if key != "messages":
        assert len(events) >= 1
    else:
        assert len(events) == len(items) + 1
    for event in events:
        assert isinstance(event.external_id, str)
        json.dumps(event.raw if isinstance(event, Odd) else None)
