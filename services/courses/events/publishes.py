"""What courses tells the others: what happened here, as contracts."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.courses.domain.completion import Course, Standing
from shared.contracts.courses import (
    ATTENDANCE_CORRECTED,
    ATTENDANCE_RECORDED,
    COHORT_SCHEDULED,
    COMPLETION_WITHDRAWN,
    EVALUATION_HANDED_IN,
    SESSION_CANCELLED,
    SESSION_HELD,
    TRAINEE_REINSTATED,
    TRAINEE_WITHDRAWN,
    TRAINING_COMPLETED,
)
from shared.storage.work import UnitOfWork
from shared.vocabulary import Delivery


def publish_cohort_scheduled(work: UnitOfWork, cohort: Mapping[str, Any], teaching_days: Sequence[date]) -> None:
    """The timetable has been made; online there are no billable days (R28)."""
    days = list(teaching_days) if cohort["delivery"] == Delivery.OFFLINE else []
    data = {"cohort_id": cohort["id"], "intake_id": cohort["intake_id"], "teaching_days": days}
    work.emit(COHORT_SCHEDULED, cohort["id"], {**data, "total_quarter_hours": cohort["planned_quarter_hours"]})


def publish_session_held(work: UnitOfWork, cohort: Row[Any], session: Row[Any], held_on: date, joint_lecture_id: UUID | None) -> None:
    """A session has been taught."""
    data = {
        "session_id": session.id,
        "cohort_id": cohort.id,
        "intake_id": cohort.intake_id,
        "title": session.title,
        "mode": session.mode,
        "delivery": cohort.delivery,
        "held_on": held_on,
        "half_day": session.half_day,
        "quarter_hours": session.quarter_hours,
        "joint_lecture_id": joint_lecture_id,
    }
    work.emit(SESSION_HELD, cohort.id, data)


def publish_session_cancelled(work: UnitOfWork, session: Row[Any], reason: str) -> None:
    """A session will not be taught."""
    work.emit(SESSION_CANCELLED, session.cohort_id, {"session_id": session.id, "cohort_id": session.cohort_id, "reason": reason})


def publish_attendance_recorded(
    work: UnitOfWork, cohort: Row[Any], session: Row[Any], held_on: date, entries: Sequence[Mapping[str, Any]]
) -> None:
    """The entries of one slot, as one event: its sheet is the session's."""
    data = _slot(cohort, session, held_on)
    work.emit(ATTENDANCE_RECORDED, cohort.id, {**data, "entries": [_entry(entry) for entry in entries]})


def publish_attendance_corrected(work: UnitOfWork, cohort: Row[Any], session: Row[Any], held_on: date, entry: Mapping[str, Any]) -> None:
    """What stands now in one slot for one person."""
    work.emit(ATTENDANCE_CORRECTED, cohort.id, {**_slot(cohort, session, held_on), "entry": _entry(entry)})


def publish_trainee_withdrawn(work: UnitOfWork, cohort: Row[Any], trainee: Row[Any], missed: int) -> None:
    """Somebody has missed too much (R15)."""
    data = {
        "cohort_id": cohort.id,
        "enrollment_id": trainee.enrollment_id,
        "person_id": trainee.person_id,
        "missed_quarter_hours": missed,
        "total_quarter_hours": cohort.planned_quarter_hours,
    }
    work.emit(TRAINEE_WITHDRAWN, trainee.enrollment_id, data)


def publish_trainee_reinstated(work: UnitOfWork, cohort: Row[Any], trainee: Row[Any]) -> None:
    """Somebody has not missed too much after all (R15)."""
    data = {"cohort_id": cohort.id, "enrollment_id": trainee.enrollment_id, "person_id": trainee.person_id}
    work.emit(TRAINEE_REINSTATED, trainee.enrollment_id, data)


def publish_training_completed(work: UnitOfWork, cohort: Row[Any], course: Course, trainee: Row[Any], standing: Standing) -> None:
    """Everything a certificate states."""
    data = {
        "enrollment_id": trainee.enrollment_id,
        "person_id": trainee.person_id,
        "cohort_id": cohort.id,
        "cohort_number": cohort.cohort_number,
        "intake_id": cohort.intake_id,
        "intake_number": cohort.intake_number,
        "intake_title": cohort.intake_title,
        "category": cohort.category,
        "delivery": cohort.delivery,
        "organized_by": cohort.organized_by,
        "name": trainee.name,
        "starts_on": cohort.starts_on,
        "ends_on": cohort.ends_on,
        "earned_quarter_hours": standing.earned,
        "total_quarter_hours": course.total,
        "completed_on": standing.completed_on,
    }
    work.emit(TRAINING_COMPLETED, trainee.enrollment_id, data)


def publish_completion_withdrawn(work: UnitOfWork, cohort: Row[Any], trainee: Row[Any], standing: Standing) -> None:
    """A completion no longer holds (R40)."""
    data = {
        "enrollment_id": trainee.enrollment_id,
        "person_id": trainee.person_id,
        "cohort_id": cohort.id,
        "intake_id": cohort.intake_id,
        "missing": [item.code for item in standing.missing],
    }
    work.emit(COMPLETION_WITHDRAWN, trainee.enrollment_id, data)


def publish_evaluation_handed_in(work: UnitOfWork, cohort: Row[Any], enrollment_id: UUID, satisfied: bool) -> None:
    """An answer that satisfaction is counted from (R30)."""
    data = {"cohort_id": cohort.id, "intake_id": cohort.intake_id, "enrollment_id": enrollment_id, "satisfied": satisfied}
    work.emit(EVALUATION_HANDED_IN, enrollment_id, data)


def _slot(cohort: Row[Any], session: Row[Any], held_on: date) -> dict[str, Any]:
    return {
        "sheet_id": session.id,
        "cohort_id": cohort.id,
        "intake_id": cohort.intake_id,
        "delivery": cohort.delivery,
        "held_on": held_on,
        "half_day": session.half_day,
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    names = ("enrollment_id", "person_id", "status", "attended", "quarter_hours")
    return {name: entry[name] for name in names}
