"""Appeal against a recorded attendance, and decide such an appeal once (R14, R48)."""

from uuid import UUID, uuid4

from services.courses.domain.appeal import LONGEST_TEXT, MOST_OPEN, AppealState
from services.courses.domain.errors import AnswerMissing, AppealDecided, AppealOpen, NotCorrectedYet, NothingToCorrect, TooManyAppeals
from services.courses.operations.sessions import required_text
from services.courses.queries.own_data import kept_person
from services.courses.queries.reach import require_teaching
from services.courses.storage import appeals, attendance, trainees
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role


def file_appeal(work: UnitOfWork, session_id: UUID, enrollment_id: UUID, *, text: str) -> UUID:
    """The trainee says that an entry of the own ledger is wrong; one open appeal for each entry, and a handful in all."""
    trainee = trainees.trainee(work.connection, enrollment_id)
    own = work.actor.person_id
    if not work.actor.is_any(Role.TRAINEE) or own is None or kept_person(work.connection, own) != trainee.person_id:
        raise NotFound
    history = attendance.entries_of(work.connection, session_id, enrollment_id)
    if not history:
        raise NothingToCorrect(name=trainee.name)
    appeal_id = uuid4()
    row = {
        "id": appeal_id,
        "session_id": session_id,
        "enrollment_id": enrollment_id,
        "cohort_id": trainee.cohort_id,
        "revision": history[-1].revision,
        "text": _short(required_text("text", text)),
        "state": AppealState.OPEN,
        "filed_at": work.now,
    }
    if not appeals.add_unless_open(work.connection, row):
        raise AppealOpen
    if appeals.open_of_person(work.connection, trainee.person_id) > MOST_OPEN:
        raise TooManyAppeals(most=MOST_OPEN)
    work.note("appeal.filed", f"session/{session_id}/enrollment/{enrollment_id}", appeal=appeal_id)
    return appeal_id


def decide_appeal(work: UnitOfWork, appeal_id: UUID, *, granted: bool, answer: str) -> None:
    """Organizer or class teacher says what came of an appeal. It is granted by a correction that was made before (R14)."""
    row = appeals.appeal(work.connection, appeal_id)
    require_teaching(work.actor, row.cohort_id)
    answer = _short(answer.strip())
    if not granted and not answer:
        raise AnswerMissing
    state = AppealState.GRANTED if granted else AppealState.REFUSED
    who = (work.actor.name or work.actor.account_id)[:80]
    if not appeals.decide(work.connection, appeal_id, state=state, answer=answer, decided_at=work.now, decided_by=who):
        raise AppealDecided
    if granted and attendance.entries_of(work.connection, row.session_id, row.enrollment_id)[-1].revision <= row.revision:
        raise NotCorrectedYet
    work.note("appeal.decided", f"session/{row.session_id}/enrollment/{row.enrollment_id}", appeal=appeal_id, state=state)


def _short(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Malformed([Problem("text_too_long", "text", {"most": LONGEST_TEXT})])
    return text
