"""What portal hears, and the operation each event calls."""

from collections.abc import Callable

from services.portal.operations.accounts import merge_persons, open_trainee_accounts
from shared.contracts.enrollment import COHORT_CONFIRMED, PERSON_MERGED, TRAINEE_ADMITTED, TRAINEE_SUBSTITUTED
from shared.messaging.envelope import Event
from shared.storage.work import UnitOfWork


def hear_cohort_confirmed(work: UnitOfWork, event: Event) -> None:
    """Everyone on the roster gets an account."""
    open_trainee_accounts(work, event.data["roster"])


def hear_place_taken(work: UnitOfWork, event: Event) -> None:
    """Whoever comes later, from the waiting list or instead of another, gets an account."""
    open_trainee_accounts(work, [event.data["place"]])


def hear_person_merged(work: UnitOfWork, event: Event) -> None:
    """Two records were one person: one account is left."""
    merge_persons(work, event.data["kept_person_id"], event.data["merged_person_id"])


LISTENS: dict[str, Callable[[UnitOfWork, Event], None]] = {
    COHORT_CONFIRMED.name: hear_cohort_confirmed,
    TRAINEE_ADMITTED.name: hear_place_taken,
    TRAINEE_SUBSTITUTED.name: hear_place_taken,
    PERSON_MERGED.name: hear_person_merged,
}
