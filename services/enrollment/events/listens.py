"""What enrollment hears, and the operation each event calls."""

from collections.abc import Callable

from services.enrollment.operations.enrollments import follow_reinstatement, follow_withdrawal
from shared.contracts.courses import TRAINEE_REINSTATED, TRAINEE_WITHDRAWN
from shared.messaging.envelope import Event
from shared.storage.work import UnitOfWork


def hear_trainee_withdrawn(work: UnitOfWork, event: Event) -> None:
    """Courses decides a withdrawal for missed hours; enrollment follows (R15)."""
    follow_withdrawal(work, event.data["enrollment_id"])


def hear_trainee_reinstated(work: UnitOfWork, event: Event) -> None:
    """Courses takes a withdrawal back after a correction; enrollment follows (R15)."""
    follow_reinstatement(work, event.data["enrollment_id"])


LISTENS: dict[str, Callable[[UnitOfWork, Event], None]] = {
    TRAINEE_WITHDRAWN.name: hear_trainee_withdrawn,
    TRAINEE_REINSTATED.name: hear_trainee_reinstated,
}
