"""The dispatcher: applies what lies in the inbox, in the order of each subject, once."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import structlog
from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from shared import traces
from shared.contracts import EVENT_TYPES
from shared.contracts.event_type import ContractBroken
from shared.domain import now
from shared.logs import described
from shared.messaging import envelope, metrics
from shared.messaging.envelope import Event, Received
from shared.messaging.inbox import PAUSE
from shared.storage.database import Database, database_fault
from shared.storage.tables import INBOX, one_of
from shared.storage.work import SYSTEM, UnitOfWork, lost_a_race

Handler = Callable[[UnitOfWork, Event], None]
Savepoint = Callable[[], AbstractContextManager[Any]]

log = structlog.get_logger(__name__)
BATCH = 200
LONGEST_BATCH = 1.0  # seconds
LONGEST_LOCK = 0.05  # on SQLite every other writer waits for it: the relay too, and with it all listeners
ATTEMPTS = 8
SHORTEST_WAIT = timedelta(milliseconds=50)
LONGEST_WAIT = timedelta(minutes=5)
SETTLED = ("done", "discarded")


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
            return connection.execute(ready(1), _moments()).first() is not None

    def _claim(self, connection: Connection) -> list[Row[Any]]:
        dialect = connection.dialect.name
        heads = connection.execute(_lock(ready(), dialect), _moments()).all()
        if not heads:
            return []
        # Successors of the heads come along in the same transaction, as far as they follow without a gap.
        after = {head.stream: head.version for head in heads}
        claimed = list(heads)
        for row in connection.execute(_lock(_following(dialect), dialect), {"streams": list(after), **_moments()}):
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


@cache  # putting a statement together takes longer than running it
def ready(limit: int = BATCH) -> Select[Any]:
    """Pending events whose predecessor in the stream is settled, oldest first; due at `_moments`."""
    before = INBOX.alias("before")
    # A scalar subquery uses the (stream, version) index; EXISTS would hash every settled row on PostgreSQL.
    predecessor = (
        select(before.c.status).where(before.c.stream == INBOX.c.stream, before.c.version == INBOX.c.version - 1).scalar_subquery()
    )
    return _pending(or_(INBOX.c.version == 1, predecessor.in_(SETTLED))).order_by(INBOX.c.id).limit(limit)


@cache
def _following(dialect: str) -> Select[Any]:
    return _pending(one_of(INBOX.c.stream, "streams", dialect)).order_by(INBOX.c.stream, INBOX.c.version).limit(BATCH)


def _pending(which: Any) -> Select[Any]:
    columns = (INBOX.c.id, INBOX.c.stream, INBOX.c.version, INBOX.c.type, INBOX.c.body, INBOX.c.attempts)
    return select(*columns).where(INBOX.c.status == "pending", _due(), which)


def _due() -> Any:
    # A clock that went back must not put a retry off for hours, so a retry too far ahead is due as well.
    return or_(INBOX.c.retry_at.is_(None), INBOX.c.retry_at <= bindparam("moment"), INBOX.c.retry_at > bindparam("too_far"))


def _moments() -> dict[str, datetime]:
    moment = now()
    return {"moment": moment, "too_far": moment + 2 * LONGEST_WAIT}


def _paused(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return False
    return not connection.execute(select(func.pg_try_advisory_xact_lock_shared(PAUSE))).scalar_one()


@lru_cache(maxsize=8)
def _lock(statement: Select[Any], dialect: str) -> Select[Any]:
    return statement if dialect == "sqlite" else statement.with_for_update(of=INBOX, skip_locked=True)


def _settle(connection: Connection, row_ids: Sequence[int]) -> None:
    settled = update(INBOX).where(one_of(INBOX.c.id, "ids", connection.dialect.name))
    connection.execute(settled.values(status="done", settled_at=now(), error=None, retry_at=None), {"ids": row_ids})


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
    values = {"attempts": attempts, "retry_at": now() + wait, "error": described(error)}
    connection.execute(update(INBOX).where(INBOX.c.id == row.id).values(**values))


def _park(connection: Connection, row: Row[Any], error: Exception) -> None:
    metrics.PARKED.labels(row.type).inc()
    log.error("event parked", stream=row.stream, version=row.version, type=row.type, error=type(error).__name__)
    values = {"status": "parked", "attempts": row.attempts + 1, "error": described(error)}
    connection.execute(update(INBOX).where(INBOX.c.id == row.id).values(**values))
