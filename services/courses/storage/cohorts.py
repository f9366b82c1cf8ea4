"""Cohorts and their sessions, as rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update

from services.courses.domain.stages import PlannedSession
from services.courses.storage.tables import ATTENDANCE, CLOSED_INTAKES, COHORTS, SESSIONS
from shared.domain import NotFound


def cohort(connection: Connection, cohort_id: UUID) -> Row[Any]:
    """One cohort. Raises `NotFound`."""
    return _found(connection.execute(select(COHORTS).where(COHORTS.c.id == cohort_id)).one_or_none())


def locked(connection: Connection, cohort_id: UUID) -> Row[Any]:
    """One cohort, held until the end of the transaction: writers of one cohort come one after the other."""
    return _found(connection.execute(select(COHORTS).where(COHORTS.c.id == cohort_id).with_for_update()).one_or_none())


def is_known(connection: Connection, cohort_id: UUID) -> bool:
    """Whether the cohort's timetable has been made."""
    return connection.execute(select(COHORTS.c.id).where(COHORTS.c.id == cohort_id)).one_or_none() is not None


def add(connection: Connection, values: Mapping[str, Any], sessions: Sequence[Mapping[str, Any]]) -> None:
    """A new cohort with its sessions."""
    connection.execute(insert(COHORTS), [values])
    connection.execute(insert(SESSIONS), list(sessions))


def cohort_of_session(connection: Connection, session_id: UUID) -> UUID:
    """The cohort a session belongs to. Raises `NotFound`."""
    cohort_id: UUID | None = connection.execute(select(SESSIONS.c.cohort_id).where(SESSIONS.c.id == session_id)).scalar_one_or_none()
    if cohort_id is None:
        raise NotFound
    return cohort_id


def sessions(connection: Connection, cohort_id: UUID) -> Sequence[Row[Any]]:
    """The sessions of a cohort in their order."""
    return connection.execute(select(SESSIONS).where(SESSIONS.c.cohort_id == cohort_id).order_by(SESSIONS.c.position)).all()


def as_planned(rows: Sequence[Row[Any]]) -> list[PlannedSession]:
    """Session rows as the stages see them (R10)."""
    return [PlannedSession(row.id, row.mode, row.state, row.quarter_hours) for row in rows]


def remember_closing(connection: Connection, intake_id: UUID, closed_on: date) -> None:
    """Note that an intake was closed."""
    connection.execute(insert(CLOSED_INTAKES), [{"intake_id": intake_id, "closed_on": closed_on}])


def change_session(connection: Connection, session_id: UUID, **values: Any) -> None:
    """Change a session."""
    connection.execute(update(SESSIONS).where(SESSIONS.c.id == session_id).values(**values))


def has_attendance(connection: Connection, session_id: UUID) -> bool:
    """Whether the ledger has entries for a session."""
    return connection.execute(select(ATTENDANCE.c.session_id).where(ATTENDANCE.c.session_id == session_id).limit(1)).first() is not None


def joint_sessions(connection: Connection, joint_lecture_id: UUID) -> Sequence[Row[Any]]:
    """The sessions held as one joint lecture."""
    return connection.execute(select(SESSIONS).where(SESSIONS.c.joint_lecture_id == joint_lecture_id)).all()


def _found(row: Row[Any] | None) -> Row[Any]:
    if row is None:
        raise NotFound
    return row
