"""Appeals as they are read: the own ones, and those of the classes that the reader runs (R45, R48)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, false, func, select, true

from services.courses.domain.appeal import AppealState
from services.courses.queries.own_data import kept_person
from services.courses.storage.attendance import STANDS
from services.courses.storage.tables import APPEALS, ATTENDANCE, COHORTS, SESSIONS, TRAINEES
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role

SHOWN = 200


def own_appeals(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's own appeals, the newest first, with the session and the mark that stands."""
    wanted = _appeals().where(TRAINEES.c.person_id == kept_person(connection, person_id))
    return connection.execute(wanted.order_by(APPEALS.c.filed_at.desc(), APPEALS.c.id)).all()


def open_appeals(connection: Connection, actor: Actor) -> Sequence[Row[Any]]:
    """What waits for the reader, the oldest first."""
    wanted = _appeals().where(_runs(actor), APPEALS.c.state == AppealState.OPEN)
    return connection.execute(wanted.order_by(APPEALS.c.filed_at, APPEALS.c.id).limit(SHOWN)).all()


def decided_appeals(connection: Connection, actor: Actor) -> Sequence[Row[Any]]:
    """What was decided last in the reader's classes."""
    wanted = _appeals().where(_runs(actor), APPEALS.c.state != AppealState.OPEN)
    return connection.execute(wanted.order_by(APPEALS.c.decided_at.desc(), APPEALS.c.id).limit(50)).all()


def count_open(connection: Connection, actor: Actor) -> int:
    """How many wait for the reader."""
    waiting = select(func.count()).select_from(APPEALS).where(_runs(actor), APPEALS.c.state == AppealState.OPEN)
    return connection.execute(waiting).scalar_one()


def appeal(connection: Connection, actor: Actor, appeal_id: UUID) -> Row[Any]:
    """One appeal in a class that the reader runs; others do not exist for them."""
    row = connection.execute(_appeals().where(APPEALS.c.id == appeal_id, _runs(actor))).one_or_none()
    if row is None:
        raise NotFound
    return row


def _runs(actor: Actor) -> ColumnElement[bool]:
    if actor.is_any(Role.ORGANIZER):
        return true()
    return APPEALS.c.cohort_id.in_(actor.cohort_ids) if actor.is_any(Role.CLASS_TEACHER) else false()


def _appeals() -> Select[Any]:
    entry = (ATTENDANCE.c.session_id == APPEALS.c.session_id) & (ATTENDANCE.c.enrollment_id == APPEALS.c.enrollment_id) & STANDS
    stands = [ATTENDANCE.c[name] for name in ("status", "minutes", "held_on", "recorded_by_name")]
    session = [SESSIONS.c.title, SESSIONS.c.half_day, COHORTS.c.intake_title, COHORTS.c.cohort_number]
    return (
        select(APPEALS, ATTENDANCE.c.revision.label("stands_revision"), *stands, *session, TRAINEES.c.name, TRAINEES.c.school_name)
        .join(TRAINEES, TRAINEES.c.enrollment_id == APPEALS.c.enrollment_id)
        .join(SESSIONS, SESSIONS.c.id == APPEALS.c.session_id)
        .join(COHORTS, COHORTS.c.id == APPEALS.c.cohort_id)
        .join(ATTENDANCE, entry)
    )
