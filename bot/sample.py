"""Sample firms for the demo. None of them exists; phone numbers lie in ranges nobody is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from flows.outcomes import Registration
from storage import businesses, contacts
from storage.contacts import Place
from storage.tables import business

_FIRMS: Final[tuple[dict[str, Any], ...]] = (
    {
        "reference": "DEMO-0001",
        "language": "id",
        "person": {
            "name": "Ratna Wulandari",
            "role": "owner",
            "phone": "+6281200000001",
            "email": "ratna@contoh.id",
        },
        "fields": {
            "country": "ID",
            "legal_name": "CV Nyiur Melambai Contoh",
            "legal_name_en": "Nyiur Melambai Co.",
            "brand": "NyiurCrisp",
            "form": "cv",
            "sector": "coconut",
            "province": "32",
            "district": "3201",
            "scale": "micro",
            "export_experience": "samples",
            "target_markets": ["KR", "AE"],
        },
    },
    {
        "reference": "DEMO-0002",
        "language": "id",
        "person": {"name": "Bagus Pratama", "role": "owner", "phone": "+6281200000002"},
        "fields": {
            "country": "ID",
            "legal_name": "Batik Lereng Senja Contoh",
            "form": "ud",
            "sector": "fashion",
            "province": "33",
            "district": "3372",
            "export_experience": "none",
            "target_markets": ["KR", "JP"],
        },
    },
    {
        "reference": "DEMO-0003",
        "language": "ko",
        "person": {
            "name": "한지우",
            "role": "export",
            "phone": "+821000000003",
            "email": "export@example.co.kr",
        },
        "fields": {
            "country": "KR",
            "legal_name": "주식회사 새벽들 (예시)",
            "legal_name_en": "Saebyeokdeul Co., Ltd.",
            "brand": "DAWNFIELD",
            "form": "jusik",
            "sector": "cosmetics",
            "province": "41",
            "district": "41570",
            "scale": "small",
            "export_experience": "some",
            "target_markets": ["ID", "MY"],
        },
    },
    {
        "reference": "DEMO-0004",
        "language": "ko",
        "person": {"name": "오세린", "role": "owner", "phone": "+821000000004"},
        "fields": {
            "country": "KR",
            "legal_name": "달그림 김치공방 (예시)",
            "form": "individual",
            "sector": "culinary",
            "province": "41",
            "district": "41570",
            "export_experience": "none",
            "target_markets": ["ID"],
        },
    },
)


def plant(conn: Connection, office_id: int) -> None:
    """Register the sample firms, once."""
    if conn.execute(select(func.count()).select_from(business)).scalar_one():
        return
    now = datetime.now(UTC) - timedelta(days=3)
    for number, firm in enumerate(_FIRMS, start=1):
        known = contacts.meet(
            conn,
            [Place("sample", "demo", "terminal", str(number))],
            now,
            office_id=office_id,
            language=firm["language"],
            name=firm["person"]["name"],
            phone=firm["person"]["phone"],
            country=firm["fields"]["country"],
            source="sample",
        )
        contacts.change(conn, known.id, language_confirmed=True)
        registration = Registration(firm["reference"], firm["fields"], firm["person"])
        businesses.register(conn, known.id, office_id, registration, now)
