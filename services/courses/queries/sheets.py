"""One attendance sheet with everyone's entry, its history, and what would be marked by default (R14)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row

from services.courses.domain.place import PlaceState
from services.courses.domain.stages import PlannedSession, StageState, stages
from services.courses.queries.reach import require_teaching
from services.courses.storage import attendance, cohorts, leaves, trainees
from shared.storage.work import Actor
from shared.vocabulary import AttendanceStatus


@dataclass(frozen=True)
class SheetLine:
    """One person on the sheet: what stands, what stood before, and what is suggested while nothing stands."""

    trainee: Row[Any]
    checked_in: bool
    history: list[Row[Any]]
    suggested: AttendanceStatus

    @property
    def stands(self) -> Row[Any] | None:
        """The entry that has not been superseded."""
        return self.history[-1] if self.history else None


@dataclass(frozen=True)
class Sheet:
    """The sheet of one session; `is_open` says whether its stage allows marking (R10)."""

    cohort: Row[Any]
    session: Row[Any]
    lines: list[SheetLine]
    is_open: bool

    @property
    def day(self) -> date | None:
        """The day it is about."""
        day: date | None = self.session.held_on or self.session.planned_on
        return day


def sheet(connection: Connection, actor: Actor, session_id: UUID) -> Sheet:
    """The sheet of a session, for those who run the cohort."""
    cohort_id = cohorts.cohort_of_session(connection, session_id)
    require_teaching(actor, cohort_id)
    cohort = cohorts.cohort(connection, cohort_id)
    sessions = cohorts.sessions(connection, cohort_id)
    session = next(row for row in sessions if row.id == session_id)
    history: dict[UUID, list[Row[Any]]] = {}
    for row in attendance.sheet(connection, session_id):
        history.setdefault(row.enrollment_id, []).append(row)
    present = trainees.checked_in(connection, cohort_id)
    day = session.held_on or session.planned_on
    on_leave = {who: kind.status for who, kind, span in leaves.approved(connection, cohort_id) if span.covers(day, session.half_day)}
    lines = [
        SheetLine(
            row,
            row.enrollment_id in present,
            history.get(row.enrollment_id, []),
            on_leave.get(row.enrollment_id, AttendanceStatus.PRESENT),
        )
        for row in trainees.trainees(connection, cohort_id)
        if row.enrollment_id in history or (row.place == PlaceState.IN_TRAINING and not row.withdrawn)
    ]
    return Sheet(cohort, session, lines, _is_open(cohorts.as_planned(sessions), session))


def _is_open(sessions: list[PlannedSession], session: Row[Any]) -> bool:
    states = {stage.mode: stage.state for stage in stages(sessions)}
    return states[session.mode] in (StageState.OPEN, StageState.HELD)
