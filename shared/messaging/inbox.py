"""The inbox: what a service was told, once each, and what an operator does about what cannot be applied."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from shared.domain import now
from shared.messaging.envelope import Received
from shared.storage.tables import INBOX
from shared.storage.work import UnitOfWork

PAUSE = 7468  # the advisory lock, in the service's own database
STORE = {
    name: insert(INBOX).inline().on_conflict_do_nothing(index_elements=["stream", "version"])
    for name, insert in (("postgresql", postgresql_insert), ("sqlite", sqlite_insert))
}


def store(connection: Connection, received: Iterable[Received]) -> int:
    """Put events into the inbox; those already there are left as they are. Answers how many were new."""
    at = now()
    rows = [{"stream": r.stream, "version": r.version, "type": r.type, "body": r.body, "received_at": at} for r in received]
    if not rows:
        return 0
    # Nothing is asked back, so that the driver sends the rows one behind the other instead of as one long text that it parses anew.
    return connection.execute(STORE[connection.dialect.name], rows, execution_options={"preserve_rowcount": True}).rowcount


@dataclass(frozen=True)
class Backlog:
    """How the inbox stands, straight from SQL."""

    pending: int
    oldest_pending: datetime | None
    parked: int
    gaps: int


def backlog(connection: Connection) -> Backlog:
    """Pending, oldest pending, parked and gaps (an event whose predecessor never came)."""
    pending, oldest = connection.execute(select(func.count(), func.min(INBOX.c.received_at)).where(INBOX.c.status == "pending")).one()
    parked = connection.execute(select(func.count()).where(INBOX.c.status == "parked")).scalar_one()
    before = INBOX.alias("before")
    predecessor = select(before.c.id).where(before.c.stream == INBOX.c.stream, before.c.version == INBOX.c.version - 1).scalar_subquery()
    gaps = connection.execute(
        select(func.count()).where(and_(INBOX.c.status == "pending", INBOX.c.version > 1, predecessor.is_(None)))
    ).scalar_one()
    return Backlog(pending=pending, oldest_pending=oldest, parked=parked, gaps=gaps)


def parked(connection: Connection, limit: int = 200) -> Sequence[Row[Any]]:
    """Parked events with their errors, oldest first, and how many of their subject wait behind each (`waiting_behind`)."""
    behind = INBOX.alias("behind")
    later = (behind.c.stream == INBOX.c.stream) & (behind.c.version > INBOX.c.version) & (behind.c.status == "pending")
    waiting = select(func.count()).select_from(behind).where(later).scalar_subquery().label("waiting_behind")
    return connection.execute(select(INBOX, waiting).where(INBOX.c.status == "parked").order_by(INBOX.c.id).limit(limit)).all()


def replay(work: UnitOfWork, *, ids: Sequence[int] | None = None, event_type: str | None = None) -> int:
    """Make parked events pending again: those named, those of a type, or all. Answers how many."""
    again = update(INBOX).where(INBOX.c.status == "parked").values(status="pending", attempts=0, retry_at=None)
    if ids is not None:
        again = again.where(INBOX.c.id.in_(ids))
    if event_type is not None:
        again = again.where(INBOX.c.type == event_type)
    replayed = work.connection.execute(again.returning(INBOX.c.stream, INBOX.c.version)).all()
    for row in replayed:
        work.note("event.replayed", f"{row.stream}#{row.version}")
    return len(replayed)


def discard(work: UnitOfWork, event_id: int, *, reason: str) -> bool:
    """Give a parked event up, with a reason; its successors go on."""
    give_up = (
        update(INBOX)
        .where(INBOX.c.id == event_id, INBOX.c.status == "parked")
        .values(status="discarded", settled_at=work.now)
        .returning(INBOX.c.stream, INBOX.c.version)
    )
    row = work.connection.execute(give_up).one_or_none()
    if row is not None:
        work.note("event.discarded", f"{row.stream}#{row.version}", reason=reason)
    return row is not None


def pause(connection: Connection) -> None:
    """Let no dispatcher work until this transaction ends, and wait for those that are at work."""
    if connection.dialect.name == "postgresql":  # on SQLite the one lock that writers have does it
        connection.execute(select(func.pg_advisory_xact_lock(PAUSE)))
