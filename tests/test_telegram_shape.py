"""Messages as Telegram's text and keyboards."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.shape import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    count_units,
    cut_text,
    shape_keyboard,
    shape_text,
)
from flows.message import Link, Message, Option
from tests.fakes.bot_api.rules import SendMessage

STEERING = (Option("~back", "Kembali"), Option("~skip", "Lewati"), Option("~help", "Bantuan"))


def options(count: int, label: str = "Pilihan") -> tuple[Option, ...]:
    return tuple(Option(f"q={number}", f"{label} {number}") for number in range(1, count + 1))


def labels(message: Message) -> list[list[str]]:
    keyboard = shape_keyboard(message)
    rows = keyboard.get("inline_keyboard") or keyboard.get("keyboard") or []
    return [[button["text"] for button in row] for row in rows]


def data(message: Message) -> list[list[str]]:
    rows = shape_keyboard(message)["inline_keyboard"]
    return [[button["callback_data"] for button in row] for row in rows]


def test_three_options_have_a_row_each_and_steering_comes_last() -> None:
    message = Message("Sektor?", options(3), STEERING)
    assert labels(message) == [["Pilihan 1"], ["Pilihan 2"], ["Pilihan 3"], ["Kembali", "Lewati", "Bantuan"]]
    assert data(message)[0] == ["q=1"]
    assert data(message)[-1] == ["~back", "~skip", "~help"]


def test_more_options_with_short_labels_go_two_in_a_row() -> None:
    assert labels(Message("Sektor?", options(5))) == [
        ["Pilihan 1", "Pilihan 2"],
        ["Pilihan 3", "Pilihan 4"],
        ["Pilihan 5"],
    ]


def test_one_long_label_gives_every_option_its_own_row() -> None:
    message = Message("Sektor?", (*options(4), Option("q=5", "Makanan dan minuman")))
    assert [len(row) for row in labels(message)] == [1, 1, 1, 1, 1]


def test_steering_that_would_be_crowded_breaks_into_rows() -> None:
    crowded = tuple(Option(f"~{number}", "Kembali ke menu") for number in range(4))
    assert [len(row) for row in labels(Message("?", steering=crowded))] == [2, 2]
    assert [len(row) for row in labels(Message("?", steering=(*STEERING, Option("~no", "Batal"))))] == [4]
    assert [len(row) for row in labels(Message("?", steering=(Option("~x", "x" * 60),)))] == [1]


def test_a_chosen_option_is_ticked() -> None:
    message = Message("Pasar?", (Option("m=jp", "Jepang", ticked=True), Option("m=kr", "Korea")))
    assert labels(message) == [["✓ Jepang"], ["Korea"]]


@pytest.mark.parametrize(
    ("offset", "first", "shown", "turning"),
    [
        (0, "q=1", 10, ["~from:10"]),
        (10, "q=11", 10, ["~from:0", "~from:20"]),
        (20, "q=21", 5, ["~from:10"]),
        (4, "q=5", 10, ["~from:0", "~from:14"]),
        (99, "q=25", 1, ["~from:14"]),
        (-1, "q=1", 10, ["~from:10"]),
    ],
)
def test_more_than_ten_options_are_shown_in_pages(
    offset: int, first: str, shown: int, turning: list[str]
) -> None:
    message = Message("?", options(25), STEERING, offset=offset, more_label="Lainnya")
    *pages, arrows, steering = data(message)
    listed = [option_id for row in pages for option_id in row]
    assert (listed[0], len(listed), arrows) == (first, shown, turning)
    assert len(steering) == 3
    words = {"~from:0": "◀", "~from:10": "◀" if offset >= 20 else "▶ Lainnya"}
    assert labels(message)[-2][0] == words.get(arrows[0], "◀")


def test_ten_options_need_no_pages_whatever_the_offset() -> None:
    assert [option_id for row in data(Message("?", options(10), offset=5)) for option_id in row] == [
        f"q={number}" for number in range(1, 11)
    ]


@given(st.integers(0, 60), st.integers(-5, 70))
def test_every_page_is_within_telegrams_limits_and_turning_reaches_every_option(
    count: int, offset: int
) -> None:
    seen: set[str] = set()
    following: int | None = 0
    while following is not None:
        message = Message("?", options(count), STEERING, offset=following, more_label="Lainnya")
        SendMessage(chat_id=1, text="?", reply_markup=shape_keyboard(message))  # type: ignore[arg-type]  # as on the wire
        flat = [option_id for row in data(message) for option_id in row]
        seen.update(option_id for option_id in flat if option_id.startswith("q="))
        onward = [int(turn.partition(":")[2]) for turn in flat if turn.startswith("~from:")]
        following = next((start for start in onward if start > following), None)
    assert seen == {f"q={number}" for number in range(1, count + 1)}
    shape_keyboard(Message("?", options(count), offset=offset))


@pytest.mark.parametrize("option_id", ["", "x" * 65, "한" * 22])
def test_an_id_that_fits_no_button_is_a_mistake_of_ours(option_id: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        shape_keyboard(Message("?", (Option(option_id, "A"),)))


def test_the_longest_id_fits() -> None:
    assert data(Message("?", (Option("x" * 64, "A"),))) == [["x" * 64]]


def test_a_message_without_buttons_takes_an_old_keyboard_away() -> None:
    assert shape_keyboard(Message("Terima kasih.")) == {"remove_keyboard": True}


@pytest.mark.parametrize("request_", ["contact", "location"])
def test_a_request_puts_a_keyboard_of_its_own_with_plain_buttons(request_: Any) -> None:
    message = Message(
        "Nomor HP?",
        (Option("q=other", "Nomor lain", ticked=True),),
        STEERING,
        request=request_,
        request_label="Bagikan",
        placeholder="0812…",
    )
    assert shape_keyboard(message) == {
        "keyboard": [
            [{"text": "Bagikan", f"request_{request_}": True}],
            [{"text": "Nomor lain"}],
            [{"text": "Kembali"}, {"text": "Lewati"}, {"text": "Bantuan"}],
        ],
        "resize_keyboard": True,
        "one_time_keyboard": True,
        "input_field_placeholder": "0812…",
    }


def test_a_public_link_is_a_button_on_top() -> None:
    message = Message("Daftar", options(1), link=Link("https://kabari.example/m/7", "Buka"))
    assert shape_keyboard(message)["inline_keyboard"][0] == [
        {"text": "Buka", "url": "https://kabari.example/m/7"}
    ]
    assert shape_text(message) == "Daftar"


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/m/7",
        "http://kabari/m/7",
        "http://127.0.0.1/m/7",
        "http://192.168.1.5/m/7",
        "http://[::1]/m/7",
        "https://office.local/m",
        "mailto:office@kabari.example",
    ],
)
def test_a_link_telegram_refuses_is_put_into_the_text(url: str) -> None:
    message = Message("Daftar", options(1), link=Link(url, "Buka"))
    assert labels(message) == [["Pilihan 1"]]
    assert shape_text(message) == f"Daftar\n\nBuka: {url}"


def test_a_link_beside_a_request_is_put_into_the_text() -> None:
    link = Link("https://kabari.example/privacy", "Privasi")
    message = Message("Nomor HP?", request="contact", request_label="Bagikan", link=link)
    assert labels(message) == [["Bagikan"]]
    assert shape_text(message) == "Nomor HP?\n\nPrivasi: https://kabari.example/privacy"


def test_units_are_utf_16_ones() -> None:
    assert [count_units(text) for text in ("abc", "안녕", "😀", "\ud83d", "")] == [3, 2, 2, 1, 0]


@given(st.text(st.sampled_from("a한😀"), max_size=40), st.integers(1, 20))
def test_a_cut_text_fits_begins_alike_and_says_so(text: str, limit: int) -> None:
    cut = cut_text(text, limit)
    assert count_units(cut) <= limit
    assert cut == text if count_units(text) <= limit else text.startswith(cut[:-1]) and cut[-1] == "…"


def test_limits_are_telegrams() -> None:
    assert (TEXT_LIMIT, CAPTION_LIMIT) == (4096, 1024)
