"""A message is shaped into bodies Graph takes, and nothing of it is lost on the way."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.base import Action, SendError
from bot.channels.whatsapp.limits import cut, divide, units
from bot.channels.whatsapp.shape import Body, shape
from flows.message import File, Link, Message, Option
from tests.fakes.graph.rules import BadBodyError, check_body
from tests.openapi import ABSENT, validate_outgoing

BACK, SKIP, CANCEL, HELP = (
    Option("~back", "Kembali"),
    Option("~skip", "Lewati"),
    Option("~cancel", "Batal"),
    Option("~help", "Bantuan"),
)
STEERING = (BACK, SKIP, CANCEL, HELP)
PDF = File("ab12", "surat tugas.pdf", "application/pdf")
PHOTO = File("cd34", "batik.jpg", "image/jpeg")
ENVELOPE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281234567890"}


def numbered(count: int) -> tuple[Option, ...]:
    return tuple(Option(f"o{n}", f"Pilihan {n}") for n in range(count))


def check(bodies: list[Body]) -> list[Body]:
    """Hold bodies against the fake's rules."""
    for body in bodies:
        check_body({**ENVELOPE, **body})
    return bodies


def only(message: Message, media_id: str = "") -> Any:
    """The interactive part of a message that is one body."""
    (body,) = check(shape(message, media_id))
    return body["interactive"]


def titles(interactive: Any) -> list[str]:
    action = interactive["action"]
    if "buttons" in action:
        return [button["reply"]["title"] for button in action["buttons"]]
    return [row["title"] for row in action["sections"][0]["rows"]]


def test_a_text_without_options_is_a_text() -> None:
    assert check(shape(Message("Halo"))) == [{"type": "text", "text": {"body": "Halo", "preview_url": False}}]


@pytest.mark.parametrize(
    ("options", "steering", "shown", "footer"),
    [
        (2, (), ["Pilihan 0", "Pilihan 1"], None),
        (2, (HELP,), ["Pilihan 0", "Pilihan 1", "Bantuan"], None),
        (2, STEERING, ["Pilihan 0", "Pilihan 1", "Bantuan"], "Kembali · Lewati · Batal"),
        (1, STEERING, ["Pilihan 0", "Kembali", "Bantuan"], "Lewati · Batal"),
        (3, STEERING, ["Pilihan 0", "Pilihan 1", "Pilihan 2"], "Kembali · Lewati · Batal · Bantuan"),
        (3, (), ["Pilihan 0", "Pilihan 1", "Pilihan 2"], None),
        (0, (BACK, HELP), ["Kembali", "Bantuan"], None),
        (0, (BACK, CANCEL, HELP), ["Kembali", "Batal", "Bantuan"], None),
        (0, STEERING, ["Kembali", "Lewati", "Bantuan"], "Batal"),
    ],
)
def test_few_options_are_buttons_and_steering_takes_what_room_is_left(
    options: int, steering: tuple[Option, ...], shown: list[str], footer: str | None
) -> None:
    interactive = only(Message("Pilih", numbered(options), steering))
    assert interactive["type"] == "button"
    assert titles(interactive) == shown
    assert interactive.get("footer", {}).get("text") == footer


def test_a_footer_too_long_is_left_out() -> None:
    steering = tuple(Option(f"~{n}", f"Kembali ke halaman {n}") for n in range(4))
    assert "footer" not in only(Message("Pilih", numbered(3), steering))


@pytest.mark.parametrize(
    ("options", "steering", "offset", "shown"),
    [
        (4, STEERING, 0, [*range(4), "Kembali", "Lewati", "Batal", "Bantuan"]),
        (7, STEERING, 0, [*range(7), "Kembali", "Lewati", "Bantuan"]),
        (8, STEERING, 0, [*range(8), "Kembali", "Bantuan"]),
        (9, (HELP,), 0, [*range(9), "Bantuan"]),
        (10, (), 0, [*range(10)]),
        (9, STEERING, 0, [*range(7), "▶ Lainnya", "Kembali", "Bantuan"]),
        (9, STEERING, 7, [7, 8, "◀ Lainnya", "Kembali", "Bantuan"]),
        (20, STEERING, 0, [*range(7), "▶ Lainnya", "Kembali", "Bantuan"]),
        (20, STEERING, 7, [*range(7, 13), "▶ Lainnya", "◀ Lainnya", "Kembali", "Bantuan"]),
        (20, STEERING, 10, [*range(7, 13), "▶ Lainnya", "◀ Lainnya", "Kembali", "Bantuan"]),
        (20, STEERING, 13, [*range(13, 20), "◀ Lainnya", "Kembali", "Bantuan"]),
        (20, STEERING, 99, [*range(13, 20), "◀ Lainnya", "Kembali", "Bantuan"]),
        (20, STEERING, -5, [*range(7), "▶ Lainnya", "Kembali", "Bantuan"]),
        (11, (), 0, [*range(9), "▶ Lainnya"]),
    ],
)
def test_more_options_are_a_list_with_pages(
    options: int, steering: tuple[Option, ...], offset: int, shown: list[int | str]
) -> None:
    message = Message(
        "Pilih", numbered(options), steering, offset=offset, list_label="Lihat", more_label="Lainnya"
    )
    interactive = only(message)
    assert interactive["type"] == "list"
    assert interactive["action"]["button"] == "Lihat"
    assert titles(interactive) == [f"Pilihan {n}" if isinstance(n, int) else n for n in shown]


def test_paging_rows_name_what_they_lead_to() -> None:
    rows = only(Message("Pilih", numbered(20), STEERING, offset=7))["action"]["sections"][0]["rows"]
    assert rows[6] == {"id": "~from:13", "title": "▶", "description": "14–20 / 20"}
    assert rows[7] == {"id": "~from:0", "title": "◀", "description": "1–7 / 20"}


def test_a_tick_stands_before_the_label() -> None:
    ticked = Option("a", "Makanan", ticked=True)
    assert titles(only(Message("Pilih", (ticked, Option("b", "Batik"))))) == ["✓ Makanan", "Batik"]
    rows = only(Message("Pilih", (ticked, *numbered(5))))["action"]["sections"][0]["rows"]
    assert rows[0] == {"id": "a", "title": "✓ Makanan"}


def test_a_long_label_is_cut_and_stands_whole_in_the_description() -> None:
    long = Option("a", "Pameran dagang makanan olahan di Seoul", description="12 Maret 2027")
    twin = Option("b", "Pameran dagang makanan olahan di Busan")
    rows = only(Message("Pilih", (long, twin, *numbered(3))))["action"]["sections"][0]["rows"]
    assert rows[0]["title"] == "Pameran dagang makanan…"
    assert rows[0]["description"] == "Pameran dagang makanan olahan di Seoul — 12 Maret 2027"
    assert rows[1]["title"] == "Pameran dagang… (2)"


def test_a_cut_never_leaves_a_mere_first_word() -> None:
    assert cut("PT Makananolahannusantara", 20) == "PT Makananolahannus…"
    assert cut("Makanan olahan nusantara", 20) == "Makanan olahan…"


def test_labels_that_look_alike_are_told_apart() -> None:
    same = (Option("a", "PT Sari"), Option("b", "PT  Sari"), Option("c", "PT Sari"))
    assert titles(only(Message("Pilih", same))) == ["PT Sari", "PT Sari (2)", "PT Sari (3)"]


def test_a_long_question_parts_at_a_paragraph_and_keeps_its_buttons_at_the_end() -> None:
    story, question = "Cerita. " * 140, "Lanjut?"
    first, second = check(shape(Message(f"{story}\n\n{question}", numbered(2))))
    assert first["text"]["body"] == story.strip()
    assert second["interactive"]["body"]["text"] == question


def test_a_file_stands_above_buttons_in_one_message() -> None:
    interactive = only(Message("Surat tugas Anda", numbered(1), (HELP,), file=PDF), "m1")
    assert interactive["header"] == {
        "type": "document",
        "document": {"id": "m1", "filename": "surat tugas.pdf"},
    }
    photo = only(Message("", numbered(1), file=PHOTO), "m2")
    assert photo["header"] == {"type": "image", "image": {"id": "m2"}}
    assert photo["body"]["text"] == "batik.jpg"


def test_a_file_goes_before_a_list_since_lists_hold_none() -> None:
    first, second = check(shape(Message("Pilih", numbered(5), file=PHOTO), "m1"))
    assert first == {"type": "image", "image": {"id": "m1"}}
    assert second["interactive"]["body"]["text"] == "Pilih"


def test_a_file_without_options_has_the_text_as_its_caption() -> None:
    (body,) = check(shape(Message("Surat", file=PDF), "m1"))
    assert body["document"] == {"id": "m1", "filename": "surat tugas.pdf", "caption": "Surat"}
    (photo,) = check(shape(Message("", file=PHOTO), "m1"))
    assert photo == {"type": "image", "image": {"id": "m1"}}
    bare, long = check(shape(Message("x" * 1025, file=PHOTO), "m1"))
    assert (bare["image"], long["text"]["body"]) == ({"id": "m1"}, "x" * 1025)


def test_a_link_is_a_button_where_there_are_no_others() -> None:
    link = Link("https://kabari.example/misi", "Buka halaman misi dagang")
    interactive = only(Message("Baca di sini", link=link))
    assert interactive["action"]["parameters"] == {"display_text": "Buka halaman misi…", "url": link.url}
    assert interactive["body"]["text"] == "Baca di sini"
    asked = only(Message("Baca", numbered(2), link=link))
    assert asked["body"]["text"] == "Baca\n\nBuka halaman misi dagang: https://kabari.example/misi"


def test_a_location_is_asked_for_where_nothing_else_is_to_tap() -> None:
    assert only(Message("Di mana Anda?", request="location"))["type"] == "location_request_message"
    assert only(Message("Di mana Anda?", (), (HELP,), request="location"))["type"] == "button"
    assert check(shape(Message("Nomor Anda?", request="contact")))[0]["type"] == "text"


@pytest.mark.parametrize("message", [Message(""), Message(" \n"), Message("", numbered(2))])
def test_a_message_without_words_is_our_fault(message: Message) -> None:
    with pytest.raises(SendError) as caught:
        shape(message)
    assert (caught.value.action, caught.value.code) == (Action.REJECT, "no_text")


def test_the_fake_refuses_what_graph_would() -> None:
    body = check(shape(Message("Pilih", numbered(2))))[0]
    body["interactive"]["action"]["buttons"][0]["reply"]["title"] = "x" * 21
    with pytest.raises(BadBodyError, match="21 units"):
        check([body])


# --- properties ---------------------------------------------------------------------------------------------

_words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60)
_labels = _words.filter(str.strip) | st.sampled_from(["Makanan", "이천 도자기 협동조합 " * 4, "😀" * 30])


@st.composite
def _messages(draw: st.DrawFn) -> Message:
    count, steering = draw(st.integers(0, 40)), draw(st.integers(0, 6))
    options = tuple(
        Option(f"o{n}", draw(_labels), draw(st.just("") | _words), draw(st.booleans())) for n in range(count)
    )
    steer = tuple(Option(f"~s{n}", draw(_labels)) for n in range(steering))
    return Message(
        text=draw(_labels) * draw(st.sampled_from([1, 1, 40, 400])),
        options=options,
        steering=steer,
        offset=draw(st.integers(-3, 45)),
        request=draw(st.sampled_from([None, "contact", "location"])),
        list_label=draw(_words | st.just("")),
        more_label=draw(_words | st.just("")),
        file=draw(st.sampled_from([None, None, PDF, PHOTO])),
        link=draw(st.sampled_from([None, None, Link("https://kabari.example", "Buka")])),
    )


@settings(max_examples=150, deadline=None)
@given(_messages())
def test_every_message_fits(message: Message) -> None:
    check(shape(message, "m1"))


@pytest.mark.skipif(validate_outgoing is None, reason=ABSENT)
@settings(max_examples=40, deadline=None)
@given(_messages())
def test_every_message_is_what_meta_describes(message: Message) -> None:
    assert validate_outgoing
    for body in shape(message, "m1"):
        validate_outgoing({**ENVELOPE, **body, "biz_opaque_callback_data": "row-1"})


@settings(deadline=None)
@given(st.integers(4, 120), st.integers(0, 6), st.data())
def test_every_option_is_reached_by_going_on_and_back(count: int, steering: int, data: st.DataObject) -> None:
    options, steer = numbered(count), tuple(Option(f"~s{n}", f"S{n}") for n in range(steering))

    def page(offset: int) -> list[str]:
        message = Message("Pilih", options, steer, offset=offset)
        rows = only(message)["action"]["sections"][0]["rows"]
        assert len(rows) <= 10
        if steer:
            assert rows[-1]["id"] == f"~s{steering - 1}"
        return [row["id"] for row in rows]

    seen: list[str] = []
    trail = [0]
    while True:
        ids = page(trail[-1])
        mine = [identifier for identifier in ids if identifier.startswith("o")]
        leads = [
            int(identifier.removeprefix("~from:")) for identifier in ids if identifier.startswith("~from:")
        ]
        seen += mine
        assert [lead for lead in leads if lead < trail[-1]] == trail[-2:-1]
        onward = [lead for lead in leads if lead > trail[-1]]
        if not onward:
            break
        assert len(mine) >= 6
        trail += onward
    assert seen == [option.id for option in options]
    anywhere = data.draw(st.integers(0, count - 1))
    assert f"o{anywhere}" in page(anywhere)


@given(_words, st.integers(2, 80))
def test_a_cut_label_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = cut(text, limit)
    assert len(line.encode("utf-16-le")) // 2 <= limit
    assert line == " ".join(line.split())
    if units(" ".join(text.split())) <= limit:
        assert line == " ".join(text.split())


@given(st.text(st.sampled_from("ab \n😀가"), max_size=300), st.integers(5, 50), st.integers(5, 80))
def test_a_divided_text_loses_no_word(text: str, last: int, others: int) -> None:
    parts = divide(text, last, others)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert units(parts[-1]) <= last
    assert all(0 < units(part) <= others for part in parts[:-1])
