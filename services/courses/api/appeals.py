"""Appeals against recorded attendance: file, list the own ones; for those who run the class list and decide (R48)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import Row

from services.courses.api.cohorts import actor
from services.courses.domain.appeal import LONGEST_TEXT, AppealState
from services.courses.operations.appeals import decide_appeal, file_appeal
from services.courses.queries.appeals import open_appeals, own_appeals
from shared.domain import NotFound
from shared.storage.work import UnitOfWork
from shared.vocabulary import AttendanceStatus, HalfDay, Role
from shared.web.access import allow
from shared.web.doors import answer, reading
from shared.web.service import ApiSchema

appeals = Blueprint("appeals_api", __name__, url_prefix="/api/courses", description="Appeals against attendance (R14, R48)")


class NewAppeal(ApiSchema):
    session_id = fields.UUID(required=True)
    enrollment_id = fields.UUID(required=True)
    text = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_TEXT))


class AppealDecision(ApiSchema):
    granted = fields.Boolean(required=True)
    answer = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))


class AppealAnswer(Schema):
    appeal_id = fields.UUID(attribute="id")
    session_id = fields.UUID()
    enrollment_id = fields.UUID()
    cohort_id = fields.UUID()
    name = fields.String()
    title = fields.String()
    held_on = fields.Date()
    half_day = fields.Enum(HalfDay, by_value=True, allow_none=True)
    status = fields.Enum(AttendanceStatus, by_value=True)
    minutes = fields.Integer(allow_none=True)
    text = fields.String()
    state = fields.Enum(AppealState, by_value=True)
    filed_at = fields.AwareDateTime()
    answer = fields.String()
    decided_at = fields.AwareDateTime(allow_none=True)
    decided_by = fields.String()


class AppealId(Schema):
    appeal_id = fields.UUID()


@appeals.get("/me/appeals")
@allow(Role.TRAINEE)
@appeals.response(200, AppealAnswer(many=True))
def list_own_appeals() -> Sequence[Row[Any]]:
    """Your own appeals with their answers, the newest first."""
    own = actor().person_id
    if own is None:
        raise NotFound
    with reading() as connection:
        return own_appeals(connection, own)


@appeals.post("/me/appeals")
@allow(Role.TRAINEE)
@appeals.arguments(NewAppeal)
@appeals.response(201, AppealId)
def appeal(body: dict[str, Any]) -> Response:
    """Say that an entry of your own attendance is wrong."""

    def file_it(work: UnitOfWork) -> dict[str, UUID]:
        return {"appeal_id": file_appeal(work, body["session_id"], body["enrollment_id"], text=body["text"])}

    return answer(AppealId(), file_it, status=201)


@appeals.get("/appeals")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@appeals.response(200, AppealAnswer(many=True))
def list_open_appeals() -> Sequence[Row[Any]]:
    """What waits for you, the oldest first."""
    with reading() as connection:
        return open_appeals(connection, actor())


@appeals.post("/appeals/<uuid:appeal_id>/decision")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
@appeals.arguments(AppealDecision)
@appeals.response(200, AppealId)
def decide(body: dict[str, Any], appeal_id: UUID) -> Response:
    """Say what came of an appeal, once; it is granted by a correction made before."""

    def decide_it(work: UnitOfWork) -> dict[str, UUID]:
        decide_appeal(work, appeal_id, **body)
        return {"appeal_id": appeal_id}

    return answer(AppealId(), decide_it)
