"""Which secret is in force, kept in the database, so that it changes with everything that is encrypted under it (R43)."""

from contextlib import closing
from typing import Any

from sqlalchemy import Connection, select, update

from services.enrollment.domain.errors import NextSecretMissing
from services.enrollment.storage.secrets import PersonalData, Secrets
from services.enrollment.storage.tables import DATA_KEYS
from shared.storage.database import Database
from shared.storage.work import UnitOfWork


class SecretMissing(Exception):
    """The secret in force is not at hand: nobody can be looked up, and nobody is to be put on record as new."""


def in_force(connection: Connection, secrets: Secrets) -> PersonalData:
    """The secret to encrypt and look up with, and no other is in force before the end of this transaction. Raises `SecretMissing`."""
    if connection.dialect.name == "postgresql":
        # The change of the secret waits for all who have asked, and they for it; SQLite has one writer anyway.
        connection.exec_driver_sql("LOCK TABLE data_keys IN ROW SHARE MODE")
    return _chosen(standing(connection), secrets)


def hold(connection: Connection) -> Any:
    """Number and digest of the secret in force; whoever wants `in_force` waits until the end of this transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE data_keys IN EXCLUSIVE MODE")
    return standing(connection)


def standing(connection: Connection) -> Any:
    """Number and digest of the secret in force; the first has no digest."""
    return connection.execute(select(DATA_KEYS.c.number, DATA_KEYS.c.digest)).one()


def put_in_force(work: UnitOfWork, key: PersonalData) -> None:
    """From the commit on this secret is in force."""
    work.connection.execute(update(DATA_KEYS).values(number=key.number, digest=key.digest, since=work.now))


def prepared(connection: Connection, secrets: Secrets) -> PersonalData:
    """The secret that comes next: its file, made now unless an earlier try has made it, or the configured one that is not in force.

    Raises `NextSecretMissing`.
    """
    present = standing(connection)
    number, digest = present.number + 1, _chosen(present, secrets).digest
    if not secrets.are_configured:
        secrets.make(number)
    for candidate in secrets.numbered(number):
        if candidate.digest != digest:
            return candidate
    raise NextSecretMissing


def clear_away(database: Database) -> None:
    """Leave nothing in the database's files that was encrypted before: what a statement replaces stays in them for a while."""
    if database.is_sqlite:  # pages are overwritten as it is (secure_delete), their old state is in the write-ahead log
        with closing(database.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (FULL) people, rosters, correction_requests")


def _chosen(row: Any, secrets: Secrets) -> PersonalData:
    if row.number == 1 and not secrets.are_configured:
        secrets.make(1)
    for candidate in secrets.numbered(row.number):
        if row.digest in (None, candidate.digest):
            return candidate
    where = "by the settings" if secrets.are_configured else f"in {secrets.file(row.number)}"
    raise SecretMissing(f"the secret in force, number {row.number}, is not given {where}")
