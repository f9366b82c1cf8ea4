"""Programs and intakes, in the order of their life: plan, open, list, clone, correct, close."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from services.enrollment.api import schemas
from services.enrollment.operations import intakes as operations
from services.enrollment.queries import cohorts as queries
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import answer, reading

blueprint = Blueprint("intakes_api", __name__, url_prefix="/api/enrollment", description="Programs and intakes")
READERS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER)


@blueprint.route("/programs", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.NewProgram)
def plan_program(body: dict[str, Any]) -> Response:
    """Enter a line of the year's training plan."""
    return answer(schemas.Made(), _made(operations.plan_program), status=201, **body)


@blueprint.route("/programs", methods=["GET"])
@allow(Role.ORGANIZER)
@blueprint.response(200, schemas.Program(many=True))
def list_programs() -> Any:
    """The training plan, latest year first."""
    with reading() as connection:
        return queries.programs(connection)


@blueprint.route("/intakes", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.NewIntake)
def open_intake(body: dict[str, Any]) -> Response:
    """Open an intake."""
    return answer(schemas.Made(), _made(operations.open_intake), status=201, **body)


@blueprint.route("/intakes", methods=["GET"])
@allow(*READERS)
@blueprint.arguments(schemas.IntakePage, location="query")
@blueprint.response(200, schemas.IntakeList)
def list_intakes(query: dict[str, Any]) -> Any:
    """Intakes, latest first, page by page."""
    with reading() as connection:
        rows = queries.intakes(connection, before=_cursor(query["after"]), limit=query["limit"])
    more = len(rows) == query["limit"]
    return {"items": rows, "next": _as_cursor(rows[-1]) if more else None}


@blueprint.route("/intakes/<uuid:intake_id>", methods=["GET"])
@allow(*READERS)
@blueprint.response(200, schemas.Intake)
def show_intake(intake_id: UUID) -> Any:
    """One intake."""
    with reading() as connection:
        intake = queries.intake(connection, intake_id)
    if intake is None:
        raise NotFound
    return intake


@blueprint.route("/intakes/<uuid:intake_id>", methods=["PUT"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.IntakeCorrection)
def correct_intake(body: dict[str, Any], intake_id: UUID) -> Response:
    """Correct title, days, place and approval of an open intake, as long as none of its cohorts is confirmed."""

    def correct(work: UnitOfWork) -> dict[str, UUID]:
        operations.correct_intake(work, intake_id, **body)
        return {"id": intake_id}

    return answer(schemas.Made(), correct)


@blueprint.route("/intakes/<uuid:intake_id>/closure", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.Closure)
def close_intake(body: dict[str, Any], intake_id: UUID) -> Response:
    """Close an intake after its last day (R22)."""

    def close(work: UnitOfWork) -> dict[str, UUID]:
        operations.close_intake(work, intake_id, closed_on=body["closed_on"])
        return {"id": intake_id}

    return answer(schemas.Made(), close)


def _made(operation: Any) -> Any:
    def make(work: UnitOfWork, **values: Any) -> dict[str, UUID]:
        return {"id": operation(work, **values)}

    return make


def _cursor(text: str | None) -> tuple[date, UUID] | None:
    if not text:
        return None
    try:
        day, last = urlsafe_b64decode(text.encode()).decode().split("/")
        return date.fromisoformat(day), UUID(last)
    except ValueError as error:
        raise Malformed([Problem("cursor_unreadable", "after")]) from error


def _as_cursor(intake: Any) -> str:
    return urlsafe_b64encode(f"{intake.starts_on.isoformat()}/{intake.id}".encode()).decode()
