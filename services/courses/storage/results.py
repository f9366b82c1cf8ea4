"""Assessments, pledges and evaluations, as rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def results(connection: Connection, table: Table, cohort_id: UUID) -> dict[UUID, Row[Any]]:
    """The records of one kind in a cohort, by enrollment."""
    rows = connection.execute(select(table).where(table.c.cohort_id == cohort_id))
    return {row.enrollment_id: row for row in rows}


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store records, in place of those already there, in one statement."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = kind(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("enrollment_id", "cohort_id")}
    connection.execute(statement.on_conflict_do_update(index_elements=["enrollment_id"], set_=changed), list(rows))
