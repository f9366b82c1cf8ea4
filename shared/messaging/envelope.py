"""The CloudEvents 1.0 envelope in structured JSON, written and read."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts import EVENT_TYPES
from shared.contracts.event_type import EventType


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


def write(event_type: EventType, subject_id: UUID, version: int, time: datetime, data: dict[str, Any]) -> str:
    """The event as CloudEvents JSON; its id is ``stream#version``, the same on every try."""
    stream = event_type.stream(subject_id)
    return json.dumps(
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
            "data": data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def receive(raw: bytes | str, *, without_personal: bool = False) -> Received:
    """Read a body as far as the inbox needs it; raises `NotAnEvent` for anything that is not an event of ours.

    With `without_personal` the fields marked as personal are blanked before anything is stored (R43).
    """
    try:
        body = json.loads(raw)
        stream, version, name = body["stream"], body["version"], body["type"]
        publisher, subject, subject_id = stream.split("/")
        well_formed = (
            body["specversion"] == "1.0"
            and isinstance(version, int)
            and version >= 1
            and body["id"] == f"{stream}#{version}"
            and name.split(".")[0] == publisher
            and bool(subject)
            and len(stream) <= 120
            and len(name) <= 80
            and isinstance(body["data"], dict)
        )
        UUID(subject_id)
        datetime.fromisoformat(body["time"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotAnEvent(str(error)) from error
    if not well_formed:
        raise NotAnEvent("the envelope contradicts itself")
    event_type = EVENT_TYPES.get(name)
    if without_personal and event_type is not None:
        try:
            body["data"] = event_type.without_personal(body["data"])
        except (TypeError, AttributeError, ValueError) as error:
            raise NotAnEvent(f"{name}: {error}") from error
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    elif without_personal:
        # What an unknown type marks as personal is unknown too, so nothing of it is kept.
        raw = json.dumps({**body, "data": {}}, ensure_ascii=False, separators=(",", ":"))
    text = raw if isinstance(raw, str) else raw.decode("utf-8")
    return Received(stream=stream, version=version, type=name, body=text)


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
    )
