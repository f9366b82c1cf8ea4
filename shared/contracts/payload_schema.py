"""Payloads as JSON Schema, for the catalog."""

from typing import Any

from marshmallow import Schema, fields, validate

PLAIN: dict[type[fields.Field[Any]], dict[str, Any]] = {
    fields.UUID: {"type": "string", "format": "uuid"},
    fields.Date: {"type": "string", "format": "date"},
    fields.AwareDateTime: {"type": "string", "format": "date-time"},
    fields.Integer: {"type": "integer"},
    fields.Boolean: {"type": "boolean"},
    fields.String: {"type": "string"},
}


def json_schema(payload: Schema | type[Schema]) -> dict[str, Any]:
    """A payload as JSON Schema; personal fields carry ``x-personal``."""
    schema = payload() if isinstance(payload, type) else payload
    properties = {name: _field(field) for name, field in schema.fields.items()}
    required = sorted(name for name, field in schema.fields.items() if field.required)
    return {"type": "object", "properties": properties, "required": required}


def _field(field: fields.Field[Any]) -> dict[str, Any]:
    known = _kind(field)
    for rule in field.validators:
        if isinstance(rule, validate.Range):
            known |= {name: bound for name, bound in (("minimum", rule.min), ("maximum", rule.max)) if bound is not None}
        elif isinstance(rule, validate.Length):
            known |= {name: bound for name, bound in (("minLength", rule.min), ("maxLength", rule.max)) if bound is not None}
    if field.allow_none:
        known["type"] = [known["type"], "null"]
        if "enum" in known:
            known["enum"] = [*known["enum"], None]
    if field.metadata.get("personal"):
        known["x-personal"] = True
    if "description" in field.metadata:
        known["description"] = field.metadata["description"]
    return known


def _kind(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        return json_schema(field.schema)
    if isinstance(field, fields.List):
        return {"type": "array", "items": _field(field.inner)}
    if isinstance(field, fields.Enum):
        return {"type": "string", "enum": [word.value for word in field.enum]}
    for kind in type(field).__mro__:
        if kind in PLAIN:
            return dict(PLAIN[kind])
    raise TypeError(f"the catalog has no words for a field of type {type(field).__name__}")
