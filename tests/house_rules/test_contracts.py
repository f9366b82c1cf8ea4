"""Public events keep the shape that listeners know: fields are only added."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import fields

from shared.contracts import EVENT_TYPES
from shared.contracts.event_type import EventType, Payload, personal
from shared.vocabulary import Delivery
from tests.house_rules.contracts import all_broken_promises, broken_promises, shape_of, stored, write

Shape = dict[str, Any]


class PlacePayload(Payload):
    """A place, as an example."""

    person_id = fields.UUID(required=True)
    name = personal(sentence="Name.")


class HeldPayload(Payload):
    """An event, as an example."""

    session_id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    quarter_hours = fields.Integer(required=True)
    delivery = fields.Enum(Delivery, by_value=True, required=True)
    record = fields.String(load_default=None, allow_none=True)
    places = fields.List(fields.Nested(PlacePayload), required=True)


@pytest.fixture
def shape() -> Shape:
    """The shape of the example."""
    return shape_of(EventType(name="courses.example.held.v1", when="Always.", subject="session", payload=HeldPayload))


def test_the_public_events_keep_their_promises() -> None:
    assert all_broken_promises(stored(), {name: shape_of(kind) for name, kind in EVENT_TYPES.items()}) == []


def test_every_public_event_has_its_stored_shape() -> None:
    assert stored() == {name: shape_of(kind) for name, kind in EVENT_TYPES.items()}, "run: make docs"


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_no_event_carries_id_numbers_or_phones(name: str) -> None:
    assert [
        word
        for word in ("id_number", "phone", "leave_reason", "lodging", "diet")
        if f'"{word}"' in str(shape_of(EVENT_TYPES[name])).replace("'", '"')
    ] == []


def remove(shape: Shape) -> None:
    del shape["properties"]["held_on"]


def rename(shape: Shape) -> None:
    shape["properties"]["taught_on"] = shape["properties"].pop("held_on")


def retype(shape: Shape) -> None:
    shape["properties"]["quarter_hours"] = {"type": "string"}


def require(shape: Shape) -> None:
    shape["required"].append("record")


def send_no_longer_for_certain(shape: Shape) -> None:
    shape["required"].remove("quarter_hours")


def allow_none(shape: Shape) -> None:
    shape["properties"]["held_on"]["nullable"] = True


def retype_within(shape: Shape) -> None:
    shape["properties"]["places"]["items"]["properties"]["person_id"] = {"type": "integer"}


def unmark(shape: Shape) -> None:
    del shape["properties"]["places"]["items"]["properties"]["name"]["x-personal"]


def invent_a_word(shape: Shape) -> None:
    shape["properties"]["delivery"]["enum"].append("by_post")


def change_the_subject(shape: Shape) -> None:
    shape["x-subject"] = "cohort"


CHANGES = [
    remove,
    rename,
    retype,
    require,
    send_no_longer_for_certain,
    allow_none,
    retype_within,
    unmark,
    invent_a_word,
    change_the_subject,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_that_a_listener_cannot_live_with_is_seen(shape: Shape, change: Callable[[Shape], None]) -> None:
    changed = copy.deepcopy(shape)
    change(changed)
    assert broken_promises(shape, changed) != []


def test_an_added_field_breaks_nothing(shape: Shape) -> None:
    changed = copy.deepcopy(shape)
    changed["properties"]["room"] = {"type": "string", "default": ""}
    assert broken_promises(shape, changed) == []


def test_an_event_that_is_gone_is_seen(shape: Shape) -> None:
    assert all_broken_promises({"courses.example.held.v1": shape}, {}) == ["courses.example.held.v1 is gone"]


def test_stored_shapes_are_read_back_as_they_are(shape: Shape, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"courses.example.held.v1": shape})
    monkeypatch.setattr("tests.house_rules.contracts.SNAPSHOTS", tmp_path)
    assert stored() == {"courses.example.held.v1": shape}
