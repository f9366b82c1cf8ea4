"""Today's listeners read yesterday's events and yesterday's listeners read today's, for every stored snapshot."""

import json
from pathlib import Path
from typing import Any

import pytest
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared.contracts import EVENT_TYPES
from shared.contracts.enrollment import CohortConfirmedPayload
from shared.contracts.event_type import ContractBroken, EventType, Payload
from shared.contracts.payload_schema import json_schema

STORED = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (Path(__file__).parent / "snapshots").glob("*.json")}
EXAMPLES = {"uuid": "8f8f3b0e-7d2a-4a59-9f7e-3d1f6b9c2a11", "date": "2026-03-01", "date-time": "2026-03-01T08:00:00+08:00"}
KINDS: dict[str, type[fields.Field[Any]]] = {"uuid": fields.UUID, "date": fields.Date, "date-time": fields.AwareDateTime}
PLAIN: dict[str, type[fields.Field[Any]]] = {"integer": fields.Integer, "boolean": fields.Boolean, "string": fields.String}


def example(shape: dict[str, Any], *, whole: bool) -> Any:
    """An event of this shape as JSON: with every field, or only with those that are never missing."""
    kind = shape["type"][0] if isinstance(shape["type"], list) else shape["type"]
    if kind == "object":
        names = shape["properties"] if whole else shape["required"]
        return {name: example(shape["properties"][name], whole=whole) for name in names}
    if kind == "array":
        return [example(shape["items"], whole=whole)]
    if "enum" in shape:
        return shape["enum"][0]
    return EXAMPLES[shape["format"]] if "format" in shape else {"integer": 2, "boolean": True, "string": "甲"}[kind]


def listener_of(shape: dict[str, Any]) -> Schema:
    """A listener that knows only this shape."""
    known = {name: _field(field, name in shape["required"]) for name, field in shape["properties"].items()}
    return Schema.from_dict(known)(unknown=EXCLUDE)


def _field(shape: dict[str, Any], required: bool) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": required, "allow_none": shape.get("nullable", False)}
    if shape["type"] == "object":
        return fields.Nested(listener_of(shape), **options)
    if shape["type"] == "array":
        return fields.List(_field(shape["items"], True), **options)
    if "enum" in shape:
        return fields.String(validate=validate.OneOf(shape["enum"]), **options)
    return (KINDS[shape["format"]] if "format" in shape else PLAIN[shape["type"]])(**options)


def test_every_event_has_a_snapshot():
    assert STORED.keys() == EVENT_TYPES.keys()


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "bare"])
@pytest.mark.parametrize("name", sorted(STORED))
def test_today_s_listeners_read_yesterday_s_events(name: str, whole: bool):
    EVENT_TYPES[name].load(example(STORED[name], whole=whole))


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "bare"])
@pytest.mark.parametrize("name", sorted(STORED))
def test_yesterday_s_listeners_read_today_s_events(name: str, whole: bool):
    listener_of(STORED[name]).load(example(json_schema(EVENT_TYPES[name].payload), whole=whole))


class WithRoom(CohortConfirmedPayload):
    room = fields.String(required=True)


class WithoutSeats(CohortConfirmedPayload):
    class Meta(Payload.Meta):
        exclude = ("seats",)


class WithMaybeRoom(CohortConfirmedPayload):
    room = fields.String(load_default=None)


def changed(payload: type[Payload]) -> EventType:
    return EventType("enrollment.cohort.confirmed.v1", "Broken on purpose.", "cohort", payload)


def test_a_newly_required_field_makes_yesterday_s_events_unreadable():
    with pytest.raises(ContractBroken, match="room"):
        changed(WithRoom).load(example(STORED["enrollment.cohort.confirmed.v1"], whole=True))


def test_a_removed_field_makes_today_s_events_unreadable_for_yesterday_s_listeners():
    with pytest.raises(ValidationError, match="seats"):
        listener_of(STORED["enrollment.cohort.confirmed.v1"]).load(example(json_schema(WithoutSeats), whole=True))


def test_a_field_that_may_be_missing_is_read_in_both_directions():
    changed(WithMaybeRoom).load(example(STORED["enrollment.cohort.confirmed.v1"], whole=False))
    listener_of(STORED["enrollment.cohort.confirmed.v1"]).load(example(json_schema(WithMaybeRoom), whole=True))
