"""What is looked up of places: a cohort's roster and waiting list, a person's trainings, a place's history."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from services.enrollment.domain import phone, resident_id
from services.enrollment.storage import people
from services.enrollment.storage.secrets import Secrets
from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY, ENROLLMENTS, INTAKES, PEOPLE
from shared.storage.work import Actor
from shared.vocabulary import Role


def of_cohort(connection: Connection, cohort_id: UUID, actor: Actor) -> Sequence[Any]:
    """The places of a cohort that the actor may see: all, or those of the own county or school (R45)."""
    wanted = (
        select(ENROLLMENTS, PEOPLE.c.name, PEOPLE.c.sex)
        .join(PEOPLE, PEOPLE.c.id == ENROLLMENTS.c.person_id)
        .where(ENROLLMENTS.c.cohort_id == cohort_id)
        .order_by(
            ENROLLMENTS.c.status, ENROLLMENTS.c.waiting_number, ENROLLMENTS.c.county_code, ENROLLMENTS.c.nominated_at, ENROLLMENTS.c.id
        )
    )
    if not (actor.is_any(Role.ORGANIZER) or cohort_id in actor.cohort_ids):
        county, school = ENROLLMENTS.c.county_code == actor.county_code, ENROLLMENTS.c.school_id == actor.school_id
        wanted = wanted.where(school if actor.school_id is not None else county)
    return connection.execute(wanted).all()


def of_person(connection: Connection, person_id: UUID) -> Sequence[Any]:
    """All places of a person, of a merged one too, latest training first."""
    kept = select(PEOPLE.c.merged_into).where(PEOPLE.c.id == person_id).scalar_subquery()
    intake = [INTAKES.c[name].label(f"intake_{name}") for name in ("title", "number", "delivery", "starts_on", "ends_on", "base")]
    wanted = (
        select(ENROLLMENTS, PEOPLE.c.name, PEOPLE.c.sex, COHORTS.c.number.label("cohort_number"), *intake)
        .join(PEOPLE, PEOPLE.c.id == ENROLLMENTS.c.person_id)
        .join(COHORTS, COHORTS.c.id == ENROLLMENTS.c.cohort_id)
        .join(INTAKES, INTAKES.c.id == ENROLLMENTS.c.intake_id)
        .where((ENROLLMENTS.c.person_id == person_id) | (ENROLLMENTS.c.person_id == kept))
        .order_by(INTAKES.c.starts_on.desc(), ENROLLMENTS.c.nominated_at.desc())
    )
    return connection.execute(wanted).all()


def history(connection: Connection, enrollment_id: UUID) -> Sequence[Any]:
    """What became of a place, oldest first."""
    wanted = select(ENROLLMENT_HISTORY).where(ENROLLMENT_HISTORY.c.enrollment_id == enrollment_id)
    return connection.execute(wanted.order_by(ENROLLMENT_HISTORY.c.id)).all()


def place(connection: Connection, enrollment_id: UUID, actor: Actor) -> Any:
    """One place with the person's name and sex, or none when it is not the actor's to see (R45)."""
    wanted = select(ENROLLMENTS, PEOPLE.c.name, PEOPLE.c.sex).join(PEOPLE, PEOPLE.c.id == ENROLLMENTS.c.person_id)
    found = connection.execute(wanted.where(ENROLLMENTS.c.id == enrollment_id)).one_or_none()
    if found is None or actor.is_any(Role.ORGANIZER) or found.cohort_id in actor.cohort_ids:
        return found
    own_county = actor.is_any(Role.COUNTY_CONTACT) and found.county_code == actor.county_code
    own_school = actor.is_any(Role.SCHOOL_CONTACT) and found.school_id == actor.school_id
    return found if own_county or own_school else None


def masked_contact(connection: Connection, person_id: UUID, secrets: Secrets) -> tuple[str, str]:
    """ID number and phone as they are shown to whoever may see the place (R44)."""
    number, mobile = people.secrets_of(connection, person_id, secrets)
    return resident_id.masked(number), phone.masked(mobile)
