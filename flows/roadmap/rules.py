"""Which steps a product needs for a market, as data: routes by direction and sector, and what a flag adds.

The steps of one rule come in the order it lists. A rule applies when everything it names is so; what it leaves empty
may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flows.roadmap.product import Age, Country, Flag, Market, ProductFacts
from flows.taxonomy import SECTORS
from locales.words import Text, _

SERVICES: Final = frozenset({"it"})
GOODS: Final = frozenset(sector.id for sector in SECTORS) - SERVICES
KOREAN_FOOD: Final = frozenset({"culinary", "agro", "fishery"})
INDONESIAN_FOOD: Final = frozenset({"culinary", "coconut", "coffee", "agro", "fishery"})
COSMETICS: Final = frozenset({"cosmetics", "soap_herbal"})
EATEN: Final = INDONESIAN_FOOD | {"health"}
CHILDRENS: Final = frozenset(
    {"fashion", "craft", "footwear", "leather", "furniture_interior", "machinery", "household_chem", "other"}
)
"""Sectors whose goods for children fall under rules of product safety."""

HALAL_APPLIES: Final = EATEN | COSMETICS
"""Sectors in which buyers and offices ask for halal."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a product needs when it is so.

    `flags` apply when the product has any of them, `ages` when its age is one of them. `add` lists steps in order;
    those also in `advised` are good to have, and the plan does not wait for them. A `route` is a whole way known
    from the sources: without one an officer should be asked.
    """

    add: tuple[str, ...] = ()
    advised: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    origin: Country | None = None
    market: Market | None = None
    sectors: frozenset[str] = frozenset()
    flags: frozenset[Flag] = frozenset()
    ages: frozenset[Age] = frozenset()
    unbranded: bool = False
    route: bool = False
    note: Text | None = None

    def applies(self, product: ProductFacts, market: Market) -> bool:
        """Tell whether all it names is so."""
        return (
            self.origin in {None, product.origin}
            and self.market in {None, market}
            and (not self.sectors or product.sector in self.sectors)
            and (not self.flags or bool(self.flags & product.flags))
            and (not self.ages or product.age in self.ages)
            and (not self.unbranded or product.own_brand is False)
        )


def _in(*sectors: str) -> frozenset[str]:
    return frozenset(sectors)


GENERAL: Final = (
    Rule(origin="ID", add=("nib",)),
    Rule(sectors=GOODS, add=("hs_code", "label")),
    Rule(origin="ID", add=("trademark_id",), advised=_in("trademark_id")),
    Rule(market="ID", add=("trademark_id",), advised=_in("trademark_id")),
    Rule(origin="KR", add=("trademark_kr",), advised=_in("trademark_kr")),
    Rule(market="KR", add=("trademark_kr",), advised=_in("trademark_kr")),
    Rule(unbranded=True, exclude=_in("trademark_id", "trademark_kr")),
    Rule(origin="ID", market="KR", sectors=GOODS, add=("origin_rule", "coo_id")),
    Rule(origin="KR", market="ID", sectors=GOODS, add=("origin_rule", "coo_kr")),
    Rule(origin="KR", market="ID", sectors=GOODS, add=("subsidy",), advised=_in("subsidy")),
)

KOREA_TO_INDONESIA: Final = (
    Rule(
        origin="KR",
        market="ID",
        sectors=KOREAN_FOOD,
        add=("importer", "halal_kr", "halal_registration", "label_id", "bpom_ml", "coo_kr", "ski"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="KR",
        market="ID",
        sectors=COSMETICS,
        add=(
            "importer",
            "recommendation",
            "free_sale_kr",
            "gmp_file",
            "label_id",
            "bpom_cosmetic_import",
            "dip",
            "halal_kr",
            "halal_registration",
        ),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="KR",
        market="ID",
        sectors=_in("health"),
        add=(
            "importer",
            "free_sale_kr",
            "supplement_file",
            "label_id",
            "bpom_supplement",
            "halal_kr",
            "halal_registration",
            "ski",
        ),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="KR",
        market="ID",
        sectors=_in("medical_device"),
        add=("device_holder", "device_class", "device_licence", "device_label"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="KR",
        market="ID",
        sectors=_in("machinery"),
        add=("trade_check", "coo_kr", "machine_permit", "manuals"),
        route=True,
    ),
    Rule(
        origin="KR",
        market="ID",
        sectors=_in("it"),
        add=("pse", "data_protection", "contract_tax"),
        route=True,
    ),
    Rule(origin="KR", market="ID", sectors=_in("household_chem"), add=("pkrt",)),
)

_SNI: Final = ("importer_goods", "sni_sample", "sni", "sni_import_number", "sni_mark")

INTO_INDONESIA: Final = (
    Rule(market="ID", origin="KR", sectors=CHILDRENS, ages=frozenset({"lt3y", "3-13"}), add=_SNI, route=True),
    Rule(
        market="ID",
        origin="KR",
        sectors=CHILDRENS,
        flags=frozenset({"mains_power"}),
        add=_SNI,
        route=True,
        note=_("SNI is mandatory for listed electrical goods only: please ask whether yours is on the list."),
    ),
    Rule(market="ID", flags=frozenset({"haram_content"}), add=("non_halal",)),
    Rule(market="ID", sectors=EATEN, flags=frozenset({"alcohol"}), add=("non_halal",)),
)

_HALAL_CERTIFICATES: Final = _in("halal_kr", "halal_registration", "halal_id", "halal_uae")

NOT_HALAL: Final = (
    Rule(flags=frozenset({"haram_content"}), exclude=_HALAL_CERTIFICATES),
    Rule(sectors=EATEN, flags=frozenset({"alcohol"}), exclude=_HALAL_CERTIFICATES),
    Rule(
        market="AE",
        flags=frozenset({"haram_content", "alcohol"}),
        note=_("For goods that are not halal, please ask the officer what the UAE allows."),
    ),
)

INDONESIA_TO_KOREA: Final = (
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("culinary", "coconut"),
        add=("food_permit", "haccp", "mfds_plant"),
        advised=_in("haccp"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("culinary", "coconut", "fishery", "agro"),
        add=("mfds_plant", "check_kr", "label_kr_food", "mfds_import", "coo_id"),
        exclude=_in("label"),
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("agro"),
        add=("phyto",),
        route=True,
        note=_("Raw and processed produce go different ways: please tell the officer which yours is."),
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("coffee"),
        add=("phyto_coffee", "ico", "coo_id", "mfds_import"),
        advised=_in("ico"),
        exclude=_in("label"),
        route=True,
        note=_(
            "These steps are for green beans. Roasted coffee is processed food in Korea and goes another way: ask us."
        ),
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("fishery"),
        add=("skp", "haccp", "nfqs_listing", "fish_lot", "coo_id"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("ornamental_fish"),
        add=("ckib", "species_check", "fish_health", "fish_quarantine"),
        advised=_in("ckib"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("fashion"),
        add=("trademark_id", "batikmark", "label_fibre", "textile_test", "label_kr_textile", "coo_id"),
        advised=_in("trademark_id", "batikmark"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("footwear", "leather"),
        add=("materials_test", "cites_check", "coo_id"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("craft"),
        flags=frozenset({"wood"}),
        add=("svlk", "wood_packing", "timber_check_kr", "coo_id"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=_in("furniture_interior"),
        add=("svlk", "furniture_test", "origin_mark", "coo_id"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=COSMETICS,
        add=(
            "cpkb",
            "bpom_cosmetic_local",
            "free_sale_id",
            "seller_kr",
            "import_report_kr",
            "label_kr_cosmetic",
        ),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="KR",
        sectors=HALAL_APPLIES,
        add=("halal_id",),
        advised=_in("halal_id"),
    ),
)

INTO_KOREA: Final = (
    Rule(market="KR", flags=frozenset({"organic_claim"}), sectors=EATEN, add=("organic_kr",)),
    Rule(
        market="KR",
        flags=frozenset({"function_claim"}),
        sectors=_in("cosmetics"),
        add=("functional_kr",),
    ),
    Rule(market="KR", ages=frozenset({"lt3y"}), sectors=CHILDRENS, add=("child_under_3", "kc_label")),
    Rule(market="KR", ages=frozenset({"3-13"}), sectors=CHILDRENS, add=("child_3_13", "kc_label")),
    Rule(market="KR", flags=frozenset({"mains_power"}), sectors=GOODS, add=("kc_mains",)),
    Rule(
        market="KR",
        flags=frozenset({"wood"}),
        sectors=GOODS,
        add=("svlk", "wood_packing"),
    ),
    Rule(market="KR", sectors=EATEN, flags=frozenset({"health_claim"}), add=("health_claim_kr",)),
    Rule(market="KR", sectors=_in("health"), add=("health_claim_kr",)),
    Rule(
        market="KR",
        sectors=COSMETICS,
        flags=frozenset({"health_claim"}),
        note=_("Claims of healing can make a soap or a cosmetic a medicine in Korea."),
    ),
    Rule(
        market="KR",
        sectors=EATEN - {"fishery"},
        flags=frozenset({"animal_origin"}),
        note=_("Livestock products have a registration of their own in Korea: please ask the officer."),
    ),
)

ELSEWHERE: Final = (
    Rule(
        origin="ID",
        market="ID",
        sectors=INDONESIAN_FOOD,
        add=("nib", "food_permit", "halal_id", "trademark_id", "export_papers"),
        advised=_in("trademark_id"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="AE",
        sectors=INDONESIAN_FOOD,
        add=("food_permit", "halal_uae", "label_uae", "register_uae", "coo_id"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="AE",
        sectors=COSMETICS,
        add=("bpom_cosmetic_local", "halal_uae", "label_uae", "register_uae", "coo_id"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="RU",
        sectors=INDONESIAN_FOOD,
        add=("food_permit", "label_ru", "eac", "coo_id"),
        exclude=_in("label"),
        route=True,
    ),
    Rule(
        origin="ID",
        market="RU",
        sectors=COSMETICS,
        add=("bpom_cosmetic_local", "label_ru", "eac", "coo_id"),
        exclude=_in("label"),
        route=True,
    ),
)

RULES: Final = (
    GENERAL + KOREA_TO_INDONESIA + INTO_INDONESIA + NOT_HALAL + INDONESIA_TO_KOREA + INTO_KOREA + ELSEWHERE
)


def applying(product: ProductFacts, market: Market) -> Iterator[Rule]:
    """Find the rules for a product and a market."""
    return (rule for rule in RULES if rule.applies(product, market))
