"""What courses keeps of one person: places, ledger, leave, results, check-ins, and the ids under which the log speaks of them (R48)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Table, select

from services.courses.storage import trainees
from services.courses.storage.tables import (
    ATTENDANCE,
    CHECK_INS,
    COHORTS,
    GROUP_OFFICERS,
    LEAVES,
    SESSIONS,
    TOUR_CHECK_INS,
    TOUR_STOPS,
    TRAINEES,
)


def places(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's places with their cohorts and what was heard of reporting, the latest training first."""
    cohort = [COHORTS.c[name] for name in ("intake_title", "cohort_number", "starts_on", "ends_on", "delivery")]
    wanted = _theirs(connection, select(TRAINEES, CHECK_INS.c.checked_in_at, *cohort), person_id)
    joined = wanted.outerjoin(CHECK_INS, CHECK_INS.c.enrollment_id == TRAINEES.c.enrollment_id)
    return connection.execute(joined.outerjoin(COHORTS, COHORTS.c.id == TRAINEES.c.cohort_id).order_by(COHORTS.c.starts_on.desc())).all()


def ledger(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """Every entry of the person's attendance, superseded ones too, by day, session and revision (R14)."""
    wanted = _theirs(connection, select(ATTENDANCE, SESSIONS.c.title, SESSIONS.c.mode, SESSIONS.c.half_day), person_id, ATTENDANCE)
    order = (ATTENDANCE.c.held_on.desc(), SESSIONS.c.position.desc(), ATTENDANCE.c.session_id, ATTENDANCE.c.revision)
    return connection.execute(wanted.join(SESSIONS, SESSIONS.c.id == ATTENDANCE.c.session_id).order_by(*order)).all()


def results(connection: Connection, person_id: UUID, table: Table) -> Sequence[Row[Any]]:
    """The person's assessments, pledges or evaluations, with the training's title."""
    wanted = _theirs(connection, select(table, COHORTS.c.intake_title), person_id, table)
    return connection.execute(wanted.join(COHORTS, COHORTS.c.id == TRAINEES.c.cohort_id).order_by(COHORTS.c.starts_on.desc())).all()


def leaves(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's requests for leave, the newest first."""
    return connection.execute(_theirs(connection, select(LEAVES), person_id, LEAVES).order_by(LEAVES.c.requested_at.desc())).all()


def stops(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The stops of observation tours at which the person was checked in (R12)."""
    wanted = _theirs(connection, select(TOUR_CHECK_INS.c.checked_in_at, TOUR_STOPS.c.host_school), person_id, TOUR_CHECK_INS)
    joined = wanted.join(TOUR_STOPS, TOUR_STOPS.c.id == TOUR_CHECK_INS.c.stop_id)
    return connection.execute(joined.order_by(TOUR_CHECK_INS.c.checked_in_at.desc())).all()


def group_duties(connection: Connection, person_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """The places in which the person leads the group, and those in which they keep its record (R13)."""
    theirs = select(TRAINEES.c.enrollment_id).where(TRAINEES.c.person_id == kept_person(connection, person_id))
    leading, recording = (
        set(connection.execute(select(column).where(column.in_(theirs))).scalars())
        for column in (GROUP_OFFICERS.c.leader_id, GROUP_OFFICERS.c.recorder_id)
    )
    return leading, recording


def things(connection: Connection, person_id: UUID) -> list[UUID]:
    """The ids under which the audit log speaks of the person: the own one and those of the places."""
    kept = kept_person(connection, person_id)
    return [*{person_id, kept}, *connection.execute(select(TRAINEES.c.enrollment_id).where(TRAINEES.c.person_id == kept)).scalars()]


def _theirs(connection: Connection, wanted: Select[Any], person_id: UUID, table: Table | None = None) -> Select[Any]:
    if table is not None:
        wanted = wanted.join(TRAINEES, TRAINEES.c.enrollment_id == table.c.enrollment_id)
    return wanted.where(TRAINEES.c.person_id == kept_person(connection, person_id))


def kept_person(connection: Connection, person_id: UUID) -> UUID:
    """The person under whose id everything is kept: the same, unless merged into another (R7)."""
    return trainees.kept_people(connection, [person_id]).get(person_id, person_id)
