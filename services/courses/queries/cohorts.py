"""Cohorts with their timetable, stages and people, as the doors show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, case, func, select

from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState, Stage, stages
from services.courses.queries.reach import require_teaching, within_reach
from services.courses.storage import cohorts, leaves, tours, trainees
from services.courses.storage.tables import COHORTS, SESSIONS, TRAINEES
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role, TeachingMode


@dataclass(frozen=True)
class CohortLine:
    """A cohort in the list, with how far it has come."""

    cohort: Row[Any]
    trainees: int
    completed: int
    withdrawn: int
    sessions: int
    held: int


@dataclass(frozen=True)
class CohortPicture:
    """A cohort with its timetable, its stages and the stops of its tours."""

    cohort: Row[Any]
    sessions: Sequence[Row[Any]]
    stages: list[Stage]
    stops: Sequence[Row[Any]]
    trainees: int
    completed: int
    withdrawn: int


def cohort_list(connection: Connection, actor: Actor, limit: int = 200) -> list[CohortLine]:
    """The cohorts the actor runs, the latest first."""
    wanted = select(COHORTS).order_by(COHORTS.c.starts_on.desc(), COHORTS.c.cohort_number, COHORTS.c.id).limit(limit)
    if not actor.is_any(Role.ORGANIZER):
        wanted = wanted.where(COHORTS.c.id.in_(actor.cohort_ids))
    rows = connection.execute(wanted).all()
    ids = [row.id for row in rows]
    heads = _heads(connection, ids)
    held = case((SESSIONS.c.state == SessionState.HELD, 1), else_=0)
    counted = select(SESSIONS.c.cohort_id, func.count(), func.sum(held)).where(SESSIONS.c.cohort_id.in_(ids)).group_by(SESSIONS.c.cohort_id)
    taught = {row[0]: (row[1], int(row[2])) for row in connection.execute(counted)}
    return [CohortLine(row, *heads.get(row.id, (0, 0, 0)), *taught[row.id]) for row in rows]


def cohort_picture(connection: Connection, actor: Actor, cohort_id: UUID) -> CohortPicture:
    """One cohort, for those who run it and those whose people are in it."""
    cohort = cohorts.cohort(connection, cohort_id)
    _require_sight(connection, actor, cohort_id)
    sessions = cohorts.sessions(connection, cohort_id)
    waived = [TeachingMode(mode) for mode in cohort.waived]
    heads = _heads(connection, [cohort_id]).get(cohort_id, (0, 0, 0))
    return CohortPicture(cohort, sessions, stages(cohorts.as_planned(sessions), waived), tours.stops(connection, cohort_id), *heads)


def cohort_leaves(connection: Connection, actor: Actor, cohort_id: UUID) -> Sequence[Row[Any]]:
    """Requests for leave in a cohort, for those who run it."""
    require_teaching(actor, cohort_id)
    return leaves.leaves(connection, cohort_id)


@dataclass(frozen=True)
class Group:
    """A seminar group with its members, leader and recorder (R13)."""

    number: int
    members: list[Row[Any]]
    leader_id: UUID | None
    recorder_id: UUID | None


def cohort_groups(connection: Connection, actor: Actor, cohort_id: UUID) -> list[Group]:
    """The seminar groups of a cohort."""
    require_teaching(actor, cohort_id)
    officers = trainees.officers(connection, cohort_id)
    members: dict[int, list[Row[Any]]] = {}
    for row in trainees.trainees(connection, cohort_id):
        if row.place == PlaceState.IN_TRAINING and row.group_number:
            members.setdefault(row.group_number, []).append(row)
    return [Group(number, members[number], *officers.get(number, (None, None))) for number in sorted(members)]


def _heads(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int, int]]:
    completed = case((TRAINEES.c.completed_on.is_not(None), 1), else_=0)
    withdrawn = case((TRAINEES.c.withdrawn, 1), else_=0)
    counted = (
        select(TRAINEES.c.cohort_id, func.count(), func.sum(completed), func.sum(withdrawn))
        .where(TRAINEES.c.cohort_id.in_(ids), TRAINEES.c.place == PlaceState.IN_TRAINING)
        .group_by(TRAINEES.c.cohort_id)
    )
    return {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in connection.execute(counted)}


def _require_sight(connection: Connection, actor: Actor, cohort_id: UUID) -> None:
    if actor.is_any(Role.ORGANIZER) or (actor.is_any(Role.CLASS_TEACHER) and cohort_id in actor.cohort_ids):
        return
    own = select(TRAINEES.c.enrollment_id).where(TRAINEES.c.cohort_id == cohort_id, within_reach(actor)).limit(1)
    if connection.execute(own).first() is None:
        raise NotFound
