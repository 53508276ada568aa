"""Whatever she does, in whatever order: the bot answers, in her language, never sticks and never breaks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram.shape import shape_keyboard, shape_text
from bot.channels.whatsapp.shape import shape
from flows.book import BOOK
from flows.conversation import Conversation, Frame, from_json, to_json
from flows.engine import Chat as FlowChat
from flows.engine import replay
from flows.facts import Business, Facts
from flows.message import (
    Attached,
    Attachment,
    Content,
    Message,
    Option,
    Refused,
    Said,
    SharedContact,
    SharedLocation,
    Started,
    Tapped,
    Unsupported,
)
from flows.outcomes import BotWanted, ErasureConfirmed, Outcome, PersonWanted, Registration
from flows.questions.base import Question
from flows.questions.chosen import names_of
from flows.questions.files import FilesQuestion
from flows.respond import Turn, respond, take_up
from locales import words as words_module
from locales.language import LANGUAGES, OWN_NAMES, Language
from locales.regions import districts, provinces
from locales.words import _
from tests.walking import HANEUL, KELAPA, NOW, OFFICE, walk

# --- every sentence of a catalogue between marks of its language --------------------------------------------------

MARKS: Final[Mapping[Language, tuple[str, str]]] = {
    language: (chr(0xE000 + 2 * number), chr(0xE001 + 2 * number))
    for number, language in enumerate(LANGUAGES)
}
"""Private characters: no reader of answers sees them, and no person's words can have them."""
NAMED: Final = {
    language: {
        *OWN_NAMES.values(),
        *(
            place.names[language]
            for country in ("ID", "KR")
            for province in provinces(cast("Any", country))
            for place in (province, *districts(cast("Any", country), province.code))
        ),
    }
    for language in LANGUAGES
}
"""What has a name of its own in a language, or one in all."""


@pytest.fixture(scope="module", autouse=True)
def _marked() -> Iterator[None]:
    """Mark what comes from a catalogue."""
    plain = words_module.catalogue
    catalogues = {language: _mark(plain(language), *MARKS[language]) for language in LANGUAGES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words_module, "catalogue", catalogues.__getitem__)
        names_of.cache_clear()
        yield
    names_of.cache_clear()


def _mark(
    sentences: Mapping[str, str | tuple[str, ...]], begin: str, end: str
) -> dict[str, str | tuple[str, ...]]:
    return {
        key: begin + found + end if isinstance(found, str) else tuple(begin + each + end for each in found)
        for key, found in sentences.items()
    }


def bare(text: str) -> str:
    """Take the marks away."""
    return re.sub(r"[\ue000-\uf8ff]", "", text)


def outside(text: str, language: Language) -> str:
    """Leave what stands in no sentence of this language's catalogue."""
    begin, end = MARKS[language]
    depth, left = 0, ""
    for character in text:
        if character == end:
            depth -= 1
        elif character == begin:
            depth += 1
        elif not depth:
            left += character
    assert depth == 0, text
    return left


def check_language(message: Message, language: Language, own_words: set[str]) -> None:
    """Hold a message against the catalogue of the language."""
    assert not outside(message.text, language).strip(), f"not in {language}: {bare(message.text)}"
    others = "".join(mark for other in LANGUAGES if other != language for mark in MARKS[other])
    for option in (*message.options, *message.steering):
        assert not set(others) & set(option.label + option.description), (
            f"not in {language}: {bare(option.label)}"
        )
        left = outside(option.label, language)
        assert not left or left in NAMED[language] | own_words or "~keep" in option.id, left
    for label in (message.list_label, message.more_label, message.request_label):
        assert not outside(label, language)


CONSTANTS: Final = {"PT Perorangan", "PT", "CV", "UD", "주식회사 (Co., Ltd.)", "유한회사 (LLC)"}
"""Labels that are the same in all languages."""

# --- what she can do -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tap:
    """A tap on one of the options of the last message, or, late, of all there ever were."""

    number: int
    late: bool = False


@dataclass(frozen=True)
class Sensibly:
    """She answers what is asked: by tapping one of its options, or by typing."""

    number: int


@dataclass(frozen=True)
class Later:
    """Time passes."""

    hours: int


@dataclass(frozen=True)
class HandedBack:
    """Staff hand the chat back, if they have it."""


PHRASES: Final = (
    "halo",
    "menu",
    "daftar",
    "pendaftaran saya",
    "ya",
    "tidak",
    "lewati",
    "kembali",
    "bantuan",
    "lanjut",
    "ulang",
    "batal",
    "bahasa",
    "petugas",
    "bot",
    "berhenti",
    "mulai",
    "data saya",
    "hapus data saya",
    "selesai",
    "Siti Rahma",
    "0812-3456-7890",
    "9120001234567",
    "jabar",
    "bogor",
    "korea, jepang",
    "siti@kelapa.id",
    "indonesia\nCV Kelapa\ncv\nkelapa\njabar\nkota bogor\nlewati\nbelum\n1, 3\nSiti\n081234567890",
    "안녕하세요",
    "등록",
    "내 등록",
    "네",
    "아니요",
    "건너뛰기",
    "이전",
    "도움말",
    "계속",
    "처음부터",
    "취소",
    "언어",
    "담당자",
    "챗봇",
    "수신거부",
    "다시받기",
    "내 정보",
    "삭제",
    "완료",
    "세종",
    "010-1234-5678",
    "124-81-00998",
    "한국\n하늘바다\n개인\n기타\n한지\n세종\n없음\n아직\n일본\n김하늘\n010-1234-5678",
    "hello",
    "register",
    "my registration",
    "send",
    "change",
    "something else",
    "help me",
    "start over",
    "start register-booth7",
    "no number",
    "1",
    "2",
    "3, 1",
    "{name} {0} %s",
)
PHOTO: Final = Attachment("ab" * 32, "photo", "foto.jpg", "image/jpeg", 1000)
REFUSED: Final = (
    Refused("too_large"),
    Refused("wrong_type"),
    Refused("corrupt"),
    Refused("unavailable"),
    Refused("locked"),
)
PDF: Final = Attachment("cd" * 32, "document", "profil.pdf", "application/pdf", 1000)

contents = st.one_of(
    st.sampled_from(PHRASES).map(Said),
    st.text(max_size=40).map(Said),
    st.lists(st.sampled_from(PHRASES), min_size=2, max_size=4).map("\n".join).map(Said),
    st.sampled_from(
        ["", "from-poster", "register", "register-booth", "erase", "data", "nowhere", "x" * 64]
    ).map(Started),
    st.sampled_from(["+6281234567890", "+821012345678", "+1"]).map(SharedContact),
    st.builds(SharedLocation, st.floats(-90, 90), st.floats(-180, 180)),
    st.lists(st.sampled_from([PHOTO, PDF]), min_size=1, max_size=7).map(tuple).map(Attached),
    st.sampled_from(REFUSED),
    st.sampled_from(["voice", "sticker", "video", "something new"]).map(Unsupported),
    st.text(max_size=20).map(Tapped),
    st.sampled_from(
        ["~from:10", "~from:-1", "~from:x", "~bot", "~keep", "~again", "register.name=~keep"]
    ).map(Tapped),
)
TYPED: Final = {
    "legal_name": "CV Kelapa",
    "registration_number": "9120001234567",
    "phone": "+6281234567890",
    "email": "siti@kelapa.id",
    "website": "kelapa.id",
}
deeds = st.one_of(
    st.builds(Sensibly, st.integers(0, 60)),
    st.builds(Sensibly, st.integers(0, 60)),
    st.builds(Tap, st.integers(0, 60)),
    contents,
    st.builds(Tap, st.integers(0, 500), st.just(value=True)),
    st.builds(Later, st.integers(1, 60)),
    st.just(HandedBack()),
)

# --- the office, as far as a conversation sees it -------------------------------------------------------------------


@dataclass
class Chat:
    """A person and the bot, with just so much of an office that what was stored is known on the next turn."""

    facts: Facts
    state: Any = None
    answers: list[Option] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    seen: list[Option] = field(default_factory=list)

    def do(self, deed: Any) -> None:
        """Do one thing and look at what comes of it."""
        match deed:
            case Later(hours):
                self.facts = replace(self.facts, now=self.facts.now + timedelta(hours=hours))
            case HandedBack():
                if self.facts.handed_over:
                    self.facts = replace(self.facts, handed_over=False)
                    self.look_at(take_up(BOOK, self.conversation, self.facts, _("The bot is back.")))
            case Tap(number, late):
                shown = self.seen if late else self.options
                if shown:
                    option = shown[number % len(shown)]
                    self.hear(Tapped(option.id, option.label))
            case Sensibly(number):
                self.hear(self.sensible(number))
            case _:
                self.hear(deed)

    def sensible(self, number: int) -> Content:
        """Find something to do that fits what is asked."""
        if self.answers:
            option = self.answers[number % len(self.answers)]
            return Tapped(option.id, option.label)
        question = self.question
        if isinstance(question, FilesQuestion):
            return Attached((PHOTO,))
        return Said(TYPED.get(question.name, "Kelapa") if question else "menu")

    @property
    def question(self) -> Question[Any] | None:
        """The open question."""
        frames = self.conversation.frames
        if not frames:
            return None
        return replay(
            BOOK[frames[-1].flow], FlowChat(self.facts, frames[-1].about), frames[-1].answers
        ).question

    def hear(self, content: Content) -> Turn:
        """Take one turn."""
        self.facts = replace(self.facts, now=self.facts.now + timedelta(seconds=10))
        turn = respond(BOOK, self.conversation, content, self.facts)
        self.look_at(turn)
        return turn

    @property
    def conversation(self) -> Conversation:
        """Read the conversation from the store."""
        return from_json(self.state, BOOK)

    def look_at(self, turn: Turn) -> None:
        """Store what came of a turn, and check what is said."""
        silent = self.facts.handed_over
        erased = False
        for outcome in turn.outcomes:
            erased = erased or isinstance(outcome, ErasureConfirmed)
            self.store(outcome)
        self.state = None if erased else json.loads(json.dumps(to_json(turn.conversation)))
        assert silent or len(turn.messages) == 1
        for message in turn.messages:
            self.check(message, ends=silent or erased)
            self.answers = list(message.options)
            self.options = [*message.options, *message.steering]
            self.seen = (self.options + self.seen)[:500]

    def check(self, message: Message, *, ends: bool) -> None:
        """Hold a message against what is promised of every one."""
        own = CONSTANTS | {str(each.fields["legal_name"]) for each in self.facts.businesses}
        check_language(message, self.spoken, own)
        assert ends or message.options or message.steering, f"a dead end: {bare(message.text)}"
        place = re.search(r"(\d+)/(\d+) · ", bare(message.text))
        assert place is None or int(place[1]) <= int(place[2]), bare(message.text)
        shape_text(message)
        shape_keyboard(message)
        assert shape(message)

    @property
    def spoken(self) -> Language:
        """The language of the last turn; after an erasure it is still the one she had."""
        return self.facts.language

    def store(self, outcome: Outcome) -> None:
        """Know an outcome."""
        facts = self.facts.after(outcome)
        match outcome:
            case PersonWanted():
                facts = replace(facts, handed_over=True)
            case BotWanted():
                facts = replace(facts, handed_over=False)
            case Registration(reference, fields, representative):
                firm = Business(len(facts.businesses) + 1, reference, fields, representative)
                facts = replace(facts, businesses=(*facts.businesses, firm))
            case ErasureConfirmed():
                facts = somebody_new(self.facts.language)
            case _:
                pass
        self.facts = facts


def somebody_new(language: Language) -> Facts:
    """Know nothing of a person but how her phone is set."""
    names = {each: MARKS[each][0] + name + MARKS[each][1] for each, name in OFFICE.names.items()}
    return Facts(
        NOW,
        replace(OFFICE, names=names),
        language=language,
        language_confirmed=False,
        name="Siti",
        phone="+6281234567890",
        reference="ABCD-2345",
    )


def known(language: Language) -> Facts:
    """Know a person who has agreed to the registration."""
    return replace(somebody_new(language), language_confirmed=True, consents={"registration": "2026-11"})


def with_firms(language: Language) -> Facts:
    """Know a person who speaks for two firms."""
    return replace(known(language), businesses=(KELAPA, HANEUL))


def places() -> list[Frame]:
    """List where a person with firms may be in a form, or in changing one."""
    found: list[Frame] = []
    for flow in ("register", "profile", "registrations"):
        about = {} if flow == "register" else {"business": "1"}
        for progress in walk(BOOK[flow], with_firms("id"), about):
            found.append(
                Frame(flow, about, {question.name: stored for question, stored in progress.answered})
            )
    return found


PLACES: Final = places()


def in_the_middle(language: Language, place: int) -> Chat:
    """Begin somewhere in a form."""
    frames = [PLACES[place % len(PLACES)]]
    return Chat(with_firms(language), json.loads(json.dumps(to_json(Conversation(frames, NOW)))))


languages = st.sampled_from(LANGUAGES)
starts = st.one_of(
    st.builds(Chat, languages.map(somebody_new)),
    st.builds(Chat, languages.map(known)),
    st.builds(in_the_middle, languages, st.integers(0, 500)),
    st.builds(in_the_middle, languages, st.integers(0, 500)),
)
quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(starts, st.lists(deeds, max_size=30))
def test_whatever_she_does_she_is_answered_in_her_language(chat: Chat, done: list[Any]) -> None:
    for deed in done:
        chat.do(deed)


@quick
@given(starts, st.lists(deeds, max_size=25), st.sampled_from(["cancel", "batal", "취소"]))
def test_cancel_and_menu_always_lead_out(chat: Chat, done: list[Any], cancel: str) -> None:
    for deed in done:
        chat.do(deed)
    chat.do(HandedBack())
    chat.hear(Said(cancel))
    turn = chat.hear(Said("menu"))
    if not chat.facts.language_confirmed:
        turn = chat.hear(Said("English"))
    assert "menu.menu=register" in [option.id for option in turn.messages[0].options]
    assert [frame.flow for frame in chat.conversation.frames] == ["menu"]


@quick
@given(starts, st.lists(st.integers(0, 60), min_size=20, max_size=50))
def test_answering_what_is_asked_never_sticks(chat: Chat, numbers: list[int]) -> None:
    for number in numbers:
        chat.do(Sensibly(number))


def test_a_sentence_of_another_language_is_found_out() -> None:
    """The check itself can fail."""
    chat = Chat(known("ko"))
    (message,) = chat.hear(Said("menu")).messages
    with pytest.raises(AssertionError, match="not in id"):
        check_language(message, "id", set())
