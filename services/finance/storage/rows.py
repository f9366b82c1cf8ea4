"""How facts are written so that telling one twice, or late, changes nothing."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

# Any number will do, as long as nothing else in finance's own database takes it.
TURN = 7022
MANY = 400


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction changes facts, and let none until this one ends.

    Facts of several streams meet in one participation; two dispatchers that each see only their own half would lose a count.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")


def put(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], *, newer: str | None = None) -> None:
    """Insert rows of one shape, or update those whose key is known; with `newer`, only when that column grows."""
    if not rows:
        return
    kind: Any = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = kind(table)
    key = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    guard = statement.excluded[newer] > table.c[newer] if newer else None
    if changed:
        statement = statement.on_conflict_do_update(index_elements=key, set_=changed, where=guard)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    connection.execute(statement, list(rows))


def add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; those whose key is known stay as they are."""
    if rows:
        connection.execute(_adding(table, connection.dialect.name), list(rows))


@cache
def _adding(table: Table, dialect: str) -> Any:
    kind: Any = sqlite_insert if dialect == "sqlite" else postgresql_insert
    return kind(table).on_conflict_do_nothing()


def parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    """The values, each once, in lists short enough for one statement on every database."""
    listed = sorted(set(values))
    for start in range(0, len(listed), MANY):
        yield listed[start : start + MANY]
