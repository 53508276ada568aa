"""The lists about products: their fields, and which sector has which; units, ports, flags. Ids are stored data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flows.questions.base import Choice
from locales.words import Text, _

SERVICES: Final = frozenset({"it"})
FOOD: Final = frozenset({"culinary", "agro", "coffee", "coconut", "fishery"})
BODY: Final = frozenset({"cosmetics", "soap_herbal", "health", "pharma"})
"""What goes on or into the body and is no food."""
PERISHABLE: Final = FOOD | BODY

FIELDS: Final = (
    "name_id",
    "name_ko",
    "name_en",
    "sector",
    "description",
    "hs",
    "minimum_order",
    "monthly_capacity",
    "price",
    "flags",
    "brand",
    "trademark",
    "packaging",
    "shelf_life",
    "storage",
    "ingredients",
    "samples",
    "showcase",
)
"""What is stored of a product, in the order in which it is shown."""

LABELS: Final[Mapping[str, Text]] = {
    "name": _("Product"),
    "name_id": _("Name in Indonesian"),
    "name_ko": _("Name in Korean"),
    "name_en": _("Name in English"),
    "sector": _("Sector"),
    "description": _("Description"),
    "photos": _("Photos"),
    "hs": _("HS code"),
    "minimum_order": _("Minimum order"),
    "monthly_capacity": _("Capacity a month"),
    "price": _("Price"),
    "flags": _("Applies to it"),
    "brand": _("Brand"),
    "trademark": _("Trademark"),
    "packaging": _("Packaging"),
    "shelf_life": _("Shelf life"),
    "storage": _("Storage"),
    "ingredients": _("Ingredients or materials"),
    "samples": _("Samples"),
    "showcase": _("Shown to buyers"),
}
"""What each stored field is called."""

NONE: Final = "none"
FLAGS: Final[Mapping[str, Choice]] = {
    each.id: each
    for each in (
        Choice(
            "animal_origin",
            _("Of animal origin"),
            _("Contains meat, milk, egg, honey, gelatine or the like"),
            aliases=("hewani", "동물성"),
        ),
        Choice(
            "haram_content",
            _("Alcohol or pork in it"),
            _("Any alcohol, pork or something made of pig"),
            aliases=("alkohol", "babi", "알코올", "돼지고기"),
        ),
        Choice(
            "health_claim",
            _("Makes a health claim"),
            _("The label says it is good for a condition"),
            aliases=("klaim kesehatan", "건강 효능"),
        ),
        Choice(
            "function_claim",
            _("Whitening, UV, wrinkles"),
            _("Sold to whiten, against wrinkles, sun or hair loss"),
            aliases=("pemutih", "기능성", "미백"),
        ),
        Choice(
            "organic_claim", _("Sold as organic"), _("The label says organic"), aliases=("organik", "유기농")
        ),
        Choice(
            "mains_power", _("Plugs into the mains"), _("Works on 220 volts"), aliases=("listrik", "전기")
        ),
        Choice(
            "wood",
            _("Contains wood"),
            _("Wood, rattan or bamboo in the product"),
            aliases=("kayu", "나무", "목재"),
        ),
        Choice(
            "lt3y",
            _("For children under 3"),
            _("Made for babies and toddlers"),
            aliases=("bayi", "balita", "유아"),
        ),
        Choice("3-13", _("For children 3 to 13"), aliases=("anak", "어린이")),
    )
}
"""What makes other rules apply; the ids are the road map's."""

_EDIBLE_FLAGS: Final = ("animal_origin", "haram_content", "health_claim", "organic_claim")
FLAGS_OF: Final[Mapping[str, Sequence[str]]] = {
    **dict.fromkeys(FOOD - {"fishery"}, _EDIBLE_FLAGS),
    "fishery": ("haram_content", "health_claim", "organic_claim"),
    "ornamental_fish": (),
    "cosmetics": ("function_claim", "animal_origin", "haram_content", "organic_claim", "lt3y", "3-13"),
    "soap_herbal": ("function_claim", "animal_origin", "haram_content", "organic_claim", "lt3y", "3-13"),
    "health": _EDIBLE_FLAGS,
    "pharma": ("animal_origin", "haram_content"),
    "fashion": ("organic_claim", "lt3y", "3-13"),
    "footwear": ("haram_content", "lt3y", "3-13"),
    "leather": ("haram_content", "lt3y", "3-13"),
    "craft": ("wood", "mains_power", "lt3y", "3-13"),
    "furniture_interior": ("wood", "mains_power", "lt3y", "3-13"),
    "household_chem": ("health_claim", "organic_claim", "lt3y", "3-13"),
    "machinery": ("mains_power", "wood"),
    "medical_device": ("mains_power",),
    "it": (),
}

UNITS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(FOOD, ("kg", "tonne", "pack", "piece", "bottle", "jar", "carton", "litre")),
    **dict.fromkeys(BODY, ("piece", "bottle", "tube", "jar", "set", "pack", "carton", "kg")),
    "fashion": ("piece", "dozen", "kodi", "set", "pair", "m", "carton"),
    "footwear": ("pair", "dozen", "carton"),
    "leather": ("piece", "pair", "set", "dozen", "m2"),
    "ornamental_fish": ("head", "box"),
    "craft": ("piece", "set", "dozen", "carton", "container"),
    "furniture_interior": ("piece", "set", "m3", "container"),
    "household_chem": ("piece", "bottle", "pack", "carton", "litre", "kg"),
    "it": ("project", "month", "hour", "day", "licence"),
}
USUAL_UNITS: Final = ("piece", "set", "kg", "box", "carton", "container")
PORTS: Final[Mapping[str, tuple[str, ...]]] = {
    "ID": ("Tanjung Priok", "Tanjung Perak", "Tanjung Emas", "Belawan", "Makassar", "Benoa"),
    "KR": ("Busan", "Incheon", "Pyeongtaek", "Gwangyang", "Ulsan"),
}
"""The ports goods of each country leave from most."""

BRANDS: Final = (
    Choice("own", _("Our own brand"), aliases=("own", "merek sendiri", "sendiri", "자체 브랜드", "자사")),
    Choice("oem", _("OEM for others"), aliases=("oem", "maklon", "merek orang lain", "주문자 생산")),
    Choice("both", _("Both"), aliases=("keduanya", "dua-duanya", "둘 다")),
)
TRADEMARKS: Final = (
    Choice("registered", _("Registered"), aliases=("terdaftar", "sudah", "등록됨", "등록")),
    Choice("applied", _("Applied for"), aliases=("sedang proses", "diajukan", "출원")),
    Choice(NONE, _("Not yet"), aliases=("belum", "없어요", "아직")),
)
STORAGES: Final = (
    Choice("ambient", _("Dry, room temperature"), aliases=("suhu ruang", "상온", "실온")),
    Choice("cool", _("Cool, below 25 degrees"), aliases=("sejuk", "서늘한 곳")),
    Choice("chilled", _("Chilled, 0 to 10 degrees"), aliases=("kulkas", "dingin", "냉장")),
    Choice("frozen", _("Frozen, -18 degrees"), aliases=("beku", "냉동")),
)


def applies(field: str, sector: str) -> bool:
    """Tell whether a field makes sense for a product of a sector."""
    match field:
        case "shelf_life" | "storage":
            return sector in PERISHABLE
        case "flags":
            return bool(FLAGS_OF.get(sector, FLAGS))
        case "hs" | "minimum_order" | "monthly_capacity" | "packaging" | "ingredients" | "samples":
            return sector not in SERVICES
        case _:
            return True
