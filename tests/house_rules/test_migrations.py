"""The migrations of every service lead an empty database to today's tables, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import Column, Integer, MetaData, insert, text
from sqlalchemy.exc import DBAPIError

from shared.domain import now
from shared.storage import migrations
from shared.storage.audit import seal
from shared.storage.database import Database
from shared.storage.tables import AUDIT_ENTRIES
from tests.house_rules.house import SERVICES


def tables_of(service: str) -> MetaData:
    """A copy of today's tables of a service, to be changed at will."""
    metadata: MetaData = import_module(f"services.{service}.storage.tables").metadata
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(copy)
    return copy


@pytest.fixture
def open_database(both_databases: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with the tables of one service in mind."""
    database = Database(both_databases, tables_of(request.param))
    yield database
    database.close()


@pytest.mark.parametrize(("open_database", "service"), [(name, name) for name in SERVICES], indirect=["open_database"], ids=SERVICES)
def test_migrations_lead_to_todays_tables(open_database: Database, service: str) -> None:
    migrations.upgrade(service, open_database)
    assert migrations.differences(open_database) == []
    migrations.upgrade(service, open_database)  # safe to repeat


@pytest.mark.parametrize("open_database", ["finance"], indirect=True)
def test_a_table_or_column_without_a_migration_is_seen(open_database: Database) -> None:
    migrations.upgrade("finance", open_database)
    open_database.metadata.tables["inbox"].append_column(Column("forgotten", Integer))
    assert "forgotten" in str(migrations.differences(open_database))


@pytest.mark.parametrize(("open_database", "service"), [(name, name) for name in SERVICES], indirect=["open_database"], ids=SERVICES)
def test_the_database_itself_keeps_audit_entries_as_they_are(open_database: Database, service: str) -> None:
    """R47: nobody changes an entry or its seal, and nobody erases one within 180 days."""
    migrations.upgrade(service, open_database)
    said = {"account": "a", "address": "", "action": "made.up", "subject": "s", "facts": "{}"}
    with open_database.writing() as connection:
        for days in (1, 200):
            connection.execute(insert(AUDIT_ENTRIES).values(at=now() - timedelta(days=days), **said))
    for change in (AUDIT_ENTRIES.update().values(subject="another"), AUDIT_ENTRIES.delete()):
        with pytest.raises(DBAPIError, match="only ever added"), open_database.writing() as connection:
            connection.execute(change)
    assert seal(open_database) == 2
    for change in (AUDIT_ENTRIES.update().values(position=None), AUDIT_ENTRIES.update().values(digest="0"), AUDIT_ENTRIES.delete()):
        with pytest.raises(DBAPIError, match="only ever added"), open_database.writing() as connection:
            connection.execute(change)
    with open_database.writing() as connection:
        assert connection.execute(AUDIT_ENTRIES.delete().where(AUDIT_ENTRIES.c.at < now() - timedelta(days=190))).rowcount == 1
    if not open_database.is_sqlite:
        with pytest.raises(DBAPIError, match="only ever added"), open_database.writing() as connection:
            connection.execute(text("TRUNCATE audit_entries"))
