"""The facts as they stand, in the words of the domain: what a recount starts from."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from services.finance.domain.facts import Cohort, Facts, Intake, Place, Seats, Session, Slot
from services.finance.storage.participations import KNOWN_PLACES
from services.finance.storage.tables import COHORTS, INTAKES, PLACES, RECORDS, SEATS, SESSIONS, SLOTS


def facts(connection: Connection, intake_id: UUID | None = None) -> Facts:
    """Everything known, or everything known of one intake. What is only half known yet is left out."""
    intakes = {row.id: _intake(row) for row in connection.execute(_of(select(INTAKES), INTAKES.c.id, intake_id)) if row.category}
    cohorts = connection.execute(_of(select(COHORTS), COHORTS.c.intake_id, intake_id))
    sessions = connection.execute(_of(select(SESSIONS).where(SESSIONS.c.held), SESSIONS.c.intake_id, intake_id))
    seats = _of(select(SEATS).join(COHORTS, COHORTS.c.id == SEATS.c.cohort_id), COHORTS.c.intake_id, intake_id)
    slots = _of(select(SLOTS).join(PLACES, PLACES.c.enrollment_id == SLOTS.c.enrollment_id), PLACES.c.intake_id, intake_id)
    places = connection.execute(_of(KNOWN_PLACES.add_columns(PLACES.c.person_id), PLACES.c.intake_id, intake_id))
    return Facts(
        intakes=intakes,
        cohorts={row.id: Cohort(row.id, row.intake_id, row.billable_days) for row in cohorts},
        places=[_place(row) for row in places],
        slots=[_slot(row) for row in connection.execute(slots.where(SLOTS.c.stands))],
        sessions=[
            Session(row.id, row.cohort_id, row.intake_id, row.delivery, row.held_on, row.quarter_hours, row.joint_lecture_id)
            for row in sessions
        ],
        seats=[Seats(row.cohort_id, row.county_code, row.quota, row.nominated) for row in connection.execute(seats)],
        merges=[(row.person_id, row.counts_as) for row in connection.execute(select(RECORDS.c.person_id, RECORDS.c.counts_as))],
    )


def _of(statement: Any, column: Any, intake_id: UUID | None) -> Any:
    return statement if intake_id is None else statement.where(column == intake_id)


def _intake(row: Any) -> Intake:
    return Intake(row.id, row.category, row.delivery, row.organized_by, row.ends_on, closed=row.closed_on is not None)


def _place(row: Any) -> Place:
    return Place(
        enrollment_id=row.enrollment_id,
        person_id=row.person_id,
        cohort_id=row.cohort_id,
        intake_id=row.intake_id,
        county_code=row.county_code,
        standing=row.standing,
        checked_in=row.checked_in_at is not None,
        outcome=row.outcome,
        certified=row.certified,
        satisfied=row.satisfied,
    )


def _slot(row: Any) -> Slot:
    return Slot(row.sheet_id, row.enrollment_id, row.delivery, row.held_on, row.half_day, row.attended, row.quarter_hours)
