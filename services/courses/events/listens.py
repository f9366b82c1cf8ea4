"""What courses hears, and the operation each event calls."""

from collections.abc import Callable

from services.courses.operations import cohorts, retention
from shared.contracts.enrollment import (
    COHORT_CONFIRMED,
    INTAKE_CLOSED,
    PERSON_MERGED,
    TRAINEE_ADMITTED,
    TRAINEE_CHECKED_IN,
    TRAINEE_LEFT,
    TRAINEE_SUBSTITUTED,
)
from shared.messaging.envelope import Event
from shared.storage.work import UnitOfWork


def hear_cohort_confirmed(work: UnitOfWork, event: Event) -> None:
    """A roster is closed: the timetable is made."""
    data = event.data
    cohorts.schedule_cohort(work, data["cohort_id"], data["cohort_number"], data["intake"], data["roster"])


def hear_trainee_admitted(work: UnitOfWork, event: Event) -> None:
    """Somebody came up from the waiting list."""
    cohorts.admit_trainee(work, event.data["cohort_id"], event.data["place"])


def hear_trainee_substituted(work: UnitOfWork, event: Event) -> None:
    """Somebody comes in another's place."""
    cohorts.substitute_trainee(work, event.data["cohort_id"], event.data["substituted_enrollment_id"], event.data["place"])


def hear_trainee_left(work: UnitOfWork, event: Event) -> None:
    """Somebody has given the place up."""
    cohorts.release_trainee(work, event.data["cohort_id"], event.data["enrollment_id"])


def hear_trainee_checked_in(work: UnitOfWork, event: Event) -> None:
    """Somebody has reported."""
    cohorts.remember_check_in(work, event.data["cohort_id"], event.data["enrollment_id"], event.data["checked_in_at"])


def hear_person_merged(work: UnitOfWork, event: Event) -> None:
    """Two records were one person."""
    cohorts.merge_people(work, event.data["kept_person_id"], event.data["merged_person_id"])


def hear_intake_closed(work: UnitOfWork, event: Event) -> None:
    """An intake is over: from now on what is kept for a time only has its time."""
    retention.remember_closing(work, event.data["intake_id"], event.data["closed_on"])


LISTENS: dict[str, Callable[[UnitOfWork, Event], None]] = {
    COHORT_CONFIRMED.name: hear_cohort_confirmed,
    TRAINEE_ADMITTED.name: hear_trainee_admitted,
    TRAINEE_SUBSTITUTED.name: hear_trainee_substituted,
    TRAINEE_LEFT.name: hear_trainee_left,
    TRAINEE_CHECKED_IN.name: hear_trainee_checked_in,
    INTAKE_CLOSED.name: hear_intake_closed,
    PERSON_MERGED.name: hear_person_merged,
}
