"""What an auditor reads of every service: the entries of its audit log, and whether their chain holds (R45, R47)."""

import json
from typing import Any

import structlog
from flask import Response, current_app, jsonify, request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from shared.storage.audit import READING, Wanted, entries, verify
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading, run

log = structlog.get_logger(__name__)
MOST = 10_001  # one more than anybody shows, who then knows that there are others


class EntriesQuery(Schema):
    class Meta:
        unknown = RAISE

    account = fields.String(load_default="", validate=validate.Length(max=80))
    action = fields.String(load_default="", validate=validate.Length(max=60))
    subject = fields.String(load_default="", validate=validate.Length(max=120))
    after = fields.AwareDateTime(load_default=None)
    before = fields.AwareDateTime(load_default=None)
    limit = fields.Integer(load_default=100, validate=validate.Range(1, MOST))


def audit_blueprint(name: str) -> Blueprint:
    """The auditor's routes of service `name`."""
    log = Blueprint("audit", __name__, url_prefix=f"/api/{name}/audit", description="The audit log")
    log.route("/entries", methods=["GET"])(log.arguments(EntriesQuery, location="query")(list_entries))
    log.route("/verdict", methods=["GET"])(show_verdict)
    return log


@allow(Role.AUDITOR)
def list_entries(query: dict[str, Any]) -> Response:
    """The newest entries that fit, at least `limit` where there are as many: those of one moment stay together."""
    limit = query.pop("limit")
    run(lambda work: work.note(READING, "audit", **{name: asked for name, asked in query.items() if asked}))
    with reading() as connection:
        rows = entries(connection, Wanted(**query), limit)
    names = ("id", "account", "address", "action", "subject", "position")
    found = [{**{name: getattr(row, name) for name in names}, "at": row.at.isoformat(), "facts": json.loads(row.facts)} for row in rows]
    return jsonify(service=current_app.extensions["linghang"].name, entries=found)


@allow(Role.AUDITOR)
def show_verdict() -> Response:
    """Walk the chain: how many entries are sealed, its head, and where it breaks first."""
    with reading() as connection:
        found = verify(connection)
    head = {"position": found.head.position, "digest": found.head.digest}
    broken = {**vars(found.broken), "at": found.broken.at.isoformat()} if found.broken else None
    service = current_app.extensions["linghang"].name
    return jsonify(service=service, sealed=found.sealed, unsealed=found.unsealed, head=head, broken=broken)


def note_refusal(response: Response) -> Response:
    """Whoever is refused at a door that is not theirs leaves an entry (R47: the result, too). The answer goes out in any case."""
    if response.status_code == 403 and current_actor() is not None:
        try:
            run(lambda work: work.note("access.refused", request.path[:120], method=request.method))
        except Exception as error:  # a database that is away now; the log of this process keeps it
            log.warning("a refusal could not be noted", path=request.path, error=type(error).__name__)
    return response
