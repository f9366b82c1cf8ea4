"""Leave: ask for it, grant or refuse it."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy import Row

from services.courses.api.answers import LeaveAnswer, LeaveOutcomeAnswer
from services.courses.api.cohorts import actor
from services.courses.api.schemas import ApprovalSchema, LeaveSchema
from services.courses.domain.leave import Span
from services.courses.operations.leaves import decide_leave, request_leave
from services.courses.queries.cohorts import cohort_leaves
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import answer, reading

leaves = Blueprint("leaves_api", __name__, url_prefix="/api/courses", description="Leave (R14, R15)")


@leaves.get("/cohorts/<uuid:cohort_id>/leaves")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@leaves.response(200, LeaveAnswer(many=True))
def list_leaves(cohort_id: UUID) -> list[Row[Any]]:
    """The requests for leave in a cohort, oldest first."""
    with reading() as connection:
        return list(cohort_leaves(connection, actor(), cohort_id))


@leaves.post("/enrollments/<uuid:enrollment_id>/leaves")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER, Role.TRAINEE)
@leaves.arguments(LeaveSchema)
@leaves.response(201, LeaveOutcomeAnswer)
def request_for_leave(body: dict[str, Any], enrollment_id: UUID) -> Response:
    """Ask for leave; the answer says what it means for the 1/7 rule (R15)."""
    span = Span(body["first_day"], body["first_half"], body["last_day"] or body["first_day"], body["last_half"])
    return answer(LeaveOutcomeAnswer(), request_leave, enrollment_id, body["kind"], span, reason=body["reason"], status=201)


@leaves.post("/leaves/<uuid:leave_id>/approval")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@leaves.arguments(ApprovalSchema)
@leaves.response(200, LeaveOutcomeAnswer)
def decide(body: dict[str, Any], leave_id: UUID) -> Response:
    """Grant or refuse a request, once."""
    return answer(LeaveOutcomeAnswer(), decide_leave, leave_id, approved=body["approved"])
