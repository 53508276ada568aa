"""The road map: its tables against the planning tables, its plans against what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.roadmap import sentences
from flows.roadmap.certificates import BY_ID, KINDS, check_number
from flows.roadmap.plan import RoadMap, plan
from flows.roadmap.product import Age, Country, Flag, Held, Market, Mission, ProductFacts
from flows.roadmap.readiness import readiness
from flows.roadmap.rules import RULES
from flows.roadmap.step import NO_TIME, Weeks
from flows.roadmap.steps import STEPS
from flows.taxonomy import SECTORS
from locales.words import render

TODAY = date(2026, 11, 21)
MAY = Mission("Misi Seoul", date(2027, 5, 10), date(2027, 5, 14))
LOCALES = Path(__file__).parent.parent / "locales"


def ids(roadmap: RoadMap) -> list[str]:
    return [planned.step.id for planned in roadmap.steps]


def holds_in_order(roadmap: RoadMap, *steps: str) -> bool:
    places = [ids(roadmap).index(step) for step in steps]
    return places == sorted(places)


def product(origin: Country, sector: str, *flags: Flag, age: Age = "adult") -> ProductFacts:
    return ProductFacts(origin, sector, frozenset(flags), age)


ROWS: list[tuple[ProductFacts, Market, str, Weeks]] = [
    (
        product("KR", "culinary"),
        "ID",
        "importer halal_kr halal_registration bpom_ml coo_kr ski",
        Weeks(13, 52),
    ),
    (product("KR", "agro"), "ID", "importer halal_kr halal_registration bpom_ml coo_kr ski", Weeks(13, 52)),
    (
        product("KR", "culinary", "haram_content"),
        "ID",
        "importer non_halal bpom_ml coo_kr ski",
        Weeks(13, 52),
    ),
    (
        product("KR", "cosmetics"),
        "ID",
        "importer recommendation free_sale_kr gmp_file bpom_cosmetic_import dip halal_kr halal_registration",
        Weeks(9, 26),
    ),
    (
        product("KR", "health"),
        "ID",
        "importer free_sale_kr supplement_file bpom_supplement halal_kr halal_registration ski",
        Weeks(26, 104),
    ),
    (
        product("KR", "medical_device"),
        "ID",
        "device_holder device_class device_licence device_label",
        Weeks(9, 39),
    ),
    (
        product("KR", "fashion", age="lt3y"),
        "ID",
        "importer_goods sni_sample sni sni_import_number sni_mark",
        Weeks(3, 12),
    ),
    (product("KR", "craft", age="3-13"), "ID", "importer_goods sni_sample sni sni_mark", Weeks(3, 12)),
    (product("KR", "machinery"), "ID", "hs_code trade_check coo_kr machine_permit manuals", Weeks(4, 9)),
    (product("KR", "it"), "ID", "pse data_protection contract_tax", Weeks(2, 8)),
    (
        product("ID", "culinary"),
        "KR",
        "food_permit haccp mfds_plant check_kr label_kr_food mfds_import coo_id",
        Weeks(9, 26),
    ),
    (
        product("ID", "coconut"),
        "KR",
        "food_permit haccp mfds_plant check_kr label_kr_food mfds_import coo_id",
        Weeks(9, 26),
    ),
    (product("ID", "coffee"), "KR", "phyto_coffee ico coo_id mfds_import", Weeks(2, 6)),
    (product("ID", "fishery"), "KR", "skp haccp nfqs_listing fish_lot coo_id", Weeks(13, 52)),
    (product("ID", "ornamental_fish"), "KR", "ckib species_check fish_health fish_quarantine", Weeks(2, 8)),
    (product("ID", "fashion"), "KR", "label_fibre textile_test label_kr_textile coo_id", Weeks(2, 6)),
    (
        product("ID", "fashion", age="lt3y"),
        "KR",
        "label_fibre textile_test child_under_3 kc_label coo_id",
        Weeks(3, 10),
    ),
    (
        product("ID", "fashion", age="3-13"),
        "KR",
        "label_fibre textile_test child_3_13 kc_label coo_id",
        Weeks(3, 8),
    ),
    (product("ID", "footwear"), "KR", "materials_test cites_check coo_id", Weeks(3, 6)),
    (product("ID", "leather", age="3-13"), "KR", "materials_test cites_check child_3_13 coo_id", Weeks(3, 6)),
    (product("ID", "craft", "wood"), "KR", "svlk wood_packing timber_check_kr coo_id", Weeks(4, 12)),
    (product("ID", "fashion"), "KR", "trademark_id batikmark label_fibre textile_test coo_id", Weeks(2, 6)),
    (
        product("ID", "soap_herbal"),
        "KR",
        "cpkb bpom_cosmetic_local free_sale_id seller_kr import_report_kr label_kr_cosmetic",
        Weeks(9, 22),
    ),
    (product("ID", "furniture_interior"), "KR", "svlk furniture_test origin_mark coo_id", Weeks(9, 13)),
    (product("ID", "coconut"), "AE", "food_permit halal_uae label_uae register_uae coo_id", Weeks(9, 13)),
    (product("ID", "fishery"), "RU", "food_permit label_ru eac coo_id", Weeks(1, 13)),
    (product("ID", "culinary"), "ID", "nib food_permit halal_id trademark_id export_papers", Weeks(2, 13)),
]


@pytest.mark.parametrize(("facts", "market", "steps", "total"), ROWS)
def test_a_route_has_its_steps_in_order(
    facts: ProductFacts, market: Market, steps: str, total: Weeks
) -> None:
    roadmap = plan(facts, market, [], TODAY)
    assert holds_in_order(roadmap, *steps.split())
    assert roadmap.total == total
    assert roadmap.known


ADDITIONS: list[tuple[ProductFacts, Market, str]] = [
    (product("KR", "culinary"), "ID", "importer bpom_ml label_id ski"),
    (product("KR", "cosmetics"), "ID", "importer bpom_cosmetic_import dip"),
    (product("KR", "health"), "ID", "importer bpom_supplement"),
    (product("KR", "machinery", "haram_content"), "ID", "non_halal"),
    (product("KR", "culinary", "alcohol"), "ID", "non_halal"),
    (product("KR", "fashion", age="lt3y"), "ID", "sni"),
    (product("KR", "machinery", "mains_power"), "ID", "sni"),
    (product("ID", "fishery"), "KR", "mfds_plant mfds_import label_kr_food"),
    (product("ID", "coconut", "organic_claim"), "KR", "organic_kr"),
    (product("ID", "cosmetics"), "KR", "seller_kr import_report_kr"),
    (product("ID", "cosmetics", "function_claim"), "KR", "functional_kr"),
    (product("ID", "craft", age="3-13"), "KR", "child_3_13"),
    (product("ID", "machinery", "mains_power"), "KR", "kc_mains"),
    (product("ID", "furniture_interior", "wood"), "KR", "svlk wood_packing"),
    (product("ID", "health", "health_claim"), "KR", "health_claim_kr"),
    (product("ID", "other"), "KR", "hs_code label trademark_id trademark_kr origin_rule coo_id"),
    (product("KR", "other"), "ID", "hs_code label trademark_id trademark_kr origin_rule coo_kr subsidy"),
]


@pytest.mark.parametrize(("facts", "market", "steps"), ADDITIONS)
def test_a_rule_adds_its_steps(facts: ProductFacts, market: Market, steps: str) -> None:
    assert set(steps.split()) <= set(ids(plan(facts, market, [], TODAY)))


@pytest.mark.parametrize("flag", ["haram_content", "alcohol"])
def test_what_cannot_be_halal_needs_no_halal_certificate(flag: Flag) -> None:
    roadmap = plan(product("KR", "culinary", flag), "ID", [], TODAY)
    assert not {"halal_kr", "halal_registration"} & set(ids(roadmap))
    assert roadmap.halal, "the notice goes with a non-halal statement too"


def test_alcohol_in_a_cosmetic_is_not_drink() -> None:
    assert "halal_kr" in ids(plan(product("KR", "cosmetics", "alcohol"), "ID", [], TODAY))


def test_without_a_brand_of_its_own_there_is_no_trademark_to_register() -> None:
    facts = replace(product("ID", "fashion"), own_brand=False)
    assert not {"trademark_id", "trademark_kr"} & set(ids(plan(facts, "KR", [], TODAY)))


def test_services_have_no_customs_steps() -> None:
    roadmap = plan(product("KR", "it"), "ID", [], TODAY)
    assert not {"hs_code", "label", "coo_kr", "origin_rule"} & set(ids(roadmap))


def test_an_unknown_route_has_the_general_steps_and_says_so() -> None:
    roadmap = plan(product("ID", "pharma"), "KR", [], TODAY, MAY)
    assert not roadmap.known
    assert {"nib", "hs_code", "coo_id"} <= set(ids(roadmap))
    assert sentences.ASK_OFFICER in sentences.tell_notes(roadmap)
    told = sentences.tell_mission(roadmap)
    assert told is not None
    assert "could not be told" in render(told, "en")


# ------------------------------------------------------------------------------------------- certificates held


def state(roadmap: RoadMap, step: str) -> str:
    return next(planned.state for planned in roadmap.steps if planned.step.id == step)


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ([], "to_do"),
        ([Held("haccp", "1", MAY.ends + timedelta(days=91))], "done"),
        ([Held("haccp", "1", MAY.ends + timedelta(days=90))], "to_renew"),
        ([Held("haccp", "1", TODAY - timedelta(days=1))], "to_renew"),
        ([Held("haccp", "1")], "to_renew"),
        ([Held("haccp", "1", until_change=True)], "done"),
        ([Held("haccp", "1", TODAY), Held("iso_22000", "2", date(2029, 1, 1))], "done"),
        ([Held("halal_id", "1", until_change=True)], "to_do"),
    ],
)
def test_a_certificate_must_outlast_the_mission(held: list[Held], expected: str) -> None:
    assert state(plan(product("ID", "fishery"), "KR", held, TODAY, MAY), "haccp") == expected


def test_without_a_mission_a_certificate_must_last_ninety_days() -> None:
    soon, later = Held("svlk", "1", TODAY + timedelta(days=90)), Held("svlk", "1", TODAY + timedelta(days=91))
    facts = product("ID", "furniture_interior")
    assert state(plan(facts, "KR", [soon], TODAY), "svlk") == "to_renew"
    assert state(plan(facts, "KR", [later], TODAY), "svlk") == "done"


def test_a_registration_shows_that_there_is_an_importer_but_not_when_it_has_run_out() -> None:
    facts = product("KR", "culinary")
    assert state(plan(facts, "ID", [Held("bpom_ml", "", date(2031, 1, 1))], TODAY), "importer") == "done"
    assert state(plan(facts, "ID", [Held("bpom_ml", "", TODAY)], TODAY), "importer") == "to_do"


def test_a_business_number_has_no_date_and_is_done() -> None:
    assert state(plan(product("ID", "coffee"), "KR", [Held("nib", "9120001234567")], TODAY), "nib") == "done"


def test_what_the_product_itself_tells_is_done() -> None:
    facts = replace(product("ID", "coffee"), hs_known=True, trademark_registered=True)
    roadmap = plan(facts, "KR", [], TODAY)
    assert (state(roadmap, "hs_code"), state(roadmap, "trademark_id"), state(roadmap, "trademark_kr")) == (
        "done",
        "done",
        "to_do",
    )


# ------------------------------------------------------------------------------------------------------ times


def test_coconut_chips_for_a_mission_in_may() -> None:
    facts = product("ID", "coconut")
    roadmap = plan(facts, "KR", [], TODAY, MAY)
    assert roadmap.total == Weeks(9, 26)
    assert roadmap.late == Weeks(0, 2)
    check = next(planned for planned in roadmap.steps if planned.step.id == "check_kr")
    assert (check.begins, check.ends) == (Weeks(1, 13), Weeks(9, 26))
    assert check.begin_by == date(2027, 2, 8), "thirteen weeks before the mission"
    permit = next(planned for planned in roadmap.steps if planned.step.id == "food_permit")
    assert permit.begin_by == date(2026, 11, 9), "it should have begun already"

    helped = plan(facts, "KR", [Held("bpom_md", "", date(2030, 1, 1))], TODAY, MAY)
    assert helped.total == Weeks(8, 13)
    assert helped.late == NO_TIME


def test_what_takes_long_at_best_will_be_late() -> None:
    roadmap = plan(product("KR", "health"), "ID", [], TODAY, MAY)
    assert roadmap.late == Weeks(2, 80)
    told = sentences.tell_mission(roadmap)
    assert told is not None
    assert render(told, "en") == "For “Misi Seoul” it will be late by 2–80 weeks."


def test_a_weak_figure_is_not_said_in_numbers() -> None:
    for planned in plan(product("ID", "fishery"), "KR", [], TODAY, MAY).steps:
        told = [sentences.tell_time(planned), sentences.tell_late(planned)]
        said = " ".join(render(each, "en") for each in told if each)
        if planned.step.confidence == "low":
            assert not any(char.isdigit() for char in said)


def test_what_a_step_waits_for_and_costs_and_how_long_it_is_valid() -> None:
    roadmap = plan(product("KR", "culinary"), "ID", [Held("loa", until_change=True)], TODAY)
    registration = next(planned for planned in roadmap.steps if planned.step.id == "bpom_ml")
    assert [planned.step.id for planned in roadmap.awaited(registration)] == ["label_id"]
    assert registration.step.cost
    told = [sentences.tell_cost(registration.step), sentences.tell_validity(registration.step)]
    assert [render(each, "en") for each in told if each] == ["high cost", "valid about 5 years"]
    assert sentences.tell_validity(STEPS["halal_kr"]) is None, "a weak figure"


def test_all_done_is_ready() -> None:
    facts = replace(product("ID", "coffee"), hs_known=True)
    roadmap = plan(facts, "KR", [Held("nib")], TODAY, MAY)
    assert roadmap.late == NO_TIME
    assert roadmap.total == Weeks(2, 6), "the papers of the first shipment are left"


@pytest.mark.parametrize(
    ("weeks", "said"),
    [
        (Weeks(13, 52), "3–12 months"),
        (Weeks(2, 6), "2–6 weeks"),
        (Weeks(1, 13), "1–13 weeks"),
        (Weeks(0, 1), "up to 1 week"),
        (Weeks(0, 13), "up to 13 weeks"),
        (Weeks(3, 3), "about 3 weeks"),
        (Weeks(52, 53), "about 12 months"),
        (NO_TIME, "a few days"),
    ],
)
def test_ranges_in_words(weeks: Weeks, said: str) -> None:
    assert render(sentences.tell_weeks(weeks), "en") == said


# ------------------------------------------------------------------------------------- what must always hold

products = st.builds(
    ProductFacts,
    st.sampled_from(get_args(Country)),
    st.sampled_from([sector.id for sector in SECTORS]),
    st.frozensets(st.sampled_from(get_args(Flag))),
    st.sampled_from(get_args(Age)),
    st.sampled_from([True, False, None]),
    st.sampled_from([True, False, None]),
    st.none(),
    st.sampled_from([True, False, None]),
)
markets: st.SearchStrategy[Market] = st.sampled_from(get_args(Market))
days = st.dates(date(2025, 1, 1), date(2031, 1, 1))
certificates = st.builds(Held, st.sampled_from(list(BY_ID)), st.just("1"), st.none() | days, st.booleans())
missions = st.none() | st.builds(
    lambda starts, length: Mission("M", starts, starts + timedelta(days=length)), days, st.integers(0, 10)
)


@settings(max_examples=100, deadline=None)
@given(products, markets, st.lists(certificates, max_size=4), missions)
def test_every_plan_can_be_followed(
    facts: ProductFacts, market: Market, held: list[Held], mission: Mission | None
) -> None:
    roadmap = plan(facts, market, held, TODAY, mission)
    by_id = {planned.step.id: planned for planned in roadmap.steps}
    assert [planned.number for planned in roadmap.steps] == list(range(1, len(roadmap.steps) + 1))
    for planned in roadmap.steps:
        assert 0 <= planned.begins.least <= planned.begins.most
        assert planned.begins.least <= planned.ends.least <= planned.ends.most <= roadmap_end(roadmap)
        assert 0 <= planned.late.least <= planned.late.most
        if planned.state == "done":
            assert planned.ends == NO_TIME
            assert planned.late == NO_TIME
            assert planned.begin_by is None
        for other in planned.step.waits_for:
            if other in by_id:
                assert by_id[other].number < planned.number
                if planned.state != "done":
                    assert by_id[other].ends.least <= planned.begins.least
                    assert by_id[other].ends.most <= planned.begins.most
    for rule in RULES:
        if rule.applies(facts, market):
            present = [by_id[step].number for step in rule.add if step in by_id]
            assert present == sorted(present)


def roadmap_end(roadmap: RoadMap) -> int:
    return max([roadmap.total.most, *(each.ends.most for each in roadmap.steps if not each.required)])


@settings(max_examples=60, deadline=None)
@given(products, markets, st.lists(certificates, max_size=3), certificates, missions)
def test_holding_one_more_never_makes_it_later(
    facts: ProductFacts, market: Market, held: list[Held], more: Held, mission: Mission | None
) -> None:
    before = plan(facts, market, held, TODAY, mission)
    after = plan(facts, market, [*held, more], TODAY, mission)
    assert ids(after) == ids(before)
    for one, two in [(after.total, before.total), (after.ready, before.ready), (after.late, before.late)]:
        assert one.least <= two.least
        assert one.most <= two.most
    if not (facts.trademark_registered and more.expires):  # a date says more than "it is registered"
        assert after.done >= before.done


@settings(max_examples=60, deadline=None)
@given(products, markets, st.lists(certificates, max_size=3), missions)
def test_backward_agrees_with_forward(
    facts: ProductFacts, market: Market, held: list[Held], mission: Mission | None
) -> None:
    roadmap = plan(facts, market, held, TODAY, mission)
    counted = [each for each in roadmap.steps if each.required and each.begin_by is not None]
    if mission is None or not counted:
        assert mission is not None or not counted
        assert roadmap.late == NO_TIME
        return
    slack = min(
        (each.begin_by - TODAY).days - 7 * each.begins.most for each in counted if each.begin_by is not None
    )
    assert slack == (mission.starts - TODAY).days - 7 * roadmap.ready.most
    assert (slack < 0) == (roadmap.late.most > 0)
    assert roadmap.late == max((each.late for each in counted), key=lambda late: late.most) or any(
        each.late.least == roadmap.late.least for each in counted
    )
    for first, second in pairwise(counted):
        if first.step.id in second.step.waits_for and first.begin_by and second.begin_by:
            assert first.begin_by + timedelta(weeks=first.step.weeks.most) <= second.begin_by


# -------------------------------------------------------------------------------------------------- the tables


def test_every_step_is_used_and_names_only_what_there_is() -> None:
    topics = {path.stem for path in (LOCALES / "answers").glob("*.toml")}
    assert {step for rule in RULES for step in rule.add} == set(STEPS)
    for id_, step in STEPS.items():
        assert step.id == id_
        assert step.topic in topics
        assert set(step.waits_for) <= set(STEPS)
        assert {*step.satisfied_by, *step.shown_by} <= set(BY_ID)
        assert step.weeks.least <= step.weeks.most
    for rule in RULES:
        assert rule.advised <= set(rule.add)
        assert rule.exclude <= set(STEPS)


def test_every_certificate_names_an_agency_there_is() -> None:
    agencies = {path.stem for path in (LOCALES / "agencies").glob("*.toml")}
    for kind in KINDS:
        assert kind.issuer in agencies
        assert bool(kind.shape) == bool(kind.example)
        assert check_number(kind.id, kind.example) is None, "an example has the right shape"


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        ("nib", "9120 0012 34567", True),
        ("nib", "912000123456", False),
        ("p_irt", "206320101012328", True),
        ("p_irt", "906320101012328", False),
        ("bpom_ml", "ml 867009001234", True),
        ("bpom_ml", "MD 867009001234", False),
        ("bpom_cosmetic", "NA18201234567", True),
        ("bpom_cosmetic", "NF18201234567", False),
        ("halal_id", "ID 3511 0000 0012 3456", True),
        ("halal_id", "35110000001234", False),
        ("haccp", "anything", True),
        ("nib", "", True),
        ("no such kind", "1", True),
    ],
)
def test_numbers_are_checked_softly(kind: str, number: str, fits: bool) -> None:
    assert (check_number(kind, number) is None) == fits


# --------------------------------------------------------------------------------------------------- readiness


def test_readiness_of_a_firm_with_nothing_and_with_everything() -> None:
    facts = product("ID", "culinary")
    bare = readiness(facts, [], TODAY)
    assert bare.score == 0
    assert len(bare.would_raise) == 5
    full = replace(facts, own_brand=True, trademark_registered=True, capacity=True)
    held = [Held("haccp", "1", date(2029, 1, 1)), Held("halal_id", until_change=True)]
    assert readiness(full, held, TODAY).score == 100
    assert readiness(full, held, TODAY).would_raise == []


def test_halal_counts_only_where_it_applies() -> None:
    full = replace(product("ID", "fashion"), own_brand=True, trademark_registered=True, capacity=True)
    sni = [Held("sni", "1", date(2029, 1, 1))]
    assert readiness(full, sni, TODAY).score == 100
    assert readiness(replace(full, sector="culinary"), sni, TODAY).score == 75
    assert readiness(replace(full, sector="culinary", flags=frozenset({"alcohol"})), sni, TODAY).score == 100


def test_a_certificate_that_runs_out_before_the_mission_does_not_count() -> None:
    facts = product("ID", "culinary")
    held = [Held("haccp", "1", MAY.ends + timedelta(days=10))]
    assert readiness(facts, held, TODAY, MAY).score == 0
    assert readiness(facts, held, TODAY).score == 30


@settings(max_examples=60, deadline=None)
@given(products, st.lists(certificates, max_size=4), certificates)
def test_one_more_certificate_never_lowers_the_score(
    facts: ProductFacts, held: list[Held], more: Held
) -> None:
    before, after = readiness(facts, held, TODAY), readiness(facts, [*held, more], TODAY)
    assert 0 <= before.score <= after.score <= 100
    assert (after.score == 100) == (not after.would_raise)
