"""The operator's page: how the events of all services stand, and which are parked."""

from typing import Any

from flask import Blueprint, render_template

from shared.vocabulary import SERVICES, Role
from shared.web.access import allow
from shared.web.doors import PeerDown, peer
from shared.web.operations import list_events

operations = Blueprint("operations", __name__)


@operations.get("/portal/operations")
@allow(Role.ADMINISTRATOR)
def show_operations() -> str:
    """Backlog and parked events service by service; a service that does not answer is named."""
    return render_template("portal/operations.html", services=[{"name": name, **_standing(name)} for name in SERVICES])


def _standing(name: str) -> dict[str, Any]:
    if name == "portal":
        return {"up": True, **list_events().get_json()}
    try:
        status, body = peer(name).get(f"/api/{name}/operations/events")
    except PeerDown:
        return {"up": False}
    return {"up": True, **body} if status == 200 else {"up": False}
