"""Enrollments and their history: a place in a cohort, and everything that became of it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from services.enrollment.domain.words import EnrollmentStatus
from services.enrollment.storage.tables import ENROLLMENT_HISTORY, ENROLLMENTS, INTAKES, PEOPLE
from shared.logs import scrubbed
from shared.storage.work import UnitOfWork
from shared.vocabulary import Delivery


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert enrollments."""
    if rows:
        connection.execute(insert(ENROLLMENTS), [dict(row) for row in rows])


def remember(work: UnitOfWork, enrollment_ids: Iterable[UUID], change: str, reason: str = "") -> None:
    """Append one line to each enrollment's history, with the name of who did it: people read it; the account is on the audit log.

    An ID number or a phone that was typed into the reason is masked (R43).
    """
    who = (work.actor.name or work.actor.account_id)[:80]
    rows = [
        {"enrollment_id": enrollment_id, "at": work.now, "account": who, "change": change, "reason": scrubbed(reason)}
        for enrollment_id in enrollment_ids
    ]
    if rows:
        work.connection.execute(insert(ENROLLMENT_HISTORY), rows)


def by_id(connection: Connection, enrollment_id: UUID) -> Any:
    """One enrollment with the person's name and sex, or none."""
    wanted = select(ENROLLMENTS, PEOPLE.c.name, PEOPLE.c.sex).join(PEOPLE, PEOPLE.c.id == ENROLLMENTS.c.person_id)
    return connection.execute(wanted.where(ENROLLMENTS.c.id == enrollment_id)).one_or_none()


def of_cohort(connection: Connection, cohort_id: UUID, *statuses: EnrollmentStatus) -> Sequence[Any]:
    """The places of a cohort with these statuses, with names, in the order of nomination."""
    wanted = (
        select(ENROLLMENTS, PEOPLE.c.name, PEOPLE.c.sex)
        .join(PEOPLE, PEOPLE.c.id == ENROLLMENTS.c.person_id)
        .where(ENROLLMENTS.c.cohort_id == cohort_id)
        .order_by(ENROLLMENTS.c.county_code, ENROLLMENTS.c.nominated_at, ENROLLMENTS.c.id)
    )
    if statuses:
        wanted = wanted.where(ENROLLMENTS.c.status.in_(statuses))
    return connection.execute(wanted).all()


def change_status(connection: Connection, enrollment_id: UUID, *before: EnrollmentStatus, to: EnrollmentStatus, **values: Any) -> bool:
    """Move an enrollment from one of `before` to `to`; false when it is in none of them (any more)."""
    moved = (
        update(ENROLLMENTS)
        .where(ENROLLMENTS.c.id == enrollment_id, ENROLLMENTS.c.status.in_(before))
        .values(status=to, **values)
        .returning(ENROLLMENTS.c.id)
    )
    return connection.execute(moved).first() is not None


def first_waiting(connection: Connection, cohort_id: UUID, county_code: str | None) -> Any:
    """The first of the waiting list, of a county or of all."""
    wanted = select(ENROLLMENTS).where(ENROLLMENTS.c.cohort_id == cohort_id, ENROLLMENTS.c.status == EnrollmentStatus.WAITING)
    if county_code is not None:
        wanted = wanted.where(ENROLLMENTS.c.county_code == county_code)
    return connection.execute(wanted.order_by(ENROLLMENTS.c.waiting_number).limit(1)).one_or_none()


def set_groups(connection: Connection, groups: Mapping[UUID, int]) -> None:
    """Write seminar group numbers."""
    statement = update(ENROLLMENTS).where(ENROLLMENTS.c.id == bindparam("place")).values(group_number=bindparam("group"))
    connection.execute(statement, [{"place": place, "group": group} for place, group in groups.items()])


def check_in(connection: Connection, enrollment_ids: Sequence[UUID], at: Any) -> list[Any]:
    """Mark those as checked in who are enrolled and were not yet; answers their rows."""
    marked = (
        update(ENROLLMENTS)
        .where(
            ENROLLMENTS.c.id.in_(enrollment_ids), ENROLLMENTS.c.status == EnrollmentStatus.ENROLLED, ENROLLMENTS.c.checked_in_at.is_(None)
        )
        .values(checked_in_at=at)
        .returning(ENROLLMENTS.c.id, ENROLLMENTS.c.cohort_id, ENROLLMENTS.c.person_id)
    )
    return list(connection.execute(marked))


def overlapping(connection: Connection, person_id: UUID, intake_id: UUID, starts_on: Any, ends_on: Any) -> list[Delivery]:
    """How the other intakes are delivered in which the person has a place on some of these days (R3)."""
    wanted = (
        select(INTAKES.c.delivery)
        .join(ENROLLMENTS, ENROLLMENTS.c.intake_id == INTAKES.c.id)
        .where(
            ENROLLMENTS.c.person_id == person_id,
            ENROLLMENTS.c.status == EnrollmentStatus.ENROLLED,
            INTAKES.c.id != intake_id,
            INTAKES.c.starts_on <= ends_on,
            INTAKES.c.ends_on >= starts_on,
        )
    )
    return [row.delivery for row in connection.execute(wanted)]
