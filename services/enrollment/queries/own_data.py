"""What enrollment keeps of one person: the record, the places with their snapshots, what became of each, and the ids of all this (R48)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY, ENROLLMENTS, INTAKES, PEOPLE
from shared.domain import NotFound


def records(connection: Connection, person_id: UUID) -> Sequence[Any]:
    """The person's record, and those merged into it: the one that stands first (R7)."""
    stands = select(PEOPLE.c.merged_into).where(PEOPLE.c.id == person_id).scalar_subquery()
    kept = connection.execute(select(PEOPLE.c.id).where((PEOPLE.c.id == stands) | (PEOPLE.c.id == person_id))).scalars().all()
    wanted = select(PEOPLE).where(PEOPLE.c.id.in_(kept) | PEOPLE.c.merged_into.in_(kept)).order_by(PEOPLE.c.merged_into.is_not(None))
    found = connection.execute(wanted).all()
    if not found:
        raise NotFound
    return found


def places(connection: Connection, person_ids: Sequence[UUID]) -> Sequence[Any]:
    """Their places, with title, number and days of the intake, the latest training first."""
    intake = [INTAKES.c[name].label(f"intake_{name}") for name in ("title", "number", "delivery", "starts_on", "ends_on")]
    wanted = (
        select(ENROLLMENTS, COHORTS.c.number.label("cohort_number"), *intake)
        .join(COHORTS, COHORTS.c.id == ENROLLMENTS.c.cohort_id)
        .join(INTAKES, INTAKES.c.id == ENROLLMENTS.c.intake_id)
        .where(ENROLLMENTS.c.person_id.in_(person_ids))
        .order_by(INTAKES.c.starts_on.desc(), ENROLLMENTS.c.nominated_at.desc())
    )
    return connection.execute(wanted).all()


def history(connection: Connection, person_ids: Sequence[UUID]) -> Sequence[Any]:
    """What became of their places, the newest first."""
    wanted = (
        select(ENROLLMENT_HISTORY, INTAKES.c.title)
        .join(ENROLLMENTS, ENROLLMENTS.c.id == ENROLLMENT_HISTORY.c.enrollment_id)
        .join(INTAKES, INTAKES.c.id == ENROLLMENTS.c.intake_id)
        .where(ENROLLMENTS.c.person_id.in_(person_ids))
        .order_by(ENROLLMENT_HISTORY.c.id.desc())
    )
    return connection.execute(wanted).all()


def things(connection: Connection, person_id: UUID) -> list[UUID]:
    """The ids under which the audit log speaks of the person: the records and the places."""
    people = [row.id for row in records(connection, person_id)]
    owned = select(ENROLLMENTS.c.id).where(ENROLLMENTS.c.person_id.in_(people))
    return [*people, *connection.execute(owned).scalars()]
