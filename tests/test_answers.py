"""The certification answers: complete in three languages, nothing undeclared, always with date and agency."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.taxonomy import SECTORS
from locales.answers import Topic, agencies, lines, provenance, read_topic, sources, topics
from locales.language import LANGUAGES, Language
from locales.proofreading import faults, numbers_in
from locales.synonyms import synonyms
from locales.words import render

SLUGS = frozenset(
    [
        "bpom-overview",
        "bpom-timeline",
        "bpom-importer-required",
        "bpom-food-ml-registration",
        "md-vs-ml",
        "pirt",
        "bpom-cosmetic-notification",
        "bpom-cosmetic-dip",
        "bpom-health-supplement",
        "bpom-traditional-medicine",
        "bpom-fees",
        "bpom-ski-import-permit",
        "bpom-label-indonesian",
        "bpom-number-check",
        "pkrt-household",
        "medical-device-indonesia",
        "sni-mandatory",
        "nib-oss",
        "kbli-2025",
        "npwp",
        "export-licence-indonesia",
        "customs-documents-basic",
        "label-language",
        "shelf-life",
        "halal-mandatory-dates",
        "halal-non-halal-exempt",
        "halal-cert-indonesia-regular",
        "halal-self-declare-sehati",
        "halal-cert-validity",
        "halal-foreign-certificate-recognition",
        "halal-registration-importer",
        "korea-halal-kmf",
        "halal-goods-fashion",
        "korea-mfds-food-import",
        "korea-foreign-facility-registration",
        "korea-food-label",
        "korea-food-additives",
        "korea-haccp-import",
        "korea-health-functional-food",
        "korea-cosmetics-import",
        "korea-functional-cosmetics",
        "herbal-soap",
        "korea-kc-mark",
        "korea-textile-adult",
        "korea-children-products",
        "korea-leather-footwear",
        "korea-quarantine-plant",
        "coffee",
        "ornamental-fish-health-certificate",
        "fishery-processed-korea",
        "korea-organic-equivalence",
        "coconut-products",
        "svlk-flegt-wood-legality",
        "batik-mark",
        "textile-safety-standards",
        "machinery-electrical",
        "vaccines-biosimilars",
        "it-services-pse",
        "haccp",
        "iso-22000",
        "fssc-22000",
        "gmp-cpkb",
        "organic-cert-indonesia",
        "lab-test-reports",
        "ik-cepa-origin",
        "ska-coo-eska",
        "coo-korea",
        "hs-code",
        "trademark-djki",
        "trademark-kipo",
        "free-sale-certificate",
        "samples-customs-carnet",
        "samples-food-cosmetics",
        "incoterms",
        "payment-terms",
        "export-finance",
        "consumer-ecommerce-export",
        "trade-mission-apply",
        "trade-mission-cost-support",
        "trade-mission-eligibility",
        "what-to-bring-buyer-meeting",
        "interpreter",
        "follow-up-after-meeting",
        "mission-privacy-consent",
        "korea-cert-subsidy",
        "indonesia-export-programmes",
        "business-visa",
        "travel-prayer-ramadan",
        "other-market-uae",
        "other-market-russia-eaeu",
        "scam-fake-certifier",
    ]
)
ABOUT_HALAL = frozenset(slug for slug in SLUGS if slug.startswith("halal-")) | {"korea-halal-kmf"}


def test_every_topic_is_there() -> None:
    assert len(SLUGS) == 91
    assert set(topics()) == SLUGS


def test_the_answers_have_no_faults() -> None:
    assert faults(topics(), agencies(), sources()) == []


def test_halal_topics_are_marked() -> None:
    assert [slug for slug in sorted(ABOUT_HALAL) if not topics()[slug].halal] == []


def test_sectors_are_those_of_the_registration() -> None:
    known = {sector.id for sector in SECTORS}
    assert {sector for topic in topics().values() for sector in topic.sectors} - known == set()


def test_agencies_are_named_in_every_language() -> None:
    for agency in agencies().values():
        assert set(agency.names) == set(LANGUAGES), agency.key
        assert all(agency.names.values()), agency.key
        assert not agency.site or agency.site.startswith("https://"), agency.key


def test_files_are_called_as_their_topics() -> None:
    for slug, topic in topics().items():
        assert topic.slug == slug


# --- the proofreading finds what it is for ----------------------------------------------------------------------


def proofread(topic: Topic) -> list[str]:
    return faults({**topics(), topic.slug: topic}, agencies(), sources())


def with_text(slug: str, language: Language, **changes: object) -> Topic:
    topic = topics()[slug]
    text = replace(topic.texts[language], **changes)  # type: ignore[arg-type]  # any part of a text
    return replace(topic, texts={**topic.texts, language: text})


def test_an_undeclared_number_is_a_fault() -> None:
    short = topics()["bpom-timeline"].texts["ko"].short
    changed = proofread(with_text("bpom-timeline", "ko", short=short.replace("14영업일", "15영업일")))
    assert changed == ["bpom-timeline: ko names 15, which is not among the facts"]


def test_an_undeclared_law_is_a_fault() -> None:
    topic = replace(
        with_text("bpom-overview", "en", more="See UU 33/2014."), numbers=frozenset({"33", "2014"})
    )
    assert "bpom-overview: en names UU 33/2014, which is not among the facts" in proofread(topic)


def test_a_number_without_certainty_is_a_fault() -> None:
    topic = with_text("bpom-fees", "id", short="Biayanya Rp300.000.")
    assert any("though nobody can state it for certain" in fault for fault in proofread(topic))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": "x" * 61}, "en.title has 61 characters, more than 60"),
        ({"short": "x" * 501}, "en.short has 501 characters, more than 500"),
        ({"short": ""}, "en.short is empty"),
        ({"ways": ("one", "two")}, "en has 2 ways of asking, fewer than 8"),
        ({"ways": ("One?", "one") * 4}, "en has a way of asking twice"),
        ({"more": ""}, "more is not there in all languages"),
    ],
)
def test_a_bad_text_is_a_fault(changes: dict[str, object], fault: str) -> None:
    assert f"pirt: {fault}" in proofread(with_text("pirt", "en", **changes))


def test_a_way_of_two_topics_is_a_fault() -> None:
    way = topics()["haccp"].texts["id"].ways[0]
    found = proofread(with_text("iso-22000", "id", ways=(*topics()["iso-22000"].texts["id"].ways, f"{way}!")))
    assert any(fault.startswith("haccp, iso-22000: the same way of asking") for fault in found)


@pytest.mark.parametrize("field", ["agencies", "sources", "related", "direction"])
def test_an_unknown_key_is_a_fault(field: str) -> None:
    topic = replace(topics()["pirt"], **{field: ("nowhere",)})  # type: ignore[arg-type]  # one of the four
    assert any(fault.endswith("nowhere") for fault in proofread(topic))


def test_numbers_are_read_without_thousands_separators() -> None:
    assert numbers_in("Rp6.468.750, KRW 1,000 and 3-4 months, 12.5 %") == {
        "6468750",
        "1000",
        "3",
        "4",
        "12",
        "5",
    }


@pytest.mark.parametrize("missing", ["slug", "facts", "ko"])
def test_a_topic_without_a_part_cannot_be_read(missing: str) -> None:
    whole = {"slug": "x", "facts": {"numbers": [], "laws": []}, "id": {}, "ko": {}, "en": {}}
    with pytest.raises((KeyError, TypeError)):
        read_topic({key: value for key, value in whole.items() if key != missing})


# --- what goes with every answer --------------------------------------------------------------------------------

CHECKED = date(2026, 11, 21)


def said(slug: str, language: Language, today: date = CHECKED) -> str:
    return "\n".join(render(line, language) for line in lines(topics()[slug], language, today))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_every_answer_says_when_and_whom_to_ask(slug: str, language: Language) -> None:
    topic = topics()[slug]
    shown = said(slug, language)
    assert topic.texts[language].short in shown
    assert topic.as_of in shown
    for key in topic.agencies:
        assert agencies()[key].names[language] in shown
    assert (agencies()["bpjph"].site in shown and "2026" in shown) or not topic.halal
    assert topic.texts[language].question in shown or topic.confidence != "low"


def test_the_two_clocks_are_told_apart() -> None:
    shown = said("bpom-timeline", "en").splitlines()
    assert any(
        line.startswith("Time the agency takes once the file is complete: cosmetics") for line in shown
    )
    assert any(line.startswith("Time for the whole project, preparation included: general") for line in shown)


@pytest.mark.parametrize(("confidence", "days"), [("high", 180), ("medium", 90), ("low", 90)])
def test_an_answer_past_its_review_date_says_so(confidence: str, days: int) -> None:
    topic = replace(topics()["pirt"], confidence=confidence, checked=CHECKED)  # type: ignore[arg-type]  # one of three
    last_day = CHECKED + timedelta(days=days)
    fresh = [render(line, "en") for line in provenance(topic, "en", last_day)]
    stale = [render(line, "en") for line in provenance(topic, "en", last_day + timedelta(days=1))]
    assert not any("should have been reviewed" in line for line in fresh)
    assert any("should have been reviewed" in line for line in stale)


# --- the synonyms -----------------------------------------------------------------------------------------------


def test_synonyms_are_as_people_type_them() -> None:
    known = synonyms()
    terms = [
        term
        for part in (known.concepts, known.outside, known.elsewhere)
        for terms in part.values()
        for term in terms
    ]
    assert [term for term in terms if term != term.casefold().strip() or not term] == []
    assert [word for word, meant in known.slang.items() if word == meant or " " in word] == []


def test_no_synonym_is_listed_twice() -> None:
    known = synonyms()
    for part in (known.concepts, known.outside, known.elsewhere):
        for name, terms in part.items():
            assert len(set(terms)) == len(terms), name
