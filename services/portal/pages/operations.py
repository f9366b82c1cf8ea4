"""The operator's page: how the events of all services stand, and which are parked."""

from typing import Any

from flask import Blueprint, render_template

from shared.vocabulary import SERVICES, Role
from shared.web.access import allow
from shared.web.doors import PeerDown, peer
from shared.web.language import N_
from shared.web.language import gettext as _
from shared.web.operations import list_events

operations = Blueprint("operations", __name__)
SERVICE_NAMES = {
    "portal": N_("Portal"),
    "enrollment": N_("Enrollment"),
    "courses": N_("Courses"),
    "certificates": N_("Certificates"),
    "finance": N_("Finance"),
}


def service_names() -> dict[str, str]:
    """The names of the services in the reader's language."""
    return {name: _(message) for name, message in SERVICE_NAMES.items()}


@operations.get("/portal/operations")
@allow(Role.ADMINISTRATOR)
def show_operations() -> str:
    """Backlog and parked events service by service; a service that does not answer is named."""
    services = [{"name": name, **_standing(name)} for name in SERVICES]
    return render_template("portal/operations.html", services=services, service_names=service_names())


def _standing(name: str) -> dict[str, Any]:
    if name == "portal":
        return {"up": True, **list_events().get_json()}
    try:
        status, body = peer(name).get(f"/api/{name}/operations/events")
    except PeerDown:
        return {"up": False}
    return {"up": True, **body} if status == 200 else {"up": False}
