"""Certificates as those who may see them look them up: one, a cohort's, a person's, and how each cohort stands (R45)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, false, func, or_, select, true

from services.certificates.domain.content import Content
from services.certificates.domain.standing import Standing
from services.certificates.storage.completions import kept_person
from services.certificates.storage.tables import CERTIFICATES
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role


@dataclass(frozen=True)
class Certificate:
    """One certificate with what became of it."""

    id: UUID
    number: str
    person_id: UUID
    enrollment_id: UUID
    cohort_id: UUID
    intake_id: UUID
    content: Content
    standing: Standing
    issued_at: datetime
    rendered_at: datetime | None
    render_attempts: int
    render_error: str | None
    voided_at: datetime | None
    void_reason: str | None
    replaces: UUID | None
    superseded_by: UUID | None

    @property
    def is_valid(self) -> bool:
        """Whether it still stands."""
        return self.standing is Standing.VALID


@dataclass(frozen=True)
class CohortStanding:
    """How far the certificates of a cohort are."""

    cohort_id: UUID
    content: Content
    valid: int
    rendered: int
    failed: int
    void: int


def reach(connection: Connection, actor: Actor) -> ColumnElement[bool]:
    """Which certificates a person may see: all, those of the own cohorts, or the own ones; nobody else any (R45)."""
    if actor.is_any(Role.ORGANIZER):
        return true()
    own: list[ColumnElement[bool]] = [false()]
    if actor.is_any(Role.CLASS_TEACHER) and actor.cohort_ids:
        own.append(CERTIFICATES.c.cohort_id.in_(actor.cohort_ids))
    if actor.is_any(Role.TRAINEE) and actor.person_id is not None:
        own.append(CERTIFICATES.c.person_id == kept_person(connection, actor.person_id))
    return or_(*own)


def certificate(connection: Connection, actor: Actor, certificate_id: UUID) -> Certificate:
    """One certificate; `NotFound` as well when it is not for this person to see."""
    wanted = select(CERTIFICATES).where(CERTIFICATES.c.id == certificate_id, reach(connection, actor))
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    return _read(row)


def certificates_of_cohort(connection: Connection, actor: Actor, cohort_id: UUID) -> list[Certificate]:
    """A cohort's certificates by number, void ones included."""
    wanted = select(CERTIFICATES).where(CERTIFICATES.c.cohort_id == cohort_id, reach(connection, actor))
    return [_read(row) for row in connection.execute(wanted.order_by(CERTIFICATES.c.number))]


def certificates_of_person(connection: Connection, actor: Actor, person_id: UUID) -> list[Certificate]:
    """A person's certificates, the latest first, void ones included."""
    own = CERTIFICATES.c.person_id == kept_person(connection, person_id)
    wanted = select(CERTIFICATES).where(own, reach(connection, actor))
    return [_read(row) for row in connection.execute(wanted.order_by(CERTIFICATES.c.issued_at.desc(), CERTIFICATES.c.number.desc()))]


def cohorts(connection: Connection, actor: Actor) -> list[CohortStanding]:
    """The cohorts with certificates, the latest intake first."""
    valid = CERTIFICATES.c.standing == Standing.VALID
    table = (
        select(
            CERTIFICATES.c.cohort_id,
            func.min(CERTIFICATES.c.number).label("first_number"),
            func.sum(case((valid, 1), else_=0)).label("valid"),
            func.sum(case((and_(valid, CERTIFICATES.c.rendered_at.is_not(None)), 1), else_=0)).label("rendered"),
            func.sum(case((and_(valid, CERTIFICATES.c.render_error.is_not(None)), 1), else_=0)).label("failed"),
            func.sum(case((valid, 0), else_=1)).label("void"),
        )
        .where(reach(connection, actor))
        .group_by(CERTIFICATES.c.cohort_id)
        .subquery()
    )
    rows = connection.execute(select(table, CERTIFICATES.c.content).join(CERTIFICATES, CERTIFICATES.c.number == table.c.first_number))
    found = [
        CohortStanding(row.cohort_id, Content.thawed(row.content), int(row.valid), int(row.rendered), int(row.failed), int(row.void))
        for row in rows
    ]
    return sorted(found, key=lambda cohort: (cohort.content.training.ends_on, -cohort.content.training.cohort_number), reverse=True)


def found_certificates(connection: Connection, wanted: Select[Any]) -> list[Certificate]:
    """The certificates that a statement over the whole table finds, in its order."""
    return [_read(row) for row in connection.execute(wanted)]


def _read(row: Row[Any]) -> Certificate:
    return Certificate(
        id=row.id,
        number=row.number,
        person_id=row.person_id,
        enrollment_id=row.enrollment_id,
        cohort_id=row.cohort_id,
        intake_id=row.intake_id,
        content=Content.thawed(row.content),
        standing=row.standing,
        issued_at=row.issued_at,
        rendered_at=row.rendered_at,
        render_attempts=row.render_attempts,
        render_error=row.render_error,
        voided_at=row.voided_at,
        void_reason=row.void_reason,
        replaces=row.replaces,
        superseded_by=row.superseded_by,
    )
