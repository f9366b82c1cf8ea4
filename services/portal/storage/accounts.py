"""Accounts with their roles, cohorts and tries, as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.portal.domain.account import Account, Scope
from services.portal.domain.lock import Tries
from services.portal.storage.tables import ACCOUNT_COHORTS, ACCOUNT_ROLES, ACCOUNTS
from shared.vocabulary import Role

A = ACCOUNTS.c


def add(connection: Connection, account: Account, *, unit_name: str, at: datetime) -> bool:
    """Add an account without a password; false when the sign-in name or the person already has one."""
    row = {
        "id": account.id,
        "login": account.login,
        "name": account.name,
        "person_id": account.scope.person_id,
        "county_code": account.scope.county_code,
        "school_id": account.scope.school_id,
        "unit_name": unit_name,
        "active": True,
        "opened_at": at,
    }
    if not _insert_new(connection, [row]):
        return False
    connection.execute(insert(ACCOUNT_ROLES), [{"account_id": account.id, "role": role} for role in sorted(account.roles)])
    if account.scope.cohort_ids:
        cohorts = [{"account_id": account.id, "cohort_id": cohort_id} for cohort_id in sorted(account.scope.cohort_ids)]
        connection.execute(insert(ACCOUNT_COHORTS), cohorts)
    return True


def add_trainees(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Add accounts of trainees at once; answers the persons added. Whoever has an account is left alone."""
    added = _insert_new(connection, [{"id": uuid4(), **row} for row in rows])
    if added:
        roles = [{"account_id": row.id, "role": Role.TRAINEE} for row in added]
        connection.execute(insert(ACCOUNT_ROLES), roles)
    return {row.person_id for row in added}


def _insert_new(connection: Connection, rows: list[dict[str, Any]]) -> list[Row[Any]]:
    if not rows:
        return []
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    # RETURNING tells what was inserted; the row count does not, on PostgreSQL.
    statement = dialect.insert(ACCOUNTS).on_conflict_do_nothing().returning(A.id, A.person_id)
    return list(connection.execute(statement, rows))


def move_trainees(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put the accounts of trainees who come from another school by now under that one; an account with a further role keeps its unit."""
    if not rows:
        return
    further = select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == A.id, ACCOUNT_ROLES.c.role != Role.TRAINEE)
    elsewhere = A.school_id.is_distinct_from(bindparam("school"))
    moved = update(ACCOUNTS).where(A.person_id == bindparam("person"), elsewhere, ~further.correlate(ACCOUNTS).exists())
    units: dict[str, Any] = {"county_code": bindparam("county"), "school_id": bindparam("school"), "unit_name": bindparam("unit")}
    names = {"person": "person_id", "county": "county_code", "school": "school_id", "unit": "school_name"}
    connection.execute(moved.values(units), [{name: row[column] for name, column in names.items()} for row in rows])


def known_persons(connection: Connection, person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the persons who have an account."""
    return {row.person_id for row in connection.execute(select(A.person_id).where(A.person_id.in_(list(person_ids))))}


def ensure_role(connection: Connection, person_ids: Iterable[UUID], role: Role) -> None:
    """Give a role to the accounts of these persons that lack it."""
    holders = select(ACCOUNT_ROLES.c.account_id).where(ACCOUNT_ROLES.c.role == role)
    lacking = select(A.id).where(A.person_id.in_(list(person_ids)), A.id.not_in(holders))
    rows = [{"account_id": row.id, "role": role} for row in connection.execute(lacking)]
    if rows:
        connection.execute(insert(ACCOUNT_ROLES), rows)


def of_id(connection: Connection, account_id: UUID) -> Account | None:
    """An active account with its roles and scope."""
    row = connection.execute(select(ACCOUNTS).where(A.id == account_id, A.active)).one_or_none()
    return _account(connection, row) if row else None


def id_of_login(connection: Connection, login: str) -> UUID | None:
    """The account behind a tidy sign-in name."""
    return connection.execute(select(A.id).where(A.login == login)).scalar_one_or_none()


def id_of_person(connection: Connection, person_id: UUID) -> UUID | None:
    """The account of a person."""
    return connection.execute(select(A.id).where(A.person_id == person_id)).scalar_one_or_none()


def lock_tries(connection: Connection, login: str) -> tuple[UUID, str | None, Tries] | None:
    """The account's id, password hash and tries, held until the transaction ends, so that tries side by side queue."""
    return _lock_tries(connection, A.login == login)


def lock_tries_of(connection: Connection, account_id: UUID) -> Tries | None:
    """The tries of an account, held until the transaction ends."""
    found = _lock_tries(connection, A.id == account_id)
    return found[2] if found else None


def _lock_tries(connection: Connection, which: ColumnElement[bool]) -> tuple[UUID, str | None, Tries] | None:
    wanted = select(A.id, A.password_hash, A.failures, A.locked_until).where(which, A.active).with_for_update()
    row = connection.execute(wanted).one_or_none()
    return (row.id, row.password_hash, Tries(row.failures, row.locked_until)) if row else None


def set_tries(connection: Connection, account_id: UUID, tries: Tries) -> None:
    """Write the counted tries."""
    connection.execute(update(ACCOUNTS).where(A.id == account_id).values(failures=tries.failures, locked_until=tries.locked_until))


def set_password(connection: Connection, account_id: UUID, password_hash: str, at: datetime) -> None:
    """Write a new password hash; tries start again from nothing."""
    values = {"password_hash": password_hash, "password_set_at": at, "failures": 0, "locked_until": None}
    connection.execute(update(ACCOUNTS).where(A.id == account_id).values(values))


def set_login(connection: Connection, account_id: UUID, login: str) -> None:
    """Write another sign-in name."""
    connection.execute(update(ACCOUNTS).where(A.id == account_id).values(login=login))


def accept_notice(connection: Connection, account_id: UUID, version: int, at: datetime) -> None:
    """Note which wording of the privacy notice was accepted, and when."""
    connection.execute(update(ACCOUNTS).where(A.id == account_id).values(accepted_notice=version, notice_accepted_at=at))


def set_person(connection: Connection, account_id: UUID, person_id: UUID | None) -> None:
    """Say which person an account is."""
    connection.execute(update(ACCOUNTS).where(A.id == account_id).values(person_id=person_id))


def close(connection: Connection, account_id: UUID) -> None:
    """Close an account; it stays in the records."""
    connection.execute(update(ACCOUNTS).where(A.id == account_id).values(active=False))
    connection.execute(delete(ACCOUNT_COHORTS).where(ACCOUNT_COHORTS.c.account_id == account_id))


def _account(connection: Connection, row: Row[Any]) -> Account:
    roles = connection.execute(select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == row.id)).scalars()
    cohorts = connection.execute(select(ACCOUNT_COHORTS.c.cohort_id).where(ACCOUNT_COHORTS.c.account_id == row.id)).scalars()
    scope = Scope(row.county_code, row.school_id, frozenset(cohorts), row.person_id)
    return Account(row.id, row.login, row.name, frozenset(roles), scope, row.accepted_notice)
