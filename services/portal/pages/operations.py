"""The operator's page: how the events of all services stand, and which are parked."""

from typing import Any

from flask import Blueprint, render_template

from services.portal.pages.parts import Parts, ServiceName
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.operations import list_events

operations = Blueprint("operations", __name__)


@operations.get("/portal/operations")
@allow(Role.ADMINISTRATOR)
def show_operations() -> str:
    """Backlog and parked events service by service; a service that does not answer is named."""
    return render_template("portal/operations.html", services=[_standing(name) for name in ServiceName])


def _standing(name: ServiceName) -> dict[str, Any]:
    own = name is ServiceName.PORTAL
    body = list_events().get_json() if own else Parts().ask(name, f"/api/{name.value}/operations/events")
    return {"name": name, "standing": body["standing"] if body else None, "parked": body["parked"] if body else []}
