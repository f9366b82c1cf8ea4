"""Nominate one person for a cohort: a seat if there is one, else the next place of the waiting list."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.enrollment.domain.errors import (
    AlreadyInIntake,
    CohortNotOpen,
    DatesOverlap,
    QuotaMissing,
    WrongCategory,
)
from services.enrollment.domain.nominee import Nominee
from services.enrollment.domain.post import SchoolType, fits
from services.enrollment.domain.words import CohortState, EnrollmentStatus
from services.enrollment.operations.people import find_or_add
from services.enrollment.operations.reach import require_place
from services.enrollment.storage import cohorts, enrollments, organizations
from services.enrollment.storage.secrets import Secrets
from services.enrollment.storage.tables import QUOTA_CELLS
from shared.domain import Malformed, NotFound, Problem
from shared.logs import scrubbed
from shared.storage.work import UnitOfWork
from shared.vocabulary import Delivery, Role


@dataclass(frozen=True)
class Nomination:
    """Where a nominated person stands: enrolled, or waiting with a number."""

    enrollment_id: UUID
    person_id: UUID
    status: EnrollmentStatus
    waiting_number: int | None


def nominate(work: UnitOfWork, cohort_id: UUID, *, nominee: Nominee, secrets: Secrets) -> Nomination:
    """Nominate a person for an open cohort (R1–R4).

    A seat and a place in the county's quota cell are taken together; when either is gone the person waits,
    numbered in the order in which nominations are committed.
    """
    cohort = cohorts.facts(work.connection, cohort_id)
    if cohort is None:
        raise NotFound
    school = organizations.by_id(work.connection, nominee.school_id)
    if school is None:
        raise Malformed([Problem("school_unknown", "school_id", {"school": nominee.school_id})])
    require_place(work.actor, school.county_code, school.id)
    if cohort.state is not CohortState.OPEN:
        raise CohortNotOpen
    is_exception = check_category(work, cohort, school, nominee)
    person_id = find_or_add(work, nominee, secrets=secrets)
    check_other_intakes(work, cohort, person_id)
    row = enrollment_row(work, cohort, school, nominee, person_id)
    row |= _take(work, cohort_id, school.county_code)
    add_place(work, row, is_exception=is_exception)
    enrollments.remember(work, [row["id"]], "nominated", nominee.override_reason)
    work.note("enrollment.nominated", str(row["id"]), status=row["status"])
    return Nomination(row["id"], person_id, row["status"], row.get("waiting_number"))


def check_category(work: UnitOfWork, cohort: Any, school: Any, nominee: Nominee) -> bool:
    """Post and school fit the category, or an organizer says why not (R2); answers whether it is such an exception."""
    school_type = None if school.is_public is None else SchoolType.PUBLIC if school.is_public else SchoolType.PRIVATE
    if fits(cohort.intake_category, nominee.post, school.kind, school_type):
        return False
    if not (nominee.override_reason and work.actor.is_any(Role.ORGANIZER)):
        raise WrongCategory(post=nominee.post, school=school.name, category=cohort.intake_category)
    return True


def check_other_intakes(work: UnitOfWork, cohort: Any, person_id: UUID) -> None:
    """Nobody is in two offline cohorts on the same days (R3)."""
    if cohort.intake_delivery is not Delivery.OFFLINE:
        return
    others = enrollments.overlapping(work.connection, person_id, cohort.intake_id, cohort.intake_starts_on, cohort.intake_ends_on)
    if Delivery.OFFLINE in others:
        raise DatesOverlap


def enrollment_row(work: UnitOfWork, cohort: Any, school: Any, nominee: Nominee, person_id: UUID) -> dict[str, Any]:
    """The enrollment as a row, with the snapshots of the day; status and seat are still to come."""
    county_name = organizations.county_names(work.connection).get(school.county_code, school.county_code)
    return {
        "id": uuid4(),
        "cohort_id": cohort.id,
        "intake_id": cohort.intake_id,
        "person_id": person_id,
        "category": cohort.intake_category,
        "post": nominee.post,
        "school_id": school.id,
        "school_name": school.name,
        "county_code": school.county_code,
        "county_name": county_name,
        "lodging": nominee.lodging,
        "remarks": scrubbed(nominee.remarks),
        "nominated_at": work.now,
        "override_reason": scrubbed(nominee.override_reason),
    }


def add_place(work: UnitOfWork, row: dict[str, Any], *, is_exception: bool) -> None:
    """Insert an enrollment; the same person twice in one intake is refused by the database (R3). An exception is audited (R2)."""
    try:
        with work.connection.begin_nested():
            enrollments.add(work.connection, [row])
    except IntegrityError as error:
        if "person" not in str(error.orig):
            raise
        raise AlreadyInIntake from error
    if is_exception:
        facts = {"post": row["post"], "school": row["school_name"], "reason": row["override_reason"]}
        work.note("category.overridden", str(row["id"]), **facts)


def _take(work: UnitOfWork, cohort_id: UUID, county_code: str) -> dict[str, Any]:
    """Seat and cell together, or a place in the waiting list; the cohort stays locked until the commit, whichever it is."""
    while True:
        if cohorts.take_seat(work.connection, cohort_id, state=CohortState.OPEN):
            cell_code = cohorts.take_cell(work.connection, cohort_id, county_code)
            if cell_code is not None:
                return {"status": EnrollmentStatus.ENROLLED, "cell_code": cell_code}
            number: int | None = cohorts.swap_seat_for_waiting_number(work.connection, cohort_id)
        else:
            number = cohorts.next_waiting_number(work.connection, cohort_id)
        if number is not None:
            _require_grid(work, cohort_id)
            return {"status": EnrollmentStatus.WAITING, "waiting_number": number}
        # Neither a seat nor a full cohort: it was confirmed meanwhile, or a seat has just become free.
        if cohorts.lock(work.connection, cohort_id).state is not CohortState.OPEN:
            raise CohortNotOpen


def _require_grid(work: UnitOfWork, cohort_id: UUID) -> None:
    if work.connection.execute(select(QUOTA_CELLS.c.seats).where(QUOTA_CELLS.c.cohort_id == cohort_id).limit(1)).first() is None:
        raise QuotaMissing
