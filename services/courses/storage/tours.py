"""Stops of observation tours and the check-ins at them, as rows (R12)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.courses.storage.tables import TOUR_CHECK_INS, TOUR_STOPS
from shared.domain import NotFound


def stops(connection: Connection, cohort_id: UUID) -> Sequence[Row[Any]]:
    """The stops of a cohort's tours in their order."""
    wanted = select(TOUR_STOPS).where(TOUR_STOPS.c.cohort_id == cohort_id)
    return connection.execute(wanted.order_by(TOUR_STOPS.c.session_id, TOUR_STOPS.c.position)).all()


def stop(connection: Connection, stop_id: UUID) -> Row[Any]:
    """One stop. Raises `NotFound`."""
    row = connection.execute(select(TOUR_STOPS).where(TOUR_STOPS.c.id == stop_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def replace_stops(connection: Connection, session_id: UUID, rows: Sequence[Mapping[str, Any]]) -> None:
    """The stops of a tour in place of those it had."""
    connection.execute(delete(TOUR_STOPS).where(TOUR_STOPS.c.session_id == session_id))
    if rows:
        connection.execute(insert(TOUR_STOPS), list(rows))


def are_visited(connection: Connection, session_id: UUID) -> bool:
    """Whether somebody has checked in at a stop of this tour."""
    visited = select(TOUR_CHECK_INS.c.stop_id).join(TOUR_STOPS, TOUR_STOPS.c.id == TOUR_CHECK_INS.c.stop_id)
    return connection.execute(visited.where(TOUR_STOPS.c.session_id == session_id).limit(1)).first() is not None


def check_in(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
    """Check people in at a stop; answers how many were new."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = kind(TOUR_CHECK_INS).on_conflict_do_nothing(index_elements=["stop_id", "enrollment_id"])
    return len(connection.execute(statement.returning(TOUR_CHECK_INS.c.enrollment_id), list(rows)).all())


def check_ins(connection: Connection, cohort_id: UUID) -> dict[UUID, int]:
    """Enrollment → stops checked in at."""
    counted = select(TOUR_CHECK_INS.c.enrollment_id, func.count()).where(TOUR_CHECK_INS.c.cohort_id == cohort_id)
    return {row[0]: row[1] for row in connection.execute(counted.group_by(TOUR_CHECK_INS.c.enrollment_id))}
