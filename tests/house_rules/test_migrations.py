"""The migrations of every service lead an empty database to today's tables, on both databases."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from sqlalchemy import Column, Integer, MetaData

from shared.storage import migrations
from shared.storage.database import Database
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
