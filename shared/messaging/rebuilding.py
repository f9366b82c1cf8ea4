"""A read model filled anew from the inbox, or compared with it (a stand-in; the real one comes with the same names)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from shared.contracts import EVENT_TYPES
from shared.messaging.envelope import Received, read
from shared.messaging.inbox import Handler
from shared.storage.database import Database
from shared.storage.tables import INBOX
from shared.storage.work import SYSTEM, UnitOfWork, transact


@dataclass(frozen=True)
class ReadModel:
    """Tables that hold nothing but what handlers wrote, and the operation that empties them."""

    tables: Sequence[Table]
    empty: Callable[[UnitOfWork], None]


@dataclass(frozen=True)
class Comparison:
    """How many events were applied, and what the tables that stand and those the log gives do not share."""

    events: int
    differences: list[str]


def rebuild(database: Database, listens: Mapping[str, Handler], model: ReadModel) -> int:
    """Empty the read model and apply every event that was done again, in one transaction; answers how many."""
    return transact(database, SYSTEM, _fill_anew, listens, model)


def compare(database: Database, listens: Mapping[str, Handler], model: ReadModel) -> Comparison:
    """The same, but told and undone."""
    with database.writing() as connection:
        undone, stood = connection.begin_nested(), _rows(connection, model)
        events = _fill_anew(UnitOfWork(connection, SYSTEM), listens, model)
        fresh = _rows(connection, model)
        undone.rollback()
    return Comparison(events, sorted(f"{name} {row}" for name, row in stood ^ fresh))


def _fill_anew(work: UnitOfWork, listens: Mapping[str, Handler], model: ReadModel) -> int:
    model.empty(work)
    done = select(INBOX).where(INBOX.c.status == "done", INBOX.c.type.in_(sorted(listens))).order_by(INBOX.c.id)
    rows = work.connection.execute(done).all()
    for row in rows:
        listens[row.type](work, read(Received(row.stream, row.version, row.type, row.body), EVENT_TYPES[row.type]))
    return len(rows)


def _rows(connection: Connection, model: ReadModel) -> set[tuple[str, Any]]:
    return {(table.name, tuple(row)) for table in model.tables for row in connection.execute(select(table))}
