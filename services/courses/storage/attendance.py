"""The attendance ledger, as rows: entries are only ever added (R14)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, and_, case, exists, func, insert, select

from services.courses.storage.tables import ATTENDANCE, SESSIONS, TRAINEES

_later = ATTENDANCE.alias("later")
STANDS = ~exists().where(
    and_(
        _later.c.session_id == ATTENDANCE.c.session_id,
        _later.c.enrollment_id == ATTENDANCE.c.enrollment_id,
        _later.c.revision > ATTENDANCE.c.revision,
    )
)
"""The condition that an entry has not been superseded."""


def add(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Append entries, in one statement."""
    connection.execute(insert(ATTENDANCE), list(entries))


def sheet(connection: Connection, session_id: UUID) -> Sequence[Row[Any]]:
    """Every entry of one session with its history, oldest first."""
    return connection.execute(select(ATTENDANCE).where(ATTENDANCE.c.session_id == session_id).order_by(ATTENDANCE.c.revision)).all()


def entries_of(connection: Connection, session_id: UUID, enrollment_id: UUID) -> Sequence[Row[Any]]:
    """One person's entry of one session with its history, oldest first."""
    wanted = select(ATTENDANCE).where(ATTENDANCE.c.session_id == session_id, ATTENDANCE.c.enrollment_id == enrollment_id)
    return connection.execute(wanted.order_by(ATTENDANCE.c.revision)).all()


def earned_on(connection: Connection, day: date, people: Sequence[UUID], *, besides: UUID) -> dict[UUID, int]:
    """Person → quarter-hours already earned on a day, in any cohort, other than in the session `besides` (R17)."""
    earned = (
        select(TRAINEES.c.person_id, func.sum(ATTENDANCE.c.quarter_hours))
        .join(TRAINEES, TRAINEES.c.enrollment_id == ATTENDANCE.c.enrollment_id)
        .where(ATTENDANCE.c.held_on == day, ATTENDANCE.c.session_id != besides, TRAINEES.c.person_id.in_(people), STANDS)
        .group_by(TRAINEES.c.person_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(earned)}


def sums(connection: Connection, cohort_id: UUID, enrollment_id: UUID | None = None) -> list[Any]:
    """What stands, by enrollment and mode: earned, attended, missed, unexcused, recorded, last_on."""
    attended = case((ATTENDANCE.c.attended, 1), else_=0)
    last_on = case((ATTENDANCE.c.attended, ATTENDANCE.c.held_on))
    summed = (
        select(
            ATTENDANCE.c.enrollment_id,
            SESSIONS.c.mode,
            func.sum(ATTENDANCE.c.quarter_hours).label("earned"),
            func.sum(attended).label("attended"),
            func.sum(ATTENDANCE.c.missed).label("missed"),
            func.sum(ATTENDANCE.c.unexcused).label("unexcused"),
            func.sum(SESSIONS.c.quarter_hours).label("recorded"),
            func.max(last_on).label("last_on"),
        )
        .join(SESSIONS, SESSIONS.c.id == ATTENDANCE.c.session_id)
        .where(ATTENDANCE.c.cohort_id == cohort_id, STANDS)
        .group_by(ATTENDANCE.c.enrollment_id, SESSIONS.c.mode)
    )
    if enrollment_id is not None:
        summed = summed.where(ATTENDANCE.c.enrollment_id == enrollment_id)
    return list(connection.execute(summed))
