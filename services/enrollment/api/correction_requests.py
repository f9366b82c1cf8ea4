"""Requests for a correction of the own data: ask, list the own ones; for organizers list and decide (R48)."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from services.enrollment.api.schemas import Made
from services.enrollment.api.surroundings import secrets
from services.enrollment.domain.correction import LONGEST_TEXT, LONGEST_VALUE
from services.enrollment.domain.words import CorrectionField, RequestState
from services.enrollment.operations import correction_requests as operations
from services.enrollment.queries import correction_requests as queries
from shared.domain import NotFound
from shared.storage.work import NOBODY, UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading
from shared.web.service import ApiSchema

blueprint = Blueprint("correction_requests_api", __name__, url_prefix="/api/enrollment", description="Corrections of the own data (R48)")


class NewCorrectionRequest(ApiSchema):
    field = fields.Enum(CorrectionField, by_value=True, required=True)
    stated = fields.String(load_default="", validate=validate.Length(max=LONGEST_VALUE))
    text = fields.String(required=True, validate=validate.Length(max=LONGEST_TEXT))


class Decision(ApiSchema):
    done = fields.Boolean(required=True)
    answer = fields.String(load_default="", validate=validate.Length(max=operations.LONGEST_ANSWER))


class CorrectionRequestAnswer(Schema):
    id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    field = fields.Enum(CorrectionField, by_value=True)
    stated = fields.String()
    text = fields.String()
    state = fields.Enum(RequestState, by_value=True)
    asked_at = fields.AwareDateTime()
    answer = fields.String()
    decided_at = fields.AwareDateTime(allow_none=True)
    decided_by = fields.String()


@blueprint.route("/me/correction-requests", methods=["GET"])
@allow(Role.TRAINEE)
@blueprint.response(200, CorrectionRequestAnswer(many=True))
def list_own() -> Any:
    """The own requests with their answers, the newest first; ID number and phone are masked."""
    person_id = (current_actor() or NOBODY).person_id
    if person_id is None:
        raise NotFound
    with reading() as connection:
        return queries.of_person(connection, person_id, secrets())


@blueprint.route("/me/correction-requests", methods=["POST"])
@allow(Role.TRAINEE)
@blueprint.arguments(NewCorrectionRequest)
@blueprint.alt_response(201, schema=Made)
def ask(body: dict[str, Any]) -> Response:
    """Ask for a correction; one open request for each thing."""

    def ask_for_it(work: UnitOfWork) -> dict[str, UUID]:
        made = operations.request_correction(work, body["field"], stated=body["stated"], text=body["text"], secrets=secrets())
        return {"id": made}

    return answer(Made(), ask_for_it, status=201)


@blueprint.route("/correction-requests", methods=["GET"])
@allow(Role.ORGANIZER)
@blueprint.response(200, CorrectionRequestAnswer(many=True))
def list_open() -> Any:
    """What waits for a decision, the oldest first."""
    with reading() as connection:
        return queries.open_requests(connection, secrets())


@blueprint.route("/correction-requests/<uuid:request_id>/decision", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(Decision)
@blueprint.alt_response(200, schema=Made)
def decide(body: dict[str, Any], request_id: UUID) -> Response:
    """Say what came of a request, once; a mobile number is written by this."""

    def decide_it(work: UnitOfWork) -> dict[str, UUID]:
        operations.decide_correction(work, request_id, done=body["done"], answer=body["answer"], secrets=secrets())
        return {"id": request_id}

    return answer(Made(), decide_it)
