"""Products, certificates and their files in the store: kept, changed, erased, nobody else's; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest
from sqlalchemy import Connection, event, func, select

from bot.commands.exporting import _readable as readable
from flows import assortment
from flows.facts import Product
from flows.message import Attachment
from flows.outcomes import (
    CertificateHeld,
    CertificateRemoved,
    ProductChanged,
    ProductDescribed,
    ProductOutcome,
    ProductWithdrawn,
    Registration,
)
from storage import attachments, businesses, contacts, erasures, offices, products, tables
from storage.contacts import Place
from storage.store import Store
from tests.walking import OFFICE

NOW: Final = datetime(2026, 11, 23, 3, tzinfo=UTC)
FIRM: Final[dict[str, str | list[str]]] = {
    "country": "ID",
    "legal_name": "CV Kelapa",
    "form": "cv",
    "sector": "coconut",
    "province": "32",
    "district": "3271",
    "target_markets": ["KR"],
}
FIELDS: Final = {
    "sector": "coconut",
    "name_en": "Coconut chips",
    "description": "Crunchy slices.",
    "hs": "2008",
    "minimum_order": ["500", "kg"],
    "price": ["2.5", "USD", "kg", "Tanjung Priok"],
    "monthly_capacity": None,
    "flags": [],
    "brand": "own",
    "showcase": True,
}


def photo(letter: str) -> Attachment:
    return Attachment(letter * 64, "photo", f"{letter}.jpg", "image/jpeg", 1000)


class Desk:
    """A store with two people, one of whom has a firm."""

    def __init__(self, store: Store, hers: int, other: int, firm: int) -> None:
        self.store = store
        self.hers = hers
        self.other = other
        self.firm = firm

    async def keep(self, *outcomes: ProductOutcome, by: int = 0) -> list[str]:
        """Keep outcomes; gives the files nobody uses any more."""
        unused: list[str] = []
        for outcome in outcomes:
            unused += await self.store.write(_send_and_keep, by or self.hers, outcome)
        return unused

    async def mine(self) -> Sequence[Product]:
        return await self.store.read(products.of_contact, self.hers)

    async def count(self, table: Any) -> int:
        return await self.store.read(
            lambda conn: int(conn.scalar(select(func.count()).select_from(table)) or 0)
        )


def _send_and_keep(conn: Connection, contact_id: int, outcome: ProductOutcome) -> list[str]:
    """Have its files sent in the chat first, as a turn does."""
    for each in (*getattr(outcome, "photos", ()), *getattr(outcome, "attachments", ())):
        attachments.remember(
            conn,
            each.media,
            each.mime,
            each.bytes,
            NOW,
            contact_id=contact_id,
            purpose="chat",
            name=each.name,
        )
    return products.keep(conn, contact_id, outcome, NOW)


@pytest.fixture
async def desk(store: Store) -> Desk:
    def prepare(conn: Connection) -> tuple[int, int, int]:
        office_id = offices.establish(conn, "main", OFFICE, NOW)
        people = [
            contacts.meet(
                conn, [Place("terminal", "shell", "terminal", name)], NOW, office_id=office_id, language="id"
            )
            for name in ("siti", "budi")
        ]
        person = {"name": "Siti", "phone": "+6281234567890"}
        firm = businesses.register(
            conn, people[0].id, office_id, Registration("FIRM-0001", FIRM, person), NOW
        )
        return people[0].id, people[1].id, firm

    return Desk(store, *await store.write(prepare))


def described(firm: int, reference: str = "PROD-0001", *photos: Attachment) -> ProductDescribed:
    return ProductDescribed(reference, firm, FIELDS, photos)


def held(reference: str, product: str = "PROD-0001", *, for_all: bool = False) -> CertificateHeld:
    paper = Attachment("c" * 64, "document", "halal.pdf", "application/pdf", 500)
    return CertificateHeld(
        reference,
        product,
        "halal_id",
        "ID1",
        "BPJPH",
        date(2024, 3, 1),
        date(2028, 3, 1),
        False,
        for_all,
        (paper,),
    )


async def test_a_product_is_read_as_it_was_described(desk: Desk) -> None:
    await desk.keep(described(desk.firm, "PROD-0001", photo("a"), photo("b")), held("CERT-0001"))
    (mine,) = await desk.mine()
    blank = {
        **dict.fromkeys(assortment.FIELDS, ""),
        "shelf_life": None,
        "samples": None,
        "monthly_capacity": None,
    }
    assert mine.fields == {**blank, **FIELDS}
    assert mine.photos == (photo("a"), photo("b"))
    (certificate,) = mine.certificates
    assert certificate.expires == date(2028, 3, 1)
    assert certificate.attachments == held("").attachments
    assert not certificate.for_all


async def test_changes_are_kept_and_new_photos_replace_the_old(desk: Desk) -> None:
    await desk.keep(described(desk.firm, "PROD-0001", photo("a")))
    unused = await desk.keep(
        ProductChanged("PROD-0001", {"name_ko": "코코넛칩", "samples": False, "shelf_life": 9}, (photo("b"),))
    )
    (mine,) = await desk.mine()
    assert (mine.fields["name_ko"], mine.fields["samples"], mine.fields["shelf_life"]) == (
        "코코넛칩",
        False,
        9,
    )
    assert mine.photos == (photo("b"),)
    assert unused == []  # it is still in the chat she sent it in


async def test_a_certificate_for_all_counts_for_each_product(desk: Desk) -> None:
    await desk.keep(
        described(desk.firm),
        described(desk.firm, "PROD-0002"),
        held("CERT-0001"),
        held("CERT-0002", for_all=True),
    )
    references = [[each.reference for each in product.certificates] for product in await desk.mine()]
    assert references == [["CERT-0001", "CERT-0002"], ["CERT-0002"]]
    await desk.keep(CertificateRemoved("CERT-0002"))
    assert [len(product.certificates) for product in await desk.mine()] == [1, 0]


async def test_withdrawing_erases_it_and_with_the_last_one_what_was_for_all(desk: Desk) -> None:
    await desk.keep(
        described(desk.firm, "PROD-0001", photo("a")),
        described(desk.firm, "PROD-0002", photo("a")),
        held("CERT-0001"),
        held("CERT-0002", for_all=True),
    )
    await desk.keep(ProductWithdrawn("PROD-0001"))
    (left,) = await desk.mine()
    assert [each.reference for each in left.certificates] == ["CERT-0002"]
    assert left.photos == (photo("a"),)
    await desk.keep(ProductWithdrawn("PROD-0002"))
    assert await desk.count(tables.product) == await desk.count(tables.certificate) == 0
    uses = await desk.store.read(lambda conn: set(conn.scalars(select(tables.media_use.c.purpose))))
    assert uses == {"chat"}


@pytest.mark.parametrize(
    "outcome",
    [
        ProductDescribed("PROD-0009", 1, FIELDS),
        ProductChanged("PROD-0001", {"name_en": "Stolen"}),
        ProductWithdrawn("PROD-0001"),
        held("CERT-0009"),
        CertificateRemoved("CERT-0001"),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
async def test_nobody_touches_what_is_another_persons(desk: Desk, outcome: ProductOutcome) -> None:
    await desk.keep(described(desk.firm), held("CERT-0001"))
    before = await desk.mine()
    if isinstance(outcome, ProductDescribed):
        outcome = described(desk.firm, "PROD-0009")
    await desk.keep(outcome, by=desk.other)
    assert await desk.mine() == before
    assert await desk.store.read(products.of_contact, desk.other) == ()


async def test_withdrawing_a_business_erases_its_products(desk: Desk) -> None:
    await desk.keep(described(desk.firm, "PROD-0001", photo("a")), held("CERT-0001"))
    await desk.store.write(businesses.withdraw, desk.hers, desk.firm)
    assert await desk.count(tables.product) == await desk.count(tables.certificate) == 0


async def test_erasing_a_person_erases_her_products_and_files(desk: Desk) -> None:
    await desk.keep(described(desk.firm, "PROD-0001", photo("a")), held("CERT-0001"))
    office = await desk.store.read(lambda conn: int(conn.scalar(select(tables.office.c.id)) or 0))
    unused = await desk.store.write(erasures.erase, desk.hers, office, "GONE-0001", NOW)
    assert unused == sorted([photo("a").media, "c" * 64])
    for table in (tables.product, tables.certificate, tables.media_use, tables.media):
        assert await desk.count(table) == 0
    receipt = await desk.store.read(lambda conn: conn.scalar(select(tables.erasure.c.counts)))
    assert receipt is not None
    assert receipt["products"] == 1


async def test_her_copy_of_her_data_has_them(desk: Desk) -> None:
    await desk.keep(described(desk.firm), held("CERT-0001"))
    copy = await desk.store.read(erasures.copy_of, desk.hers)
    assert copy["products"][0]["name_en"] == "Coconut chips"
    assert copy["products"][0]["price"] == ["2.5", "USD", "kg", "Tanjung Priok"]
    assert copy["certificates"][0]["expires"] == "2028-03-01"
    assert (await desk.store.read(erasures.copy_of, desk.other))["products"] == []


async def test_the_list_for_staff_says_which_names_are_missing(desk: Desk) -> None:
    await desk.keep(described(desk.firm))
    (row,) = await desk.store.read(products.listed)
    assert row["legal_name"] == "CV Kelapa"
    assert row["missing"] == ["id", "ko"]


async def test_a_firm_without_products_costs_no_query_more(desk: Desk) -> None:
    def mine(conn: Connection) -> list[bool]:
        return [each.has_products for each in businesses.of_contact(conn, desk.hers)]

    assert await desk.store.read(mine) == [False]
    await desk.keep(described(desk.firm))
    assert await desk.store.read(mine) == [True]


async def test_products_are_read_in_three_queries_however_many(desk: Desk) -> None:
    for number in range(5):
        await desk.keep(
            described(desk.firm, f"PROD-{number:04}", photo("a")), held(f"C-{number}", f"PROD-{number:04}")
        )

    def count(conn: Connection) -> int:
        statements: list[str] = []
        listen: Callable[..., None] = lambda *args: statements.append(args[2])  # noqa: E731 - SQLAlchemy wants one object
        event.listen(conn, "before_cursor_execute", listen)
        assert len(products.of_contact(conn, desk.hers)) == 5
        event.remove(conn, "before_cursor_execute", listen)
        return len(statements)

    assert await desk.store.read(count) == 3


async def test_the_list_can_be_exported(desk: Desk) -> None:
    await desk.keep(described(desk.firm))
    (row,) = await desk.store.read(products.listed)
    cells = readable(row)
    assert cells["Name en"] == "Coconut chips"
    assert cells["Price"] == "2.5, USD, kg, Tanjung Priok"
    assert cells["Missing"] == "id, ko"
