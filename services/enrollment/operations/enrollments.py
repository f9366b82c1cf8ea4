"""What becomes of a place: withdrawal, the next from the waiting list, substitution, check-in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.enrollment.domain.errors import (
    AlreadyCheckedIn,
    AlreadyInIntake,
    CohortNotConfirmed,
    NotEnrolled,
    OtherCounty,
    SamePerson,
)
from services.enrollment.domain.nominee import Nominee
from services.enrollment.domain.words import CohortState, EnrollmentStatus
from services.enrollment.events import publishes
from services.enrollment.operations.nominations import (
    Nomination,
    add_place,
    check_category,
    check_other_intakes,
    enrollment_row,
)
from services.enrollment.operations.people import find_or_add
from services.enrollment.operations.reach import require_cohort, require_place
from services.enrollment.storage import cohorts, enrollments, organizations
from services.enrollment.storage.secrets import Secrets
from services.enrollment.storage.tables import POOL
from shared.domain import Malformed, NotFound, Problem, city_date
from shared.storage.work import UnitOfWork

ENROLLED, WAITING = EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING
EARLIEST = timedelta(days=7)


def withdraw(work: UnitOfWork, enrollment_id: UUID, *, reason: str) -> UUID | None:
    """Give up a place. A seat that becomes free before check-in goes to the first who waits for that cell.

    Answers the enrollment that moved up, if any. After check-in the seat stays taken: the person was there (R25).
    """
    place, cohort = _locked_place(work, enrollment_id)
    if not enrollments.change_status(work.connection, enrollment_id, ENROLLED, WAITING, to=EnrollmentStatus.LEFT):
        raise NotEnrolled
    enrollments.remember(work, [enrollment_id], "left", reason)
    work.note("enrollment.left", str(enrollment_id), reason=reason)
    if place.status is WAITING:
        return None
    if cohort.state is CohortState.CONFIRMED:
        publishes.trainee_left(work, place)
    if place.checked_in_at is not None:
        return None
    cohorts.give_seat_back(work.connection, place.cohort_id)
    cohorts.give_cell_back(work.connection, place.cohort_id, place.cell_code)
    return _move_up(work, cohort, place)


def substitute(work: UnitOfWork, enrollment_id: UUID, *, nominee: Nominee, reason: str, secrets: Secrets) -> Nomination:
    """Let another person take a place before check-in: seat, group and quota cell stay (R9)."""
    place, locked = _locked_place(work, enrollment_id)
    if place.checked_in_at is not None:
        raise AlreadyCheckedIn
    cohort = cohorts.facts(work.connection, place.cohort_id)
    school = organizations.by_id(work.connection, nominee.school_id)
    if school is None:
        raise Malformed([Problem("school_unknown", "school_id", {"school": nominee.school_id})])
    require_place(work.actor, school.county_code, school.id)
    if school.county_code != place.county_code:
        raise OtherCounty(county=place.county_name)
    is_exception = check_category(work, cohort, school, nominee)
    person_id = find_or_add(work, nominee, secrets=secrets)
    if person_id == place.person_id:
        raise SamePerson
    check_other_intakes(work, cohort, person_id)
    if not enrollments.change_status(work.connection, enrollment_id, ENROLLED, to=EnrollmentStatus.SUBSTITUTED):
        raise NotEnrolled
    row = enrollment_row(work, cohort, school, nominee, person_id)
    row |= {"status": ENROLLED, "cell_code": place.cell_code, "group_number": place.group_number, "substitutes": enrollment_id}
    add_place(work, row, is_exception=is_exception)
    enrollments.remember(work, [enrollment_id], "substituted", reason)
    enrollments.remember(work, [row["id"]], "substitutes", reason)
    if locked.state is CohortState.CONFIRMED:
        publishes.trainee_substituted(work, enrollment_id, enrollments.by_id(work.connection, row["id"]))
    work.note("enrollment.substituted", str(enrollment_id), by=row["id"], reason=reason)
    work.note("enrollment.substitutes", str(row["id"]), whom=enrollment_id, reason=reason)
    return Nomination(row["id"], person_id, ENROLLED, None)


def check_in(work: UnitOfWork, cohort_id: UUID, *, enrollment_ids: Sequence[UUID], at: datetime | None = None) -> int:
    """Mark trainees of a confirmed cohort as reported (报到); who already is stays so. Answers how many were new.

    Nobody reports more than a week before the first day.
    """
    require_cohort(work.actor, cohort_id)
    cohort = cohorts.lock(work.connection, cohort_id)
    if cohort is None:
        raise NotFound
    if cohort.state is not CohortState.CONFIRMED:
        raise CohortNotConfirmed(number=cohort.number)
    if not enrollment_ids:
        raise Malformed([Problem("nobody_chosen", "enrollment_ids")])
    known = {place.id: place for place in enrollments.of_cohort(work.connection, cohort_id)}
    wrong = [
        Problem("not_enrolled", f"enrollment_ids.{number}", {})
        for number, enrollment_id in enumerate(enrollment_ids)
        if enrollment_id not in known or known[enrollment_id].status is not ENROLLED
    ]
    if wrong:
        raise Malformed(wrong)
    moment = at or work.now
    _check_moment(work, cohort_id, moment)
    marked = enrollments.check_in(work.connection, list(enrollment_ids), moment)
    enrollments.remember(work, [place.id for place in marked], "checked_in")
    for place in marked:
        publishes.trainee_checked_in(work, place, moment)
    work.note("cohort.checked_in", str(cohort_id), people=len(marked))
    return len(marked)


def _check_moment(work: UnitOfWork, cohort_id: UUID, moment: datetime) -> None:
    if moment > work.now:
        raise Malformed([Problem("moment_to_come", "at")])
    first = cohorts.facts(work.connection, cohort_id).intake_starts_on - EARLIEST
    if city_date(moment) < first:
        raise Malformed([Problem("too_early", "at", {"first": first, "days": EARLIEST.days})])


def follow_withdrawal(work: UnitOfWork, enrollment_id: UUID) -> None:
    """Courses has withdrawn a trainee for missed hours (R15); the place is marked so and stays taken."""
    if enrollments.change_status(work.connection, enrollment_id, ENROLLED, to=EnrollmentStatus.WITHDRAWN):
        enrollments.remember(work, [enrollment_id], "withdrawn")


def follow_reinstatement(work: UnitOfWork, enrollment_id: UUID) -> None:
    """Courses has taken a withdrawal back (R15): the place, whose seat stayed taken, is held again.

    Raises `AlreadyInIntake` when the person meanwhile has another place in the intake (R3): one of the two must be given up first.
    """
    try:
        with work.connection.begin_nested():
            is_back = enrollments.change_status(work.connection, enrollment_id, EnrollmentStatus.WITHDRAWN, to=ENROLLED)
    except IntegrityError as error:
        raise AlreadyInIntake from error
    if is_back:
        enrollments.remember(work, [enrollment_id], "reinstated")


def _locked_place(work: UnitOfWork, enrollment_id: UUID) -> tuple[Any, Any]:
    """The place and its cohort, whose places nobody else changes until the commit."""
    place = enrollments.by_id(work.connection, enrollment_id)
    if place is None:
        raise NotFound
    require_place(work.actor, place.county_code, place.school_id)
    cohort = cohorts.lock(work.connection, place.cohort_id)
    return enrollments.by_id(work.connection, enrollment_id), cohort  # as it stands now: others may have been faster


def _move_up(work: UnitOfWork, cohort: Any, freed: Any) -> UUID | None:
    """The first who waits for the freed place's cell takes seat and group; a pool seat goes to the first of all."""
    first = enrollments.first_waiting(work.connection, cohort.id, None if freed.cell_code == POOL else freed.cell_code)
    if first is None:
        return None
    if not cohorts.take_seat(work.connection, cohort.id, state=cohort.state):
        return None
    cell_code = cohorts.take_cell(work.connection, cohort.id, first.county_code)
    if cell_code is None:
        cohorts.give_seat_back(work.connection, cohort.id)
        return None
    enrollments.change_status(work.connection, first.id, WAITING, to=ENROLLED, cell_code=cell_code, group_number=freed.group_number)
    enrollments.remember(work, [first.id], "moved_up")
    if cohort.state is CohortState.CONFIRMED:
        publishes.trainee_admitted(work, enrollments.by_id(work.connection, first.id))
    work.note("enrollment.moved_up", str(first.id), waiting_number=first.waiting_number)
    moved: UUID = first.id
    return moved
