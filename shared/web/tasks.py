"""What waits for a person: the answer of every service's ``GET me/tasks``, in one shape."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields


@dataclass(frozen=True)
class Task:
    """One kind of work: how much of it waits, plain facts behind it, and the page that shows exactly that."""

    code: str
    count: int
    facts: dict[str, Any]
    url: str


class TaskSchema(Schema):
    code = fields.String()
    count = fields.Integer()
    facts = fields.Dict(keys=fields.String())
    url = fields.String()
