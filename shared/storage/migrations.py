"""How a service's migrations run: against its own database, from the code or from Alembic's command line."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic import command, context
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from shared.storage.database import Database
from shared.storage.tables import UtcDateTime


def configuration(service: str, connection: Connection | None = None) -> Config:
    """Alembic's settings for `service`; it runs on `connection`."""
    package = import_module(f"services.{service}.migrations")
    config = Config()
    config.set_main_option("script_location", str(Path(package.__path__[0])))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def upgrade(service: str, database: Database) -> None:
    """Bring the service's database to today's tables; safe to repeat and to run beside another."""
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7466)")
        command.upgrade(configuration(service, connection), "head")


def revise(service: str, database: Database, message: str) -> None:
    """Write a new migration from the difference between the database and the tables in the code."""
    with database.writing() as connection:
        config = configuration(service, connection)
        number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}")


def differences(database: Database) -> list[Any]:
    """What today's tables have that the migrated database has not, and the reverse; empty when they agree."""
    with database.reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), database.metadata))


def run(metadata: MetaData) -> None:
    """What each service's ``migrations/env.py`` calls."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render_item,
        transaction_per_migration=False,
    )
    context.run_migrations()


def _render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from shared.storage.tables import UtcDateTime")
        return "UtcDateTime()"
    return False
