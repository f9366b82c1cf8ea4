"""Programs that ask for tokens with a key, as rows; of a key only the hash is kept."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert, select, update

from services.portal.domain.account import Account, Scope
from services.portal.storage.tables import CLIENT_ROLES, CLIENTS
from shared.vocabulary import Role


def add(connection: Connection, name: str, key_hash: str, roles: frozenset[Role], scope: Scope, at: datetime) -> UUID:
    """Add a program."""
    client_id = uuid4()
    row = {"id": client_id, "name": name, "key_hash": key_hash, "county_code": scope.county_code, "school_id": scope.school_id}
    connection.execute(insert(CLIENTS).values(**row, active=True, added_at=at))
    connection.execute(insert(CLIENT_ROLES), [{"client_id": client_id, "role": role} for role in sorted(roles)])
    return client_id


def is_named(connection: Connection, name: str) -> bool:
    """Whether a program has this name."""
    return connection.execute(select(CLIENTS.c.id).where(CLIENTS.c.name == name)).first() is not None


def of_key(connection: Connection, key_hash: str) -> Account | None:
    """The program behind a key, as an account, unless it was switched off."""
    row = connection.execute(select(CLIENTS).where(CLIENTS.c.key_hash == key_hash, CLIENTS.c.active)).one_or_none()
    if row is None:
        return None
    roles = connection.execute(select(CLIENT_ROLES.c.role).where(CLIENT_ROLES.c.client_id == row.id)).scalars()
    return Account(row.id, f"client:{row.name}", row.name, frozenset(roles), Scope(row.county_code, row.school_id))


def switch_off(connection: Connection, name: str) -> bool:
    """Refuse a program's key from now on; false when there is none of that name."""
    statement = update(CLIENTS).where(CLIENTS.c.name == name, CLIENTS.c.active).values(active=False).returning(CLIENTS.c.id)
    return connection.execute(statement).first() is not None
