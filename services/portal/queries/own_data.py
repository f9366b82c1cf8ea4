"""What the portal keeps of one person: the account, its sessions and the tries to come in (R48)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.portal.storage import sessions
from services.portal.storage.tables import ACCOUNT_ROLES, ACCOUNTS, ACTIVATION_CODES, ATTEMPTS, EXTERNAL_IDENTITIES
from shared.vocabulary import Role

A = ACCOUNTS.c


def accounts(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The person's account; there is at most one (R7)."""
    return connection.execute(select(ACCOUNTS).where(A.person_id == person_id)).all()


def roles(connection: Connection, account_id: UUID) -> list[Role]:
    """The roles an account holds."""
    return sorted(connection.execute(select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == account_id)).scalars())


def open_sessions(connection: Connection, person_id: UUID) -> list[Row[Any]]:
    """The sessions that nobody has ended."""
    return [row for account in accounts(connection, person_id) for row in sessions.of_account(connection, account.id)]


def tries(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """Every try to come in as the person's account that is kept, the newest first."""
    own = select(A.id).where(A.person_id == person_id)
    return connection.execute(select(ATTEMPTS).where(ATTEMPTS.c.account_id.in_(own)).order_by(ATTEMPTS.c.at.desc())).all()


def slips(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """The activation slips that were printed for the account; of their codes only a hash is kept."""
    own = select(A.id).where(A.person_id == person_id)
    wanted = select(ACTIVATION_CODES).where(ACTIVATION_CODES.c.account_id.in_(own))
    return connection.execute(wanted.order_by(ACTIVATION_CODES.c.issued_at.desc())).all()


def identities(connection: Connection, person_id: UUID) -> Sequence[Row[Any]]:
    """Whom the person is known as at an OpenID provider, if the account is linked."""
    own = select(A.id).where(A.person_id == person_id)
    return connection.execute(select(EXTERNAL_IDENTITIES).where(EXTERNAL_IDENTITIES.c.account_id.in_(own))).all()


def things(connection: Connection, person_id: UUID) -> list[UUID]:
    """The ids under which the audit log speaks of the person: the own one and the account's."""
    return [person_id, *(account.id for account in accounts(connection, person_id))]


def who(connection: Connection, account_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """(name, unit) of accounts, as the person reads who has dealt with the own data."""
    wanted = select(A.id, A.name, A.unit_name).where(A.id.in_(list(account_ids)))
    return {row.id: (row.name, row.unit_name) for row in connection.execute(wanted)}
