"""Choices as people type them: labels, numbers, near matches, lists, yes and no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.reading.choices import match_option, match_options, read_yes_no

FOOD, CRAFT, COFFEE, COSMETICS, OTHER = range(5)
SECTORS = (
    ("Makanan & minuman", "식품·음료", "Food and drink"),
    ("Kerajinan", "공예품", "Handicraft"),
    ("Kopi", "커피", "Coffee"),
    ("Kosmetik", "화장품", "Cosmetics"),
    ("Lainnya", "기타", "Other"),
)
MALAYSIA, SINGAPORE, KOREA, JAPAN, VIETNAM, APPLE, PEAR = range(7)
MARKETS = (
    ("Malaysia", "말레이시아"),
    ("Singapura", "싱가포르", "Singapore"),
    ("Korea Selatan", "한국", "South Korea"),
    ("Jepang", "일본", "Japan"),
    ("Vietnam", "베트남"),
    ("사과",),
    ("배",),
)


@pytest.mark.parametrize(
    "typed",
    [
        "3", " 3. ", "3)", "(3)", "#3", "no 3", "No. 3", "3번", "3번이요", "number 3", "3 ya", "03",
        "nomor 3", "３", "③", "3️⃣", "3rd", "third", "ketiga", "yang ketiga", "tiga", "세 번째", "셋",
        "Kopi", "KOPI", "kopi!", "☕ Kopi", "[Kopi]", "3. Kopi", "kopi ya kak", "pilih kopi", "\u200bkopi",
        "coffee", "coffe", "Coffee please", "커피", "커피요", "커피로 할게요", "3 커피", "pilih 3",
    ],
)  # fmt: skip
def test_ways_to_name_the_third(typed: str) -> None:
    assert match_option(typed, SECTORS) == COFFEE


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Kerajnan", CRAFT),
        ("kerajianan", CRAFT),
        ("handycraft", CRAFT),
        ("공예", CRAFT),
        ("공예품이요", CRAFT),
        ("화장픔", COSMETICS),
        ("minuman", FOOD),
        ("food", FOOD),
        ("식품 음료", FOOD),
        ("makanan&minuman", FOOD),
        ("terakhir", OTHER),
        ("마지막", OTHER),
    ],
)
def test_near_and_partial_names(typed: str, meant: int) -> None:
    assert match_option(typed, SECTORS) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "🙂",
        "0",
        "6",
        "-",
        "1 5",
        "35",
        "teh",
        "kop",
        "bukan kopi",
        "2. Kopi",
        "terima kasih",
        "ya",
        "k" * 300,
    ],
)
def test_what_names_none_for_sure(typed: str) -> None:
    assert match_option(typed, SECTORS) is None


def test_two_that_are_as_near_are_none() -> None:
    assert match_option("jawa", (("Jawa Barat",), ("Jawa Timur",))) is None
    assert match_option("jawa bar", (("Jawa Barat",), ("Jawa Timur",))) is None
    assert match_option("jawa barrat", (("Jawa Barat",), ("Jawa Timur",))) == 0
    assert match_option("batu", (("batu",), ("bata",))) == 0
    assert match_option("bato", (("batu",), ("bata",))) is None


def test_a_no_is_never_overlooked() -> None:
    assert match_option("agree", (("I do not agree",), ("Cancel",))) is None
    assert match_option("동의", (("동의하지 않아요",), ("취소",))) is None
    assert match_option("tidak setuju", (("Setuju",), ("Batal",))) is None
    assert match_option("setuju", (("Ya, saya setuju",), ("Tidak setuju",))) == 0


def test_digits_in_names_are_never_near() -> None:
    bands = (("1–5 orang",), ("6–20 orang",), ("> 20 orang",), ("2026",))
    assert match_option("1-5 orang", bands) == 0
    assert match_option("1 ~ 5", bands) == 0
    assert match_option("5 orang", bands) is None
    assert match_option("20 orang", bands) is None
    assert match_option("15 orang", bands) is None
    assert match_option("21 orang", bands) is None
    assert match_option("<20 orang", bands) is None
    assert match_option("2026", bands) == 3
    assert match_option("2025", bands) is None


def test_a_label_of_signs_alone_can_be_sent_back() -> None:
    assert match_option("👎", (("👍",), ("👎",))) == 1


@given(st.integers(0, 4), st.integers(0, 2), st.sampled_from((str.upper, str.lower, str.title)))
def test_every_name_finds_its_option(index: int, name: int, spelled: type[str]) -> None:
    assert match_option(spelled(SECTORS[index][name]), SECTORS) == index


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3", [KOREA]),
        ("1, 3 dan 5", [MALAYSIA, KOREA, VIETNAM]),
        ("1,3", [MALAYSIA, KOREA]),
        ("1 3 5", [MALAYSIA, KOREA, VIETNAM]),
        ("1.3.5", [MALAYSIA, KOREA, VIETNAM]),
        ("1/3", [MALAYSIA, KOREA]),
        ("5 & 1", [VIETNAM, MALAYSIA]),
        ("2-4", [SINGAPORE, KOREA, JAPAN]),
        ("1번, 3번", [MALAYSIA, KOREA]),
        ("saya pilih 1 dan 2 ya", [MALAYSIA, SINGAPORE]),
        ("Malaysia, Singapura", [MALAYSIA, SINGAPORE]),
        ("malaysia singapura jepang", [MALAYSIA, SINGAPORE, JAPAN]),
        ("Malaysia\nJepang\n", [MALAYSIA, JAPAN]),
        ("Malaysia,, Jepang,", [MALAYSIA, JAPAN]),
        ("Malaysia and Japan", [MALAYSIA, JAPAN]),
        ("Jepan, singapur", [JAPAN, SINGAPORE]),
        ("1. Malaysia 4. Jepang", [MALAYSIA, JAPAN]),
        ("Malaysia, 1", [MALAYSIA]),
        ("korea selatan malaysia", [KOREA, MALAYSIA]),
        ("말레이시아랑 싱가포르", [MALAYSIA, SINGAPORE]),
        ("일본하고 베트남", [JAPAN, VIETNAM]),
        ("말레이시아, 일본이요", [MALAYSIA, JAPAN]),
        ("사과와 배", [APPLE, PEAR]),
        ("사과 배", [APPLE, PEAR]),
        ("semua", list(range(7))),
        ("전부 다요", None),
        ("모두", list(range(7))),
        ("Malaysia, Mars", None),
        ("1, 9", None),
        ("semua kecuali 3", None),
        ("malaysia tapi bukan jepang", None),
        ("", None),
        (",,,", None),
        ("1, " * 500, None),
    ],
)
def test_lists(typed: str, meant: list[int] | None) -> None:
    assert match_options(typed, MARKETS) == meant


def test_a_name_with_a_comma_or_an_and_in_it_is_one() -> None:
    labels = (("Makanan dan minuman",), ("Alat, mesin",), ("Kopi",))
    assert match_options("makanan dan minuman, kopi", labels) == [0, 2]
    assert match_options("alat, mesin", labels) == [1]


YES = (
    "ya|iya|Ya.|iyaaa|y|yup|oke|okee|ok|boleh|setuju|Ya, saya setuju|ya dong|oke kak|siap|sudah|mau"
    "|👍|✅|👌🏽"
    "|네|네네|넵!|예|응|그래요|좋아요|ㅇㅇ|ㅇㅋ|동의합니다|네, 동의해요|네~|맞아요"
    "|yes|Yes please|yesss|yep|sure|I agree|of course|okay"
)
NO = (
    "tidak|tdk|nggak|gak|ga|enggak|jangan|tidak setuju|tidak mau|ga boleh|jangan ya|belum"
    "|tidak, terima kasih|아니요|아니오|아뇨|싫어요|안 해요|동의하지 않아요|동의 안 해요|ㄴㄴ"
    "|no|n|nope|nooo|No thanks|no, thank you|I do not agree|don't agree|of course not|❌|👎"
)
NEITHER = (
    "|ya tidak|tidak apa-apa|ya tidak apa apa|gpp|mungkin|maybe|글쎄요|괜찮아요|kopi|why not|not sure"
    "|no problem|🙂|👍👎|terima kasih|thanks|1|saya"
)


@pytest.mark.parametrize("typed", YES.split("|"))
def test_yes(typed: str) -> None:
    assert read_yes_no(typed) is True


@pytest.mark.parametrize("typed", NO.split("|"))
def test_no(typed: str) -> None:
    assert read_yes_no(typed) is False


@pytest.mark.parametrize("typed", [*NEITHER.split("|"), "ya" * 200])
def test_neither_yes_nor_no(typed: str) -> None:
    assert read_yes_no(typed) is None
