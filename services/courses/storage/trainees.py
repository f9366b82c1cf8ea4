"""Trainees of cohorts, their check-ins, and people found to be one, as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.courses.storage.tables import CHECK_INS, GROUP_OFFICERS, MERGED_PEOPLE, TRAINEES
from shared.domain import NotFound


def trainees(connection: Connection, cohort_id: UUID) -> Sequence[Row[Any]]:
    """Everyone who has or had a place in a cohort, by group and county."""
    order = (TRAINEES.c.group_number, TRAINEES.c.county_code, TRAINEES.c.school_name, TRAINEES.c.name, TRAINEES.c.enrollment_id)
    return connection.execute(select(TRAINEES).where(TRAINEES.c.cohort_id == cohort_id).order_by(*order)).all()


def trainee(connection: Connection, enrollment_id: UUID) -> Row[Any]:
    """One place. Raises `NotFound`."""
    row = connection.execute(select(TRAINEES).where(TRAINEES.c.enrollment_id == enrollment_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """New places; those already known stay as they are."""
    if rows:
        connection.execute(_inserting(connection, TRAINEES).on_conflict_do_nothing(index_elements=["enrollment_id"]), list(rows))


def change_place(connection: Connection, enrollment_id: UUID, **values: Any) -> Row[Any] | None:
    """Change a place; answers it as it stands now, or nothing when it is unknown."""
    changed = update(TRAINEES).where(TRAINEES.c.enrollment_id == enrollment_id).values(**values).returning(*TRAINEES.c)
    return connection.execute(changed).one_or_none()


def set_outcomes(connection: Connection, outcomes: Sequence[Mapping[str, Any]]) -> None:
    """Store who has completed and who is withdrawn: rows of (row, is_withdrawn, day), in one statement."""
    if outcomes:
        store = update(TRAINEES).where(TRAINEES.c.enrollment_id == bindparam("row"))
        values: dict[str, Any] = {"withdrawn": bindparam("is_withdrawn"), "completed_on": bindparam("day")}
        connection.execute(store.values(values), list(outcomes))


def set_groups(connection: Connection, groups: Mapping[UUID, int]) -> None:
    """Store group numbers, in one statement."""
    if groups:
        store = update(TRAINEES).where(TRAINEES.c.enrollment_id == bindparam("row")).values(group_number=bindparam("number"))
        connection.execute(store, [{"row": enrollment_id, "number": number} for enrollment_id, number in groups.items()])


def set_officers(connection: Connection, cohort_id: UUID, officers: Mapping[int, tuple[UUID, UUID]]) -> None:
    """Store leader and recorder of groups, in place of those they had."""
    rows = [{"cohort_id": cohort_id, "group_number": number, "leader_id": a, "recorder_id": b} for number, (a, b) in officers.items()]
    if rows:
        store = _inserting(connection, GROUP_OFFICERS)
        values: dict[str, Any] = {"leader_id": store.excluded.leader_id, "recorder_id": store.excluded.recorder_id}
        connection.execute(store.on_conflict_do_update(index_elements=["cohort_id", "group_number"], set_=values), rows)


def officers(connection: Connection, cohort_id: UUID) -> dict[int, tuple[UUID, UUID]]:
    """Leader and recorder by group number."""
    rows = connection.execute(select(GROUP_OFFICERS).where(GROUP_OFFICERS.c.cohort_id == cohort_id))
    return {row.group_number: (row.leader_id, row.recorder_id) for row in rows}


def check_in(connection: Connection, enrollment_id: UUID, cohort_id: UUID, at: datetime) -> None:
    """Remember that somebody has reported; the first time counts."""
    row = {"enrollment_id": enrollment_id, "cohort_id": cohort_id, "checked_in_at": at}
    connection.execute(_inserting(connection, CHECK_INS).on_conflict_do_nothing(index_elements=["enrollment_id"]), [row])


def checked_in(connection: Connection, cohort_id: UUID) -> set[UUID]:
    """Who has reported."""
    return set(connection.execute(select(CHECK_INS.c.enrollment_id).where(CHECK_INS.c.cohort_id == cohort_id)).scalars())


def await_merges(connection: Connection, *, merging: bool = False) -> None:
    """Let a merge and a roster that are applied at the same moment see each other; SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        mode = "SHARE ROW EXCLUSIVE" if merging else "SHARE"
        connection.exec_driver_sql(f"LOCK TABLE merged_people IN {mode} MODE")


def kept_people(connection: Connection, people: Iterable[UUID]) -> dict[UUID, UUID]:
    """Person → the person they were merged into, for those that were merged (R7)."""
    wanted = list(people)
    found = connection.execute(select(MERGED_PEOPLE).where(MERGED_PEOPLE.c.merged_id.in_(wanted)))
    return {row.merged_id: row.kept_id for row in found}


def merge(connection: Connection, kept_id: UUID, merged_id: UUID) -> None:
    """Give everything of one person to the other, whatever else has been or will be heard of either."""
    await_merges(connection, merging=True)
    final = kept_people(connection, [kept_id]).get(kept_id, kept_id)
    connection.execute(update(MERGED_PEOPLE).where(MERGED_PEOPLE.c.kept_id == merged_id).values(kept_id=final))
    remember = _inserting(connection, MERGED_PEOPLE).on_conflict_do_nothing(index_elements=["merged_id"])
    connection.execute(remember, [{"merged_id": merged_id, "kept_id": final}])
    connection.execute(update(TRAINEES).where(TRAINEES.c.person_id == merged_id).values(person_id=final))


def _inserting(connection: Connection, table: Any) -> Any:
    return sqlite_insert(table) if connection.dialect.name == "sqlite" else postgresql_insert(table)
