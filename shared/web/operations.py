"""What an operator sees of every service: alive, ready, metrics, backlog and parked events."""

import json
import re
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from flask_smorest import Blueprint as ApiBlueprint
from marshmallow import RAISE, Schema, fields, validate
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select

from shared.contracts import EVENT_TYPES
from shared.domain import NotFound, now
from shared.messaging import inbox
from shared.storage.tables import OUTBOX
from shared.vocabulary import Role
from shared.web.access import allow, public
from shared.web.doors import answer, reading

_CODE = re.compile(r"[A-Za-z0-9_.:+-]*")


class ReplaySchema(Schema):
    class Meta:
        unknown = RAISE

    ids = fields.List(fields.Integer(), load_default=None, allow_none=True)
    event_type = fields.String(load_default=None, allow_none=True)


class DiscardSchema(Schema):
    class Meta:
        unknown = RAISE

    reason = fields.String(required=True, validate=validate.Length(min=2, max=500))


class CountSchema(Schema):
    count = fields.Integer()


def operations_blueprints(name: str) -> list[Blueprint]:
    """The operator's routes of service `name`."""
    health = Blueprint("health", __name__)
    health.get("/health")(alive)
    health.get("/ready")(ready)
    health.get("/metrics")(metrics)
    events = ApiBlueprint("events", __name__, url_prefix=f"/api/{name}/operations", description="Backlog and parked events")
    events.route("/events", methods=["GET"])(list_events)
    events.route("/replays", methods=["POST"])(events.arguments(ReplaySchema)(replay_events))
    events.route("/events/<int:event_id>/discard", methods=["POST"])(events.arguments(DiscardSchema)(discard_event))
    return [health, events]


@public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="alive")


@public
def ready() -> tuple[Response, int]:
    """The process can do its work: its database answers and, in a worker, nothing keeps its loops from theirs.

    A dead broker slows no page, so a web does not ask it.
    """
    worker = current_app.extensions.get("linghang_worker")
    if worker is not None and (failures := worker.failures):  # first: a database that hangs never answers
        return jsonify(status="waiting", failures=failures), 503
    try:
        with reading() as connection:
            connection.execute(select(func.max(OUTBOX.c.id))).one()
    except Exception:
        return jsonify(status="waiting for the database"), 503
    return jsonify(status="ready"), 200


@public
def metrics() -> Response:
    """Backlog figures and what this process has counted, for Prometheus; the gateway does not show this address outside."""
    registry = CollectorRegistry()
    for figure, value in standing().items():
        if value is not None:
            Gauge(f"linghang_{figure}", figure.replace("_", " "), registry=registry).set(value)
    return Response(generate_latest(registry) + generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


@allow(Role.ADMINISTRATOR)
def list_events() -> Response:
    """Backlog figures and the parked events, with ids, codes and numbers but no words in them."""
    with reading() as connection:
        rows = [
            {
                "id": row.id,
                "type": row.type,
                "stream": row.stream,
                "version": row.version,
                "attempts": row.attempts,
                "error": row.error,
                "received_at": row.received_at.isoformat(),
                "waiting_behind": row.waiting_behind,
                "body": _masked(row.type, row.body),
            }
            for row in inbox.parked(connection)
        ]
    return jsonify(service=current_app.extensions["linghang"].name, standing=standing(), parked=rows)


@allow(Role.ADMINISTRATOR)
def replay_events(body: dict[str, Any]) -> Response:
    """Make parked events pending again: some, those of a type, or all."""
    return answer(CountSchema(), _replay, **body)


@allow(Role.ADMINISTRATOR)
def discard_event(body: dict[str, Any], event_id: int) -> Response:
    """Give a parked event up, with a reason."""
    return answer(CountSchema(), _discard, event_id, **body)


def standing() -> dict[str, float | None]:
    """Unsent, pending, parked and gaps, with ages in seconds."""
    moment = now()
    with reading() as connection:
        unsent, oldest = connection.execute(select(func.count(), func.min(OUTBOX.c.created_at)).where(OUTBOX.c.position.is_(None))).one()
        waiting = inbox.backlog(connection)
    return {
        "outbox_unsent": unsent,
        "outbox_oldest_unsent_seconds": (moment - oldest).total_seconds() if oldest else None,
        "inbox_pending": waiting.pending,
        "inbox_oldest_pending_seconds": (moment - waiting.oldest_pending).total_seconds() if waiting.oldest_pending else None,
        "inbox_parked": waiting.parked,
        "inbox_gaps": waiting.gaps,
    }


def _replay(work: Any, *, ids: list[int] | None, event_type: str | None) -> dict[str, int]:
    return {"count": inbox.replay(work, ids=ids, event_type=event_type)}


def _discard(work: Any, event_id: int, *, reason: str) -> dict[str, int]:
    if not inbox.discard(work, event_id, reason=reason):
        raise NotFound
    return {"count": 1}


def _masked(name: str, body: str) -> Any:
    envelope = json.loads(body)
    event_type = EVENT_TYPES.get(name)
    if event_type is None:
        return {**envelope, "data": {}}
    try:
        return {**envelope, "data": _without_words(event_type.without_personal(envelope["data"]))}
    except (TypeError, AttributeError, ValueError):
        return {**envelope, "data": {}}


def _without_words(value: Any) -> Any:
    """Ids, codes, days and numbers: what an operator needs. Names of schools, counties and classes are none of that (R45)."""
    if isinstance(value, dict):
        return {key: _without_words(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_words(inner) for inner in value]
    return "" if isinstance(value, str) and not _CODE.fullmatch(value) else value
