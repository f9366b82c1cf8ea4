"""Requests for a correction as they are read: the own ones, and for organizers all, what was stated masked (R44, R48)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.enrollment.domain.correction import masked_value
from services.enrollment.domain.words import CorrectionField, RequestState
from services.enrollment.queries.own_data import places, records
from services.enrollment.storage import correction_requests
from services.enrollment.storage.secrets import Secrets
from services.enrollment.storage.tables import CORRECTION_REQUESTS
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role

SHOWN = 200


@dataclass(frozen=True)
class CorrectionRequest:
    """A request as it may be shown; `stated` is masked, and empty once the request is decided."""

    id: UUID
    person_id: UUID
    name: str
    field: CorrectionField
    stated: str
    text: str
    state: RequestState
    asked_at: datetime
    answer: str
    decided_at: datetime | None
    decided_by: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.state is RequestState.OPEN


def of_person(connection: Connection, person_id: UUID, secrets: Secrets) -> list[CorrectionRequest]:
    """The person's own requests, the newest first."""
    people = records(connection, person_id)
    rows = correction_requests.of_people(connection, [person.id for person in people])
    return [_read(row, people[0].name, secrets) for row in rows]


def open_requests(connection: Connection, secrets: Secrets) -> list[CorrectionRequest]:
    """What waits for the organizers, the oldest first."""
    return [_read(row, row.name, secrets) for row in correction_requests.in_state(connection, RequestState.OPEN, SHOWN)]


def decided_requests(connection: Connection, secrets: Secrets) -> list[CorrectionRequest]:
    """What was decided last."""
    return [_read(row, row.name, secrets) for row in correction_requests.in_state(connection, None, 50)]


def count_open(connection: Connection) -> int:
    """How many wait."""
    waiting = select(func.count()).select_from(CORRECTION_REQUESTS).where(CORRECTION_REQUESTS.c.state == RequestState.OPEN)
    return connection.execute(waiting).scalar_one()


def request(connection: Connection, actor: Actor, request_id: UUID, secrets: Secrets) -> tuple[CorrectionRequest, Sequence[Any]]:
    """One request, for organizers, with the places of the person it is about."""
    found = correction_requests.by_id(connection, request_id)
    if found is None or not actor.is_any(Role.ORGANIZER):
        raise NotFound
    people = [record.id for record in records(connection, found.person_id)]
    return _read(found, found.name, secrets), places(connection, people)


def _read(row: Any, name: str, secrets: Secrets) -> CorrectionRequest:
    return CorrectionRequest(
        id=row.id,
        person_id=row.person_id,
        name=name,
        field=row.field,
        stated=masked_value(row.field, secrets.decrypt_text(row.stated_cipher)),
        text=secrets.decrypt_text(row.text_cipher),
        state=row.state,
        asked_at=row.asked_at,
        answer=row.answer,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
