"""Runs over the read model: what operators asked for, and asking for another."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.finance.api.schemas import ReadModelRunRequest, ReadModelRunSchema, ReadModelRunsSchema
from services.finance.operations.read_model_runs import ask
from services.finance.queries.read_model_runs import last_runs
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import answer, reading

blueprint = Blueprint(
    "read_model_runs", __name__, url_prefix="/api/finance/operations/read-model", description="The figures beside the log of events"
)


@blueprint.route("/runs", methods=["GET"])
@allow(Role.ADMINISTRATOR)
@blueprint.response(200, ReadModelRunsSchema)
def list_runs() -> dict[str, Any]:
    """The last comparisons with the log and rebuilds from it, newest first."""
    with reading() as connection:
        return {"runs": last_runs(connection)}


@blueprint.route("/runs", methods=["POST"])
@allow(Role.ADMINISTRATOR)
@blueprint.arguments(ReadModelRunRequest)
@blueprint.alt_response(202, schema=ReadModelRunSchema)
def ask_for_run(body: dict[str, Any]) -> Response:
    """Ask for a comparison or a rebuild; while one of the same kind waits, that one is answered."""
    return answer(ReadModelRunSchema(), ask, status=202, **body)
