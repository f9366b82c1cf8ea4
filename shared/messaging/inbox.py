"""The inbox: what a service was told, once each, and its work queue in the order of each subject."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError

from shared import traces
from shared.contracts import EVENT_TYPES
from shared.contracts.event_type import ContractBroken
from shared.domain import now
from shared.messaging import envelope, metrics
from shared.messaging.envelope import Event, Received
from shared.messaging.pending import LONGEST_WAIT, following, locking, moments, ready
from shared.storage.database import Database, database_fault
from shared.storage.tables import INBOX
from shared.storage.work import SYSTEM, UnitOfWork, lost_a_race

Handler = Callable[[UnitOfWork, Event], None]
Savepoint = Callable[[], AbstractContextManager[Any]]

log = structlog.get_logger(__name__)
LONGEST_BATCH = 1.0  # seconds
LONGEST_LOCK = 0.05  # on SQLite every other writer waits for it: the relay too, and with it all listeners
ATTEMPTS = 8
SHORTEST_WAIT = timedelta(milliseconds=50)
PAUSE = 7468  # the advisory lock, in the service's own database


def store(connection: Connection, received: Iterable[Received]) -> int:
    """Put events into the inbox; those already there are left as they are. Answers how many were new."""
    at = now()
    rows = [{"stream": r.stream, "version": r.version, "type": r.type, "body": r.body, "received_at": at} for r in received]
    if not rows:
        return 0
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    # The row count of "on conflict do nothing" is -1 on PostgreSQL, so what came back is counted instead.
    statement = kind(INBOX).on_conflict_do_nothing(index_elements=["stream", "version"]).returning(INBOX.c.id)
    return len(connection.execute(statement, rows).all())


@dataclass(frozen=True)
class Backlog:
    """How the inbox stands, straight from SQL."""

    pending: int
    oldest_pending: datetime | None
    parked: int
    gaps: int


@dataclass
class _Batch:
    """What has become of the events of one transaction."""

    handled: int = 0
    emitted: bool = False
    done: list[int] = field(default_factory=list)  # marked in one statement, in the transaction of their effects
    blocked: set[str] = field(default_factory=set)
    failed: dict[int, Exception] = field(default_factory=dict)


class _Undone(Exception):
    """One of many failed, and what all had written is undone."""


class Dispatcher:
    """Applies the inbox to the service: handler's changes, events it emits and *done* in one transaction.

    Several may run on PostgreSQL; on SQLite, which cannot skip locked rows, one.
    """

    def __init__(self, database: Database, listens: Mapping[str, Handler]) -> None:
        self._database = database
        self._listens = listens

    def dispatch(self) -> int:
        """Apply one batch of ready events; answers how many were settled or put off (0: nothing was ready).

        A fault of the database itself is raised, undoes the batch and is held against no event.
        """
        if self._database.is_sqlite and not self._anything_ready():
            return 0  # without taking the one lock that writers have
        with self._database.writing() as connection:
            if _paused(connection) or not (rows := self._claim(connection)):
                return 0
            batch = self._together(connection, rows)
            _settle(connection, batch.done)
        if batch.emitted:
            self._database.wake(emitted=True)
        return batch.handled

    def drain(self) -> int:
        """Dispatch until nothing is ready; answers how many were handled."""
        total = 0
        while handled := self.dispatch():
            total += handled
        return total

    def _anything_ready(self) -> bool:
        with self._database.reading() as connection:
            return connection.execute(ready(1), moments()).first() is not None

    def _claim(self, connection: Connection) -> list[Row[Any]]:
        heads = connection.execute(locking(ready(), connection.dialect.name), moments()).all()
        if not heads:
            return []
        # Successors of the heads come along in the same transaction, as far as they follow without a gap.
        after = {head.stream: head.version for head in heads}
        claimed = list(heads)
        for row in connection.execute(locking(following(), connection.dialect.name), {"streams": list(after), **moments()}):
            if row.version == after[row.stream] + 1:
                after[row.stream] = row.version
                claimed.append(row)
        return claimed

    def _together(self, connection: Connection, rows: Sequence[Row[Any]]) -> _Batch:
        """All within one savepoint, which costs as much as an event; when one fails, each within its own."""
        first = _Batch()
        with suppress(_Undone), connection.begin_nested():
            return self._work_off(connection, rows, first, nullcontext)
        return self._work_off(connection, rows, _Batch(failed=first.failed), connection.begin_nested)

    def _work_off(self, connection: Connection, rows: Sequence[Row[Any]], batch: _Batch, savepoint: Savepoint) -> _Batch:
        enough = time.monotonic() + (min(LONGEST_BATCH, LONGEST_LOCK) if self._database.is_sqlite else LONGEST_BATCH)
        for row in rows:
            if row.stream in batch.blocked:
                continue
            batch.handled += 1
            try:
                if row.id in batch.failed:
                    raise batch.failed[row.id]  # just now, after the same events: it is not tried again
                with savepoint():
                    batch.emitted |= self._apply(connection, row, batch.done)
            except Exception as error:
                if database_fault(error):
                    raise
                if savepoint is nullcontext:
                    batch.failed[row.id] = error
                    raise _Undone from error
                _set_aside(connection, row, error)
                batch.blocked.add(row.stream)
            if time.monotonic() > enough:
                break
        return batch

    def _apply(self, connection: Connection, row: Row[Any], done: list[int]) -> bool:
        """Run the handler, if there is one; what is done goes onto `done`. Answers whether it emitted events."""
        emitted = False
        if handler := self._listens.get(row.type):
            event = envelope.read(Received(row.stream, row.version, row.type, row.body), EVENT_TYPES[row.type])
            work = UnitOfWork(connection, SYSTEM)
            facts = {"stream": row.stream, "version": row.version, "attempts": row.attempts}
            with traces.span(f"apply {row.type}", event.trace, **facts), metrics.HANDLER.labels(row.type).time():
                handler(work, event)
                emitted = work.flush()
        done.append(row.id)
        return emitted


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


def _paused(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return False
    return not connection.execute(select(func.pg_try_advisory_xact_lock_shared(PAUSE))).scalar_one()


def _settle(connection: Connection, row_ids: Sequence[int]) -> None:
    if row_ids:
        settled = update(INBOX).where(INBOX.c.id.in_(row_ids))
        connection.execute(settled.values(status="done", settled_at=now(), error=None, retry_at=None))


def _set_aside(connection: Connection, row: Row[Any], error: Exception) -> None:
    if isinstance(error, ContractBroken):
        _park(connection, row, error)
    elif isinstance(error, DBAPIError) and lost_a_race(error):
        _put_off(connection, row, error, row.attempts, SHORTEST_WAIT)
    else:
        _retry_or_park(connection, row, error)


def _retry_or_park(connection: Connection, row: Row[Any], error: Exception) -> None:
    attempts = row.attempts + 1
    if attempts >= ATTEMPTS:
        _park(connection, row, error)
    else:
        _put_off(connection, row, error, attempts, min(SHORTEST_WAIT * 4 ** (attempts - 1), LONGEST_WAIT))


def _put_off(connection: Connection, row: Row[Any], error: Exception, attempts: int, wait: timedelta) -> None:
    metrics.PUT_OFF.labels(row.type).inc()
    log.warning("event put off", stream=row.stream, version=row.version, type=row.type, attempts=attempts, error=type(error).__name__)
    values = {"attempts": attempts, "retry_at": now() + wait, "error": _describe(error)}
    connection.execute(update(INBOX).where(INBOX.c.id == row.id).values(**values))


def _park(connection: Connection, row: Row[Any], error: Exception) -> None:
    metrics.PARKED.labels(row.type).inc()
    log.error("event parked", stream=row.stream, version=row.version, type=row.type, error=type(error).__name__)
    values = {"status": "parked", "attempts": row.attempts + 1, "error": _describe(error)}
    connection.execute(update(INBOX).where(INBOX.c.id == row.id).values(**values))


def _describe(error: Exception) -> str:
    # No database stores NUL in a text, and half a character not either.
    words = f"{type(error).__name__}: {error}"[:2000].replace("\0", "")
    return words.encode("utf-8", "replace").decode("utf-8")
