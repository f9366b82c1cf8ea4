"""Leave: asked for by the trainee or entered by the class teacher, granted or refused once (R14, R15)."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from services.courses.domain.errors import LeaveDecided, PlaceGivenUp
from services.courses.domain.leave import LeaveKind, LeaveState, Span
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState
from services.courses.domain.withdrawal import leave_left, must_withdraw
from services.courses.operations.sessions import required_text
from services.courses.queries.reach import is_self, require_teaching, teaches
from services.courses.storage import attendance, cohorts, leaves, trainees
from shared.domain import NotFound
from shared.storage.work import UnitOfWork


@dataclass(frozen=True)
class LeaveOutcome:
    """A request as it stands, with what it means for the 1/7 rule if it is taken."""

    leave_id: UUID
    state: LeaveState
    quarter_hours: int
    missed_before: int
    leave_left: int
    would_withdraw: bool


def request_leave(work: UnitOfWork, enrollment_id: UUID, kind: LeaveKind, span: Span, *, reason: str) -> LeaveOutcome:
    """Ask for leave; the answer says how many hours it takes and whether it would end the training (R15)."""
    trainee = trainees.trainee(work.connection, enrollment_id)
    if not teaches(work.actor, trainee.cohort_id) and not is_self(work.actor, trainee.person_id):
        raise NotFound
    if trainee.place != PlaceState.IN_TRAINING or trainee.withdrawn:
        raise PlaceGivenUp(name=trainee.name)
    leave_id = uuid4()
    values = {
        "id": leave_id,
        "enrollment_id": enrollment_id,
        "cohort_id": trainee.cohort_id,
        "kind": kind,
        "first_day": span.first_day,
        "first_half": span.first_half,
        "last_day": span.last_day,
        "last_half": span.last_half,
        "reason": required_text("reason", reason),
        "state": LeaveState.REQUESTED,
        "requested_at": work.now,
        "requested_by": work.actor.account_id,
    }
    leaves.add(work.connection, values)
    work.note("leave.requested", f"enrollment/{enrollment_id}", kind=kind, first_day=span.first_day, last_day=span.last_day)
    return _outcome(work, leave_id, enrollment_id, trainee.cohort_id, span, LeaveState.REQUESTED)


def decide_leave(work: UnitOfWork, leave_id: UUID, *, approved: bool, cohort_id: UUID | None = None) -> LeaveOutcome:
    """Grant or refuse a request, of `cohort_id` where one is named; it is decided once, and the same decision again changes nothing."""
    row = leaves.leave(work.connection, leave_id)
    if cohort_id not in (None, row.cohort_id):
        raise NotFound
    require_teaching(work.actor, row.cohort_id)
    state = LeaveState.APPROVED if approved else LeaveState.REFUSED
    values = {"state": state, "decided_at": work.now, "decided_by": work.actor.account_id}
    if leaves.decide(work.connection, leave_id, **values):
        work.note("leave.decided", f"enrollment/{row.enrollment_id}", state=state)
    elif leaves.leave(work.connection, leave_id).state != state:
        raise LeaveDecided()
    return _outcome(work, leave_id, row.enrollment_id, row.cohort_id, leaves.span_of(row), state)


def _outcome(work: UnitOfWork, leave_id: UUID, enrollment_id: UUID, cohort_id: UUID, span: Span, state: LeaveState) -> LeaveOutcome:
    cohort = cohorts.cohort(work.connection, cohort_id)
    sums = attendance.sums(work.connection, cohort_id, enrollment_id)
    missed = sum(int(row.missed) for row in sums)
    unexcused = sum(int(row.unexcused) for row in sums)
    taken = sum(
        session.quarter_hours
        for session in cohorts.sessions(work.connection, cohort_id)
        if session.state == SessionState.PLANNED and span.covers(session.planned_on, session.half_day)
    )
    would = must_withdraw(missed + taken, unexcused, cohort.planned_quarter_hours)
    return LeaveOutcome(leave_id, state, taken, missed, leave_left(missed, cohort.planned_quarter_hours), would)
