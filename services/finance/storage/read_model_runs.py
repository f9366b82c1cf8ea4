"""Runs over the read model as rows: asked for, taken in hand by one worker at a time, finished."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.finance.domain.read_model_run import Outcome, Run, RunKind, RunState
from services.finance.storage.tables import READ_MODEL_RUNS
from shared.storage.database import Database

# Any number will do, as long as nothing else in finance's own database takes it.
ALONE = 7023
R = READ_MODEL_RUNS.c
_OPEN = R.state.in_((RunState.WAITING, RunState.RUNNING))


def put_in_line(connection: Connection, kind: RunKind, *, at: datetime, account: str) -> Run:
    """A waiting run of `kind`: a new one, or the one that waits already."""
    new: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = new(READ_MODEL_RUNS).values(kind=kind, asked_at=at, asked_by=account)
    same = {"kind": statement.excluded.kind}  # changes nothing; a row that was left alone would not be returned
    statement = statement.on_conflict_do_update(index_elements=["kind"], index_where=text("state = 'waiting'"), set_=same)
    return _run(connection.execute(statement.returning(*R)).one())


def anything_open(connection: Connection) -> bool:
    """Whether a run waits or was left at work."""
    return connection.execute(select(R.id).where(_OPEN).limit(1)).first() is not None


def take_next(connection: Connection, *, at: datetime) -> Run | None:
    """Take the run that a worker left at work, else the oldest that waits."""
    following = select(R.id).where(_OPEN).order_by((R.state == RunState.RUNNING).desc(), R.id).limit(1).scalar_subquery()
    taken = update(READ_MODEL_RUNS).where(R.id == following)
    row = connection.execute(taken.values(state=RunState.RUNNING, tries=R.tries + 1, started_at=at).returning(*R)).one_or_none()
    return _run(row) if row else None


def finish(connection: Connection, run: Run, outcome: Outcome, *, at: datetime) -> bool:
    """Write what came of a run; false when another worker has taken it over meanwhile."""
    mine = (R.id == run.id) & (R.state == RunState.RUNNING) & (R.tries == run.tries)
    values = asdict(outcome) | {"differences": list(outcome.differences), "finished_at": at}
    return connection.execute(update(READ_MODEL_RUNS).where(mine).values(**values)).rowcount == 1


def last_compared(connection: Connection) -> Run | None:
    """The last comparison that came to its end."""
    ended = (R.kind == RunKind.COMPARISON) & R.state.in_((RunState.AGREES, RunState.DIFFERS))
    row = connection.execute(select(*R).where(ended).order_by(R.id.desc()).limit(1)).one_or_none()
    return _run(row) if row else None


def latest(connection: Connection, limit: int) -> list[Run]:
    """The last runs, newest first."""
    return [_run(row) for row in connection.execute(select(READ_MODEL_RUNS).order_by(R.id.desc()).limit(limit))]


@contextmanager
def alone(database: Database) -> Iterator[bool]:
    """Whether no other worker is at a run, and keep it so for the block; a worker that dies lets go at once."""
    if database.is_sqlite:
        yield True  # one process has the file, and one loop in it works on runs
        return
    with database.reading() as connection:
        yield connection.execute(select(func.pg_try_advisory_xact_lock(ALONE))).scalar_one()


def _run(row: Row[Any]) -> Run:
    return Run(**row._mapping)
