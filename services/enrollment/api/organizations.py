"""The register of organizations."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from services.enrollment.api import schemas
from services.enrollment.operations import organizations as operations
from services.enrollment.queries import organizations as queries
from shared.storage.work import NOBODY
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import answer, reading

blueprint = Blueprint("organizations_api", __name__, url_prefix="/api/enrollment", description="The register of organizations")


@blueprint.route("/organizations", methods=["POST"])
@allow(Role.ORGANIZER)
@blueprint.arguments(schemas.Organizations)
def register_organizations(body: dict[str, Any]) -> Response:
    """Enter organizations, or bring known ones up to date."""
    return answer(schemas.Registered(), operations.register, entries=body["organizations"])


@blueprint.route("/organizations", methods=["GET"])
@allow(Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
@blueprint.arguments(schemas.OrganizationFilter, location="query")
@blueprint.response(200, schemas.Organization(many=True))
def list_organizations(query: dict[str, Any]) -> Any:
    """Organizations by code; the last code of a page is the `after` of the next."""
    with reading() as connection:
        return queries.visible(connection, current_actor() or NOBODY, **query)
