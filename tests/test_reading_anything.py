"""Whatever is typed, reading it gives a value or a kind sentence, never a crash."""

import ast
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows.reading
from flows.reading import Unreadable
from flows.reading.choices import match_option, match_options, read_yes_no
from flows.reading.dates import read_date
from flows.reading.emails import read_email
from flows.reading.identifiers import read_brn, read_hs, read_nib, read_npwp, read_postal
from flows.reading.money import read_money
from flows.reading.numbers import read_number
from flows.reading.phones import read_phone, show_phone
from flows.reading.tidy import words
from flows.reading.websites import read_website
from locales.language import LANGUAGES, Language

PIECES = (
    *sorted(
        words(
            "0 1 12 21 2026 62 82 010 0812 345678 . , - / + ( ) ' @ : # ~ % 1e5 NaN inf ∞ −",
            "Rp $ US$ ₩ 원 rb jt juta ribu M m k setengah belas dua se twenty hundred",
            "만 억 천 백 십 조 오 네 두 명 개 월 일 년 주 요일 다음 내일",
            "senin minggu depan lagi hari besok nov november next in week ago tanggal",
            "gmail .com www. https:// mailto: ext NIB HS ya tidak dan semua",
            "３ ٣ ፩ ² ½ Ⅻ ① 3️⃣ İ ß ㅇ ᄀ é 👍 👍🏽",
        )
    ),
    *(" ", "  ", "\n", "\u200b", "\u202e", "\ud800", "\x00"),
)
typed = st.one_of(
    st.text(st.characters(), max_size=40),
    st.text(st.sampled_from(string.printable), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=10).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join),
    st.tuples(st.sampled_from(PIECES), st.integers(50, 5000)).map(lambda pair: pair[0] * pair[1]),
)
days = st.dates(date(1900, 1, 1), date(2200, 1, 1))
LABELS = (("Makanan & minuman", "식품"), ("1–5 orang", "1~5명"), ("Kopi", "커피"), ("👍",), ("",), ())


def _read_all(text: str, language: Language, today: date) -> Iterator[Callable[[], object]]:
    yield lambda: read_number(text, language)
    yield lambda: read_number(text, language, whole=False, least=0, most=10)
    yield lambda: read_money(text, language)
    yield lambda: read_money(text, language, currency="USD", least=1)
    yield lambda: read_date(text, language, today)
    yield lambda: read_date(text, language, today, prefer="past", earliest=today, latest=today)
    yield lambda: read_phone(text, "ID")
    yield lambda: read_phone(text, "KR")
    yield lambda: read_phone(text, None)
    yield lambda: show_phone(text)
    for read in (read_email, read_website, read_nib, read_brn, read_npwp, read_hs, read_postal):
        yield lambda read=read: read(text)  # type: ignore[misc]  # the loop's own reader, bound now
    yield lambda: match_option(text, LABELS)
    yield lambda: match_options(text, LABELS)
    yield lambda: read_yes_no(text)


@given(typed, st.sampled_from(LANGUAGES), days)
@settings(deadline=None)
def test_nothing_but_unreadable_is_raised(text: str, language: Language, today: date) -> None:
    for read in _read_all(text, language, today):
        try:
            read()
        except Unreadable as refusal:
            said = refusal.words
            (said.many or said.key).format_map(dict(said.values))


@given(typed)
@settings(deadline=None)
def test_numbers_fit_the_database(text: str) -> None:
    try:
        number = read_number(text, "id")
    except Unreadable:
        return
    assert -(2**63) < number < 2**63


def _sentences() -> Iterator[tuple[str, set[str]]]:
    """Every sentence of the package, with the names its call fills in."""
    for path in sorted(Path(flows.reading.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "ngettext"}
            ):
                filled = {str(keyword.arg) for keyword in node.keywords}
                counted = {"count"} if node.func.id == "ngettext" else set()
                for argument in node.args:
                    if (
                        isinstance(argument, ast.Constant) and not str(argument.value)[:1].islower()
                    ):  # a unit's name
                        yield str(argument.value), filled | counted


def test_every_sentence_is_short_and_complete() -> None:
    sentences = list(_sentences())
    assert len(sentences) > 50
    for sentence, filled in sentences:
        assert len(sentence) <= 200, sentence
        assert {name for _, name, _, _ in string.Formatter().parse(sentence) if name} == filled, sentence
        assert sentence.endswith((".", "?", "}")) or ": " in sentence, sentence


def test_every_reason_has_a_sentence_of_its_own() -> None:
    found = [sentence for sentence, _ in _sentences()]
    assert {sentence for sentence in found if found.count(sentence) > 1} <= {
        "I could not read that as a date. Please send the day, the month and the year, for example {day}."
    }


@pytest.mark.parametrize("module", ["choices", "numbers", "money", "dates", "tidy"])
def test_reading_choices_does_not_wait_for_the_phone_book(module: str) -> None:
    code = f"import flows.reading.{module}, sys; sys.exit('phonenumbers' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
