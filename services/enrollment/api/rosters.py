"""Rosters: send one in, look at what was found, write it, get the workbook back."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, request, send_file
from flask_smorest import Blueprint
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from services.enrollment.api.surroundings import secrets
from services.enrollment.domain.roster_result import RosterProblem
from services.enrollment.operations import roster_downloads
from services.enrollment.operations.rosters import import_roster, write_previewed
from services.enrollment.queries import rosters as queries
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading, run
from shared.web.problems import explain
from shared.web.service import ApiSchema

blueprint = Blueprint("rosters_api", __name__, url_prefix="/api/enrollment", description="Rosters (R5-R8)")
CONTACTS = (Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The catalog's own description of file and form together, which the schemas cannot give.
FORM = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "The roster, .xlsx or CSV."},
                    "mode": {"type": "string", "enum": ["strict", "lenient"], "default": "strict"},
                    "preview": {"type": "boolean", "default": False, "description": "Only look, write nobody."},
                },
            }
        }
    },
}
MODES = validate.OneOf(["strict", "lenient"])


class RosterFile(ApiSchema):
    file = fields.Raw(required=True)


class RosterForm(ApiSchema):
    mode = fields.String(load_default="strict", validate=MODES)
    preview = fields.Boolean(load_default=False)


class Writing(ApiSchema):
    mode = fields.String(required=True, validate=MODES)


class ProblemOfRow(ApiSchema):
    row = fields.Integer()
    cell = fields.String()
    code = fields.String()
    message = fields.Function(lambda problem: _sentence(problem))
    warning = fields.Boolean()


class Roster(ApiSchema):
    roster_id = fields.UUID()
    cohort_id = fields.UUID()
    file_name = fields.String()
    mode = fields.String()
    rows = fields.Integer()
    unchanged = fields.Integer()
    updated = fields.Integer()
    added = fields.Integer()
    waiting = fields.Integer()
    wrong = fields.Integer()
    problems = fields.List(fields.Nested(ProblemOfRow))
    written = fields.Boolean()


@blueprint.route("/cohorts/<uuid:cohort_id>/rosters", methods=["POST"])
@allow(*CONTACTS)
@blueprint.doc(requestBody=FORM)
@blueprint.ARGUMENTS_PARSER.use_args(RosterFile, location="files")
@blueprint.ARGUMENTS_PARSER.use_args(RosterForm, location="form")
@blueprint.alt_response(200, schema=Roster)
def send_roster(files: dict[str, FileStorage], form: dict[str, Any], cohort_id: UUID) -> Response:
    """Import a roster as it is: every problem of every row at once, with its cell (R5)."""
    file = files["file"]
    options = {"content": file.read(), "file_name": file.filename or "", "secrets": secrets()}
    return answer(Roster(), import_roster, cohort_id, **options, **form)


@blueprint.route("/rosters/<uuid:roster_id>", methods=["GET"])
@allow(*CONTACTS)
@blueprint.response(200, Roster)
def show_roster(roster_id: UUID) -> Any:
    """What was found in a roster."""
    with reading() as connection:
        return queries.roster(connection, current_actor() or NOBODY, roster_id)


@blueprint.route("/rosters/<uuid:roster_id>/writing", methods=["POST"])
@allow(*CONTACTS)
@blueprint.arguments(Writing)
@blueprint.alt_response(200, schema=Roster)
def write_roster(body: dict[str, Any], roster_id: UUID) -> Response:
    """Write a roster that was looked at before."""
    return answer(Roster(), write_previewed, roster_id, mode=body["mode"], secrets=secrets())


@blueprint.route("/rosters/<uuid:roster_id>/workbook", methods=["GET"])
@allow(*CONTACTS)
@blueprint.response(200, {"format": "binary", "type": "string"}, content_type=XLSX)
def download_workbook(roster_id: UUID) -> Response:
    """The same workbook back, with a colored problem column."""
    found = run(roster_downloads.download_workbook, roster_id, secrets=secrets(), explain=explain)
    return send_file(BytesIO(found.content), mimetype=XLSX, as_attachment=True, download_name=found.file_name)


@blueprint.before_request
def keep_what_was_sent() -> None:
    """An Idempotency-Key answers for the file too, so the body is kept before the form is read from it."""
    if request.headers.get("Idempotency-Key"):
        request.get_data(cache=True)


def _sentence(problem: RosterProblem) -> str:
    return explain(problem.code, problem.facts)
