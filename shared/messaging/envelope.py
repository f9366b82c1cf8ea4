"""The CloudEvents 1.0 envelope in structured JSON, written and read."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared import traces
from shared.contracts import EVENT_TYPES
from shared.contracts.event_type import ContractBroken, EventType

# Far above any cohort of ours and below what a broker refuses in one message.
LONGEST_BODY = 8 * 1024 * 1024
LONGEST_STREAM = 120  # as the tables have it
ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "stream", "version", traces.NAME)
TYPE_NAME = re.compile(r"(?=.{1,80}\Z)[a-z_]+(\.[a-z_]+){2}\.v[0-9]+")
SUBJECT = re.compile(r"[a-z_]{1,40}")


class NotAnEvent(Exception):
    """These bytes are not one of our events; they are set aside, never guessed at."""


@dataclass(frozen=True)
class Received:
    """An event as it lies in the inbox: identity, order, and the body as text."""

    stream: str
    version: int
    type: str
    body: str


@dataclass(frozen=True)
class Event:
    """An event as a handler sees it; `data` holds Python values by the contract of its type."""

    id: str
    type: str
    stream: str
    version: int
    subject_id: UUID
    time: datetime
    data: dict[str, Any]
    trace: dict[str, str] = field(default_factory=dict)  # what caused it, as `shared.traces` carries it


def write(event_type: EventType, subject_id: UUID, version: int, time: datetime, data: dict[str, Any]) -> str:
    """The event as CloudEvents JSON; its id is ``stream#version``, the same on every try."""
    stream = event_type.stream(subject_id)
    body = json.dumps(
        {
            "specversion": "1.0",
            "id": f"{stream}#{version}",
            "source": f"/linghang/{event_type.publisher}",
            "type": event_type.name,
            "subject": str(subject_id),
            "time": time.isoformat(),
            "datacontenttype": "application/json",
            "stream": stream,
            "version": version,
            **traces.carried(),
            "data": data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    if len(body.encode("utf-8")) > LONGEST_BODY:
        raise ContractBroken(event_type.name, "too long for an event")
    return body


def receive(raw: bytes | str, *, without_personal: bool = False) -> Received:
    """Read a body as far as the inbox needs it; raises `NotAnEvent` for anything that is not an event of ours.

    With `without_personal` the fields marked as personal are blanked before anything is stored (R43).
    """
    if len(raw) > LONGEST_BODY:
        raise NotAnEvent(f"{len(raw)} bytes are too long for an event")
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
        body = json.loads(text)
        received = Received(stream=body["stream"], version=body["version"], type=body["type"], body=text)
        agrees = _agrees(body)
        if without_personal:
            received = replace(received, body=_without_personal(body))
    except Exception as error:  # hostile bytes fail in more ways than can be listed
        raise NotAnEvent(f"{type(error).__name__}: {error}") from error
    if not agrees:
        raise NotAnEvent("the envelope contradicts itself")
    return received


def _agrees(body: dict[str, Any]) -> bool:
    # Only the one spelling that `write` gives a stream is taken: it is the identity, and every database can store it.
    stream, version, name = body["stream"], body["version"], body["type"]
    publisher, subject, subject_id = stream.split("/")
    event_type = EVENT_TYPES.get(name)
    return (
        body["specversion"] == "1.0"
        and len(stream) <= LONGEST_STREAM
        and type(version) is int
        and 1 <= version < 2**31
        and body["id"] == f"{stream}#{version}"
        and TYPE_NAME.fullmatch(name) is not None
        and name.split(".")[0] == publisher
        and SUBJECT.fullmatch(subject) is not None
        and (event_type is None or event_type.subject == subject)
        and str(UUID(subject_id)) == subject_id == body["subject"]
        and datetime.fromisoformat(body["time"]).tzinfo is not None
        and isinstance(body["data"], dict)
    )


def _without_personal(body: dict[str, Any]) -> str:
    # What an unknown type or a broken payload holds of a person is unknown too, so nothing of it is kept.
    event_type = EVENT_TYPES.get(body["type"])
    data = {}
    if event_type is not None:
        with suppress(TypeError, AttributeError, ValueError):
            data = event_type.without_personal(body["data"])
    known = {name: body[name] for name in ATTRIBUTES if name in body}
    # ASCII only: half a character (a lone surrogate) in a text would be refused by every database.
    return json.dumps({**known, "data": data}, separators=(",", ":"))


def read(received: Received, event_type: EventType) -> Event:
    """The event with its payload as Python values; raises `ContractBroken` when the payload does not fit."""
    body = json.loads(received.body)
    return Event(
        id=body["id"],
        type=received.type,
        stream=received.stream,
        version=received.version,
        subject_id=UUID(body["subject"]),
        time=datetime.fromisoformat(body["time"]),
        data=event_type.load(body["data"]),
        trace={traces.NAME: body[traces.NAME]} if isinstance(body.get(traces.NAME), str) else {},
    )
