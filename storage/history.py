"""A person's conversation as she saw it: what she did and what was answered, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from storage.contacts import Place, is_at
from storage.outbox import REPLY
from storage.tables import address, contact, inbox, outbox

_BETWEEN: Final = 1024
"""Numbers left between two of our messages for what a person did in between."""
_LONGEST: Final = 300
"""Lines of each side shown at most; what is older stays in the store."""


@dataclass(frozen=True)
class Line:
    """One line of a chat; `n` grows with each. `event` is the person's, `message` ours."""

    n: int
    at: datetime
    key: str
    author: str
    event: dict[str, Any] | None
    message: dict[str, Any] | None


@dataclass(frozen=True)
class History:
    """Lines in order, and the language the person reads."""

    language: str
    lines: Sequence[Line]


def of_address(conn: Connection, place: Place, after: int) -> History:
    """List what was said on one address with numbers above `after`."""
    known = conn.execute(
        select(contact.c.id, contact.c.language)
        .join(address, address.c.contact_id == contact.c.id)
        .where(is_at(place))
    ).one_or_none()
    last = after // _BETWEEN
    ours = conn.execute(
        select(outbox.c.id, outbox.c.created_at, outbox.c.key, outbox.c.author, outbox.c.message)
        .where(
            outbox.c.channel == place.channel,
            outbox.c.account == place.account,
            outbox.c.to_value == place.value,
            outbox.c.contact_id == known.id if known else outbox.c.contact_id.is_(None),
            outbox.c.id >= last,
            or_(outbox.c.lane == REPLY, outbox.c.state.not_in(("queued", "sending"))),
        )
        .order_by(outbox.c.id.desc())
        .limit(_LONGEST)
    ).all()[::-1]
    since = ours[0].created_at if ours and last and ours[0].id == last else None
    hers = (
        select(inbox.c.id, inbox.c.received_at, inbox.c.external_id, inbox.c.event)
        .where(
            inbox.c.contact_id == (known.id if known else None),
            inbox.c.channel == place.channel,
        )
        .order_by(inbox.c.id.desc())
        .limit(_LONGEST)
    )
    if since is not None:
        hers = hers.where(inbox.c.received_at > since)
    spoken = conn.execute(hers).all()[::-1] if known else []
    lines = _number(ours, spoken, last)
    return History(known.language if known else "", [line for line in lines if line.n > after])


def _number(ours: Sequence[Any], spoken: Sequence[Any], last: int) -> list[Line]:
    """Number both sides in one order: ours by their ids, hers in between."""
    together = merge(
        ((row.created_at, 1, row) for row in ours),
        ((row.received_at, 0, row) for row in spoken),
        key=lambda each: each[:2],
    )
    lines: list[Line] = []
    base, between = last, 0
    for at, is_ours, row in together:
        if is_ours:
            base, between = row.id, 0
            lines.append(Line(base * _BETWEEN, at, row.key, row.author, None, row.message))
        else:
            between = min(between + 1, _BETWEEN - 1)
            lines.append(Line(base * _BETWEEN + between, at, row.external_id, "", row.event, None))
    return lines
