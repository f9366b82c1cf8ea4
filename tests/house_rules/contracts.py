"""The stored shape of every public event, and what may not change about it: `python -m tests.house_rules.contracts`."""

import json
import sys
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields, missing

from shared.contracts import EVENT_TYPES
from shared.contracts.event_type import EventType
from tests.house_rules.house import ROOT

SNAPSHOTS = ROOT / "tests" / "contracts" / "snapshots"
# Order matters: a UUID field is a String field too.
KINDS: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.String, {"type": "string"}),
)


def shape_of(event_type: EventType) -> dict[str, Any]:
    """The JSON schema of an event's payload, under its name."""
    return {"title": event_type.name, "x-subject": event_type.subject, **_object(event_type.payload())}


def _object(schema: Schema) -> dict[str, Any]:
    properties = {name: _field(field) for name, field in sorted(schema.fields.items())}
    return {"type": "object", "properties": properties, "required": sorted(name for name, field in schema.fields.items() if field.required)}


def _field(field: fields.Field[Any]) -> dict[str, Any]:
    shape = _kind(field)
    if field.allow_none:
        shape["nullable"] = True
    if field.metadata.get("personal"):
        shape["x-personal"] = True
    if not field.required and field.load_default is not missing:
        shape["default"] = field.load_default if not callable(field.load_default) else []
    return shape


def _kind(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        return {"type": "array", "items": _object(field.schema)} if field.many else _object(field.schema)
    if isinstance(field, fields.List):
        return {"type": "array", "items": _field(field.inner)}
    if isinstance(field, fields.Enum):
        return {"type": "string", "enum": sorted(str(choice.value) for choice in field.enum)}
    for kind, shape in KINDS:
        if isinstance(field, kind):
            return dict(shape)
    raise TypeError(f"{type(field).__name__} has no place in a contract")


def broken_promises(before: dict[str, Any], now: dict[str, Any], where: str = "") -> list[str]:
    """What listeners and publishers of the stored shape could no longer live with in today's."""
    found = [f"{where or 'event'}: {word} was {before.get(word)}, is {now.get(word)}" for word in _changed(before, now)]
    old, new = before.get("properties", {}), now.get("properties", {})
    found += [f"{_path(where, name)} is gone" for name in old.keys() - new.keys()]
    newly_required = set(now.get("required", [])) - set(before.get("required", []))
    found += [f"{_path(where, name)} is newly required" for name in newly_required]
    no_longer_sent = set(before.get("required", [])) - set(now.get("required", []))
    found += [f"{_path(where, name)} is no longer sent for certain" for name in no_longer_sent & new.keys()]
    for name in old.keys() & new.keys():
        found += broken_promises(old[name], new[name], _path(where, name))
    if "items" in before and "items" in now:
        found += broken_promises(before["items"], now["items"], where + "[]")
    return sorted(found)


def _changed(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    words = ("type", "format", "enum", "nullable", "x-personal", "x-subject", "title")
    return [word for word in words if before.get(word) != now.get(word)]


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def stored() -> dict[str, dict[str, Any]]:
    """The stored shapes by event name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SNAPSHOTS.glob("*.json"))}


def all_broken_promises(before: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]) -> list[str]:
    """What changed about events that listeners know already, and which events are gone."""
    gone = [f"{name} is gone" for name in before.keys() - now.keys()]
    return sorted(gone) + [
        f"{name}: {text}" for name in sorted(before.keys() & now.keys()) for text in broken_promises(before[name], now[name])
    ]


def write(folder: Path, shapes: dict[str, dict[str, Any]]) -> None:
    """Store the shapes, and nothing else, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        path.unlink()
    for name, shape in shapes.items():
        (folder / f"{name}.json").write_text(json.dumps(shape, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main(words: list[str]) -> int:
    """Store today's shapes; a broken promise is refused unless it is asked for by name."""
    now = {name: shape_of(event_type) for name, event_type in EVENT_TYPES.items()}
    broken = all_broken_promises(stored(), now)
    if broken and "--break-promises" not in words:
        sys.stderr.write("Listeners rely on these; a new meaning is a new event name:\n  " + "\n  ".join(broken) + "\n")
        sys.stderr.write("Before the first release, or when nobody listens: python -m tests.house_rules.contracts --break-promises\n")
        return 1
    write(SNAPSHOTS, now)
    sys.stdout.write(f"{len(now)} shapes stored in {SNAPSHOTS.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
