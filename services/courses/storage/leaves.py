"""Requests for leave, as rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from services.courses.domain.leave import LeaveState, Span
from services.courses.storage.tables import LEAVES
from shared.domain import NotFound


def leave(connection: Connection, leave_id: UUID) -> Row[Any]:
    """One request. Raises `NotFound`."""
    row = connection.execute(select(LEAVES).where(LEAVES.c.id == leave_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def leaves(connection: Connection, cohort_id: UUID) -> Sequence[Row[Any]]:
    """The requests of a cohort, oldest first."""
    return connection.execute(select(LEAVES).where(LEAVES.c.cohort_id == cohort_id).order_by(LEAVES.c.requested_at, LEAVES.c.id)).all()


def approved(connection: Connection, cohort_id: UUID) -> list[tuple[UUID, Any, Span]]:
    """Granted leave of a cohort: whose, which kind, when."""
    wanted = select(LEAVES).where(LEAVES.c.cohort_id == cohort_id, LEAVES.c.state == LeaveState.APPROVED)
    return [(row.enrollment_id, row.kind, span_of(row)) for row in connection.execute(wanted)]


def span_of(row: Row[Any]) -> Span:
    """The time a request asks for."""
    return Span(row.first_day, row.first_half, row.last_day, row.last_half)


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new request."""
    connection.execute(insert(LEAVES), [values])


def decide(connection: Connection, leave_id: UUID, **values: Any) -> bool:
    """Grant or refuse a request that is still open; answers whether it was."""
    decided = update(LEAVES).where(LEAVES.c.id == leave_id, LEAVES.c.state == LeaveState.REQUESTED).values(**values)
    return connection.execute(decided.returning(LEAVES.c.id)).one_or_none() is not None
