"""Products and their certificates as conversations: what is asked of whom, and bad input met with a kind sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import assortment, goods, prompts
from flows.book import BOOK
from flows.card import card
from flows.certificate import FOR_ALL, kinds_for, label_of
from flows.conversation import Conversation, Frame
from flows.engine import Chat, replay
from flows.facts import Certificate, Facts, Product
from flows.message import Attached, Attachment, Content, Message, Refused, Said, Started, Tapped
from flows.outcomes import (
    CertificateHeld,
    CertificateRemoved,
    FileShown,
    Go,
    Outcome,
    ProductChanged,
    ProductDescribed,
    ProductWithdrawn,
)
from flows.questions.base import Halfway, Json, Question, Reading
from flows.reading import Unreadable
from flows.reading.quantities import UNITS, Quantity, read_price, read_quantity
from flows.respond import respond
from flows.roadmap.certificates import BY_ID
from flows.taxonomy import SECTORS
from locales.language import LANGUAGES, Language
from locales.words import render
from tests.walking import HANEUL, KELAPA, NOW, SITI, walk

PHOTO = Attachment("a" * 64, "photo", "foto.jpg", "image/jpeg", 1000)
PAPER = Attachment("b" * 64, "document", "halal.pdf", "application/pdf", 1000)
HALAL = Certificate("CERT-0001", "halal_id", number="ID12345678901234", until_change=True)
HACCP = Certificate("CERT-0002", "haccp", expires=date(2026, 1, 31), for_all=True)
CHIPS = Product(
    "PROD-0001",
    1,
    {
        **dict.fromkeys(assortment.FIELDS),
        "sector": "coconut",
        "name_id": "Keripik kelapa",
        "name_en": "Coconut chips",
        "description": "Crunchy slices of ripe coconut, baked.",
        "hs": "200819",
        "minimum_order": ["500", "kg"],
        "monthly_capacity": ["2", "tonne"],
        "price": ["2.5", "USD", "kg", "Tanjung Priok"],
        "flags": ["organic_claim"],
        "brand": "own",
        "trademark": "applied",
        "shelf_life": 9,
        "showcase": True,
    },
    certificates=(HALAL, HACCP),
)
STOOL = replace(
    CHIPS,
    reference="PROD-0002",
    fields={
        **CHIPS.fields,
        "sector": "furniture_interior",
        "name_en": "Teak stool",
        "name_id": "",
        "flags": [],
    },
    photos=(PHOTO,),
    certificates=(HACCP,),
)
AGREED = replace(SITI, language="en", consents={"registration": "2026-11"}, businesses=(KELAPA,))
WITH_CHIPS = replace(AGREED, products=(CHIPS,))
WITH_BOTH = replace(AGREED, products=(CHIPS, STOOL))


class Talking:
    """A person who talks with the flows alone; outcomes become facts, as the store would have it."""

    def __init__(self, facts: Facts, flow: str, about: dict[str, str] | None = None) -> None:
        self.facts = facts
        self.conversation = Conversation([Frame(flow, about)] if about else [], NOW)
        self.outcomes: list[Outcome] = []
        if not about:
            self.say(Started(flow))

    def say(self, *contents: Content | str) -> str:
        """Say one thing after the other; gives the last answer's text."""
        for content in contents:
            turn = respond(
                BOOK, self.conversation, Said(content) if isinstance(content, str) else content, self.facts
            )
            self.conversation = turn.conversation
            for outcome in turn.outcomes:
                self.facts = self.facts.after(outcome)
            self.outcomes += turn.outcomes
            self.messages = turn.messages
        return "\n".join(message.text for message in self.messages)

    @property
    def message(self) -> Message:
        return self.messages[-1]

    def labels(self) -> list[str]:
        return [option.label for option in self.message.options]


def describing(facts: Facts = AGREED) -> Talking:
    return Talking(facts, "product")


IN_FORM = ("Coconut chips", "Crunchy slices of ripe coconut, baked.", "skip")
"""The answers up to the HS code."""


# --- describing -----------------------------------------------------------------------------------------------------


def test_it_needs_a_business() -> None:
    for flow in ("product", "products"):
        assert "please register yours first" in Talking(replace(AGREED, businesses=()), flow).message.text


def test_somebody_with_two_businesses_says_which() -> None:
    talking = describing(replace(AGREED, businesses=(KELAPA, HANEUL)))
    assert "Which business?" in talking.message.text
    assert "Describe a product" in talking.say("CV Kelapa Nusantara")
    assert talking.conversation.frames[-1].about == {"business": "1"}


@pytest.mark.parametrize("sector", [choice.id for choice in SECTORS])
def test_the_first_sitting_is_of_a_dozen_questions_at_most(sector: str) -> None:
    firm = replace(KELAPA, fields={**KELAPA.fields, "sector": sector})
    progress = replay(BOOK["product"], Chat(replace(AGREED, businesses=(firm,))), {})
    assert progress.total <= 12


def test_only_what_applies_is_asked() -> None:
    def names(sector: str) -> set[str]:
        firm = replace(KELAPA, fields={**KELAPA.fields, "sector": sector})
        facts = replace(AGREED, businesses=(firm,))
        described = replace(facts, products=(replace(CHIPS, fields={"sector": sector}),))
        walked = (*walk(BOOK["product"], facts, {}), *walk(BOOK["details"], described, {}))
        return {progress.question.name for progress in walked if progress.question}

    assert {"hs", "minimum_order", "flags", "shelf_life", "storage", "ingredients"} <= names("coconut")
    assert {"shelf_life", "storage"}.isdisjoint(names("fashion"))
    assert {"hs", "minimum_order", "flags", "packaging", "samples"}.isdisjoint(names("it"))
    assert "price" in names("it")
    assert "flags" not in names("ornamental_fish")


def test_each_sector_is_asked_the_flags_that_make_sense() -> None:
    def flags(sector: str) -> set[str]:
        question = goods.flags(sector)
        return {choice.id for choice in question.choices(None, prompts.reading(AGREED))}

    assert "haram_content" in flags("culinary")
    assert "mains_power" not in flags("culinary")
    assert "function_claim" in flags("cosmetics")
    assert {"wood", "lt3y", "3-13"} <= flags("craft")
    assert "haram_content" not in flags("furniture_interior")
    assert {"animal_origin", "wood", "mains_power"} <= flags("other")


def test_a_whole_product_in_one_message() -> None:
    talking = describing()
    talking.say("\n".join((*IN_FORM, "200819", "500 kg", "2 ton", "USD 2,5/kg FOB Tanjung Priok", "skip")))
    text = talking.say("none", "own", "applied", "yes", "save")
    described = next(each for each in talking.outcomes if isinstance(each, ProductDescribed))
    assert described.business == 1
    assert described.fields == {
        "sector": "coconut",
        "name_en": "Coconut chips",
        "description": "Crunchy slices of ripe coconut, baked.",
        "hs": "200819",
        "minimum_order": ["500", "kg"],
        "monthly_capacity": ["2", "tonne"],
        "price": ["2.5", "USD", "kg", "Tanjung Priok"],
        "flags": [],
        "brand": "own",
        "trademark": "applied",
        "showcase": True,
    }
    assert "US$2.50 per kg, FOB Tanjung Priok" in text
    assert "Still open: Photos, Name in Indonesian, Name in Korean" in text


def test_a_name_in_hangul_is_the_korean_one_and_latin_letters_of_a_korean_the_english() -> None:
    assert goods.language_of("새벽 크림", "id") == "ko"
    assert goods.language_of("Dawn Cream", "ko") == "en"
    assert goods.language_of("Keripik", "id") == "id"


def test_for_oem_no_trademark_is_asked() -> None:
    talking = describing()
    talking.say(*IN_FORM, "skip", "skip", "skip", "skip", "none")
    assert "show this product" in talking.say("oem")


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["<b>Chips</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "Chips <!-- x -->"]
)
def test_web_code_in_a_name_is_refused_kindly(name: str) -> None:
    assert "without web code" in describing().say(name)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Chips\x00\x1b[31m \u202eevil\u2066", "Chips[31m evil"),
        ("  Chips \u200b ok\u00ad ", "Chips ok"),
        ("<5% sugar", "<5% sugar"),
        ("I <3 chips", "I <3 chips"),
    ],
)
def test_control_characters_are_dropped_and_signs_kept(name: str, kept: str) -> None:
    talking = describing()
    talking.say(name)
    assert talking.conversation.frames[-1].answers["name"] == kept


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Refused("too_large", "x.jpg"), "too large"),
        (Refused("wrong_type", "x.exe"), "cannot use that kind of file"),
        (Refused("corrupt", "x.jpg"), "damaged"),
        (Attached((PAPER,)), "a photo here, not a document"),
        ("here it is", "send a photo or a file"),
    ],
)
def test_a_file_that_is_no_photo_is_refused_kindly(content: Content | str, words: str) -> None:
    talking = describing()
    talking.say(*IN_FORM[:2])
    assert words in talking.say(content)
    assert "Send 1 to 5 photos" in talking.message.text


def test_at_most_five_photos_are_kept() -> None:
    talking = describing()
    talking.say(*IN_FORM[:2])
    talking.say(*[Attached((PHOTO,))] * 3)
    assert "HS code" in talking.say(Attached((PHOTO,)), Attached((PHOTO,)))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("7701.10", "There is no HS chapter 77"),
        ("2012", "There is no HS heading 2012"),
        ("123", "I count 3 digits"),
        ("asdfgh", "I found no HS heading"),
    ],
)
def test_an_hs_code_that_does_not_exist_is_refused_kindly(typed: str, words: str) -> None:
    talking = describing()
    talking.say(*IN_FORM)
    assert words in talking.say(typed)


def test_an_hs_code_is_found_by_words_and_tapped() -> None:
    talking = describing()
    talking.say(*IN_FORM, "keripik kelapa")
    assert talking.labels()[0].startswith("2008 ")
    assert talking.labels()[-1] == "None of these"
    assert len(talking.labels()) <= 9
    assert "other words" in talking.say("none of these")
    talking.say("keripik kelapa", Tapped("product.hs=2008"))
    assert talking.conversation.frames[-1].answers["hs"] == "2008"


def test_an_impossible_unit_is_answered_with_possible_ones() -> None:
    talking = describing()
    talking.say(*IN_FORM, "skip")
    text = talking.say("500 light-years")
    assert "I do not know “light” as a unit" in text
    assert "500 of what?" in text
    assert "kg" in talking.labels()
    assert "as a unit" in talking.say("furlong")
    talking.say("kg", "2 ton")
    text = talking.say("USD 5 per hour FOB Makassar")
    assert "One cannot sell this by the unit “hour”" in text
    talking.say("pack")
    assert talking.conversation.frames[-1].answers["price"] == ["5", "USD", "pack", "Makassar"]


@pytest.mark.parametrize("typed", ["0 kg", "-5 kg", "kg", "500 and 600 kg", "10-20 kg"])
def test_a_quantity_that_is_none_is_refused_kindly(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_quantity(typed, "en")


@pytest.mark.parametrize("typed", ["20 kg per day", "100 ton/tahun", "하루 30개", "50 pcs a week"])
def test_a_capacity_is_for_a_month(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_quantity(typed, "en", monthly=True)
    assert "one month" in render(refused.value.words, "en")


@pytest.mark.parametrize("typed", ["0", "-3 usd", "abc", "usd 2-3/kg", "USD 4 or EUR 5 / kg"])
def test_a_price_that_is_none_is_refused_kindly(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_price(typed, "en")


# --- reading quantities and prices -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "language", "amount", "unit"),
    [
        ("500 kg", "en", "500", "kg"),
        ("1.000 pcs", "id", "1000", "piece"),
        ("2,5 ton", "id", "2.5", "tonne"),
        ("500개", "ko", "500", "piece"),
        ("오백 개", "ko", "500", "piece"),
        ("2만개", "ko", "20000", "piece"),
        ("20rb pcs", "id", "20000", "piece"),
        ("10 lusin", "id", "10", "dozen"),
        ("100 켤레", "ko", "100", "pair"),
        ("100 m2", "id", "100", "m2"),
        ("5 l", "en", "5", "litre"),
        ("sekitar 300 botol kak", "id", "300", "bottle"),
        ("100 ekor", "id", "100", "head"),
        ("500", "en", "500", ""),
    ],
)
def test_quantities(typed: str, language: Language, amount: str, unit: str) -> None:
    assert read_quantity(typed, language) == Quantity(Decimal(amount), unit)


@pytest.mark.parametrize(
    "typed", ["10 ton/bulan", "10 ton per bulan", "월 10톤", "sebulan 10 ton", "10 tonnes a month"]
)
def test_a_capacity_may_say_that_it_is_for_a_month(typed: str) -> None:
    language: Language = "ko" if "월" in typed else "id"
    assert read_quantity(typed, language, monthly=True) == Quantity(Decimal(10), "tonne")


@pytest.mark.parametrize(
    ("typed", "language", "read"),
    [
        ("USD 2,5/kg FOB Tanjung Priok", "id", ("2.5", "USD", "kg", "Tanjung Priok")),
        ("USD 1.5 / pack, Tanjung Perak", "en", ("1.5", "USD", "pack", "Tanjung Perak")),
        ("FOB Surabaya USD 2.5/kg", "en", ("2.5", "USD", "kg", "Surabaya")),
        ("kg당 2.5달러 (FOB 부산)", "ko", ("2.5", "USD", "kg", "부산")),
        ("Rp 25rb per pcs", "id", ("25000", "IDR", "piece", "")),
        ("$3 each", "en", ("3", "USD", "piece", "")),
        ("15,000원", "ko", ("15000", "KRW", "", "")),
        ("2.5", "en", ("2.5", "", "", "")),
        ("US$ 1,200 per tonne", "en", ("1200", "USD", "tonne", "")),
    ],
)
def test_prices(typed: str, language: Language, read: tuple[str, str, str, str]) -> None:
    parts = read_price(typed, language, assortment.PORTS["ID"])
    assert (f"{parts.amount:f}", parts.currency, parts.unit, parts.port) == read


def test_a_price_step_by_step() -> None:
    talking = describing()
    talking.say(*IN_FORM, "skip", "skip", "skip")
    assert "In which currency?" in talking.say("2,5")
    assert talking.labels() == ["US dollar", "Rupiah", "Euro"]
    assert "For which unit" in talking.say("1")
    assert "From which port" in talking.say("kilo")
    talking.say("not decided yet")
    assert talking.conversation.frames[-1].answers["price"] == ["2.5", "USD", "kg", ""]


def test_a_port_may_be_skipped_alone() -> None:
    talking = describing()
    talking.say(*IN_FORM, "skip", "skip", "skip", "USD 3/kg", "skip")
    assert talking.conversation.frames[-1].answers["price"] == ["3", "USD", "kg", ""]


@given(st.text(max_size=120), st.sampled_from(LANGUAGES), st.sampled_from(("", "1 ", "USD 2/", "500 ")))
def test_nothing_anybody_types_breaks_the_reading(text: str, language: Language, before: str) -> None:
    for read in (
        lambda: read_quantity(before + text, language, monthly=True),
        lambda: read_price(before + text, language, assortment.PORTS["KR"]),
    ):
        try:
            found = read()
        except Unreadable as refused:
            assert render(refused.words, language)
        else:
            assert found.amount > 0
            assert found.unit in ("", *UNITS)


@given(st.lists(st.text(max_size=20), max_size=4), st.sampled_from(("minimum_order", "price", "hs")))
def test_half_given_answers_take_whatever_comes(texts: list[str], field: str) -> None:
    question: Question[object] = goods.question_of(field, "coconut", "ID")
    reading = Reading("en", NOW, "ID")
    so_far: Json = None
    for text in ["2.5", *texts]:
        try:
            taken = question.read_text(text, so_far, reading)
        except Unreadable:
            continue
        if not isinstance(taken, Halfway):
            assert question.show(taken)  # type: ignore[arg-type]  # no question here reopens another
            question.load(taken)  # type: ignore[arg-type]  # likewise
            return
        so_far = taken.so_far
        assert question.prompt(so_far)
        question.choices(so_far, reading)


# --- seeing, changing, copying, withdrawing --------------------------------------------------------------------------


def test_the_card_fits_one_screen_and_says_what_is_open() -> None:
    long = replace(
        CHIPS,
        fields={**CHIPS.fields, "description": "d" * 500, "ingredients": "i" * 1000, "packaging": "p" * 300},
        certificates=(HALAL, HACCP) * 5,
    )
    for language in LANGUAGES:
        assert len(render(card(CHIPS, "ID", NOW.date()), language)) < 900
        assert len(render(card(long, "ID", NOW.date()), language)) < 1500
    text = render(card(CHIPS, "ID", NOW.date()), "en")
    assert "HS code: 2008.19" in text
    assert "HACCP, expired on" in text
    assert "Still open: Photos, Name in Korean" in text


def test_the_photo_goes_ahead_once() -> None:
    talking = Talking(WITH_BOTH, "products")
    talking.say("Teak stool")
    assert [each.file.media for each in talking.outcomes if isinstance(each, FileShown)] == [PHOTO.media]
    talking.say("nonsense")
    assert len(talking.outcomes) == 1


@pytest.mark.parametrize(
    ("field", "typed", "changed"),
    [
        ("Name in Korean", ("코코넛칩",), {"name_ko": "코코넛칩"}),
        ("Price", ("USD 3/pack FOB Belawan",), {"price": ["3", "USD", "pack", "Belawan"]}),
        ("Minimum order", ("1 ton",), {"minimum_order": ["1", "tonne"]}),
        ("Applies to it", ("none",), {"flags": []}),
        ("Brand", ("oem",), {"brand": "oem", "trademark": ""}),
        ("Sector", ("herbal soap", "none"), {"sector": "soap_herbal", "flags": []}),
        ("Shelf life", ("12",), {"shelf_life": 12}),
        ("Shown to buyers", ("no",), {"showcase": False}),
        ("Samples", ("yes",), {"samples": True}),
        ("HS code", ("1905.90",), {"hs": "190590"}),
    ],
)
def test_any_field_can_be_changed(field: str, typed: tuple[str, ...], changed: dict[str, Json]) -> None:
    talking = Talking(WITH_CHIPS, "products")
    text = talking.say("change something", field, *typed)
    assert ProductChanged("PROD-0001", changed) in talking.outcomes
    assert "Changed." in text
    assert "What would you like to do?" in text


def test_new_photos_take_the_place_of_the_old() -> None:
    talking = Talking(replace(AGREED, products=(STOOL,)), "products")
    talking.say("change something", "photos", Attached((PHOTO,)), "done")
    assert ProductChanged("PROD-0002", photos=(PHOTO,)) in talking.outcomes


def test_a_copy_has_all_but_the_certificates_of_the_one() -> None:
    talking = Talking(WITH_CHIPS, "products")
    talking.say("make a copy")
    copy = talking.facts.products[1]
    assert copy.fields == {**CHIPS.fields, "name_id": "Keripik kelapa (2)", "name_en": "Coconut chips (2)"}
    assert copy.certificates == (HACCP,)


def test_withdrawing_is_confirmed() -> None:
    talking = Talking(WITH_CHIPS, "products")
    assert "It cannot be undone" in talking.say("withdraw it")
    talking.say("no")
    assert not talking.outcomes
    assert "is withdrawn" in talking.say("withdraw it", "yes")
    assert talking.outcomes == [ProductWithdrawn("PROD-0001")]


def test_details_ask_only_for_the_names_that_are_missing() -> None:
    walked = walk(BOOK["details"], WITH_CHIPS, {"product": "PROD-0001"})
    names = {progress.question.name for progress in walked if progress.question}
    assert {name for name in names if name.startswith("name_")} == {"name_ko"}


def test_somebody_elses_product_is_not_found() -> None:
    for flow in ("details", "certificate"):
        assert replay(BOOK[flow], Chat(WITH_CHIPS, {"product": "PROD-9999"}), {}).ending == Go("products")


# --- certificates ---------------------------------------------------------------------------------------------------


def certifying(facts: Facts = WITH_CHIPS) -> Talking:
    talking = Talking(facts, "certificate", {"product": "PROD-0001"})
    talking.say("Halal, BPJPH")
    return talking


def test_a_number_of_the_wrong_shape_is_kept_with_a_warning() -> None:
    talking = certifying()
    text = talking.say("12345")
    assert "does not look like a number" in text
    assert "Who issued it?" in text
    talking.say("BPJPH", "1/3/2024", "it has no end date", "skip", "save")
    held = talking.outcomes[-1]
    assert held == CertificateHeld(
        "ABCD-2345", "PROD-0001", "halal_id", "12345", "BPJPH", date(2024, 3, 1), until_change=True
    )


def test_a_number_of_the_right_shape_is_kept_without() -> None:
    assert "does not look" not in certifying().say("ID 1234 5678 9012 34")


def test_a_day_that_has_passed_is_asked_about() -> None:
    talking = certifying()
    talking.say("skip", "skip", "skip")
    assert "Has the certificate expired?" in talking.say("31 January 2026")
    assert "send the right day" in talking.say("no")
    talking.say("31 January 2026", "yes", "skip", "save")
    held = talking.outcomes[-1]
    assert isinstance(held, CertificateHeld)
    assert held.expires == date(2026, 1, 31)
    assert not held.until_change


def test_it_cannot_end_before_it_was_issued() -> None:
    talking = certifying()
    assert "cannot end before" in talking.say("skip", "skip", "1 March 2024", "1 February 2024")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Refused("locked", "halal.pdf"), "locked with a password"),
        (Refused("too_large", "halal.pdf"), "too large"),
        (Refused("corrupt", "halal.pdf"), "damaged"),
        (Refused("wrong_type", "halal.docx"), "cannot use that kind"),
    ],
)
def test_a_copy_that_cannot_be_read_is_refused_kindly(content: Content, words: str) -> None:
    talking = certifying()
    talking.say("skip", "skip", "skip", "skip")
    assert words in talking.say(content)
    assert "Send a photo or PDF" in talking.message.text


def test_a_certificate_of_the_plant_counts_for_all_products() -> None:
    talking = Talking(WITH_BOTH, "certificate", {"product": "PROD-0001"})
    talking.say("ISO 22000", "skip", "skip", "skip", "1 May 2028", Attached((PAPER,)), "done", "save")
    for product in talking.facts.products:
        assert product.certificates[-1].kind == "iso_22000"
        assert product.certificates[-1].attachments == (PAPER,)


def test_one_that_is_held_can_be_taken_off() -> None:
    talking = Talking(WITH_CHIPS, "products")
    assert "Take it off the list?" in talking.say("certificates", "halal, bpjph")
    talking.say("yes")
    assert talking.outcomes == [CertificateRemoved("CERT-0001")]
    assert talking.facts.products[0].certificates == (HACCP,)


@pytest.mark.parametrize("country", ["ID", "KR"])
@pytest.mark.parametrize("sector", [choice.id for choice in SECTORS])
def test_each_sector_has_kinds_that_exist(sector: str, country: str) -> None:
    kinds = kinds_for(sector, country)
    assert len({kind.id for kind in kinds}) == len(kinds)
    assert all(kind.id in BY_ID for kind in kinds)
    assert kinds[-1].id == "other"
    assert set(BY_ID) >= FOR_ALL


# --- every channel --------------------------------------------------------------------------------------------------


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def everything() -> Iterator[tuple[str, Question[object]]]:
    for sector in ("coconut", "craft", "it", "cosmetics", "other"):
        firm = replace(KELAPA, fields={**KELAPA.fields, "sector": sector})
        mine = replace(CHIPS, fields={**CHIPS.fields, "sector": sector})
        facts = replace(AGREED, businesses=(firm,), products=(mine,))
        for flow in ("product", "details", "products", "certificate"):
            for progress in walk(BOOK[flow], facts, {"product": "PROD-0001"}):
                if progress.question is not None:
                    yield flow, progress.question


def test_questions_fit_every_channel_in_english() -> None:
    """The other languages are held by the test of all words."""
    reading = prompts.reading(AGREED)
    asked = list(everything())
    assert len(asked) > 50
    for flow, question in asked:
        choices = question.choices(None, reading)
        for choice in choices:
            assert len(f"{flow}.{question.name}={choice.id}".encode()) <= 64
            assert units(render(choice.label, "en")) <= (20 if len(choices) <= 3 else 24), choice
            assert units(render(choice.description, "en")) <= 72, choice
        assert units(render(question.prompt(None), "en")) <= 1024


def test_half_given_choices_fit_too() -> None:
    for sector in (choice.id for choice in SECTORS):
        for unit in goods.question_of("minimum_order", sector, "ID").choices(["5"], prompts.reading(AGREED)):
            assert units(render(unit.label, "en")) <= 20
    for country in assortment.PORTS:
        question = goods.question_of("price", "coconut", country)
        for half in (["5", "", "", ""], ["5", "USD", "", ""], ["5", "USD", "kg", ""]):
            for choice in question.choices(half, prompts.reading(AGREED)):
                assert len(f"product.price={choice.id}".encode()) <= 64
                assert units(render(choice.label, "en")) <= 20


def test_a_kind_nobody_knows_any_more_is_still_shown() -> None:
    assert label_of("gone") == "gone"
