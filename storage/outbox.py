"""The outbox: every message to a person, from the transaction that wanted it to its last receipt.

    queued --claim--> sending --settle--> sent --receipt--> delivered --receipt--> read
                         |                  \\--receipt--> failed
                         |--settle--> queued again (due later) | failed | unsure | dropped
                         \\--lease ran out--> claimed again

A claim is fenced: only the holder of the lease can settle the row. Rows of one contact in one lane are claimed in
their order, one at a time.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, and_, any_, case, delete, exists, func, or_, select, text, update

from flows.message import Message
from flows.stored import pack_message, unpack_message
from storage.contacts import Place, is_at
from storage.prepared import Prepared, prepared_insert, slot
from storage.tables import UNFINISHED, address, early_receipt, outbox

REPLY, REMINDER, BROADCAST = 0, 1, 2
"""The lanes, the most urgent first."""
LEASE: Final = timedelta(seconds=60)
"""How long a claim lasts; longer than any request to a provider."""

_CODE_LENGTH: Final = 80

NOBODYS: Final = {
    "contact_id": None,
    "to_value": "",
    "author": "",
    "message": {"text": ""},
    "external_id": "",
}
"""What is left of a message once its person is erased: that there was one, and what became of it."""
_RECEIPTS_KEPT: Final = timedelta(days=7)
_STRANGERS_KEPT: Final = timedelta(days=1)
_BEFORE_TRYING_AGAIN: Final = timedelta(minutes=1)
_TRIES_AFTER_RECEIPTS: Final = 3
_EXTERNAL_ID_LENGTH: Final = 200

UNKNOWN: Final = "unknown"
"""The code of a row whose lease ran out: it may have been sent."""

Settled = Literal["sent", "failed", "unsure", "dropped"]
_RANK: Final[Mapping[str, int]] = {
    "queued": 0,
    "sending": 0,
    "unsure": 0,
    "sent": 1,
    "failed": 2,
    "delivered": 3,
    "read": 4,
}
"""A receipt only moves a row up."""


@dataclass(frozen=True)
class Letter:
    """A claimed row: what to send where, under which key and lease."""

    id: int
    key: str
    contact_id: int | None
    to: Place
    lane: int
    author: str
    message: Message
    attempt: int
    lease: str
    code: str = ""


def new_key() -> str:
    """Make a row's key, unguessable and short enough for any provider."""
    return secrets.token_hex(12)


def put(
    conn: Connection,
    to: Place,
    message: Message,
    now: datetime,
    *,
    contact_id: int | None,
    lane: int = REPLY,
    author: str = "",
    due_at: datetime | None = None,
    claim: bool = False,
) -> Letter | None:
    """Put a message into the outbox; with `claim` the caller holds its lease at once, and sends it after the commit."""
    key = new_key()
    lease = key if claim else ""
    row_id = _PUT(
        conn,
        {
            "key": key,
            "contact_id": contact_id,
            "channel": to.channel,
            "account": to.account,
            "to_kind": to.kind,
            "to_value": to.value,
            "lane": lane,
            "author": author,
            "message": pack_message(message),
            "state": "sending" if claim else "queued",
            "attempt": 1 if claim else 0,
            "due_at": due_at or now,
            "lease": lease,
            "lease_until": now + LEASE if claim else None,
            "external_id": "",
            "code": "",
            "pricing": None,
            "created_at": now,
            "settled_at": None,
        },
    )[0].id
    return Letter(row_id, key, contact_id, to, lane, author, message, 1, lease) if claim else None


_PUT = prepared_insert(outbox)


def claim(conn: Connection, now: datetime, limit: int, accounts: Collection[tuple[str, str]]) -> list[Letter]:
    """Claim the oldest due rows of these accounts, at most one of each contact and lane, replies first.

    A row whose lease ran out is claimed like a queued one.
    """
    earlier = outbox.alias("earlier")
    free = or_(outbox.c.state == "queued", and_(outbox.c.state == "sending", outbox.c.lease_until < now))
    wanted = (
        select(outbox.c.id)
        .where(
            text(UNFINISHED),
            or_(
                *(
                    and_(outbox.c.channel == channel, outbox.c.account == account)
                    for channel, account in accounts
                )
            ),
            free,
            outbox.c.due_at <= now,
            ~exists(
                select(earlier.c.id).where(
                    earlier.c.contact_id == outbox.c.contact_id,
                    earlier.c.lane == outbox.c.lane,
                    earlier.c.id < outbox.c.id,
                    text("earlier.state in ('queued', 'sending')"),
                )
            ),
        )
        .order_by(outbox.c.lane, outbox.c.due_at, outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    chosen = (
        outbox.c.id == any_(func.array(wanted.scalar_subquery()))
        if conn.dialect.name == "postgresql"
        else outbox.c.id.in_(wanted)
    )
    lease = new_key()
    rows = conn.execute(
        update(outbox)
        .where(chosen)
        .values(
            state="sending",
            attempt=outbox.c.attempt + 1,
            lease=lease,
            lease_until=now + LEASE,
            code=case((outbox.c.state == "sending", UNKNOWN), else_=outbox.c.code),
        )
        .returning(outbox)
    ).all()
    return [_letter(row) for row in sorted(rows, key=lambda row: (row.lane, row.id))]


def _letter(row: Row[Any]) -> Letter:
    to = Place(row.channel, row.account, row.to_kind, row.to_value)
    return Letter(
        row.id,
        row.key,
        row.contact_id,
        to,
        row.lane,
        row.author,
        unpack_message(row.message),
        row.attempt,
        row.lease,
        row.code,
    )


def settle(
    conn: Connection, letter: Letter, state: Settled, now: datetime, *, external_id: str = "", code: str = ""
) -> bool:
    """Record what became of a claimed row; False when the lease was lost and another settled it."""
    done = _SETTLE(
        conn,
        {
            "b_id": letter.id,
            "b_lease": letter.lease,
            "b_state": state,
            "b_external_id": external_id,
            "b_code": code[:_CODE_LENGTH],
            "b_now": now,
        },
    )
    return bool(done)


_SETTLE = Prepared(
    update(outbox)
    .where(outbox.c.id == slot("b_id"), outbox.c.lease == slot("b_lease"), outbox.c.state == "sending")
    .values(
        state=slot("b_state"),
        external_id=slot("b_external_id"),
        code=slot("b_code"),
        settled_at=slot("b_now"),
        lease_until=None,
    )
    .returning(outbox.c.id),
    "b_id",
    "b_lease",
    "b_state",
    "b_external_id",
    "b_code",
    "b_now",
)


def postpone(conn: Connection, letter: Letter, due_at: datetime, code: str, *, counts: bool = True) -> bool:
    """Give a claimed row back, due later; an attempt that never reached the provider does not count."""
    done = conn.execute(
        update(outbox)
        .where(outbox.c.id == letter.id, outbox.c.lease == letter.lease, outbox.c.state == "sending")
        .values(
            state="queued",
            due_at=due_at,
            code=code[:_CODE_LENGTH],
            lease="",
            lease_until=None,
            attempt=outbox.c.attempt if counts else outbox.c.attempt - 1,
        )
    )
    return done.rowcount == 1


def settle_and_adopt(
    conn: Connection, letter: Letter, state: Settled, now: datetime, *, external_id: str
) -> None:
    """Settle a row, then apply the receipts that came before our own record of it."""
    settle(conn, letter, state, now, external_id=external_id)
    found = conn.execute(
        select(early_receipt)
        .where(
            early_receipt.c.channel == letter.to.channel,
            early_receipt.c.account == letter.to.account,
            early_receipt.c.external_id == external_id,
        )
        .order_by(early_receipt.c.id)
    ).all()
    for row in found:
        _raise(conn, letter.id, row.status, row.code, now)
    if found:
        conn.execute(delete(early_receipt).where(early_receipt.c.id.in_([row.id for row in found])))


def note_receipt(
    conn: Connection,
    channel: str,
    account: str,
    external_id: str,
    key: str,
    status: str,
    code: str,
    now: datetime,
    *,
    again: bool = False,
    pricing: Mapping[str, Any] | None = None,
) -> Place | None:
    """Record a receipt and return whom it was about; one for a message not known yet is kept until it is.

    With `again`, a message that failed is sent once more, a few times at most.
    """
    row = None
    if key:
        row = conn.execute(select(outbox).where(outbox.c.key == key)).one_or_none()
    if row is None and external_id:
        row = conn.execute(
            select(outbox).where(
                outbox.c.channel == channel, outbox.c.account == account, outbox.c.external_id == external_id
            )
        ).first()
    if row is None:
        conn.execute(
            early_receipt.insert().values(
                channel=channel,
                account=account,
                external_id=external_id[:_EXTERNAL_ID_LENGTH],
                status=status,
                code=code[:_CODE_LENGTH],
                at=now,
            )
        )
        return None
    _raise(conn, row.id, status, code[:_CODE_LENGTH], now, external_id[:_EXTERNAL_ID_LENGTH])
    if pricing:
        conn.execute(update(outbox).where(outbox.c.id == row.id).values(pricing=dict(pricing)))
    if again and status == "failed" and row.attempt < _TRIES_AFTER_RECEIPTS:
        conn.execute(
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.state == "failed")
            .values(state="queued", due_at=now + _BEFORE_TRYING_AGAIN, lease="", external_id="")
        )
    return Place(row.channel, row.account, row.to_kind, row.to_value)


def _raise(
    conn: Connection, row_id: int, status: str, code: str, now: datetime, external_id: str = ""
) -> None:
    lower = [state for state, rank in _RANK.items() if rank < _RANK[status]]
    values: dict[str, Any] = {"state": status, "settled_at": now, "lease_until": None}
    if code:
        values["code"] = code
    if external_id:
        values["external_id"] = external_id
    conn.execute(update(outbox).where(outbox.c.id == row_id, outbox.c.state.in_(lower)).values(**values))


def listed(conn: Connection, limit: int = 100) -> Sequence[Row[Any]]:
    """List the messages that did not arrive, or may not have, the latest first."""
    lost = ("failed", "unsure", "dropped")
    statement = select(outbox).where(outbox.c.state.in_(lost)).order_by(outbox.c.id.desc()).limit(limit)
    return conn.execute(statement).all()


def forget_old(conn: Connection, now: datetime) -> None:
    """Forget what is kept of nobody: receipts that met no message, and whom a last word to a stranger went to."""
    conn.execute(delete(early_receipt).where(early_receipt.c.at < now - _RECEIPTS_KEPT))
    conn.execute(
        update(outbox)
        .where(outbox.c.contact_id.is_(None), outbox.c.settled_at < now - _STRANGERS_KEPT)
        .values(**NOBODYS)
    )


def count_unfinished(conn: Connection) -> int:
    """Count the messages that are still to be sent."""
    unfinished = select(func.count()).where(outbox.c.state.in_(("queued", "sending")))
    return int(conn.execute(unfinished).scalar_one())


def give_up(conn: Connection, letter: Letter, now: datetime, code: str) -> None:
    """Settle a row whose person cannot be reached, and everything else that waits for her."""
    settle(conn, letter, "failed", now, code=code)
    suppress(conn, letter.to)


def suppress(conn: Connection, to: Place) -> None:
    """Remember that an address cannot be reached, and drop what still waits for it."""
    conn.execute(update(address).where(is_at(to)).values(reachable=False))
    conn.execute(
        update(outbox)
        .where(
            outbox.c.state == "queued",
            outbox.c.channel == to.channel,
            outbox.c.account == to.account,
            outbox.c.to_kind == to.kind,
            outbox.c.to_value == to.value,
        )
        .values(state="dropped", code="unreachable")
    )
