"""Places of many people at once: what a roster is judged against, and what it takes (R1, R3, R4)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from services.enrollment.domain.words import EnrollmentStatus
from services.enrollment.storage.tables import COHORTS, ENROLLMENTS, INTAKES, QUOTA_CELLS
from shared.vocabulary import Delivery

ACTIVE = (EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING)


def of_people(connection: Connection, person_ids: Iterable[UUID], cohort: Any) -> Sequence[Any]:
    """The places these people have or had in the cohort, have in its intake, or have anywhere on its days (R3).

    `cohort` is a row of `cohorts.facts`. Each place comes with number, title, delivery and days of its intake.
    """
    wanted = (
        select(
            ENROLLMENTS,
            COHORTS.c.number.label("cohort_number"),
            INTAKES.c.title.label("intake_title"),
            INTAKES.c.delivery,
            INTAKES.c.starts_on,
            INTAKES.c.ends_on,
        )
        .join(COHORTS, COHORTS.c.id == ENROLLMENTS.c.cohort_id)
        .join(INTAKES, INTAKES.c.id == ENROLLMENTS.c.intake_id)
        .where(
            ENROLLMENTS.c.person_id.in_(list(person_ids)),
            or_(
                ENROLLMENTS.c.cohort_id == cohort.id,
                ENROLLMENTS.c.status.in_(ACTIVE)
                & (INTAKES.c.starts_on <= cohort.intake_ends_on)
                & (INTAKES.c.ends_on >= cohort.intake_starts_on),
            ),
        )
    )
    return connection.execute(wanted).all()


def people_elsewhere(connection: Connection, intake_id: UUID, starts_on: date, ends_on: date) -> int:
    """How many of the people with a place in an intake have one in another offline intake on these days (R3)."""
    own = select(ENROLLMENTS.c.person_id).where(ENROLLMENTS.c.intake_id == intake_id, ENROLLMENTS.c.status.in_(ACTIVE))
    wanted = (
        select(func.count(ENROLLMENTS.c.person_id.distinct()))
        .join(INTAKES, INTAKES.c.id == ENROLLMENTS.c.intake_id)
        .where(INTAKES.c.id != intake_id, INTAKES.c.delivery == Delivery.OFFLINE)
        .where(INTAKES.c.starts_on <= ends_on, INTAKES.c.ends_on >= starts_on)
        .where(ENROLLMENTS.c.status.in_(ACTIVE), ENROLLMENTS.c.person_id.in_(own))
    )
    people: int = connection.execute(wanted).scalar_one()
    return people


def take(connection: Connection, cohort_id: UUID, by_cell: Mapping[str, int]) -> bool:
    """Take so many seats of each quota cell, and their sum of the cohort; false when one of them has not so many left."""
    total = sum(by_cell.values())
    seats = (
        update(COHORTS)
        .where(COHORTS.c.id == cohort_id, COHORTS.c.taken + total <= COHORTS.c.seats)
        .values(taken=COHORTS.c.taken + total)
        .returning(COHORTS.c.taken)
    )
    if connection.execute(seats).first() is None:
        return False
    number = case(dict(by_cell), value=QUOTA_CELLS.c.county_code)
    cells = (
        update(QUOTA_CELLS)
        .where(QUOTA_CELLS.c.cohort_id == cohort_id, QUOTA_CELLS.c.county_code.in_(list(by_cell)))
        .where(QUOTA_CELLS.c.used + number <= QUOTA_CELLS.c.seats)
        .values(used=QUOTA_CELLS.c.used + number)
        .returning(QUOTA_CELLS.c.county_code)
    )
    return len(connection.execute(cells).all()) == len(by_cell)


def bring_up_to_date(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write post, school, lodging and remarks of places (`enrollment` is their id)."""
    if rows:
        names = ("post", "school_id", "school_name", "lodging", "remarks")
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        statement = update(ENROLLMENTS).where(ENROLLMENTS.c.id == bindparam("enrollment")).values(changed)
        connection.execute(statement, [{key if key == "enrollment" else f"new_{key}": value for key, value in row.items()} for row in rows])
