"""Sessions: hold, cancel, move; joint lectures; the stops of a tour."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from services.courses.api.answers import CountAnswer, JointLectureAnswer, SessionAnswer, StopsAnswer
from services.courses.api.schemas import (
    CancellationSchema,
    HoldingSchema,
    JointLectureSchema,
    SlotSchema,
    StopCheckInSchema,
    StopsSchema,
)
from services.courses.operations.sessions import cancel_session, hold_joint_lecture, hold_session, move_session
from services.courses.operations.tours import Stop, check_in_at_stop, plan_stops
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import answer

sessions = Blueprint("sessions_api", __name__, url_prefix="/api/courses", description="Sessions (R10, R12, R13, R29)")
TEACHERS = (Role.ORGANIZER, Role.CLASS_TEACHER)


@sessions.post("/sessions/<uuid:session_id>/holding")
@allow(*TEACHERS)
@sessions.arguments(HoldingSchema)
@sessions.response(200, SessionAnswer)
def hold(body: dict[str, Any], session_id: UUID) -> Response:
    """The session has been taught; the modes come in order, and a seminar needs its record (R10, R13)."""
    return answer(SessionAnswer(), hold_session, session_id, **body)


@sessions.post("/sessions/<uuid:session_id>/cancellation")
@allow(*TEACHERS)
@sessions.arguments(CancellationSchema)
@sessions.response(200, SessionAnswer)
def cancel(body: dict[str, Any], session_id: UUID) -> Response:
    """The session will not be taught, for a reason (R10)."""
    return answer(SessionAnswer(), cancel_session, session_id, reason=body["reason"])


@sessions.put("/sessions/<uuid:session_id>/slot")
@allow(*TEACHERS)
@sessions.arguments(SlotSchema)
@sessions.response(200, SessionAnswer)
def move(body: dict[str, Any], session_id: UUID) -> Response:
    """Give a session that has not begun another day or half-day."""
    return answer(SessionAnswer(), move_session, session_id, **body)


@sessions.post("/joint-lectures")
@allow(*TEACHERS)
@sessions.arguments(JointLectureSchema)
@sessions.response(201, JointLectureAnswer)
def hold_jointly(body: dict[str, Any]) -> Response:
    """One lecture was given to several cohorts at once (R29)."""
    return answer(JointLectureAnswer(), _hold_jointly, body["session_ids"], held_on=body["held_on"], status=201)


@sessions.put("/sessions/<uuid:session_id>/stops")
@allow(*TEACHERS)
@sessions.arguments(StopsSchema)
@sessions.response(200, StopsAnswer)
def put_stops(body: dict[str, Any], session_id: UUID) -> Response:
    """Set the stops of an observation tour, in order (R12)."""
    return answer(StopsAnswer(), _plan_stops, session_id, [Stop(**stop) for stop in body["stops"]], body["allowed_missing"])


@sessions.post("/stops/<uuid:stop_id>/check-ins")
@allow(*TEACHERS)
@sessions.arguments(StopCheckInSchema)
@sessions.response(200, CountAnswer)
def check_in(body: dict[str, Any], stop_id: UUID) -> Response:
    """People have arrived at a stop of the tour (R12)."""
    return answer(CountAnswer(), _check_in, stop_id, body["enrollment_ids"], body["checked_in_at"])


def _hold_jointly(work: UnitOfWork, session_ids: list[UUID], **how: Any) -> dict[str, Any]:
    return {"joint_lecture_id": hold_joint_lecture(work, session_ids, **how)}


def _plan_stops(work: UnitOfWork, session_id: UUID, stops: list[Stop], allowed_missing: int) -> dict[str, Any]:
    return {"stop_ids": plan_stops(work, session_id, stops, allowed_missing=allowed_missing)}


def _check_in(work: UnitOfWork, stop_id: UUID, enrollment_ids: list[UUID], at: Any) -> dict[str, int]:
    return {"recorded": check_in_at_stop(work, stop_id, enrollment_ids, at=at)}
