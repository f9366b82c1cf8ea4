"""Throws all facts away, so that they can be told anew from finance's own inbox."""

from sqlalchemy import delete

from services.finance.storage.rows import take_turn
from services.finance.storage.tables import FACTS
from shared.messaging.rebuilding import ReadModel
from shared.storage.work import UnitOfWork


def empty(work: UnitOfWork) -> None:
    """Forget every fact and every participation; inbox and audit log stay."""
    take_turn(work.connection)
    for table in FACTS:
        work.connection.execute(delete(table))
    work.note("facts.rebuilt", "finance")


READ_MODEL = ReadModel(FACTS, empty)
