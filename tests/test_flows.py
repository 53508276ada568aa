"""The engine's rules: flows run again over stored answers, and what back, edit, restart and deploys do to these."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from flows import business, commands, prompts
from flows.book import BOOK
from flows.commands import read_command
from flows.conversation import Conversation, Frame, from_json, to_json
from flows.engine import Chat, Flow, FlowError, Progress, replay
from flows.facts import Facts
from flows.message import Content, Message, Said, Tapped
from flows.outcomes import Ending, Go, LanguageChosen, PersonWanted, Registration
from flows.questions import Question, choice, review, text, yes_no
from flows.reading.choices import says_none
from flows.register import REGISTER
from flows.respond import Turn, respond, take_up
from flows.taxonomy import COUNTRIES, EXPERIENCE
from locales.language import LANGUAGES, Language
from locales.words import _, render
from tests.walking import KELAPA, NOW, SITI, walk

COUNTRY = choice("country", _("Where is your business?"), COUNTRIES, label=_("Country"))
NAME = text("name", _("Whom may we contact?"), label=_("Contact person"))
BRAND = text("brand", _("Under which brand do you sell?"), label=_("Brand"))
REVIEW = review(_("Please check:"), send=_("Send"))


async def order(chat: Chat) -> Ending:
    """Ask one thing more in Korea."""
    chat.say(_("Begin"))
    country = await COUNTRY
    chat.say(_("Sent"))
    name = await NAME
    if country == "KR":
        await BRAND
    await REVIEW
    chat.say(_("Done"))
    return PersonWanted(name)


ORDER = Flow("order", order, _("Register a business"), minutes=1, then=("registrations",))
SHOP: Mapping[str, Flow] = {**BOOK, "order": ORDER}
AGREED = replace(SITI, language="en", consents={"registration": "2026-11"})


def run(flow: Flow, answers: Mapping[str, Any], since: int = 0, facts: Facts = AGREED) -> Progress:
    return replay(flow, Chat(facts), answers, since)


def flow_of(run: Callable[[Chat], Awaitable[Any]]) -> Flow:
    return Flow("odd", cast("Callable[[Chat], Awaitable[Ending]]", run), _("Menu"))


def said(progress: Progress) -> list[str]:
    return [render(words, "en") for words in progress.said]


def stored(conversation: Conversation) -> dict[str, Any]:
    """Write a conversation as the store has it."""
    return cast("dict[str, Any]", json.loads(json.dumps(to_json(conversation))))


class Person:
    """Somebody who writes to the bot; her conversation is written as JSON and read again between two turns."""

    def __init__(self, facts: Facts = AGREED, frames: list[Frame] | None = None) -> None:
        self.facts = facts
        self.state = stored(Conversation(frames or []))
        self.turn = Turn(Conversation())

    @property
    def frames(self) -> list[Frame]:
        return from_json(self.state, SHOP).frames

    @property
    def message(self) -> Message:
        (message,) = self.turn.messages
        return message

    def does(self, content: Content) -> str:
        """Do something and read the answer."""
        self.turn = respond(SHOP, from_json(self.state, SHOP), content, self.facts)
        self.state = stored(self.turn.conversation)
        return self.message.text if self.turn.messages else ""

    def says(self, *lines: str) -> str:
        """Type a message of one line or more."""
        return self.does(Said("\n".join(lines)))

    def taps(self, option: str) -> str:
        """Tap an option."""
        return self.does(Tapped(option))


def ordering(**answers: Any) -> Person:
    """Meet somebody in the middle of an order."""
    return Person(frames=[Frame("order", answers=answers)])


# --- rules for flows --------------------------------------------------------------------------------------------


def test_a_flow_may_await_nothing_but_questions() -> None:
    class Other:
        def __await__(self) -> Any:
            yield "something"

    async def odd(_chat: Chat) -> None:
        await Other()

    with pytest.raises(FlowError, match="no question"):
        run(flow_of(odd), {})


def test_a_flow_may_not_ask_a_name_twice() -> None:
    async def odd(_chat: Chat) -> None:
        await NAME
        await NAME

    assert run(flow_of(odd), {}).question == NAME
    with pytest.raises(FlowError, match="asks name twice"):
        run(flow_of(odd), {"name": "Siti"})


def test_flows_that_go_round_in_circles_are_found_out() -> None:
    async def odd(_chat: Chat) -> Ending:
        return Go("odd")

    with pytest.raises(FlowError, match="circles"):
        respond({**BOOK, "odd": flow_of(odd)}, Conversation([Frame("odd")]), Said("x"), AGREED)


# --- stored answers ---------------------------------------------------------------------------------------------


def test_the_first_question_without_an_answer_is_next() -> None:
    assert run(ORDER, {}).question == COUNTRY
    progress = run(ORDER, {"country": "ID"})
    assert progress.question == NAME
    assert progress.answered == ((COUNTRY, "ID"),)
    assert run(ORDER, {"country": "ID", "name": "Siti", "review": True}).ending == PersonWanted("Siti")


def test_answers_to_no_question_are_ignored() -> None:
    assert run(ORDER, {"country": "ID", "colour": "red"}).question == NAME


@pytest.mark.parametrize("stored", ["XX", 5, None, ["ID"], {}])
def test_an_answer_that_no_longer_loads_is_asked_again(stored: Any) -> None:
    assert run(ORDER, {"country": stored, "name": "Siti"}).question == COUNTRY


def test_a_skipped_answer_stays_skipped_only_where_it_may_be() -> None:
    async def asks(_chat: Chat) -> None:
        await NAME.optional()
        await BRAND

    assert run(flow_of(asks), {"name": None}).question == BRAND
    assert run(ORDER, {"country": "ID", "name": None}).question == NAME


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        (business.registration_number("KR"), "9120001234567"),
        (business.registration_number("ID"), "124-81-00998"),
        (business.form("KR"), "cv"),
        (business.TARGET_MARKETS, []),
        (business.TARGET_MARKETS, ["Atlantis"]),
        (business.PAPERS, "a photo"),
        (business.PAPERS, [{"unknown": 1}]),
        (business.province_of("KR"), "32"),
    ],
)
def test_what_is_no_answer_to_a_question_does_not_load(question: Question[Any], stored: Any) -> None:
    async def asks(_chat: Chat) -> None:
        await question

    assert run(flow_of(asks), {question.name: stored}).question is not None


def test_choices_that_are_gone_fall_out_of_a_list() -> None:
    assert business.TARGET_MARKETS.load(["KR", "Atlantis", "JP"]) == ["KR", "JP"]


def test_a_flow_that_is_gone_leaves_the_others() -> None:
    stored = to_json(Conversation([Frame("order"), Frame("gone", {"about": "it"}, {"name": "Siti"})], NOW))
    assert from_json(stored, SHOP) == Conversation([Frame("order")], NOW)
    assert from_json(None, SHOP) == Conversation()


def test_a_conversation_is_written_and_read_whole() -> None:
    frame = Frame("order", {"a": "b"}, {"country": "ID"}, ["x"], {"name": "Siti"}, 2)
    assert from_json(to_json(Conversation([frame], NOW)), SHOP) == Conversation([frame], NOW)


# --- what a flow says -------------------------------------------------------------------------------------------


def test_only_what_is_said_after_the_last_answer_is_heard() -> None:
    assert said(run(ORDER, {})) == ["Begin"]
    assert said(run(ORDER, {"country": "ID"}, since=1)) == ["Sent"]
    assert said(run(ORDER, {"country": "ID"}, since=0)) == ["Begin", "Sent"]
    assert said(run(ORDER, {"country": "ID", "name": "Siti", "review": True}, since=3)) == ["Done"]


# --- how many questions -----------------------------------------------------------------------------------------


def test_the_total_follows_the_branch() -> None:
    assert (run(ORDER, {}).position, run(ORDER, {}).total) == (1, 2)
    assert (run(ORDER, {"country": "ID"}).position, run(ORDER, {"country": "ID"}).total) == (2, 2)
    assert (run(ORDER, {"country": "KR"}).position, run(ORDER, {"country": "KR"}).total) == (2, 3)
    assert run(ORDER, {"country": "KR", "name": "Kim", "brand": "Sae"}).total == 3
    assert run(ORDER, {"country": "ID", "name": "Siti", "review": True}).total == 2


def test_the_forms_total_is_the_number_of_questions_that_come() -> None:
    """Sejong has no districts, and another sector is asked for in words."""
    answers: dict[str, Any] = {"country": "KR", "legal_name": "하늘바다", "form": "individual"}
    assert run(REGISTER, answers).total == 11
    assert run(REGISTER, {**answers, "sector": "other"}).total == 12
    assert run(REGISTER, {**answers, "sector": "craft", "province": "36"}).total == 10
    assert run(REGISTER, {**answers, "sector": "craft", "province": "11"}).total == 11


# --- back, edit, restart ----------------------------------------------------------------------------------------


def test_back_takes_the_last_answer_back_and_offers_it() -> None:
    person = ordering(country="ID", name="Siti")
    person.says("back")
    assert person.frames[0].answers == {"country": "ID"}
    assert [option.label for option in person.message.options] == ["Siti"]
    person.taps(person.message.options[0].id)
    assert person.frames[0].answers == {"country": "ID", "name": "Siti"}


def test_back_at_the_first_question_says_so() -> None:
    assert "first question" in ordering().says("back")


def test_back_first_undoes_what_is_half_given() -> None:
    person = ordering(country="ID", name="Siti")
    person.says("change")
    assert person.message.text == "Which answer do you want to change?"
    assert person.says("back").startswith("Please check:")
    assert person.frames[0].answers == {"country": "ID", "name": "Siti"}


def test_editing_asks_one_question_and_what_is_newly_missing() -> None:
    person = ordering(country="ID", name="Siti")
    person.taps("order.review=change")
    assert person.taps("order.review=country").endswith("1/2 · Where is your business?")
    assert person.says("korea").endswith("3/3 · Under which brand do you sell?")
    assert "Brand: Sae" in person.says("Sae")
    assert person.frames[0].answers == {"country": "KR", "name": "Siti", "brand": "Sae"}


def test_a_branch_that_is_left_keeps_its_answer_unseen() -> None:
    person = ordering(country="KR", name="Kim", brand="Sae")
    person.taps("order.review=country")
    assert "Brand" not in person.says("indonesia")
    person.taps("order.review=country")
    assert "Brand: Sae" in person.says("korea")


def test_another_country_makes_void_what_hangs_on_it() -> None:
    """51 is Bali in one country and Gangwon in the other, and a NIB is no 사업자등록번호."""
    answers = {
        "country": "ID",
        "legal_name": "Perak Bali",
        "form": "cv",
        "sector": "craft",
        "province": "51",
        "district": "5171",
        "registration_number": "9120001234567",
        "export_experience": "none",
        "target_markets": ["KR"],
        "name": "Made",
        "phone": "+6281234567890",
    }
    person = Person(frames=[Frame("register", answers=dict(answers))])
    person.taps("register.review=change")
    person.taps("register.review=country")
    same = Person(frames=person.frames)
    same.says("indonesia")
    assert same.frames[0].answers == answers
    person.says("korea")
    kept = {"legal_name", "sector", "export_experience", "target_markets", "name", "phone"}
    assert person.frames[0].answers == {"country": "KR", **{name: answers[name] for name in kept}}


def test_restart_asks_everything_anew() -> None:
    person = ordering(country="KR", name="Kim")
    assert "2 questions" in person.says("restart")
    assert person.frames == [Frame("order")]


def test_cancel_leaves_nothing() -> None:
    person = ordering(country="KR", name="Kim")
    person.says("cancel")
    assert person.frames == []
    assert [option.id for option in person.message.steering] == ["~menu"]


# --- answers ----------------------------------------------------------------------------------------------------


def test_several_lines_answer_several_questions() -> None:
    person = ordering()
    assert "Please check:" in person.says("Korea", "Kim", "Sae")
    assert person.frames[0].answers == {"country": "KR", "name": "Kim", "brand": "Sae"}


def test_lines_are_taken_as_far_as_they_can_be_read() -> None:
    person = Person(frames=[Frame("register")])
    message = person.says("Indonesia", "CV Kelapa", "cv", "kelapa", "Atlantis", "Bogor")
    assert message.startswith("I have taken the first 4 lines")
    assert "5/11" in message
    assert person.frames[0].answers == {
        "country": "ID",
        "legal_name": "CV Kelapa",
        "form": "cv",
        "sector": "coconut",
    }


def test_a_name_in_two_lines_is_one_name() -> None:
    person = Person(frames=[Frame("register", answers={"country": "ID"})])
    person.says("CV Kelapa", "Nusantara Jaya")
    assert person.frames[0].answers["legal_name"] == "CV Kelapa Nusantara Jaya"


def test_a_known_answer_is_kept_by_yes_and_typed_anew_after_no() -> None:
    async def asks(chat: Chat) -> Ending:
        await NAME.offering(chat.facts.name)
        return PersonWanted(await BRAND)

    shop = {**SHOP, "order": Flow("order", asks, _("Menu"))}
    for words in ("ya", "네", "yes", "1"):
        turn = respond(shop, Conversation([Frame("order")]), Said(words), AGREED)
        assert turn.conversation.frames[0].answers == {"name": "Siti"}
    turn = respond(shop, Conversation([Frame("order")]), Said("tidak"), AGREED)
    assert turn.conversation.frames == [Frame("order")]
    assert turn.messages[0].text.startswith("Then please type it.")


@pytest.mark.parametrize("words", ["belum punya", "tidak ada kak", "none", "N/A", "-", "아직 없어요", "없음"])
def test_nothing_to_give_skips_what_may_be_skipped(words: str) -> None:
    person = Person(frames=[Frame("profile")], facts=replace(AGREED, businesses=(KELAPA,)))
    assert person.says(words).startswith("2/7")
    assert person.frames[0].answers == {"legal_name_en": None}


@pytest.mark.parametrize(
    "words", ["Nona Kelapa", "Toko Belum Ada Nama", "", "아직 브랜드 이름을 못 정했어요", "-5"]
)
def test_other_words_are_an_answer(words: str) -> None:
    assert not says_none(words)


def test_ticks_begin_with_what_was_ticked_before() -> None:
    person = Person(facts=replace(AGREED, businesses=(KELAPA,)))
    person.says("my registration")
    person.taps("registrations.action=change")
    person.says("target markets")
    assert [option.label for option in person.message.options if option.ticked] == ["Korea", "Japan"]
    person.taps("registrations.target_markets=KR")
    assert person.taps("registrations.target_markets=~done").startswith("Changed. Target markets: Japan")


def test_done_stands_beside_the_choices_so_that_their_numbers_stay() -> None:
    person = Person(frames=[Frame("registrations", answers={"action": "change", "field": "target_markets"})])
    person.facts = replace(AGREED, businesses=(KELAPA,))
    person.taps("registrations.target_markets=MY")
    assert person.message.options[2].label == "Malaysia"
    assert person.message.steering[0].id == "registrations.target_markets=~done"


def test_the_third_failure_offers_a_person() -> None:
    person = ordering()
    for offered in (False, False, True, True):
        person.says("Atlantis")
        assert ("~person" in [option.id for option in person.message.steering]) == offered


def test_a_tap_on_an_earlier_question_is_no_answer_to_this_one() -> None:
    person = ordering(country="ID")
    assert "Indonesia" in person.taps("order.country=KR")
    assert person.frames[0].answers == {"country": "ID"}


@pytest.mark.parametrize(
    "option", ["erase.sure=yes", "register.country=ID", "consent.agreed=yes", "gone.name=x", "x", "=", "."]
)
def test_an_old_button_never_does_what_should_be_asked_first(option: str) -> None:
    person = Person()
    assert person.taps(option).startswith("That button belongs to an earlier conversation.")
    assert person.turn.outcomes == ()
    assert person.frames == [Frame("menu")]


def test_start_over_is_a_wish_and_no_link() -> None:
    assert read_command("Start over") == "restart"
    assert "no longer valid" not in ordering(country="ID").says("start over")
    assert "no longer valid" in Person().says("/start nowhere")


# --- flows on top of flows --------------------------------------------------------------------------------------


def test_a_form_waits_while_the_language_changes() -> None:
    person = ordering(country="ID")
    person.says("language")
    answer = person.says("한국어")
    assert person.turn.outcomes == (LanguageChosen("ko"),)
    assert "2/2" in answer
    assert person.frames == [Frame("order", answers={"country": "ID"})]


def test_back_leaves_what_lies_on_top_of_a_form() -> None:
    person = ordering(country="ID")
    person.says("talk to a person")
    assert [option.id for option in person.message.steering] == ["~back"]
    person.taps("~back")
    assert person.frames == [Frame("order", answers={"country": "ID"})]


def test_dropping_a_form_leads_where_she_wanted() -> None:
    person = ordering(country="ID")
    person.says("/start announcements")
    person.taps("waiting.towards=drop")
    assert [frame.flow for frame in person.frames] == ["announcements"]


def test_after_days_a_form_asks_before_it_takes_an_answer() -> None:
    for gap, frames in ((timedelta(hours=23), ["order"]), (timedelta(hours=25), ["order", "waiting"])):
        person = ordering(country="ID")
        person.state = stored(Conversation(person.frames, NOW - gap))
        person.says("Siti")
        assert [frame.flow for frame in person.frames] == frames


def test_taking_up_says_a_note_and_asks_where_it_stood() -> None:
    turn = take_up(
        SHOP, Conversation([Frame("order", answers={"country": "ID"})]), AGREED, _("The bot is back.")
    )
    (message,) = turn.messages
    assert message.text == "The bot is back.\n\n2/2 · Whom may we contact?"
    assert turn.outcomes == ()


def test_taking_up_where_nothing_is_open_offers_the_menu() -> None:
    (message,) = take_up(SHOP, Conversation(), AGREED, _("The bot is back.")).messages
    assert message.text == "The bot is back."
    assert [option.id for option in message.steering] == ["~menu"]


def test_while_staff_have_the_chat_the_bot_is_silent() -> None:
    person = ordering(country="ID")
    person.facts = replace(AGREED, handed_over=True)
    assert person.says("menu") == ""
    assert person.says("Siti") == ""
    assert person.frames[0].answers == {"country": "ID"}
    assert "2/2" in person.says("bot")


# --- the forms themselves ---------------------------------------------------------------------------------------


def test_a_registration_holds_what_was_answered() -> None:
    person = Person(frames=[Frame("register")])
    person.says(
        "korea",
        "하늘바다",
        "individual",
        "other",
        "한지 조명",
        "세종",
        "skip",
        "no",
        "1, 3",
        "Kim",
        "031-123-4567",
    )
    person.says("yes")
    (registration,) = person.turn.outcomes
    assert isinstance(registration, Registration)
    assert registration.fields == {
        "country": "KR",
        "legal_name": "하늘바다",
        "form": "individual",
        "sector": "other",
        "sector_words": "한지 조명",
        "province": "36",
        "district": "",
        "registration_number": "",
        "export_experience": EXPERIENCE[0].id,
        "target_markets": ["KR", "MY"],
    }
    assert registration.representative == {"name": "Kim", "phone": "+82311234567"}
    assert [option.id for option in person.message.options] == [
        "announcements.wants=yes",
        "announcements.wants=no",
    ]
    person.says("yes")
    assert [option.id for option in person.message.steering] == ["~registrations", "~menu"]


@pytest.mark.parametrize(
    ("country", "foreign"),
    [
        ("KR", r"\bNI[BK]\b|NPWP|oss\.go\.id"),
        ("ID", r"사업자등록|주민등록|Business reg|resident number|010-"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_asked_for_the_other_countrys_papers(
    country: str, foreign: str, language: Language
) -> None:
    asked = 0
    for progress in walk(REGISTER, AGREED, {}):
        if progress.question is not None and (business.COUNTRY, country) in progress.answered:
            asked += 1
            message = prompts.ask(
                REGISTER, Frame("register"), progress, replace(AGREED, language=language), []
            )
            shown = [message.text, *(option.label + option.description for option in message.options)]
            assert not re.search(foreign, "\n".join(shown)), message.text
    assert asked > 10


def test_every_steering_word_is_a_command_in_every_language() -> None:
    """On Telegram a button of the keyboard sends its label as a text."""
    for command, words in prompts.STEERING.items():
        assert [read_command(render(words, language)) for language in LANGUAGES] == [command] * 3


def test_no_word_means_two_commands() -> None:
    words = [commands.normalise(word) for each in commands._WORDS.values() for word in each.split(",")]
    assert sorted(words) == sorted(set(words))


def test_yes_and_no_have_their_own_labels() -> None:
    question = yes_no("sure", _("Yes"), label=_("Menu"), yes=_("Keep it"), no=_("No"))
    assert question.show(stored=True) == _("Keep it")
    assert question.show(stored=False) == _("No")
