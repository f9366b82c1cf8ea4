"""What enrollment tells the others: what happened here, as contracts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.contracts import enrollment as contracts
from shared.storage.work import UnitOfWork


def cohort_confirmed(work: UnitOfWork, cohort: Any, roster: Iterable[Any], funnel: Sequence[dict[str, Any]]) -> None:
    """A cohort's roster is closed. `cohort` carries its intake's columns with the prefix ``intake_``."""
    intake = {
        "intake_id": cohort.intake_id,
        "number": cohort.intake_number,
        "title": cohort.intake_title,
        "category": cohort.intake_category,
        "delivery": cohort.intake_delivery,
        "organized_by": cohort.intake_organized_by,
        "starts_on": cohort.intake_starts_on,
        "ends_on": cohort.intake_ends_on,
        "planned": cohort.intake_planned,
    }
    data = {"cohort_id": cohort.id, "cohort_number": cohort.number, "seats": cohort.seats, "intake": intake}
    places = [place(enrollment) for enrollment in roster]
    work.emit(contracts.COHORT_CONFIRMED, cohort.id, {**data, "roster": places, "funnel": list(funnel)})


def trainee_admitted(work: UnitOfWork, enrollment: Any) -> None:
    """Someone from the waiting list has taken a free seat of a confirmed cohort."""
    work.emit(contracts.TRAINEE_ADMITTED, enrollment.cohort_id, {"cohort_id": enrollment.cohort_id, "place": place(enrollment)})


def trainee_substituted(work: UnitOfWork, old_id: UUID, enrollment: Any) -> None:
    """Another person has taken over a place before check-in (R9)."""
    data = {"cohort_id": enrollment.cohort_id, "substituted_enrollment_id": old_id, "place": place(enrollment)}
    work.emit(contracts.TRAINEE_SUBSTITUTED, enrollment.cohort_id, data)


def trainee_left(work: UnitOfWork, enrollment: Any) -> None:
    """Someone has given up a place in a confirmed cohort."""
    data = {"cohort_id": enrollment.cohort_id, "enrollment_id": enrollment.id, "person_id": enrollment.person_id}
    work.emit(contracts.TRAINEE_LEFT, enrollment.cohort_id, {**data, "checked_in": enrollment.checked_in_at is not None})


def trainee_checked_in(work: UnitOfWork, enrollment: Any, at: datetime) -> None:
    """A trainee has reported."""
    data = {"cohort_id": enrollment.cohort_id, "enrollment_id": enrollment.id, "person_id": enrollment.person_id}
    work.emit(contracts.TRAINEE_CHECKED_IN, enrollment.id, {**data, "checked_in_at": at})


def intake_closed(work: UnitOfWork, intake_id: UUID, cohort_ids: Sequence[UUID], closed_on: date) -> None:
    """An intake is over and counts as held (R22)."""
    work.emit(contracts.INTAKE_CLOSED, intake_id, {"intake_id": intake_id, "cohort_ids": list(cohort_ids), "closed_on": closed_on})


def person_merged(work: UnitOfWork, kept: UUID, merged: UUID) -> None:
    """Two records are one person (R7)."""
    work.emit(contracts.PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": merged})


def place(enrollment: Any) -> dict[str, Any]:
    """One person's place as the contracts describe it."""
    return {
        "enrollment_id": enrollment.id,
        "person_id": enrollment.person_id,
        "name": enrollment.name,
        "sex": enrollment.sex,
        "county_code": enrollment.county_code,
        "county_name": enrollment.county_name,
        "school_id": enrollment.school_id,
        "school_name": enrollment.school_name,
        "post": enrollment.post,
        "group_number": enrollment.group_number,
    }
