"""Observation tours: their stops in order, and who has checked in at each (R12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from services.courses.domain.errors import InTheFuture, NoTourSession, SessionIsCancelled, StopsVisited
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState, require_open
from services.courses.operations.completion import judge_cohort
from services.courses.operations.sessions import find_session, required_text
from services.courses.storage import cohorts, tours, trainees
from shared.domain import Malformed, Problem, city_date
from shared.storage.work import UnitOfWork
from shared.vocabulary import TeachingMode


@dataclass(frozen=True)
class Stop:
    """A host school with the times of the visit."""

    host_school: str
    arrives_at: datetime | None = None
    leaves_at: datetime | None = None


def plan_stops(work: UnitOfWork, session_id: UUID, stops: Sequence[Stop], *, allowed_missing: int = 0) -> list[UUID]:
    """Set the stops of a tour, in order; fixed as soon as somebody has checked in at one."""
    found = find_session(work, session_id)
    if found.session.mode != TeachingMode.OBSERVATION_TOUR:
        raise NoTourSession(title=found.session.title)
    if tours.are_visited(work.connection, session_id):
        raise StopsVisited()
    if not 0 <= allowed_missing <= len(stops):
        raise Malformed([Problem("allowed_missing", "allowed_missing", {"most": len(stops)})])
    rows = [
        {
            "id": uuid4(),
            "session_id": session_id,
            "cohort_id": found.cohort.id,
            "position": index,
            "host_school": required_text(f"stops.{index - 1}.host_school", stop.host_school),
            "arrives_at": stop.arrives_at,
            "leaves_at": stop.leaves_at,
        }
        for index, stop in enumerate(stops, start=1)
    ]
    tours.replace_stops(work.connection, session_id, rows)
    cohorts.change_session(work.connection, session_id, stops_allowed_missing=allowed_missing)
    work.note("tour.planned", f"session/{session_id}", stops=len(stops))
    judge_cohort(work, found.cohort)
    return [UUID(str(row["id"])) for row in rows]


def check_in_at_stop(work: UnitOfWork, stop_id: UUID, enrollment_ids: Sequence[UUID], *, at: datetime | None = None) -> int:
    """People have arrived at a stop; who has checked in there already stays. Answers how many are new."""
    session_id = tours.stop(work.connection, stop_id).session_id
    found = find_session(work, session_id)
    if found.session.state == SessionState.CANCELLED:
        raise SessionIsCancelled(title=found.session.title)
    require_open(found.session.mode, cohorts.as_planned(found.sessions))
    moment = at or work.now
    if moment > work.now:
        raise InTheFuture(day=city_date(moment))
    rows = trainees.trainees(work.connection, found.cohort.id)
    known = {row.enrollment_id for row in rows if row.place != PlaceState.SUBSTITUTED}
    problems = [Problem("not_in_cohort", f"enrollment_ids.{index}") for index, who in enumerate(enrollment_ids) if who not in known]
    if problems or not enrollment_ids:
        raise Malformed(problems or [Problem("sheet_empty", "enrollment_ids")])
    head = {"stop_id": stop_id, "cohort_id": found.cohort.id, "checked_in_at": moment, "recorded_by": work.actor.account_id}
    new = tours.check_in(work.connection, [{**head, "enrollment_id": who} for who in dict.fromkeys(enrollment_ids)])
    if new:
        work.note("tour.checked_in", f"stop/{stop_id}", people=new)
        judge_cohort(work, found.cohort)
    return new
