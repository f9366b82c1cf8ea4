"""Where the trainees of a cohort stand on the way to completion, in a fixed number of statements (R16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.courses.domain.completion import Course, ModeRecord, Standing, TraineeRecord, judge
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState
from services.courses.storage import attendance, cohorts, tours
from services.courses.storage.tables import ASSESSMENTS, EVALUATIONS, PLEDGES, TRAINEES
from shared.vocabulary import TeachingMode


@dataclass(frozen=True)
class TraineeStanding:
    """One trainee: the place, the record, and where it stands."""

    trainee: Row[Any]
    record: TraineeRecord
    standing: Standing


@dataclass(frozen=True)
class CohortStandings:
    """What the course asks, and where each of its trainees stands; people who were substituted are left out."""

    course: Course
    trainees: list[TraineeStanding]


def standings(
    connection: Connection, cohort: Row[Any], sessions: Sequence[Row[Any]] | None = None, enrollment_id: UUID | None = None
) -> CohortStandings:
    """Judge everyone of a cohort, or one person, by what the ledger says now."""
    sessions = cohorts.sessions(connection, cohort.id) if sessions is None else sessions
    stops = tours.stops(connection, cohort.id)
    course = course_of(cohort, sessions, stops)
    visited = tours.check_ins(connection, cohort.id) if stops else {}
    sums: dict[UUID, list[Any]] = {}
    for row in attendance.sums(connection, cohort.id, enrollment_id):
        sums.setdefault(row.enrollment_id, []).append(row)
    judged = []
    for trainee in _trainees(connection, cohort.id, enrollment_id):
        record = _record(trainee, sums.get(trainee.enrollment_id, []), visited.get(trainee.enrollment_id, 0))
        judged.append(TraineeStanding(trainee, record, judge(course, record)))
    return CohortStandings(course, judged)


def course_of(cohort: Row[Any], sessions: Sequence[Row[Any]], stops: Sequence[Row[Any]] = ()) -> Course:
    """What a cohort asks, from its sessions as they stand."""
    modes: dict[TeachingMode, tuple[int, ...]] = {}
    taught = [session for session in sessions if session.state != SessionState.CANCELLED]
    for session in taught:
        modes[session.mode] = (*modes.get(session.mode, ()), session.quarter_hours)
    toured = {session.id: session.stops_allowed_missing for session in taught}
    counted = [stop for stop in stops if stop.session_id in toured]
    allowed = sum(toured[session_id] for session_id in {stop.session_id for stop in counted})
    return Course(
        planned_total=cohort.planned_quarter_hours,
        modes=modes,
        open_sessions=sum(1 for session in sessions if session.state == SessionState.PLANNED),
        last_day=max([cohort.ends_on, *(session.held_on for session in taught if session.held_on)]),
        numerator=cohort.required_numerator,
        denominator=cohort.required_denominator,
        evaluation_required=cohort.evaluation_required,
        stops=len(counted),
        stops_allowed_missing=allowed,
    )


def _trainees(connection: Connection, cohort_id: UUID, enrollment_id: UUID | None) -> Sequence[Row[Any]]:
    results = (ASSESSMENTS.c.grade, ASSESSMENTS.c.assessed_on, PLEDGES.c.signed_on, EVALUATIONS.c.handed_in_on)
    wanted = select(*TRAINEES.c, *results).where(TRAINEES.c.cohort_id == cohort_id, TRAINEES.c.place != PlaceState.SUBSTITUTED)
    if enrollment_id is not None:
        wanted = wanted.where(TRAINEES.c.enrollment_id == enrollment_id)
    joined: Any = TRAINEES
    for table in (ASSESSMENTS, PLEDGES, EVALUATIONS):
        joined = joined.outerjoin(table, table.c.enrollment_id == TRAINEES.c.enrollment_id)
    order = (TRAINEES.c.group_number, TRAINEES.c.county_code, TRAINEES.c.school_name, TRAINEES.c.name, TRAINEES.c.enrollment_id)
    return list(connection.execute(wanted.select_from(joined).order_by(*order)))


def _record(trainee: Row[Any], sums: Sequence[Any], stops_checked_in: int) -> TraineeRecord:
    return TraineeRecord(
        modes={row.mode: ModeRecord(int(row.earned), int(row.attended), int(row.recorded)) for row in sums},
        missed=sum(int(row.missed) for row in sums),
        unexcused=sum(int(row.unexcused) for row in sums),
        last_attended_on=max((row.last_on for row in sums if row.last_on), default=None),
        grade=trainee.grade,
        assessed_on=trainee.assessed_on,
        pledged_on=trainee.signed_on,
        evaluated_on=trainee.handed_in_on,
        stops_checked_in=stops_checked_in,
        gave_up=trainee.place == PlaceState.LEFT,
    )
