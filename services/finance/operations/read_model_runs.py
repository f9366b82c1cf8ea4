"""Runs over the read model, in the order of their life: asked for, taken in hand, carried out, finished."""

from collections.abc import Mapping

import structlog

from services.finance.domain.read_model_run import TRIES, Outcome, Run, RunKind, abandoned, compared, failed, rebuilt
from services.finance.operations.rebuilding import READ_MODEL
from services.finance.storage import read_model_runs as runs
from shared.logs import described
from shared.messaging import rebuilding
from shared.messaging.dispatcher import Handler
from shared.storage.database import Database
from shared.storage.work import SYSTEM, UnitOfWork, transact

log = structlog.get_logger(__name__)


def ask(work: UnitOfWork, kind: RunKind) -> Run:
    """Ask for a run; while one of the same kind waits, that one is answered and nothing is added."""
    run = runs.put_in_line(work.connection, kind, at=work.now, account=work.actor.account_id)
    if (run.asked_at, run.asked_by) == (work.now, work.actor.account_id):
        work.note("read_model_run.asked", str(run.id), kind=kind)
    return run


def take(work: UnitOfWork) -> Run | None:
    """Take a run in hand: one that a killed worker left, else the oldest that waits."""
    return runs.take_next(work.connection, at=work.now)


def finish(work: UnitOfWork, run: Run, outcome: Outcome) -> bool:
    """Record what came of a run; false when another worker has taken it over meanwhile."""
    return runs.finish(work.connection, run, outcome, at=work.now)


def carry_out_next(database: Database, listens: Mapping[str, Handler]) -> int:
    """Carry out one run, behind the doors; answers how many were taken in hand (0: none was waiting).

    A failure is recorded beside the run. One at a time: whoever finds a run at work while nobody is at it takes it over.
    """
    with database.reading() as connection:
        if not runs.anything_open(connection):
            return 0
    with runs.alone(database) as mine:
        run = transact(database, SYSTEM, take) if mine else None
        if run is None:
            return 0
        outcome = abandoned() if run.tries > TRIES else _carry_out(database, listens, run.kind)
        transact(database, SYSTEM, finish, run, outcome)
    return 1


def _carry_out(database: Database, listens: Mapping[str, Handler], kind: RunKind) -> Outcome:
    try:
        if kind is RunKind.REBUILD:
            return rebuilt(rebuilding.rebuild(database, listens, READ_MODEL))
        found = rebuilding.compare(database, listens, READ_MODEL)
        return compared(found.events, found.differences)
    except Exception as error:
        # Told beside the run, where the one who asked looks; the next run may well succeed.
        log.error("read model run failed", kind=kind, error=type(error).__name__, exc_info=True)
        return failed(described(error))
