"""What an auditor reads of every service: the entries of its audit log, and whether their chain holds (R45, R47)."""

import json
from typing import Any

from flask import Response, current_app, jsonify
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from shared.storage.audit import Wanted, entries, verify
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading

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
    service = current_app.extensions["linghang"].name
    return jsonify(service=service, sealed=found.sealed, unsealed=found.unsealed, head=head, broken=found.broken)
