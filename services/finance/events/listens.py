"""What finance hears, and the operation each event calls; no order across streams is taken for granted."""

from collections.abc import Callable
from typing import Any

from services.finance.domain.facts import Outcome
from services.finance.operations import attendance, cohorts, intakes, trainees
from services.finance.operations.told import Told
from services.finance.storage.rows import take_turn
from shared.contracts import certificates as certificates_contracts
from shared.contracts import courses as courses_contracts
from shared.contracts import enrollment as enrollment_contracts
from shared.messaging.envelope import Event
from shared.storage.work import UnitOfWork

Handler = Callable[[UnitOfWork, Event], None]
Note = Callable[[UnitOfWork, dict[str, Any], Told], None]


def _hear(note: Note) -> Handler:
    """A handler that passes the payload on, one transaction of finance at a time."""

    def hear(work: UnitOfWork, event: Event) -> None:
        take_turn(work.connection)
        note(work, event.data, Told(event.id, event.version, event.time))

    return hear


def _outcome(outcome: Outcome) -> Note:
    def note(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
        trainees.note_outcome(work, data, outcome, told)

    return note


def _merge(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    trainees.note_merge(work, data["kept_person_id"], data["merged_person_id"])


LISTENS: dict[str, Handler] = {
    enrollment_contracts.COHORT_CONFIRMED.name: _hear(cohorts.note_roster),
    enrollment_contracts.TRAINEE_ADMITTED.name: _hear(cohorts.note_admission),
    enrollment_contracts.TRAINEE_SUBSTITUTED.name: _hear(cohorts.note_substitution),
    enrollment_contracts.TRAINEE_LEFT.name: _hear(cohorts.note_departure),
    enrollment_contracts.TRAINEE_CHECKED_IN.name: _hear(trainees.note_check_in),
    enrollment_contracts.INTAKE_CLOSED.name: _hear(intakes.note_closing),
    enrollment_contracts.PERSON_MERGED.name: _hear(_merge),
    courses_contracts.COHORT_SCHEDULED.name: _hear(cohorts.note_timetable),
    courses_contracts.SESSION_HELD.name: _hear(attendance.note_session),
    courses_contracts.SESSION_CANCELLED.name: _hear(attendance.note_cancellation),
    courses_contracts.ATTENDANCE_RECORDED.name: _hear(attendance.note_sheet),
    courses_contracts.ATTENDANCE_CORRECTED.name: _hear(attendance.note_sheet),
    courses_contracts.TRAINEE_WITHDRAWN.name: _hear(_outcome(Outcome.WITHDRAWN)),
    courses_contracts.TRAINING_COMPLETED.name: _hear(_outcome(Outcome.COMPLETED)),
    courses_contracts.COMPLETION_WITHDRAWN.name: _hear(_outcome(Outcome.UNDONE)),
    courses_contracts.EVALUATION_HANDED_IN.name: _hear(trainees.note_evaluation),
    certificates_contracts.CERTIFICATE_ISSUED.name: _hear(trainees.note_certificate),
    certificates_contracts.CERTIFICATE_VOIDED.name: _hear(trainees.note_certificate),
}
