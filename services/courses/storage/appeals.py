"""Appeals against recorded attendance, as rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.courses.domain.appeal import AppealState
from services.courses.storage.tables import APPEALS, TRAINEES
from shared.domain import NotFound


def add_unless_open(connection: Connection, row: Mapping[str, Any]) -> bool:
    """A new appeal; false when one against the same entry is open."""
    try:
        with connection.begin_nested():
            connection.execute(insert(APPEALS).values(**row))
    except IntegrityError as error:
        if not any(name in str(error.orig) for name in ("uq_appeals_open", "appeals.session_id")):
            raise
        return False
    return True


def appeal(connection: Connection, appeal_id: UUID) -> Row[Any]:
    """One appeal. Raises `NotFound`."""
    row = connection.execute(select(APPEALS).where(APPEALS.c.id == appeal_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def decide(connection: Connection, appeal_id: UUID, **values: Any) -> bool:
    """Decide an appeal that is still open; false when somebody was faster."""
    decided = update(APPEALS).where(APPEALS.c.id == appeal_id, APPEALS.c.state == AppealState.OPEN).values(**values)
    return connection.execute(decided.returning(APPEALS.c.id)).one_or_none() is not None


def open_of_person(connection: Connection, person_id: UUID) -> int:
    """How many of a person's appeals are open."""
    theirs = select(TRAINEES.c.enrollment_id).where(TRAINEES.c.person_id == person_id)
    waiting = select(func.count()).select_from(APPEALS).where(APPEALS.c.enrollment_id.in_(theirs), APPEALS.c.state == AppealState.OPEN)
    return connection.execute(waiting).scalar_one()
