"""The envelope: what is taken for an event, and that no bytes in the world can stop a receiver."""

import json
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts import EVENT_TYPES
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.messaging.envelope import NotAnEvent, read, receive
from tests.shared.messaging.made_up import body_of

SUBJECT = UUID("4b1f6a52-6d1c-4d6e-9f5a-0d6f0a3c7e11")
GOOD = json.loads(
    body_of(SUBJECT, 3, {"cohort_id": str(SUBJECT), "enrollment_id": str(SUBJECT), "person_id": str(SUBJECT), "checked_in": True})
)
WORDS = st.text(max_size=5)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


def test_an_event_comes_out_as_it_went_in():
    event = read(receive(json.dumps(GOOD)), TRAINEE_LEFT)
    assert (event.id, event.version, event.subject_id) == (f"enrollment/cohort/{SUBJECT}#3", 3, SUBJECT)
    assert event.data["person_id"] == UUID(str(SUBJECT))
    assert event.time.tzinfo is not None


def test_every_envelope_is_a_cloudevent():
    assert (
        GOOD.items() >= {"specversion": "1.0", "source": "/linghang/enrollment", "type": TRAINEE_LEFT.name, "subject": str(SUBJECT)}.items()
    )


WRONG = {
    "version": [0, -1, True, 1.0, "3", 2**31, None],
    "stream": [
        "",
        "enrollment/cohort",
        f"courses/cohort/{SUBJECT}",
        f"enrollment/person/{SUBJECT}",
        "enrollment/cohort/7",
        f"enrollment/co\0hort/{SUBJECT}",
    ],
    "type": [
        "",
        "enrollment",
        "courses.trainee.left.v1",
        "enrollment.trainee.left",
        "enrollment.\0.left.v1",
        ["a"],
        "enrollment." + "x" * 90 + ".left.v1",
    ],
    "id": ["", f"enrollment/cohort/{SUBJECT}#4"],
    "subject": ["9c0d7b1e-2f64-4a58-8a3b-5e1c7d90b246", None],
    "time": ["yesterday", "2026-01-01T00:00:00", 5],
    "specversion": ["0.3", 1.0],
    "data": [None, [], "text"],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in WRONG.items() for value in values])
def test_an_envelope_that_contradicts_itself_is_no_event(field: str, value: object):
    body = {**GOOD, field: value}
    if field in ("stream", "version"):
        body["id"] = f"{body['stream']}#{body['version']}"
        body["subject"] = str(body["stream"]).rpartition("/")[2]
    with pytest.raises(NotAnEvent):
        receive(json.dumps(body))


@pytest.mark.parametrize("field", sorted(GOOD.keys() - {"source", "datacontenttype"}))
def test_an_envelope_with_a_hole_is_no_event(field: str):
    with pytest.raises(NotAnEvent):
        receive(json.dumps({name: value for name, value in GOOD.items() if name != field}))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "gbk"])
def test_an_event_in_another_encoding_is_no_event(encoding: str):
    with pytest.raises(NotAnEvent):
        receive(json.dumps({**GOOD, "note": "培训"}, ensure_ascii=False).encode(encoding))


@patiently
@given(st.binary())
def test_no_bytes_raise_anything_but_not_an_event(raw: bytes):
    with pytest.raises(NotAnEvent):
        receive(raw)


@patiently
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), ANYTHING), st.booleans())
def test_no_json_raises_anything_but_not_an_event_and_what_is_taken_can_be_stored(changes: dict, without_personal: bool):
    try:
        received = receive(json.dumps({**GOOD, **changes}).encode(), without_personal=without_personal)
    except NotAnEvent:
        return
    received.body.encode("utf-8")
    assert "\0" not in received.body + received.stream + received.type
    assert received.version == GOOD["version"]


@patiently
@given(st.sampled_from(sorted(EVENT_TYPES)), ANYTHING)
def test_a_broken_payload_leaves_nothing_personal_and_is_still_an_event(name: str, data: object):
    kind = EVENT_TYPES[name]
    body = {**GOOD, "type": name, "stream": kind.stream(SUBJECT), "id": f"{kind.stream(SUBJECT)}#3"}
    received = receive(json.dumps({**body, "data": {"place": data, "roster": data, "name": "张三"}}), without_personal=True)
    assert "张三" not in json.dumps(json.loads(received.body), ensure_ascii=False)


def test_a_stream_longer_than_the_tables_have_room_for_is_no_event():
    subject, kind = uuid4(), "s" * 40
    stream = f"enrollment_of_a_far_away_county_and_its_neighbors/{kind}/{subject}"
    body = json.loads(body_of(subject, 1, {}))
    long = {**body, "stream": stream, "id": f"{stream}#1", "type": "enrollment_of_a_far_away_county_and_its_neighbors.s.t.v1"}
    with pytest.raises(NotAnEvent):
        receive(json.dumps(long))


@pytest.mark.parametrize("depth", [400, 900, 1500, 5000])
def test_however_deep_it_is_nested_it_is_an_event_or_none(depth: int):
    body = json.loads(body_of(uuid4(), 1, {}))
    raw = json.dumps(body).replace('"data": {}', '"data": {"deep": ' + "[" * depth + "]" * depth + "}")
    with suppress(NotAnEvent):
        receive(raw, without_personal=True)
