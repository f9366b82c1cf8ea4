"""What is kept of people for a time only, and which intakes that time has passed for (R48)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, delete, select, update

from services.courses.storage.tables import APPEALS, CLOSED_INTAKES, COHORTS, LEAVES
from shared.storage.tables import ANSWERED_REQUESTS


def lapsed_leaves(connection: Connection, closed_by: date, limit: int) -> Sequence[UUID]:
    """Requests for leave that still say why, in intakes closed by `closed_by`."""
    intakes = select(CLOSED_INTAKES.c.intake_id).where(CLOSED_INTAKES.c.closed_on <= closed_by)
    cohorts = select(COHORTS.c.id).where(COHORTS.c.intake_id.in_(intakes))
    due = select(LEAVES.c.id).where(LEAVES.c.reason != "", LEAVES.c.cohort_id.in_(cohorts))
    return connection.execute(due.order_by(LEAVES.c.id).limit(limit).with_for_update()).scalars().all()


def erase_reasons(connection: Connection, leaves: Sequence[UUID]) -> int:
    """Erase why these leaves were asked for."""
    return connection.execute(update(LEAVES).where(LEAVES.c.id.in_(leaves)).values(reason="")).rowcount


def erase_appeals(connection: Connection, before: datetime) -> int:
    """Erase what was said in appeals decided before a moment; that there was one, and its outcome, stays."""
    due = update(APPEALS).where(APPEALS.c.decided_at < before, APPEALS.c.text != "")
    return connection.execute(due.values(text="", answer="")).rowcount


def erase_answers(connection: Connection, before: datetime) -> int:
    """Erase what requests were answered before a moment; nobody sends one of them again."""
    return connection.execute(delete(ANSWERED_REQUESTS).where(ANSWERED_REQUESTS.c.at < before)).rowcount
