"""What of the inbox is next: statements that every dispatcher asks again and again, put together once."""

from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from shared.domain import now
from shared.storage.tables import INBOX

BATCH = 200
LONGEST_WAIT = timedelta(minutes=5)
SETTLED = ("done", "discarded")


@cache  # putting a statement together takes longer than running it
def ready(limit: int = BATCH) -> Select[Any]:
    """Pending events whose predecessor in the stream is settled, oldest first; due at `moments`."""
    before = INBOX.alias("before")
    # A scalar subquery uses the (stream, version) index; EXISTS would hash every settled row on PostgreSQL.
    predecessor = (
        select(before.c.status).where(before.c.stream == INBOX.c.stream, before.c.version == INBOX.c.version - 1).scalar_subquery()
    )
    return _where(or_(INBOX.c.version == 1, predecessor.in_(SETTLED))).order_by(INBOX.c.id).limit(limit)


@cache
def following() -> Select[Any]:
    """What waits in the streams `streams`, in their order."""
    streams = INBOX.c.stream.in_(bindparam("streams", expanding=True))
    return _where(streams).order_by(INBOX.c.stream, INBOX.c.version).limit(BATCH)


def _where(which: Any) -> Select[Any]:
    columns = (INBOX.c.id, INBOX.c.stream, INBOX.c.version, INBOX.c.type, INBOX.c.body, INBOX.c.attempts)
    return select(*columns).where(INBOX.c.status == "pending", due(), which)


def due() -> Any:
    """Never tried, or its time has come."""
    # A clock that went back must not put a retry off for hours, so a retry too far ahead is due as well.
    return or_(INBOX.c.retry_at.is_(None), INBOX.c.retry_at <= bindparam("moment"), INBOX.c.retry_at > bindparam("too_far"))


def moments() -> dict[str, datetime]:
    """What these statements are executed with."""
    moment = now()
    return {"moment": moment, "too_far": moment + 2 * LONGEST_WAIT}


@lru_cache(maxsize=8)
def locking(statement: Select[Any], dialect: str) -> Select[Any]:
    """The same, for one dispatcher of several; SQLite cannot, and has one writer anyway."""
    return statement if dialect == "sqlite" else statement.with_for_update(of=INBOX, skip_locked=True)
