"""The lists people choose from: sectors, legal forms, sizes, export experience, markets. Ids are stored data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flows.questions.base import Choice
from locales.words import Text, Words, _

COUNTRIES: Final = (
    Choice("ID", _("Indonesia"), aliases=("RI", "인도네시아", "indo")),
    Choice("KR", _("Korea"), aliases=("South Korea", "Korsel", "대한민국", "남한")),
)

OTHER: Final = "other"

SECTORS: Final = (
    Choice(
        "culinary", _("Food and drink"), aliases=("makanan", "minuman", "kuliner", "food", "식품", "음식")
    ),
    Choice("fashion", _("Fashion and clothing"), aliases=("batik", "baju", "garmen", "mode", "의류", "패션")),
    Choice("craft", _("Handicraft"), aliases=("kerajinan", "craft", "kriya", "공예")),
    Choice("cosmetics", _("Cosmetics"), aliases=("kosmetik", "skincare", "화장품")),
    Choice("agro", _("Farm produce"), aliases=("pertanian", "agro", "rempah", "spices", "농산물", "향신료")),
    Choice("coffee", _("Coffee"), aliases=("kopi", "커피")),
    Choice("coconut", _("Coconut products"), aliases=("kelapa", "코코넛")),
    Choice("fishery", _("Seafood"), aliases=("ikan", "perikanan", "olahan ikan", "수산물", "수산")),
    Choice("ornamental_fish", _("Ornamental fish"), aliases=("ikan hias", "관상어")),
    Choice("furniture_interior", _("Furniture"), aliases=("mebel", "furnitur", "가구")),
    Choice("footwear", _("Footwear"), aliases=("sepatu", "sandal", "alas kaki", "신발")),
    Choice("leather", _("Leather goods"), aliases=("kulit", "tas kulit", "가죽")),
    Choice("soap_herbal", _("Herbal soap"), aliases=("sabun", "sabun herbal", "비누")),
    Choice("health", _("Supplements and herbal"), aliases=("jamu", "suplemen", "herbal", "건강식품")),
    Choice("household_chem", _("Household products"), aliases=("pkrt", "sabun cuci", "생활용품")),
    Choice("machinery", _("Machinery"), aliases=("mesin", "기계", "부품")),
    Choice("medical_device", _("Medical devices"), aliases=("alkes", "alat kesehatan", "의료기기")),
    Choice("pharma", _("Medicines"), aliases=("farmasi", "obat", "의약품", "제약")),
    Choice(
        "it", _("IT services"), aliases=("it", "software", "aplikasi", "teknologi", "소프트웨어", "아이티")
    ),
    Choice(OTHER, _("Something else"), aliases=("other", "lain", "기타", "그 외")),
)
"""The office's sectors, by how often small firms have them."""

FORMS: Final[Mapping[str, Sequence[Choice]]] = {
    "ID": (
        Choice("perorangan", _("Individual"), aliases=("pribadi", "usaha perorangan", "개인사업자")),
        Choice("pt_perorangan", "PT Perorangan"),
        Choice("pt", "PT", aliases=("perseroan terbatas",)),
        Choice("cv", "CV"),
        Choice("ud", "UD", aliases=("usaha dagang",)),
        Choice("koperasi", _("Cooperative")),
    ),
    "KR": (
        Choice("individual", _("Sole proprietor"), aliases=("개인", "individual", "perorangan")),
        Choice("jusik", "주식회사 (Co., Ltd.)", aliases=("주식회사", "㈜", "(주)", "법인")),
        Choice("yuhan", "유한회사 (LLC)", aliases=("유한회사", "유한")),
        Choice("hyeopdong", _("Cooperative"), aliases=("조합",)),
    ),
}

SCALES: Final[Mapping[str, Sequence[Choice]]] = {
    "ID": (
        Choice("micro", _("Micro"), _("Sales up to Rp2 billion a year"), aliases=("mikro",)),
        Choice("small", _("Small"), _("Sales of Rp2-15 billion a year"), aliases=("kecil",)),
        Choice("medium", _("Medium"), _("Sales of Rp15-50 billion a year"), aliases=("menengah",)),
        Choice("large", _("Large"), _("Sales above Rp50 billion a year"), aliases=("besar",)),
    ),
    "KR": (
        Choice(
            "micro",
            _("Micro business"),
            _("Fewer than 5 staff; 10 in making, building, transport"),
            aliases=("소상공인",),
        ),
        Choice(
            "small", _("Small enterprise"), _("Within your industry's small-firm limit"), aliases=("소기업",)
        ),
        Choice(
            "medium",
            _("Medium enterprise"),
            _("Within your industry's SME limit"),
            aliases=("중기업", "중소기업"),
        ),
        Choice("large", _("Larger"), _("Above the SME limit"), aliases=("중견", "대기업")),
    ),
}
"""Indonesia by annual sales (PP 7/2021 art. 35); Korea by the Framework Act's size classes, as of 1 September 2025."""

EXPERIENCE: Final = (
    Choice(
        "none",
        _("Not yet"),
        aliases=("belum", "belum pernah", "never", "no", "아직", "없어요", "없음", "처음", "처음이에요"),
    ),
    Choice("samples", _("Only samples or parcels"), aliases=("sampel", "kirim sampel", "샘플")),
    Choice("some", _("A few times"), aliases=("pernah", "sometimes", "몇 번", "가끔")),
    Choice("regular", _("Regularly"), aliases=("rutin", "sering", "정기적으로", "꾸준히")),
)

MARKETS: Final = (
    Choice("KR", _("Korea"), aliases=("korsel", "한국")),
    Choice("ID", _("Indonesia"), aliases=("인니",)),
    Choice("MY", _("Malaysia")),
    Choice("SG", _("Singapore"), aliases=("singapur",)),
    Choice("JP", _("Japan")),
    Choice("CN", _("China"), aliases=("tiongkok", "cina")),
    Choice("VN", _("Vietnam")),
    Choice("US", _("United States"), aliases=("usa", "us", "amerika", "미국")),
    Choice("EU", _("European Union"), aliases=("eu", "eropa", "europe", "유럽")),
    Choice("AE", _("United Arab Emirates"), aliases=("uae", "dubai", "uea", "두바이")),
    Choice("SA", _("Saudi Arabia"), aliases=("saudi", "arab saudi")),
    Choice("RU", _("Russia"), aliases=("rusia",)),
    Choice("AU", _("Australia")),
    Choice(
        "any",
        _("Not sure yet"),
        aliases=("belum tahu", "bebas", "any", "anywhere", "mana saja", "아무 곳", "몰라요"),
    ),
)

ROLES: Final = (
    Choice("owner", _("Owner"), aliases=("pemilik", "founder", "ceo", "대표", "사장")),
    Choice("director", _("Director"), aliases=("direktur", "이사")),
    Choice("export", _("Export staff"), aliases=("ekspor", "해외영업", "수출 담당")),
    Choice("marketing", _("Marketing"), aliases=("pemasaran", "마케팅")),
    Choice(OTHER, _("Another role"), aliases=("lainnya", "기타")),
)


def label_of(choices: Sequence[Choice], id_: str) -> Words:
    """Name a stored choice."""
    return next((choice.label for choice in choices if choice.id == id_), id_)


FIELD_LABELS: Final[Mapping[str, Text]] = {
    "country": _("Country"),
    "legal_name": _("Business name"),
    "legal_name_en": _("Name in English"),
    "brand": _("Brand"),
    "form": _("Legal form"),
    "registration_number": _("Registration number"),
    "sector": _("Sector"),
    "sector_words": _("Sector in own words"),
    "province": _("Province"),
    "district": _("City or district"),
    "scale": _("Size"),
    "export_experience": _("Export experience"),
    "target_markets": _("Target markets"),
    "website": _("Website"),
    "name": _("Contact person"),
    "role": _("Role"),
    "phone": _("Phone"),
    "email": _("E-mail"),
}
"""What each stored field is called, in a summary, a table or an export."""
