"""What waits for a person in certificates: completions without a certificate, and certificates without their file (R39, R45)."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, true

from services.certificates.domain.standing import Standing
from services.certificates.queries.certificates import Certificate, found_certificates, reach
from services.certificates.storage.tables import CERTIFICATES, COMPLETIONS
from shared.contracts.courses import TRAINING_COMPLETED
from shared.domain import NotFound
from shared.storage.tables import INBOX
from shared.storage.work import Actor
from shared.vocabulary import OrganizedBy, Role
from shared.web.tasks import Task

NAMED = 3
SHOWN = 200
# The files are made within minutes by themselves; what takes longer needs somebody to look.
GRACE = timedelta(minutes=10)


class TaskCode(StrEnum):
    """The kinds of work that can wait in certificates."""

    CERTIFICATES_NOT_ISSUED = "certificates_not_issued"
    CERTIFICATES_WITHOUT_FILE = "certificates_without_file"


@dataclass(frozen=True)
class NotIssued:
    """Somebody who has completed and has no certificate; with the reason where issuing was tried and failed."""

    name: str
    cohort_id: str
    cohort_number: int
    intake_title: str
    error: str


def tasks(connection: Connection, actor: Actor, at: datetime) -> list[Task]:
    """Everything that waits for the actor; kinds without any are left out."""
    if not actor.is_any(Role.ORGANIZER, Role.CLASS_TEACHER):
        return []
    found = [_task_not_issued(_not_issued(connection, actor)), _task_without_file(connection, actor, at)]
    return [task for task in found if task.count]


def waiting(connection: Connection, actor: Actor, code: TaskCode, at: datetime) -> Sequence[Any]:
    """The rows behind one kind of task; a kind that is not the actor's does not exist for them."""
    if not actor.is_any(Role.ORGANIZER, Role.CLASS_TEACHER):
        raise NotFound
    return _not_issued(connection, actor) if code is TaskCode.CERTIFICATES_NOT_ISSUED else _without_file(connection, actor, at, SHOWN)


def _not_issued(connection: Connection, actor: Actor) -> list[NotIssued]:
    """Completions that were refused a certificate and are parked, and such as stand without ever having had one."""
    parked = select(INBOX.c.body, INBOX.c.error).where(INBOX.c.status == "parked", INBOX.c.type == TRAINING_COMPLETED.name)
    told = [(json.loads(row.body)["data"], row.error or "") for row in connection.execute(parked.order_by(INBOX.c.id))]
    # A void certificate counts: an organizer may have voided it with a reason while the completion stands.
    own = and_(CERTIFICATES.c.person_id == COMPLETIONS.c.person_id, CERTIFICATES.c.intake_id == COMPLETIONS.c.intake_id)
    without = select(COMPLETIONS).where(COMPLETIONS.c.stands == 1, ~select(literal(1)).where(own).exists(), _own_cohorts(actor))
    told += [({**row.training, "name": row.name, "cohort_id": str(row.cohort_id)}, "") for row in connection.execute(without)]
    found = [
        NotIssued(one["name"], one["cohort_id"], one["cohort_number"], one["intake_title"], error) for one, error in told if _of_city(one)
    ]
    return [one for one in found if actor.is_any(Role.ORGANIZER) or UUID(one.cohort_id) in actor.cohort_ids]


def _task_not_issued(rows: Sequence[NotIssued]) -> Task:
    facts = {"failed": sum(1 for row in rows if row.error), "first": [asdict(row) for row in rows[:NAMED]]}
    return Task(TaskCode.CERTIFICATES_NOT_ISSUED, len(rows), facts, f"/certificates/tasks/{TaskCode.CERTIFICATES_NOT_ISSUED}")


def _task_without_file(connection: Connection, actor: Actor, at: datetime) -> Task:
    counted = select(func.count(), func.count(CERTIFICATES.c.render_error)).where(_unmade(connection, actor, at))
    count, failed = connection.execute(counted).one()
    named = _without_file(connection, actor, at, NAMED) if count else []
    first = [{"certificate_id": str(row.id), "number": row.number, "name": row.content.name} for row in named]
    return Task(
        TaskCode.CERTIFICATES_WITHOUT_FILE,
        count,
        {"failed": failed, "first": first},
        f"/certificates/tasks/{TaskCode.CERTIFICATES_WITHOUT_FILE}",
    )


def _without_file(connection: Connection, actor: Actor, at: datetime, most: int) -> list[Certificate]:
    """Those that failed first, then those that have waited longest."""
    order = (CERTIFICATES.c.render_error.is_(None), CERTIFICATES.c.issued_at, CERTIFICATES.c.number)
    return found_certificates(connection, select(CERTIFICATES).where(_unmade(connection, actor, at)).order_by(*order).limit(most))


def _unmade(connection: Connection, actor: Actor, at: datetime) -> ColumnElement[bool]:
    late = or_(CERTIFICATES.c.render_error.is_not(None), CERTIFICATES.c.issued_at < at - GRACE)
    return and_(CERTIFICATES.c.standing == Standing.VALID, CERTIFICATES.c.rendered_at.is_(None), late, reach(connection, actor))


def _own_cohorts(actor: Actor) -> ColumnElement[bool]:
    return true() if actor.is_any(Role.ORGANIZER) else COMPLETIONS.c.cohort_id.in_(actor.cohort_ids)


def _of_city(told: dict[str, Any]) -> bool:
    return bool(told.get("organized_by", OrganizedBy.CITY) == OrganizedBy.CITY)
