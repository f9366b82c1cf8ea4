"""Certificates and their numbers, as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.certificates.domain.standing import Standing
from services.certificates.storage.tables import CERTIFICATES, SERIES


def take_serial(connection: Connection, series: str) -> int:
    """The next serial of a series. It is given back if the transaction is undone, so no number is skipped (R39)."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    first = kind(SERIES).values(series=series, last_serial=1)
    counted = first.on_conflict_do_update(index_elements=["series"], set_={"last_serial": SERIES.c.last_serial + 1})
    serial: int = connection.execute(counted.returning(SERIES.c.last_serial)).scalar_one()
    return serial


def add(connection: Connection, values: dict[str, Any]) -> None:
    """Store a new, valid certificate."""
    connection.execute(insert(CERTIFICATES).values(standing=Standing.VALID, **values))


def find(connection: Connection, certificate_id: UUID) -> Row[Any] | None:
    """A certificate by its id."""
    return connection.execute(select(CERTIFICATES).where(CERTIFICATES.c.id == certificate_id)).one_or_none()


def valid_of_person(connection: Connection, person_id: UUID, intake_id: UUID) -> Row[Any] | None:
    """The one valid certificate of a person for an intake, if there is one."""
    wanted = select(CERTIFICATES).where(
        CERTIFICATES.c.person_id == person_id, CERTIFICATES.c.intake_id == intake_id, CERTIFICATES.c.standing == Standing.VALID
    )
    return connection.execute(wanted).one_or_none()


def valid_of_enrollment(connection: Connection, enrollment_id: UUID) -> Row[Any] | None:
    """The valid certificate issued for a place in a cohort, if there is one."""
    wanted = select(CERTIFICATES).where(CERTIFICATES.c.enrollment_id == enrollment_id, CERTIFICATES.c.standing == Standing.VALID)
    return connection.execute(wanted).one_or_none()


def void(connection: Connection, certificate_id: UUID, *, at: datetime, reason: str) -> Row[Any] | None:
    """Make a valid certificate revoked; none when it was void already: of two who void it, one succeeds (R39)."""
    voided = (
        update(CERTIFICATES)
        .where(CERTIFICATES.c.id == certificate_id, CERTIFICATES.c.standing == Standing.VALID)
        .values(standing=Standing.REVOKED, voided_at=at, void_reason=reason)
    )
    return connection.execute(voided.returning(CERTIFICATES)).one_or_none()


def link_successor(connection: Connection, certificate_id: UUID, successor_id: UUID) -> None:
    """A void certificate with a new one in its place is superseded (R40)."""
    connection.execute(
        update(CERTIFICATES).where(CERTIFICATES.c.id == certificate_id).values(standing=Standing.SUPERSEDED, superseded_by=successor_id)
    )


def hand_over(connection: Connection, merged_person_id: UUID, kept_person_id: UUID) -> None:
    """Everything that bears the merged person's id bears the kept one's from now on."""
    connection.execute(update(CERTIFICATES).where(CERTIFICATES.c.person_id == merged_person_id).values(person_id=kept_person_id))


def valid_of_people(connection: Connection, person_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    """The valid certificates of some people, those issued first before the others."""
    wanted = select(CERTIFICATES).where(CERTIFICATES.c.person_id.in_(person_ids), CERTIFICATES.c.standing == Standing.VALID)
    return connection.execute(wanted.order_by(CERTIFICATES.c.issued_at, CERTIFICATES.c.number)).all()
