"""Sessions: held in the order of the modes, cancelled with a reason, moved, or taught to several cohorts at once (R10, R29)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from services.courses.domain.errors import (
    HeldOnAnotherDay,
    InTheFuture,
    JointLectureElsewhere,
    SessionClosed,
    SessionHasAttendance,
    SlotTaken,
)
from services.courses.domain.stages import SessionState, require_open, require_record
from services.courses.events.publishes import publish_session_cancelled, publish_session_held
from services.courses.operations.completion import judge_cohort
from services.courses.queries.reach import require_teaching
from services.courses.storage import cohorts
from shared.domain import Malformed, NotFound, Problem, city_date
from shared.logs import scrubbed
from shared.storage.work import UnitOfWork
from shared.vocabulary import Delivery, HalfDay


@dataclass(frozen=True)
class Scheduled:
    """A session of a locked cohort, among its sessions."""

    cohort: Row[Any]
    sessions: Sequence[Row[Any]]
    session: Row[Any]


def hold_session(
    work: UnitOfWork, session_id: UUID, *, held_on: date | None = None, joint_lecture_id: UUID | None = None, record: str = ""
) -> Row[Any]:
    """A session has been taught. Held again on the same day it stays as it is; a seminar needs its record (R13)."""
    found = find_session(work, session_id)
    session = found.session
    same_again = held_on in (None, session.held_on) and joint_lecture_id in (None, session.joint_lecture_id)
    if session.state == SessionState.HELD and same_again:
        return session
    if session.state != SessionState.PLANNED:
        raise SessionClosed(title=session.title)
    require_open(session.mode, cohorts.as_planned(found.sessions))
    record = scrubbed(record.strip()) or session.record
    require_record(session.mode, record)
    day = settle_day(work, session, held_on)
    if joint_lecture_id is not None:
        _require_same_slot(work, joint_lecture_id, session, day)
    values = {"state": SessionState.HELD, "held_on": day, "joint_lecture_id": joint_lecture_id, "record": record}
    cohorts.change_session(work.connection, session_id, **values)
    publish_session_held(work, found.cohort, session, day, joint_lecture_id)
    work.note("session.held", f"session/{session_id}", held_on=day)
    _judge_after_last(work, found)
    return _now(work, found)


def hold_joint_lecture(work: UnitOfWork, session_ids: Sequence[UUID], *, held_on: date | None = None) -> UUID:
    """One lecture was given to several cohorts at once; it is paid once (R29). Repeated, it answers the same lecture."""
    before: set[UUID | None] = {find_session(work, session_id).session.joint_lecture_id for session_id in session_ids}
    known = before.pop() if len(before) == 1 else None
    if known is not None:
        return known
    joint_lecture_id = uuid4()
    for session_id in sorted(set(session_ids)):
        hold_session(work, session_id, held_on=held_on, joint_lecture_id=joint_lecture_id)
    return joint_lecture_id


def cancel_session(work: UnitOfWork, session_id: UUID, *, reason: str) -> Row[Any]:
    """A session will not be taught, for a reason that stays on the record; nobody can have attended it (R10)."""
    found = find_session(work, session_id)
    reason = required_text("reason", reason)
    if found.session.state == SessionState.CANCELLED and found.session.reason == reason:
        return found.session
    if found.session.state != SessionState.PLANNED:
        raise SessionClosed(title=found.session.title)
    if cohorts.has_attendance(work.connection, session_id):
        raise SessionHasAttendance(title=found.session.title)
    cohorts.change_session(work.connection, session_id, state=SessionState.CANCELLED, reason=reason)
    publish_session_cancelled(work, found.session, reason)
    work.note("session.cancelled", f"session/{session_id}", reason=reason)
    _judge_after_last(work, found)
    return _now(work, found)


def move_session(work: UnitOfWork, session_id: UUID, *, planned_on: date, half_day: HalfDay | None = None) -> Row[Any]:
    """A session that has not begun gets another day or half-day, one that no other session of the cohort stands in."""
    found = find_session(work, session_id)
    if found.session.state != SessionState.PLANNED or found.session.held_on is not None:
        raise SessionClosed(title=found.session.title)
    if (half_day is None) == (found.cohort.delivery == Delivery.OFFLINE):
        raise Malformed([Problem("half_day_offline_only", "half_day")])
    for other in found.sessions:
        taken = other.id != session_id and other.state != SessionState.CANCELLED and half_day is not None
        if taken and (other.planned_on, other.half_day) == (planned_on, half_day):
            raise SlotTaken(title=other.title)
    cohorts.change_session(work.connection, session_id, planned_on=planned_on, half_day=half_day)
    work.note("session.moved", f"session/{session_id}", planned_on=planned_on, half_day=half_day)
    return _now(work, found)


def find_session(work: UnitOfWork, session_id: UUID) -> Scheduled:
    """The session with its cohort locked, for those who run the cohort."""
    cohort_id = cohorts.cohort_of_session(work.connection, session_id)
    require_teaching(work.actor, cohort_id)
    cohort = cohorts.locked(work.connection, cohort_id)
    sessions = cohorts.sessions(work.connection, cohort_id)
    return Scheduled(cohort, sessions, next(session for session in sessions if session.id == session_id))


def settle_day(work: UnitOfWork, session: Row[Any], held_on: date | None) -> date:
    """The day a session takes place: what is given, else what is known, else what was planned; never in the future."""
    day: date | None = held_on or session.held_on or session.planned_on
    if day is None:
        raise Malformed([Problem("day_missing", "held_on")])
    if session.held_on is not None and session.half_day is not None and day != session.held_on:
        raise HeldOnAnotherDay(title=session.title, held_on=session.held_on)
    if day > city_date(work.now):
        raise InTheFuture(day=day)
    return day


def required_text(where: str, value: str) -> str:
    """A text that must say something; an ID number or a phone in it is masked, for it is kept as it is and some of it travels (R43)."""
    if not value.strip():
        raise Malformed([Problem("text_missing", where)])
    return scrubbed(value.strip())


def _require_same_slot(work: UnitOfWork, joint_lecture_id: UUID, session: Row[Any], day: date) -> None:
    for other in cohorts.joint_sessions(work.connection, joint_lecture_id):
        if (other.held_on, other.half_day, other.mode) != (day, session.half_day, session.mode):
            raise JointLectureElsewhere(title=other.title)


def _judge_after_last(work: UnitOfWork, found: Scheduled) -> None:
    # While sessions are to come nobody completes, so only the last one can change anything.
    still_open = [other for other in found.sessions if other.state == SessionState.PLANNED and other.id != found.session.id]
    if not still_open:
        judge_cohort(work, found.cohort)


def _now(work: UnitOfWork, found: Scheduled) -> Row[Any]:
    row = next((row for row in cohorts.sessions(work.connection, found.cohort.id) if row.id == found.session.id), None)
    if row is None:
        raise NotFound
    return row
