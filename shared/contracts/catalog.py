"""The catalog of events, generated from the contracts: AsyncAPI for programs, a page for people."""

from typing import Any

from shared.contracts import EVENT_TYPES, KEEPS_NO_NAMES, listeners_of
from shared.contracts.event_type import EventType
from shared.contracts.payload_schema import json_schema

INTRODUCTION = """\
Every event is a CloudEvents 1.0 envelope in structured JSON. `stream` and `version` are its identity and its order: \
versions of a stream are 1, 2, 3 … without gaps. Fields are only added; a new meaning is a new name, both published for one release. \
Listeners ignore fields they do not know. ID numbers, phones, leave reasons, lodging and diet never travel; fields marked personal \
are blanked before {keeps_no_names} stores anything.""".format(keeps_no_names=" and ".join(sorted(KEEPS_NO_NAMES)))


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of all events."""
    kinds = sorted(EVENT_TYPES.values(), key=lambda kind: kind.name)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Linghang events", "version": "1", "description": INTRODUCTION, "license": {"name": "MIT"}},
        "defaultContentType": "application/cloudevents+json",
        "channels": {kind.name: _channel(kind) for kind in kinds},
        "operations": {name: operation for kind in kinds for name, operation in _operations(kind).items()},
        "components": {"messages": {kind.name: _message(kind) for kind in kinds}},
    }


def readme() -> str:
    """The catalog as a page, in Markdown."""
    lines = [
        "# Events",
        "",
        "Generated from `shared/contracts` by `make docs`; do not edit. For programs: [asyncapi.json](asyncapi.json).",
        "",
        INTRODUCTION,
        "",
        "| event | happens when | listeners |",
        "|---|---|---|",
    ]
    kinds = list(EVENT_TYPES.values())
    lines += [f"| [`{kind.name}`](#{_anchor(kind)}) | {kind.when} | {', '.join(listeners_of(kind.publisher))} |" for kind in kinds]
    for kind in kinds:
        lines += ["", f"## {kind.name}", "", kind.when, "", f"Stream `{kind.stream('ID')}` (ID of the {kind.subject}).", ""]
        lines += ["| field | type | |", "|---|---|---|", *_rows("", json_schema(kind.payload))]
    return "\n".join(lines) + "\n"


def _channel(kind: EventType) -> dict[str, Any]:
    exchange = {"name": f"{kind.publisher}.events", "type": "topic", "durable": True, "autoDelete": False, "vhost": "linghang"}
    return {
        "address": kind.name,
        "description": kind.when,
        "messages": {"event": {"$ref": f"#/components/messages/{kind.name}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operations(kind: EventType) -> dict[str, dict[str, Any]]:
    about = {"channel": {"$ref": f"#/channels/{kind.name}"}, "messages": [{"$ref": f"#/channels/{kind.name}/messages/event"}]}
    sending = {f"{kind.publisher}.sends.{kind.name}": {"action": "send", "tags": [{"name": kind.publisher}], **about}}
    hearing = {
        f"{name}.hears.{kind.name}": {"action": "receive", "tags": [{"name": name}], **about} for name in listeners_of(kind.publisher)
    }
    return {**sending, **hearing}


def _message(kind: EventType) -> dict[str, Any]:
    text = {"type": "string"}
    envelope = {
        "specversion": {"const": "1.0"},
        "id": {**text, "description": "stream#version, the same on every delivery"},
        "source": {"const": f"/linghang/{kind.publisher}"},
        "type": {"const": kind.name},
        "subject": {**text, "format": "uuid", "description": f"the {kind.subject}"},
        "time": {**text, "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "stream": {**text, "pattern": f"^{kind.publisher}/{kind.subject}/"},
        "version": {"type": "integer", "minimum": 1},
        "data": json_schema(kind.payload),
    }
    return {
        "name": kind.name,
        "summary": kind.when,
        "contentType": "application/cloudevents+json",
        "payload": {"type": "object", "properties": envelope, "required": list(envelope)},
    }


def _anchor(kind: EventType) -> str:
    return kind.name.replace(".", "")


def _rows(prefix: str, schema: dict[str, Any]) -> list[str]:
    rows = []
    for name, field in schema["properties"].items():
        inner = field.get("items", field)
        remarks = [field.get("description", "")]
        remarks += ["**personal**"] if field.get("x-personal") else []
        remarks += [] if name in schema["required"] else ["may be missing"]
        rows.append(f"| `{prefix}{name}` | {_type(field)} | {' · '.join(remark for remark in remarks if remark)} |")
        if "properties" in inner:
            rows += _rows(f"{prefix}{name}{'[]' if 'items' in field else ''}.", inner)
    return rows


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"] if value is not None) + (" or null" if None in field["enum"] else "")
    if "items" in field:
        return f"list of {_type(field['items'])}"
    named = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return " or ".join(str(field.get("format", kind)) if kind == "string" else str(kind) for kind in named)
