"""What finance counts of one person: no name, no number, only what took part (R25, R48)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.finance.storage.places import count_as
from services.finance.storage.tables import CERTIFICATES, COUNTIES, EVALUATIONS, INTAKES, PARTICIPATIONS, PLACES, SLOTS


def participations(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's participations with county, title and days of the intake, the latest first."""
    wanted = select(PARTICIPATIONS, COUNTIES.c.name.label("county_name"), INTAKES.c.title, INTAKES.c.starts_on, INTAKES.c.ends_on)
    joined = wanted.join(INTAKES, INTAKES.c.id == PARTICIPATIONS.c.intake_id)
    joined = joined.outerjoin(COUNTIES, COUNTIES.c.code == PARTICIPATIONS.c.county_code)
    own = joined.where(PARTICIPATIONS.c.person_id == _counted(connection, person_id))
    return connection.execute(own.order_by(INTAKES.c.starts_on.desc())).all()


def places(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's places as they were told, with certificate and evaluation."""
    heard = [CERTIFICATES.c.number, CERTIFICATES.c.issued_on, CERTIFICATES.c.voided_on, EVALUATIONS.c.satisfied]
    wanted = (
        select(PLACES, INTAKES.c.title, *heard)
        .outerjoin(INTAKES, INTAKES.c.id == PLACES.c.intake_id)
        .outerjoin(CERTIFICATES, CERTIFICATES.c.enrollment_id == PLACES.c.enrollment_id)
        .outerjoin(EVALUATIONS, EVALUATIONS.c.enrollment_id == PLACES.c.enrollment_id)
        .where(PLACES.c.counts_as == _counted(connection, person_id))
    )
    return connection.execute(wanted.order_by(INTAKES.c.starts_on.desc(), CERTIFICATES.c.number)).all()


def slots(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's attendance as it was told, the latest first; what was superseded says so."""
    wanted = select(SLOTS).join(PLACES, PLACES.c.enrollment_id == SLOTS.c.enrollment_id)
    own = wanted.where(PLACES.c.counts_as == _counted(connection, person_id))
    return connection.execute(own.order_by(SLOTS.c.held_on.desc(), SLOTS.c.half_day, SLOTS.c.sheet_id, SLOTS.c.version)).all()


def things(_connection: Connection, person_id: UUID) -> list[UUID]:
    """The audit log of finance speaks of a person only by the own id."""
    return [person_id]


def _counted(connection: Connection, person_id: UUID) -> UUID:
    return count_as(connection, [person_id]).get(person_id, person_id)
