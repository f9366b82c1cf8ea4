"""Attendance: record a sheet, look at it, correct it."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from services.courses.api.answers import CorrectionAnswer, SheetAnswer, SheetResultAnswer
from services.courses.api.cohorts import actor
from services.courses.api.schemas import AttendanceSchema, CorrectionSchema
from services.courses.operations.corrections import correct_attendance
from services.courses.operations.sheets import Entry, Slot, record_sheet
from services.courses.queries.sheets import Sheet, sheet
from shared.domain import Malformed, Problem
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import answer, reading

attendance = Blueprint("attendance_api", __name__, url_prefix="/api/courses", description="Attendance (R14, R17, R40)")
NOBODY_IN_PARTICULAR = UUID(int=0)


@attendance.post("/cohorts/<uuid:cohort_id>/attendance")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@attendance.arguments(AttendanceSchema)
@attendance.response(200, SheetResultAnswer)
def record(body: dict[str, Any], cohort_id: UUID) -> Response:
    """Enter the sheet of one slot: everyone listed, and by `default_status` or `default_minutes` all others in training.

    The slot is a session by its id or, offline, a day with its half-day. The same sheet again changes nothing.
    """
    if body["session_id"] is None and (body["held_on"] is None or body["half_day"] is None):
        raise Malformed([Problem("slot_unnamed", "session_id")])
    slot = Slot(body["session_id"], body["held_on"], body["half_day"])
    entries = [Entry(**entry) for entry in body["entries"]]
    status, minutes = body["default_status"], body["default_minutes"]
    default = None if status is None and minutes is None else Entry(NOBODY_IN_PARTICULAR, status, minutes)
    return answer(SheetResultAnswer(), record_sheet, cohort_id, slot, entries, source=body["source"], default=default)


@attendance.get("/attendance/<uuid:session_id>")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@attendance.response(200, SheetAnswer)
def show_sheet(session_id: UUID) -> Sheet:
    """The sheet of one session with everyone's entries and their history (R14)."""
    with reading() as connection:
        return sheet(connection, actor(), session_id)


@attendance.post("/attendance/<uuid:session_id>/corrections")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@attendance.arguments(CorrectionSchema)
@attendance.response(200, CorrectionAnswer)
def correct(body: dict[str, Any], session_id: UUID) -> Response:
    """Supersede one entry, with a reason; with `preview` only show what it does to completion (R14, R40)."""
    entry = Entry(body["enrollment_id"], body["status"], body["minutes"])
    return answer(CorrectionAnswer(), correct_attendance, session_id, entry, reason=body["reason"], preview=body["preview"])
