"""What waits for a person in enrollment: the rows behind every kind of task, as far as the person's authority reaches (R45)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, func, or_, select

from services.enrollment.domain.words import CohortState, EnrollmentStatus, IntakeState
from services.enrollment.queries.roster_tasks import rosters_to_check
from services.enrollment.storage.tables import COHORTS, ENROLLMENTS, INTAKES, POOL, QUOTA_CELLS
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web.tasks import Task

NAMED = 3
ORGANIZER = frozenset({Role.ORGANIZER})
CONTACTS = frozenset({Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT})
TEACHERS = frozenset({Role.ORGANIZER, Role.CLASS_TEACHER})


class TaskCode(StrEnum):
    """The kinds of work that can wait in enrollment."""

    UNITS_BEHIND_QUOTA = "units_behind_quota"
    OPEN_PLACES = "open_places"
    POOL_PLACES = "pool_places"
    ROSTERS_TO_CHECK = "rosters_to_check"
    COHORTS_TO_CONFIRM = "cohorts_to_confirm"
    INTAKES_TO_CLOSE = "intakes_to_close"
    NOT_CHECKED_IN = "not_checked_in"
    PEOPLE_WAITING = "people_waiting"


def tasks(connection: Connection, actor: Actor, today: date) -> list[Task]:
    """Everything that waits for the actor, the most pressing kind first; kinds without any are left out."""
    found = []
    for code, kind in _KINDS.items():
        rows = kind.look(connection, actor, today) if actor.is_any(*kind.roles) else []
        if rows:
            facts = {**kind.facts(rows), "first": kind.first(rows)[:NAMED]}
            found.append(Task(code, kind.count(rows), facts, f"/enrollment/tasks/{code}"))
    return found


def waiting(connection: Connection, actor: Actor, code: TaskCode, today: date) -> Sequence[Any]:
    """The rows behind one kind of task; a kind that is not the actor's does not exist for them."""
    if not actor.is_any(*_KINDS[code].roles):
        raise NotFound
    return _KINDS[code].look(connection, actor, today)


def _units_behind_quota(connection: Connection, _actor: Actor, today: date) -> Sequence[Any]:
    behind = _cells(today).where(QUOTA_CELLS.c.county_code != POOL, QUOTA_CELLS.c.used < QUOTA_CELLS.c.seats)
    return connection.execute(behind).all()


def _open_places(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    behind = _cells(today).where(QUOTA_CELLS.c.county_code == actor.county_code, QUOTA_CELLS.c.used < QUOTA_CELLS.c.seats)
    return connection.execute(behind).all()


def _pool_places(connection: Connection, _actor: Actor, today: date) -> Sequence[Any]:
    free = (QUOTA_CELLS.c.county_code == POOL, QUOTA_CELLS.c.used < QUOTA_CELLS.c.seats, COHORTS.c.quota_round == 2)
    return connection.execute(_cells(today).where(*free)).all()


def _cells(today: date) -> Select[Any]:
    """Cells of cohorts that still take people, the nearest deadline and the most open seats first (R4)."""
    left = QUOTA_CELLS.c.seats - QUOTA_CELLS.c.used
    deadline = COHORTS.c.round_deadline
    cells = (QUOTA_CELLS.c.county_code, QUOTA_CELLS.c.county_name, QUOTA_CELLS.c.seats, QUOTA_CELLS.c.used)
    return (
        select(*cells, left.label("left"), deadline.label("deadline"), *_COHORT)
        .join(COHORTS, COHORTS.c.id == QUOTA_CELLS.c.cohort_id)
        .join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id)
        .where(COHORTS.c.state == CohortState.OPEN, INTAKES.c.state == IntakeState.OPEN, INTAKES.c.ends_on >= today)
        .order_by(deadline.is_(None), deadline, left.desc(), QUOTA_CELLS.c.county_code, COHORTS.c.number)
    )


def _cohorts_to_confirm(connection: Connection, _actor: Actor, today: date) -> Sequence[Any]:
    """Open cohorts that are full, or whose first day has come."""
    ready = or_(COHORTS.c.taken == COHORTS.c.seats, INTAKES.c.starts_on <= today)
    wanted = select(*_COHORT, COHORTS.c.taken, COHORTS.c.seats).join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id)
    wanted = wanted.where(COHORTS.c.state == CohortState.OPEN, INTAKES.c.state == IntakeState.OPEN, ready)
    return connection.execute(wanted.order_by(INTAKES.c.starts_on, COHORTS.c.number)).all()


def _intakes_to_close(connection: Connection, _actor: Actor, today: date) -> Sequence[Any]:
    over = select(*_INTAKE).where(INTAKES.c.state == IntakeState.OPEN, INTAKES.c.ends_on < today)
    return connection.execute(over.order_by(INTAKES.c.ends_on, INTAKES.c.id)).all()


def _not_checked_in(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    absent = and_(ENROLLMENTS.c.status == EnrollmentStatus.ENROLLED, ENROLLMENTS.c.checked_in_at.is_(None))
    under_way = (COHORTS.c.state == CohortState.CONFIRMED, INTAKES.c.starts_on <= today, INTAKES.c.ends_on >= today)
    wanted = _people().where(absent, *under_way)
    if not actor.is_any(Role.ORGANIZER):
        wanted = wanted.where(COHORTS.c.id.in_(actor.cohort_ids))
    return connection.execute(wanted).all()


def _people_waiting(connection: Connection, actor: Actor, today: date) -> Sequence[Any]:
    own = []
    if actor.is_any(Role.COUNTY_CONTACT) and actor.county_code:
        own.append(ENROLLMENTS.c.county_code == actor.county_code)
    if actor.is_any(Role.SCHOOL_CONTACT) and actor.school_id:
        own.append(ENROLLMENTS.c.school_id == actor.school_id)
    if not own:
        return []
    wanted = _people().where(ENROLLMENTS.c.status == EnrollmentStatus.WAITING, INTAKES.c.ends_on >= today, or_(*own))
    return connection.execute(wanted).all()


def _people() -> Select[Any]:
    return (
        select(*_COHORT, func.count().label("people"))
        .select_from(ENROLLMENTS)
        .join(COHORTS, COHORTS.c.id == ENROLLMENTS.c.cohort_id)
        .join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id)
        .where(INTAKES.c.state == IntakeState.OPEN)
        .group_by(*_COHORT)
        .order_by(INTAKES.c.starts_on, COHORTS.c.number)
    )


_INTAKE = (
    INTAKES.c.id.label("intake_id"),
    INTAKES.c.number.label("intake_number"),
    INTAKES.c.title.label("intake_title"),
    INTAKES.c.starts_on,
    INTAKES.c.ends_on,
)
_COHORT = (COHORTS.c.id.label("cohort_id"), COHORTS.c.number.label("cohort_number"), *_INTAKE)


def _of_cells(rows: Sequence[Any]) -> dict[str, Any]:
    return {name: sum(getattr(row, name) for row in rows) for name in ("seats", "used", "left")}


def _by_county(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The units furthest behind first, each with all its open seats and its nearest deadline."""
    units: dict[str, dict[str, Any]] = {}
    for row in rows:
        unit = units.setdefault(row.county_code, {"county_name": row.county_name, "left": 0, "deadline": None})
        unit["left"] += row.left
        unit["deadline"] = unit["deadline"] or (row.deadline.isoformat() if row.deadline else None)
    return sorted(units.values(), key=lambda unit: -unit["left"])


def _plain(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [
        {name: str(value) if isinstance(value, date | UUID) else value for name, value in row._asdict().items()} for row in rows[:NAMED]
    ]


def _sum_of(name: str) -> Callable[[Sequence[Any]], int]:
    return lambda rows: sum(getattr(row, name) for row in rows)


@dataclass(frozen=True)
class _Kind:
    roles: frozenset[Role]
    look: Callable[[Connection, Actor, date], Sequence[Any]]
    count: Callable[[Sequence[Any]], int] = len
    facts: Callable[[Sequence[Any]], dict[str, Any]] = lambda _rows: {}
    first: Callable[[Sequence[Any]], list[dict[str, Any]]] = _plain


_KINDS = {
    TaskCode.NOT_CHECKED_IN: _Kind(TEACHERS, _not_checked_in, _sum_of("people")),
    TaskCode.UNITS_BEHIND_QUOTA: _Kind(
        ORGANIZER, _units_behind_quota, lambda rows: len({row.county_code for row in rows}), _of_cells, _by_county
    ),
    TaskCode.OPEN_PLACES: _Kind(CONTACTS, _open_places, _sum_of("left"), _of_cells),
    TaskCode.POOL_PLACES: _Kind(CONTACTS, _pool_places, _sum_of("left"), _of_cells),
    TaskCode.ROSTERS_TO_CHECK: _Kind(
        ORGANIZER | CONTACTS, rosters_to_check, facts=lambda rows: {"under_another_name": sum(row.under_another_name for row in rows)}
    ),
    TaskCode.COHORTS_TO_CONFIRM: _Kind(ORGANIZER, _cohorts_to_confirm),
    TaskCode.PEOPLE_WAITING: _Kind(CONTACTS, _people_waiting, _sum_of("people")),
    TaskCode.INTAKES_TO_CLOSE: _Kind(ORGANIZER, _intakes_to_close),
}
