"""What certificates hears, and the operation each event calls."""

from collections.abc import Callable

from services.certificates.operations.issuing import Completed, Place, record_completion, undo_completion
from services.certificates.operations.office import Office
from services.certificates.operations.voiding import follow_merge
from shared.contracts.courses import COMPLETION_WITHDRAWN, TRAINING_COMPLETED
from shared.contracts.enrollment import PERSON_MERGED
from shared.messaging.envelope import Event
from shared.storage.work import UnitOfWork

_TRAINING = (
    "cohort_number",
    "intake_number",
    "intake_title",
    "category",
    "delivery",
    "starts_on",
    "ends_on",
    "earned_quarter_hours",
    "total_quarter_hours",
    "completed_on",
)


def hear_training_completed(work: UnitOfWork, event: Event, office: Office) -> None:
    """Issue the certificate in the transaction that hears of the completion."""
    facts = event.data
    place = Place(
        person_id=facts["person_id"], enrollment_id=facts["enrollment_id"], cohort_id=facts["cohort_id"], intake_id=facts["intake_id"]
    )
    training = {name: facts[name] for name in _TRAINING}
    record_completion(work, office, Completed(place=place, name=facts["name"], organized_by=facts["organized_by"], training=training))


def hear_completion_withdrawn(work: UnitOfWork, event: Event, office: Office) -> None:
    """Void the certificate of a completion that a correction has undone (R40)."""
    undo_completion(work, office, event.data["enrollment_id"])


def hear_person_merged(work: UnitOfWork, event: Event, _office: Office) -> None:
    """Two records are one person from now on (R7)."""
    follow_merge(work, kept_person_id=event.data["kept_person_id"], merged_person_id=event.data["merged_person_id"])


LISTENS: dict[str, Callable[[UnitOfWork, Event, Office], None]] = {
    TRAINING_COMPLETED.name: hear_training_completed,
    COMPLETION_WITHDRAWN.name: hear_completion_withdrawn,
    PERSON_MERGED.name: hear_person_merged,
}
