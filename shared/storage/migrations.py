"""How a service's migrations run: against its own database, from the code or from Alembic's command line."""

from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from alembic import command, context, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Column, Connection, MetaData, String, text

from shared.storage.database import Database
from shared.storage.tables import UtcDateTime

APPEND_ONLY = "audit entries are only ever added (R47)"


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


def chain_audit_entries(days: int) -> None:
    """Give audit entries their place in the chain, and let the database keep them so for `days` (R47); for migrations."""
    for column in (Column("position", BigInteger), Column("previous", String(64)), Column("digest", String(64))):
        op.add_column("audit_entries", column)
    op.create_index("uq_audit_entries_position", "audit_entries", ["position"], unique=True)
    unsealed = text("position IS NULL")
    op.create_index("ix_audit_entries_unsealed", "audit_entries", ["id"], postgresql_where=unsealed, sqlite_where=unsealed)
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    _protect_audit_entries(days)


def unchain_audit_entries() -> None:
    """The way back."""
    _unprotect_audit_entries()
    for index in ("ix_audit_entries_at", "ix_audit_entries_unsealed", "uq_audit_entries_position"):
        op.drop_index(index, table_name="audit_entries")
    for column in ("digest", "previous", "position"):
        op.drop_column("audit_entries", column)


def _protect_audit_entries(days: int) -> None:
    said = ("id", "at", "account", "address", "action", "subject", "facts")
    if op.get_context().dialect.name == "sqlite":
        changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in said)
        refused = f"SELECT RAISE(ABORT, '{APPEND_ONLY}')"
        op.execute(
            "CREATE TRIGGER audit_entries_unchanged BEFORE UPDATE ON audit_entries"
            f" WHEN OLD.position IS NOT NULL OR {changed} BEGIN {refused}; END"
        )
        op.execute(
            "CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries"
            f" WHEN OLD.position IS NULL OR datetime(OLD.at) > datetime('now', '-{days} days') BEGIN {refused}; END"
        )
        return
    old, new = (", ".join(f"{row}.{name}" for name in said) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE FUNCTION audit_entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'UPDATE' THEN IF OLD.position IS NULL AND ROW({old}) IS NOT DISTINCT FROM ROW({new}) THEN RETURN NEW; END IF;"
        f" ELSIF TG_OP = 'DELETE' THEN IF OLD.position IS NOT NULL AND OLD.at < now() - interval '{days} days' THEN RETURN OLD; END IF;"
        f" END IF; RAISE EXCEPTION '{APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries"
        " FOR EACH ROW EXECUTE FUNCTION audit_entries_append_only()"
    )
    op.execute(
        "CREATE TRIGGER audit_entries_not_emptied BEFORE TRUNCATE ON audit_entries"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_append_only()"
    )


def _unprotect_audit_entries() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_entries_unchanged")
        op.execute("DROP TRIGGER audit_entries_kept")
        return
    op.execute("DROP TRIGGER audit_entries_append_only ON audit_entries")
    op.execute("DROP TRIGGER audit_entries_not_emptied ON audit_entries")
    op.execute("DROP FUNCTION audit_entries_append_only()")
