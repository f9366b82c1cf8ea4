"""My record: one page for the trainee, composed from enrollment, courses and certificates."""

from typing import Any

from flask import Blueprint, render_template

from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import PeerDown, peer

record = Blueprint("record", __name__)
PARTS = {
    "enrollment": "/api/enrollment/me/enrollments",
    "courses": "/api/courses/me/record",
    "certificates": "/api/certificates/me/certificates",
}


@record.get("/portal/me")
@allow(Role.TRAINEE)
def show_record() -> str:
    """Where the trainee stands; a part whose service does not answer is named as missing."""
    found = {name: _part(name, path) for name, path in PARTS.items()}
    missing = [name for name, part in found.items() if part is None]
    return render_template("portal/record.html", missing=missing, **found)


def _part(name: str, path: str) -> Any:
    try:
        status, body = peer(name).get(path)
    except PeerDown:
        return None
    return body if status == 200 else None
