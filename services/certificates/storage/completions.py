"""What courses said of each place, and which people were found to be one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.certificates.storage.tables import COMPLETIONS, MERGED_PEOPLE


def record(connection: Connection, values: dict[str, Any]) -> None:
    """Keep the last word of courses on a place: completed, with these figures."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    row = {**values, "stands": 1}
    changed = {name: value for name, value in row.items() if name != "enrollment_id"}
    connection.execute(kind(COMPLETIONS).values(**row).on_conflict_do_update(index_elements=["enrollment_id"], set_=changed))


def withdraw(connection: Connection, enrollment_id: UUID) -> None:
    """The place no longer counts as completed."""
    connection.execute(update(COMPLETIONS).where(COMPLETIONS.c.enrollment_id == enrollment_id).values(stands=0))


def of_enrollment(connection: Connection, enrollment_id: UUID) -> Row[Any] | None:
    """What courses said last of a place."""
    return connection.execute(select(COMPLETIONS).where(COMPLETIONS.c.enrollment_id == enrollment_id)).one_or_none()


def standing_of_person(connection: Connection, person_id: UUID, intake_id: UUID) -> Sequence[Row[Any]]:
    """The places in which a person has completed an intake; more than one only after two records were merged."""
    wanted = select(COMPLETIONS).where(
        COMPLETIONS.c.person_id == person_id, COMPLETIONS.c.intake_id == intake_id, COMPLETIONS.c.stands == 1
    )
    return connection.execute(wanted.order_by(COMPLETIONS.c.enrollment_id)).all()


def kept_person(connection: Connection, person_id: UUID) -> UUID:
    """The person under whose id everything is kept: the same, unless merged into another (R7)."""
    found = connection.execute(select(MERGED_PEOPLE.c.kept_person_id).where(MERGED_PEOPLE.c.merged_person_id == person_id))
    kept: UUID | None = found.scalar_one_or_none()
    return kept or person_id


def merge(connection: Connection, merged_person_id: UUID, kept_person_id: UUID) -> None:
    """Remember that two ids are one person; chains are kept short, in whatever order the merges are heard."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    row = {"merged_person_id": merged_person_id, "kept_person_id": kept_person_id}
    connection.execute(kind(MERGED_PEOPLE).values(**row).on_conflict_do_update(index_elements=["merged_person_id"], set_=row))
    earlier = update(MERGED_PEOPLE).where(MERGED_PEOPLE.c.kept_person_id == merged_person_id)
    connection.execute(earlier.values(kept_person_id=kept_person_id))
    connection.execute(update(COMPLETIONS).where(COMPLETIONS.c.person_id == merged_person_id).values(person_id=kept_person_id))
