"""The search of answers: typos, slang, mixed languages, and what it must not answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import main
from bot.commands.asking import read_questions, try_all
from flows.finding.bands import AHEAD, SURE, WORTH_OFFERING, choose_band
from flows.finding.evaluation import Question, Trial, evaluate, read_question
from flows.finding.features import features
from flows.finding.finder import Finder, Found
from flows.finding.meanings import UNCOVERED, Meanings
from flows.finding.normalise import LONGEST, letters, spell_out, split, stem
from locales.answers import topics
from locales.language import LANGUAGES, Language
from locales.synonyms import Synonyms, synonyms

QUESTIONS = Path(__file__).parent / "data" / "questions_dev.jsonl"


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder(topics(), synonyms())


@pytest.fixture(scope="module")
def meanings() -> Meanings:
    return Meanings(synonyms())


def said(text: str) -> list[str]:
    return spell_out(split(text), synonyms().slang)


# --- reading a question -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("BPOM brp lama??", ["bpom", "berapa", "lama"]),
        ("lamaaaa bgt", ["lama", "bgt"]),
        ("bpom등록 기간", ["bpom", "등록", "기간"]),
        ("iso22000 gmn", ["iso", "22000", "bagaimana"]),
        ("what's FSSC", ["what", "is", "fssc"]),
        ("비폼 어케 ㅠㅠ ㅋㅋㅋ", ["비폼", "어떻게"]),
        ("ＢＰＯＭ", ["bpom"]),
        ("b\u200bpom \x00", ["bpom"]),
        ("😂😂👍", []),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert said(text) == words


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert len("".join(split("가나다 " * 2000))) <= LONGEST


@pytest.mark.parametrize(
    ("word", "without"),
    [("biayanya", "biaya"), ("fees", "fee"), ("process", "process"), ("인증서를", "인증서"), ("의", "의")],
)
def test_stems(word: str, without: str) -> None:
    assert stem(word) == without


def test_hangul_is_compared_letter_by_letter() -> None:
    assert len(letters("할랄")) == 6
    assert letters("halal") == "halal"


@pytest.mark.parametrize("texts", [("biaya bpom", "bpom fee", "BPOM 얼마예요", "비폼 비용")])
def test_languages_meet_in_concepts(texts: tuple[str, ...], meanings: Meanings) -> None:
    assert {frozenset(meanings.concepts(said(text))) for text in texts} == {frozenset({"bpom", "cost"})}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("surat keterangan asal", "origin"),
        ("sertifikasinya", "certificate"),
        ("비폼허가기간", "bpom"),
        ("비폼허가기간", "time"),
        ("얼마나 걸려요", "time"),
        ("얼마나걸려요", "time"),
        ("값은 얼마예요", "cost"),
        ("해썹", "haccp"),
        ("케이씨 인증", "kc"),
        ("코트라", "kotra"),
        ("lowongan kerja", f"{UNCOVERED}jobs"),
        ("ke jepang", f"{UNCOVERED}japan"),
    ],
)
def test_concepts(text: str, concept: str, meanings: Meanings) -> None:
    assert concept in meanings.concepts(said(text))


def test_the_longest_term_counts(meanings: Meanings) -> None:
    assert "food" not in meanings.concepts(said("건강기능식품"))
    assert "india" not in "".join(meanings.concepts(said("인도네시아")))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("notifikaasi", "notifikasi"), ("kosmetika", "kosmetika"), ("carnte", "carnet"), ("xyzzyx", "xyzzyx")],
)
def test_spelling_is_mended(typed: str, meant: str, meanings: Meanings) -> None:
    assert meanings.mend(typed) == meant


def test_a_word_is_never_mended_into_what_no_answer_covers(meanings: Meanings) -> None:
    assert meanings.mend("lowongam") == "lowongam"


def test_features_have_every_kind(meanings: Meanings) -> None:
    found = features(["fee", "bpom"], meanings)
    assert found.rows == {" fe": 1, "fee": 1, "ee ": 1, " bp": 1, "bpo": 1, "pom": 1, "om ": 1}
    assert found.words == {"fee": 1, "bpom": 1}
    assert found.concepts == {"cost": 1, "bpom": 1}


# --- finding ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "slug"),
    [
        ("id", "berapa lama urus BPOM?", "bpom-timeline"),
        ("id", "biopom brp lama ya min", "bpom-timeline"),
        ("ko", "비폼 얼마나 걸려요", "bpom-timeline"),
        ("en", "how long does bpom take", "bpom-timeline"),
        ("ko", "비폼 비용 얼마예요", "bpom-fees"),
        ("id", "sertifikat hallal berlaku sampe kapan", "halal-cert-validity"),
        ("en", "HS code?", "hs-code"),
        ("ko", "해썹 인증 필요한가요", "haccp"),
        ("id", "kc mark utk mainan anak", "korea-children-products"),
        ("id", "통역 ada gak pas misi dagang", "interpreter"),
    ],
)
def test_a_question_finds_its_topic(finder: Finder, language: Language, text: str, slug: str) -> None:
    assert finder.find(text, language).slugs[0][0] == slug


def test_every_topic_is_found_by_its_title(finder: Finder) -> None:
    lost = [
        (slug, language)
        for slug, topic in topics().items()
        for language in LANGUAGES
        if finder.find(topic.texts[language].title, language).slugs[0][0] != slug
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("id", "lowongan kerja di BPOM ada ga?"),
        ("ko", "식약처 채용 언제 해요"),
        ("en", "US FDA rules for snacks"),
        ("id", "cuaca jakarta besok"),
        ("ko", "일본 화장품 수출 규정"),
        ("en", "how do I cook rendang"),
        ("ko", "안녕 뭐해?"),
        ("en", "asdfghjkl"),
        ("ko", "食品表示法について教えてください"),
        ("id", "😂😂👍"),
        ("id", ""),
        ("en", "<script>alert(1)</script>"),
    ],
)
def test_what_no_answer_covers_is_not_answered(finder: Finder, language: Language, text: str) -> None:
    assert finder.find(text, language).band != "answer"


def test_the_same_question_finds_the_same(finder: Finder) -> None:
    again = Finder(topics(), synonyms())
    for text in ("bpom 등록 기간", "halal fee", "ekspor kopi"):
        assert finder.find(text, "id") == finder.find(text, "id") == again.find(text, "id")


@given(text=st.text(max_size=LONGEST + 50), language=st.sampled_from(LANGUAGES))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_asked(finder: Finder, text: str, language: Language) -> None:
    found = finder.find(text, language)
    scores = [score for _, score in found.slugs]
    assert found.text == text
    assert len(scores) <= 3
    assert scores == sorted(scores, reverse=True)
    assert found.band == "none" or scores


def test_staff_may_add_words() -> None:
    known = synonyms()
    concepts = {**known.concepts, "bpom": (*known.concepts["bpom"], "bepeom")}
    taught = Synonyms(known.slang, MappingProxyType(concepts), known.outside, known.elsewhere)
    assert "bpom" in Meanings(taught).concepts(["bepeom"])
    assert Finder(topics(), taught).find("bepeom berapa lama", "id").slugs[0][0] == "bpom-timeline"


def test_a_topic_is_found_by_a_way_that_staff_added() -> None:
    pirt = topics()["pirt"]
    text = pirt.texts["id"]
    taught = replace(
        pirt, texts={**pirt.texts, "id": replace(text, ways=(*text.ways, "zamrud khatulistiwa"))}
    )
    finder = Finder({**topics(), "pirt": taught}, synonyms())
    assert finder.find("zamrud khatulistiwa", "id").slugs[0][0] == "pirt"


def test_no_topics_find_nothing() -> None:
    assert Finder({}, synonyms()).find("bpom", "id") == Found("none", (), "bpom")


# --- bands ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "covered", "band"),
    [
        ([SURE, 0.1], True, "answer"),
        ([SURE], True, "answer"),
        ([SURE, SURE * (1 - AHEAD / 2)], True, "choices"),
        ([SURE - 0.01, 0.1], True, "choices"),
        ([WORTH_OFFERING - 0.01], True, "none"),
        ([9.0, 0.1], False, "choices"),
        ([SURE, 0.1], False, "none"),
        ([], True, "none"),
    ],
)
def test_bands(scores: list[float], covered: bool, band: str) -> None:
    assert choose_band(scores, covered=covered) == band


# --- the figures ------------------------------------------------------------------------------------------------


def trial(scope: str, band: str, *slugs: str, language: Language = "id") -> Trial:
    topics = ("a", "b") if scope == "in" else ()
    found = Found(band, tuple((slug, 1.0) for slug in slugs), "?")  # type: ignore[arg-type]  # one of the bands
    return Trial(Question(language, "?", topics, scope), found, 0.002)  # type: ignore[arg-type]  # "in" or "out"


def test_figures() -> None:
    figures = evaluate(
        [
            trial("in", "answer", "a", "x"),
            trial("in", "answer", "x", "b"),
            trial("in", "choices", "x", "b"),
            trial("in", "choices", "x", "y"),
            trial("in", "none", "b"),
            trial("out", "answer", "x"),
            trial("out", "choices", "x", language="ko"),
            trial("out", "none", language="ko"),
        ]
    )
    assert figures["all"] == {
        "count_in": 5,
        "count_out": 3,
        "first": 0.4,
        "first_three": 0.8,
        "answered_right": 0.2,
        "answered_wrong": 0.2,
        "offered_right": 0.2,
        "offered_wrong": 0.2,
        "refused": 0.2,
        "out_answered": 0.3333,
        "out_offered": 0.3333,
        "out_refused": 0.3333,
        "milliseconds_per_query": 2.0,
        "milliseconds_p50": 2.0,
        "milliseconds_p99": 2.0,
    }
    assert figures["ko"]["first"] is None
    assert figures["ko"]["out_refused"] == 0.5
    assert figures["en"]["milliseconds_p99"] is None


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        '{"lang": "fr", "text": "a", "topics": ["b"], "scope": "in"}',
        '{"lang": "id", "topics": ["b"], "scope": "in"}',
        '{"lang": "id", "text": "a", "topics": "b", "scope": "in"}',
        '{"lang": "id", "text": "a", "topics": [], "scope": "in"}',
        '{"lang": "id", "text": "a", "topics": ["b"]}',
    ],
)
def test_a_line_that_is_no_question(line: str) -> None:
    with pytest.raises(ValueError):
        read_question(line)


def test_the_questions_kept_apart_are_answered_well() -> None:
    """The floor below which nothing may fall; the figures themselves are the benchmark's."""
    figures = evaluate(try_all(read_questions(QUESTIONS)))
    for language in LANGUAGES:
        found = {name: figure or 0 for name, figure in figures[language].items()}
        assert found["first"] >= 0.92
        assert found["first_three"] >= 0.98
        assert found["out_answered"] <= 0.05
        assert found["answered_right"] + found["offered_right"] >= 0.9


def test_the_questions_kept_apart_name_topics_there_are() -> None:
    assert {slug for question in read_questions(QUESTIONS) for slug in question.topics} <= set(topics())


# --- the commands -----------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KABARI_DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
    yield CliRunner()
    assert list(tmp_path.glob("kabari*")) == [], "these commands need no database"


def faq(run: CliRunner, *arguments: str) -> Result:
    return run.invoke(main, ["faq", *arguments])


def test_ask_shows_an_answer_with_its_date_and_agency(run: CliRunner) -> None:
    shown = faq(run, "ask", "--lang", "en", "how long does BPOM take?").output
    assert "bpom-timeline" in shown
    assert "Facts as of 2016-2025." in shown
    assert "https://www.pom.go.id" in shown


def test_ask_as_json(run: CliRunner) -> None:
    shown = json.loads(faq(run, "ask", "--lang", "ko", "--json", "비폼 얼마나 걸려요").output)
    assert shown["band"] == "answer"
    assert shown["answer"]["slug"] == "bpom-timeline"
    assert shown["text"] == "비폼 얼마나 걸려요"
    nothing = json.loads(faq(run, "ask", "--json", "cuaca besok").output)
    assert (nothing["band"], nothing["answer"], nothing["choices"]) == ("none", None, [])


def test_evaluate_a_file(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    lines = [
        {"lang": "id", "text": "brp lama bpom", "topics": ["bpom-timeline"], "scope": "in"},
        {"lang": "en", "text": "weather tomorrow", "topics": [], "scope": "out"},
    ]
    file.write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    figures = json.loads(faq(run, "evaluate", str(file), "--json").output)
    assert set(figures) == {"all", "id", "ko", "en"}
    assert (figures["id"]["first"], figures["en"]["out_refused"], figures["all"]["count_in"]) == (1.0, 1.0, 1)
    assert "right topic first" in faq(run, "evaluate", str(file)).output


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b'{"lang": "id"}\n', "line 1"), (b"\xff\xfe\x00", "UTF-8")],
)
def test_a_file_that_is_no_questions(run: CliRunner, tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)
    result = faq(run, "evaluate", str(file))
    assert result.exit_code == 1
    assert complaint in result.output
