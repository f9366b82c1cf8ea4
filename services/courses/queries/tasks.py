"""What waits for a person in courses: the rows behind every kind of task, as far as the person's authority reaches (R45)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, true

from services.courses.domain.completion import Outlook
from services.courses.domain.leave import LeaveState
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState
from services.courses.queries.reach import within_reach
from services.courses.queries.standings import standings
from services.courses.storage.attendance import STANDS
from services.courses.storage.tables import ATTENDANCE, COHORTS, LEAVES, SESSIONS, TRAINEES
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import AttendanceStatus, Role
from shared.web.tasks import Task

NAMED = 3
TEACHERS = frozenset({Role.ORGANIZER, Role.CLASS_TEACHER})
CONTACTS = frozenset({Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT})
AWAY = (AttendanceStatus.ABSENT, AttendanceStatus.OFFICIAL_LEAVE, AttendanceStatus.SICK_LEAVE, AttendanceStatus.PERSONAL_LEAVE)


class TaskCode(StrEnum):
    """The kinds of work that can wait in courses, and what is on today."""

    SHEETS_MISSING = "sheets_missing"
    LEAVES_TO_DECIDE = "leaves_to_decide"
    TRAINEES_UNREACHABLE = "trainees_unreachable"
    AWAY_TODAY = "away_today"
    SESSIONS_TODAY = "sessions_today"
    NEXT_SESSIONS = "next_sessions"


def tasks(connection: Connection, actor: Actor, today: date) -> list[Task]:
    """Everything that waits for the actor, the most pressing kind first; kinds without any are left out."""
    found = []
    for code, kind in _KINDS.items():
        rows = kind.look(connection, actor, today) if actor.is_any(*kind.roles) else []
        if kind.people:  # who is away twice is one person
            rows = list({row.enrollment_id: row for row in reversed(rows)}.values())[::-1]
        if rows:
            found.append(Task(code, len(rows), {"first": [_plain(row) for row in rows[:NAMED]]}, f"/courses/tasks/{code}"))
    return found


def waiting(connection: Connection, actor: Actor, code: TaskCode, today: date) -> Sequence[Any]:
    """The rows behind one kind of task; a kind that is not the actor's does not exist for them."""
    if not actor.is_any(*_KINDS[code].roles):
        raise NotFound
    return _KINDS[code].look(connection, actor, today)


def _sheets_missing(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    """Sessions whose day has passed, or that are held, with people in training who stand on no sheet (R14)."""
    due = or_(SESSIONS.c.state == SessionState.HELD, and_(SESSIONS.c.state == SessionState.PLANNED, SESSIONS.c.planned_on < today))
    expected = and_(TRAINEES.c.cohort_id == COHORTS.c.id, TRAINEES.c.place == PlaceState.IN_TRAINING, TRAINEES.c.withdrawn.is_(False))
    entered = select(ATTENDANCE.c.enrollment_id).where(
        ATTENDANCE.c.session_id == SESSIONS.c.id, ATTENDANCE.c.enrollment_id == TRAINEES.c.enrollment_id
    )
    wanted = (
        select(*_SESSION, func.count().label("missing"))
        .join(COHORTS, COHORTS.c.id == SESSIONS.c.cohort_id)
        .join(TRAINEES, expected)
        .where(due, _own_cohorts(actor), ~entered.exists())
        .group_by(*(SESSIONS.c[name] for name in _GROUPED), *_COHORT)
        .order_by(_day, COHORTS.c.cohort_number, SESSIONS.c.position)
    )
    return connection.execute(wanted).all()


def _leaves_to_decide(connection: Connection, actor: Actor, _today: date) -> Sequence[Any]:
    open_requests = (LEAVES.c.state == LeaveState.REQUESTED, TRAINEES.c.place == PlaceState.IN_TRAINING, TRAINEES.c.withdrawn.is_(False))
    columns = [LEAVES.c[name] for name in ("kind", "first_day", "first_half", "last_day", "last_half", "reason")]
    wanted = (
        select(LEAVES.c.id.label("leave_id"), *columns, TRAINEES.c.name, TRAINEES.c.enrollment_id, *_COHORT)
        .join(TRAINEES, TRAINEES.c.enrollment_id == LEAVES.c.enrollment_id)
        .join(COHORTS, COHORTS.c.id == LEAVES.c.cohort_id)
        .where(*open_requests, _own_cohorts(actor))
    )
    return connection.execute(wanted.order_by(LEAVES.c.first_day, LEAVES.c.requested_at, LEAVES.c.id)).all()


@dataclass(frozen=True)
class _Unreachable:
    """Somebody who cannot complete any more, in a cohort that still runs."""

    enrollment_id: UUID
    name: str
    cohort_id: UUID
    cohort_number: int
    intake_title: str

    def _asdict(self) -> dict[str, Any]:
        return vars(self)


def _trainees_unreachable(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    """Of the teacher's own cohorts that run today, judged each in a fixed number of statements (R16)."""
    running = select(COHORTS).where(COHORTS.c.id.in_(actor.cohort_ids), COHORTS.c.starts_on <= today, COHORTS.c.ends_on >= today)
    return [
        _Unreachable(one.trainee.enrollment_id, one.trainee.name, cohort.id, cohort.cohort_number, cohort.intake_title)
        for cohort in connection.execute(running.order_by(COHORTS.c.starts_on, COHORTS.c.cohort_number)).all()
        for one in standings(connection, cohort).trainees
        if one.trainee.place == PlaceState.IN_TRAINING and one.standing.outlook == Outlook.UNREACHABLE
    ]


def _away_today(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    """Who of the actor's people is absent or on leave in a session of today, by what stands on the sheet (R14)."""
    person = (TRAINEES.c.enrollment_id, TRAINEES.c.name, TRAINEES.c.school_name, ATTENDANCE.c.status)
    wanted = (
        select(*person, *_SESSION)
        .select_from(ATTENDANCE)
        .join(TRAINEES, TRAINEES.c.enrollment_id == ATTENDANCE.c.enrollment_id)
        .join(SESSIONS, SESSIONS.c.id == ATTENDANCE.c.session_id)
        .join(COHORTS, COHORTS.c.id == ATTENDANCE.c.cohort_id)
        .where(ATTENDANCE.c.held_on == today, ATTENDANCE.c.status.in_(AWAY), STANDS, within_reach(actor))
    )
    return connection.execute(wanted.order_by(TRAINEES.c.school_name, TRAINEES.c.name, SESSIONS.c.position)).all()


def _sessions_today(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    return connection.execute(_timetable(actor).where(_day == today)).all()


def _next_sessions(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    """The sessions of the next teaching day of the actor's cohorts."""
    planned = (SESSIONS.c.state == SessionState.PLANNED, _own_cohorts(actor))
    joined = select(func.min(SESSIONS.c.planned_on)).join(COHORTS, COHORTS.c.id == SESSIONS.c.cohort_id)
    following = joined.where(SESSIONS.c.planned_on > today, *planned).scalar_subquery()
    return connection.execute(_timetable(actor).where(SESSIONS.c.planned_on == following, *planned)).all()


def _timetable(actor: Actor) -> Select[Any]:
    wanted = select(*_SESSION).join(COHORTS, COHORTS.c.id == SESSIONS.c.cohort_id)
    wanted = wanted.where(_own_cohorts(actor), SESSIONS.c.state != SessionState.CANCELLED)
    return wanted.order_by(COHORTS.c.starts_on, COHORTS.c.cohort_number, SESSIONS.c.position)


def _own_cohorts(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.is_any(Role.ORGANIZER) else COHORTS.c.id.in_(actor.cohort_ids)


_day: ColumnElement[Any] = func.coalesce(SESSIONS.c.held_on, SESSIONS.c.planned_on)
_GROUPED = ("id", "title", "position", "mode", "state", "half_day", "held_on", "planned_on")
_COHORT = (COHORTS.c.id.label("cohort_id"), COHORTS.c.cohort_number, COHORTS.c.intake_title)
_SESSION = (
    SESSIONS.c.id.label("session_id"),
    *(SESSIONS.c[name] for name in _GROUPED[1:]),
    *_COHORT,
)


@dataclass(frozen=True)
class _Kind:
    roles: frozenset[Role]
    look: Callable[[Connection, Actor, date], Sequence[Any]]
    people: bool = False


_KINDS = {
    TaskCode.SHEETS_MISSING: _Kind(TEACHERS, _sheets_missing),
    TaskCode.LEAVES_TO_DECIDE: _Kind(TEACHERS, _leaves_to_decide),
    TaskCode.TRAINEES_UNREACHABLE: _Kind(frozenset({Role.CLASS_TEACHER}), _trainees_unreachable, people=True),
    TaskCode.AWAY_TODAY: _Kind(CONTACTS, _away_today, people=True),
    TaskCode.SESSIONS_TODAY: _Kind(TEACHERS, _sessions_today),
    TaskCode.NEXT_SESSIONS: _Kind(TEACHERS, _next_sessions),
}


def _plain(row: Any) -> dict[str, Any]:
    """One row as JSON takes it, with the day of its session."""
    values = row._asdict()
    if "planned_on" in values:
        values["day"] = values["held_on"] or values["planned_on"]
    return {name: str(value) if isinstance(value, date | UUID) else value for name, value in values.items()}
