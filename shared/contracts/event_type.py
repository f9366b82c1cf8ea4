"""What a public event is: a versioned name, when it happens, its subject and its typed payload."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields


class Payload(Schema):
    """A payload's fields. Unknown fields are ignored: a newer publisher may have added them."""

    class Meta:
        unknown = EXCLUDE


class ContractBroken(Exception):
    """A payload does not keep its contract; `problems` maps field paths to what is wrong."""

    def __init__(self, event_type: str, problems: Any) -> None:
        super().__init__(f"{event_type}: {problems}")
        self.problems = problems


@dataclass(frozen=True)
class EventType:
    """One kind of public event.

    `name` is ``service.subject.happened.vN``; `when` says when it happens; `subject` names the kind of
    thing whose stream it is on (stream ``service/subject/ID``); `payload` is a `Payload` class.
    """

    name: str
    when: str
    subject: str
    payload: type[Payload]

    @property
    def publisher(self) -> str:
        """The service that publishes it."""
        return self.name.split(".", 1)[0]

    @cached_property
    def schema(self) -> Payload:
        """The payload's fields, put together once: that takes longer than reading an event with them."""
        return self.payload()

    def stream(self, subject_id: object) -> str:
        """The stream on which the events of one subject are numbered without gaps."""
        return f"{self.publisher}/{self.subject}/{subject_id}"

    def dump(self, data: dict[str, Any]) -> dict[str, Any]:
        """Python values to JSON values. Raises `ContractBroken` when a field is missing, unknown or wrong."""
        dumped = self.schema.dump(data)
        unknown = data.keys() - self.schema.fields.keys()
        problems = self.schema.validate(dumped) or {name: ["unknown field"] for name in unknown}
        if problems:
            raise ContractBroken(self.name, problems)
        return dict(dumped)

    def load(self, body: dict[str, Any]) -> dict[str, Any]:
        """JSON values to Python values (UUID, date, …). Raises `ContractBroken`."""
        try:
            return dict(self.schema.load(body))
        except ValidationError as error:
            raise ContractBroken(self.name, error.messages) from error

    def without_personal(self, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON payload with personal fields blanked and unknown ones left out, at any depth (R43)."""
        return _strip(self.schema, body)


def personal(*, sentence: str, required: bool = True) -> fields.String:
    """A text field that tells something of a person; listeners that need no names blank it before storing."""
    return fields.String(required=required, metadata={"description": sentence, "personal": True})


def _strip(schema: Schema, body: dict[str, Any]) -> dict[str, Any]:
    # A field of a newer publisher may be personal, and nothing here could tell: only known fields are kept.
    kept = {name: value for name, value in body.items() if name in schema.fields}
    for name, field in schema.fields.items():
        if name not in kept:
            continue
        if field.metadata.get("personal"):
            kept[name] = ""
        elif isinstance(field, fields.Nested) and kept[name] is not None:
            kept[name] = _strip_nested(field, kept[name])
        elif isinstance(field, fields.List) and isinstance(field.inner, fields.Nested) and kept[name] is not None:
            kept[name] = [_strip(field.inner.schema, item) for item in kept[name]]
    return kept


def _strip_nested(field: fields.Nested, value: Any) -> Any:
    if field.many:
        return [_strip(field.schema, item) for item in value]
    return _strip(field.schema, value)
