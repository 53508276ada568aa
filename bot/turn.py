"""One inbound, one transaction: the person found, the flow run, everything it brought about stored."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Final, cast

from sqlalchemy import Connection

from bot import acquaintance, events, outcomes
from bot.channels.base import Inbound, Remote
from flows.conversation import from_json, to_json
from flows.engine import Flow
from flows.facts import Facts, Office
from flows.message import Attached, Message, Unsupported
from flows.outcomes import DataRequested, ErasureConfirmed, FileShown, KeptForStaff, Outcome
from flows.respond import Turn, respond
from locales.language import Language
from storage import attachments, businesses, consents, contacts, conversations, inbox, outbox, products
from storage.contacts import Known
from storage.failpoints import reach
from storage.outbox import Letter

_SEEN_OFTEN: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class House:
    """What every turn needs and no turn changes.

    The flows, the office, where a file of ours is kept (returns its content address), and the language spoken to
    somebody of whom nothing is known.
    """

    book: Mapping[str, Flow]
    office_id: int
    office: Office
    keep_file: Callable[[bytes], str]
    language: Language = "id"


@dataclass
class Taken:
    """What a committed turn leaves to be done, for the contact it was of.

    `letters` are claimed and wait to be sent; `more` says that others are queued behind them. `seen_already` marks
    a repeat; `waits` an event that waits for its file. `flow_seconds` is the time spent in the flow itself.
    """

    letters: list[Letter] = field(default_factory=list)
    more: bool = False
    outcomes: tuple[Outcome, ...] = ()
    seen_already: bool = False
    waits: bool = False
    unused_files: Sequence[str] = ()
    flow_seconds: float = 0.0
    contact_id: int | None = None


def take_turn(
    conn: Connection, house: House, inbound: Inbound, now: datetime, *, row_id: int | None = None
) -> Taken:
    """Take the turn an inbound asks for; `row_id` names its inbox row when it was kept before.

    Raises whatever a flow raises, and `storage.contacts.Collision`; nothing is kept then.
    """
    if row_id is not None and not inbox.is_open(conn, row_id):
        return Taken(seen_already=True)
    places = events.places(inbound)
    entry = events.pack(inbound)
    known = contacts.find(conn, places, now)
    if known is None:
        if inbox.is_known(conn, entry):
            return Taken(seen_already=True)
        known = _meet(conn, house, inbound, now)
    elif now - known.seen_at > _SEEN_OFTEN or not known.reachable:
        contacts.see(conn, known, now)
    link = acquaintance.link_of(inbound.content)
    if link and not known.source:
        contacts.change(conn, known.id, source=link)
    waits = known.has_waiting and not acquaintance.says_stop(inbound.content)
    if row_id is None and (isinstance(inbound.content, Remote) or waits):
        kept = inbox.keep(conn, entry, known.id, "waiting", now)
        return Taken(waits=kept is not None, seen_already=kept is None)
    assert not isinstance(inbound.content, Remote), "its file is fetched before its turn is taken"

    began = perf_counter()
    facts = facts_of(conn, house, known, now, _reference(entry.fingerprint))
    turn = respond(house.book, from_json(known.state, house.book), inbound.content, facts)
    spent = perf_counter() - began

    state: inbox.State = "taken"
    if any(isinstance(each, KeptForStaff) for each in turn.outcomes):
        has_file = isinstance(inbound.content, Unsupported) and inbound.content.file
        state = "keeping" if has_file else "held"
    if row_id is None:
        is_first = inbox.keep(conn, entry, known.id, state, now) is not None
    else:
        is_first = inbox.mark(conn, row_id, state)
    if not is_first:
        return Taken(seen_already=True)
    if isinstance(inbound.content, Attached):
        _remember_files(conn, known, inbound.content, now)
    reach("turn.kept")
    taken = Taken(outcomes=turn.outcomes, waits=state == "keeping", flow_seconds=spent, contact_id=known.id)
    return _store(conn, house, known, inbound, turn, now, taken)


def _remember_files(conn: Connection, known: Known, content: Attached, now: datetime) -> None:
    for each in content.attachments:
        attachments.remember(
            conn, each.media, each.mime, each.bytes, now, contact_id=known.id, purpose="chat", name=each.name
        )


def _store(
    conn: Connection, house: House, known: Known, inbound: Inbound, turn: Turn, now: datetime, taken: Taken
) -> Taken:
    erased = next((each for each in turn.outcomes if isinstance(each, ErasureConfirmed)), None)
    for outcome in turn.outcomes:
        extra = outcomes.store(conn, house.office_id, known, inbound, outcome, now)
        taken.unused_files = extra or taken.unused_files
    reach("turn.outcomes")
    shown = (each for each in turn.outcomes if isinstance(each, FileShown))
    messages = [*(Message(each.caption, file=each.file) for each in shown), *turn.messages]
    if any(isinstance(each, DataRequested) for each in turn.outcomes):
        messages.append(outcomes.copy_of_data(conn, known.id, house.keep_file, now))
    if erased is None:
        conversations.save(conn, known.id, to_json(turn.conversation), now, new=known.state is None)
    say(conn, known, inbound, messages, now, taken, contact_id=None if erased else known.id)
    reach("turn.answered")
    return taken


def say(
    conn: Connection,
    known: Known,
    inbound: Inbound,
    messages: Sequence[Message],
    now: datetime,
    taken: Taken,
    *,
    contact_id: int | None,
) -> None:
    """Put the answers into the outbox; the first is claimed at once where nothing waits before it."""
    to = events.place(inbound.address)
    for number, message in enumerate(messages):
        at_once = number == 0 and not known.has_unsent
        letter = outbox.put(
            conn,
            to,
            message,
            now + timedelta(microseconds=number + 1),
            contact_id=contact_id,
            due_at=now,
            claim=at_once,
        )
        if letter is not None:
            taken.letters.append(letter)
        else:
            taken.more = True


def find_or_meet(conn: Connection, house: House, inbound: Inbound, now: datetime) -> Known:
    """Find who an inbound is from, or make her acquaintance."""
    return contacts.find(conn, events.places(inbound), now) or _meet(conn, house, inbound, now)


def _meet(conn: Connection, house: House, inbound: Inbound, now: datetime) -> Known:
    language = acquaintance.guess_language(inbound, house.language)
    country = acquaintance.guess_country(inbound.phone, language)
    return contacts.meet(
        conn,
        events.places(inbound),
        now,
        office_id=house.office_id,
        language=language,
        name=inbound.name,
        phone=inbound.phone,
        country=country,
        zone=acquaintance.zone_of(country, house.office.zone),
        source=acquaintance.link_of(inbound.content),
    )


def facts_of(conn: Connection, house: House, known: Known, now: datetime, reference: str = "") -> Facts:
    """Read what a flow may know of a person."""
    mine = businesses.of_contact(conn, known.id) if known.has_businesses else ()
    return Facts(
        now=now,
        office=house.office,
        language=cast("Language", known.language),
        language_confirmed=known.language_confirmed,
        name=known.name,
        phone=known.phone,
        country=known.country,
        zone=known.zone or house.office.zone,
        consents=consents.of_contact(conn, known.id) if known.has_consents else {},
        wants_announcements=known.wants_announcements,
        handed_over=known.handed_over,
        businesses=mine,
        products=products.of_contact(conn, known.id) if any(each.has_products for each in mine) else (),
        reference=reference,
    )


def _reference(fingerprint: bytes) -> str:
    """Make the reference number this turn would give: forty bits of the event's fingerprint, easy to say aloud."""
    code = base64.b32encode(fingerprint[:5]).decode().translate(_CLEAR)
    return f"{code[:4]}-{code[4:]}"


_CLEAR: Final = str.maketrans("IO", "89")
"""Letters that are read as digits are replaced by digits base 32 does not use."""
