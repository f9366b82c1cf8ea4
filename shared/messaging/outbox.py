"""The outbox: what a service has to tell, in the order of each subject; a log that is never emptied."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, Update, bindparam, func, insert, select, update

from shared.contracts.event_type import EventType
from shared.messaging import envelope
from shared.storage.tables import OUTBOX, one_of

MARKING = 7467  # the advisory lock, in the service's own database
COLUMNS = (OUTBOX.c.stream, OUTBOX.c.version, OUTBOX.c.type, OUTBOX.c.body)
_NEXT = OUTBOX.c.position.is_(None) & (OUTBOX.c.id > bindparam("after"))
UNSENT = select(OUTBOX.c.id, *COLUMNS).where(_NEXT).order_by(OUTBOX.c.id).limit(bindparam("most"))
LAST_POSITION = select(func.coalesce(func.max(OUTBOX.c.position), 0))


@dataclass(frozen=True)
class Emitted:
    """An event an operation has emitted and that is not yet a row."""

    event_type: EventType
    subject_id: UUID
    data: dict[str, Any]


def write(connection: Connection, events: Sequence[Emitted], at: datetime) -> None:
    """Append `events` with the next versions of their streams, in one statement.

    Of two transactions that write one stream at once the second fails on (stream, version) and is run
    again by its door, so versions have no gaps and no doubles.
    """
    if not events:
        return
    streams = {event.event_type.stream(event.subject_id) for event in events}
    last = _last_versions(connection, streams)
    rows = []
    for event in events:
        stream = event.event_type.stream(event.subject_id)
        version = last[stream] = last.get(stream, 0) + 1
        body = envelope.write(event.event_type, event.subject_id, version, at, event.data)
        rows.append({"stream": stream, "version": version, "type": event.event_type.name, "body": body, "created_at": at})
    connection.execute(insert(OUTBOX), rows)


def unsent(connection: Connection, limit: int, after: int = 0) -> Sequence[Any]:
    """The oldest rows (id, stream, version, type, body) that the relay has not sent yet, of those after a row's id."""
    return connection.execute(UNSENT, {"most": limit, "after": after}).all()


def mark_sent(connection: Connection, ids: Sequence[int]) -> None:
    """Give sent rows the next positions: a cursor over positions skips nothing, whenever a row was committed."""
    if not ids:
        return
    if connection.dialect.name == "postgresql":
        # Of two relays one marks at a time, or a cursor would see the later positions first.
        connection.execute(select(func.pg_advisory_xact_lock(MARKING)))
    last = connection.execute(LAST_POSITION).scalar_one()
    connection.execute(_mark(connection.dialect.name), {"ids": ids, "last": last})


def since(connection: Connection, position: int, limit: int) -> Sequence[Any]:
    """The feed: sent rows (position, stream, version, type, body) after `position`, for gaps and new listeners."""
    return connection.execute(
        select(OUTBOX.c.position, *COLUMNS).where(OUTBOX.c.position > position).order_by(OUTBOX.c.position).limit(limit)
    ).all()


def send_again(connection: Connection) -> int:
    """Set all positions back, so that everything is sent once more; listeners keep what they have.

    A cursor over `since` starts at 0 again.
    """
    return connection.execute(update(OUTBOX).values(position=None)).rowcount


def backlog(connection: Connection) -> tuple[int, datetime | None]:
    """How many events are not sent yet, and since when the oldest of them waits."""
    waiting = select(func.count(), func.min(OUTBOX.c.created_at)).where(OUTBOX.c.position.is_(None))
    count, oldest = connection.execute(waiting).one()
    return count, oldest


def _last_versions(connection: Connection, streams: set[str]) -> dict[str, int]:
    wanted = sorted(streams)
    last: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        counted = connection.execute(_versions(connection.dialect.name), {"streams": wanted[start : start + 500]})
        last.update((row[0], row[1]) for row in counted)
    return last


@cache
def _versions(dialect: str) -> Select[Any]:
    return select(OUTBOX.c.stream, func.max(OUTBOX.c.version)).where(one_of(OUTBOX.c.stream, "streams", dialect)).group_by(OUTBOX.c.stream)


@cache
def _mark(dialect: str) -> Update:
    sent = one_of(OUTBOX.c.id, "ids", dialect) & OUTBOX.c.position.is_(None)
    places = select(OUTBOX.c.id, func.row_number().over(order_by=OUTBOX.c.id).label("place")).where(sent).subquery()
    return update(OUTBOX).where(OUTBOX.c.id == places.c.id).values(position=bindparam("last") + places.c.place)
