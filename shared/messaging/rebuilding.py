"""A read model made anew from the inbox, or compared with it, while everyone goes on reading the one that stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select

from shared.contracts import EVENT_TYPES
from shared.messaging import inbox
from shared.messaging.dispatcher import Handler
from shared.messaging.envelope import Received, read
from shared.storage.database import Database
from shared.storage.tables import INBOX
from shared.storage.work import SYSTEM, UnitOfWork, transact

NAMED = 20  # as many differing rows of a table are told one by one


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


class TellsOthers(Exception):
    """A handler of a read model emitted an event; applied again it would tell it twice."""


def rebuild(database: Database, listens: Mapping[str, Handler], model: ReadModel) -> int:
    """Empty the read model and apply every event that was done again, in one transaction; answers how many.

    Readers see the old rows until it is committed, and a crash leaves them as they were. Dispatchers pause;
    receivers go on on PostgreSQL, on SQLite every other writer waits.
    """
    return transact(database, SYSTEM, _fill_anew, listens, model)


def compare(database: Database, listens: Mapping[str, Handler], model: ReadModel) -> Comparison:
    """The same without applying: fill the tables anew, tell what differs from what stood, and undo all of it."""
    with database.writing() as connection:
        inbox.pause(connection)
        undone = connection.begin_nested()
        for table in model.tables:
            connection.exec_driver_sql(f"CREATE TEMPORARY TABLE stood_{table.name} AS SELECT * FROM {table.name}")
        events = _fill_anew(UnitOfWork(connection, SYSTEM), listens, model)
        found = [line for table in model.tables for line in _differences(connection, table)]
        undone.rollback()
    return Comparison(events, found)


def _fill_anew(work: UnitOfWork, listens: Mapping[str, Handler], model: ReadModel) -> int:
    inbox.pause(work.connection)
    model.empty(work)
    events = 0
    with work.connection.execute(_log(sorted(listens))) as rows:
        for row in rows:
            listens[row.type](work, read(Received(row.stream, row.version, row.type, row.body), EVENT_TYPES[row.type]))
            events += 1
    if work.flush():
        raise TellsOthers
    return events


def _log(types: Sequence[str]) -> Select[Any]:
    # An event's turn comes when it and all before it in its stream had arrived.
    turn = func.max(INBOX.c.id).over(partition_by=INBOX.c.stream, order_by=INBOX.c.version)
    columns = (INBOX.c.stream, INBOX.c.version, INBOX.c.type, INBOX.c.body)
    done = select(*columns).where(INBOX.c.status == "done", INBOX.c.type.in_(types)).order_by(turn, INBOX.c.version)
    return done.execution_options(yield_per=500)


def _differences(connection: Connection, table: Table) -> Iterator[str]:
    key = ", ".join(column.name for column in table.primary_key)
    only = "SELECT {key} FROM (SELECT * FROM {one} EXCEPT SELECT * FROM {other}) AS rest ORDER BY {key} LIMIT {limit}"
    stood, fresh = f"stood_{table.name}", table.name
    for one, other, words in ((stood, fresh, "stands, the log does not give it"), (fresh, stood, "the log gives it, it does not stand")):
        keys = connection.exec_driver_sql(only.format(key=key, one=one, other=other, limit=NAMED + 1)).all()
        yield from (f"{table.name} {' '.join(map(str, row))}: {words}" for row in keys[:NAMED])
        if len(keys) > NAMED:
            yield f"{table.name}: more rows like these"
