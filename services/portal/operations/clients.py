"""Programs that use the API: a key each, shown once."""

import hashlib
import secrets
from collections.abc import Iterable

from services.portal.domain.account import Account, Scope, check_scope
from services.portal.domain.errors import ClientNameTaken
from services.portal.operations.sessions import check_address
from services.portal.storage import clients, sessions
from shared.domain import NotFound
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role


def add_client(work: UnitOfWork, name: str, roles: Iterable[Role], scope: Scope) -> str:
    """Add a program; answers its key, which is kept nowhere."""
    given = frozenset(roles)
    check_scope(given, scope)
    if clients.is_named(work.connection, name):
        raise ClientNameTaken(name=name)
    key = "lh_" + secrets.token_urlsafe(32)
    client_id = clients.add(work.connection, name, key_hash(key), given, scope, work.now)
    work.note("client.added", f"client/{client_id}", name=name, roles=sorted(given))
    return key


def switch_off_client(work: UnitOfWork, name: str) -> None:
    """Refuse a program's key from now on; tokens already given run out within five minutes."""
    if not clients.switch_off(work.connection, name):
        raise NotFound
    work.note("client.switched_off", f"client/{name}")


def client_of(work: UnitOfWork, key: str, *, address: str, most_per_address: int) -> Account | None:
    """The program behind a key; a wrong one is counted against the address and answers none. Raises `TooManyTries`.

    The key has 256 random bits: a plain hash is enough, and the right one is taken however often others have failed from there.
    """
    found = clients.of_key(work.connection, key_hash(key))
    if found is None:
        check_address(work, address, most=most_per_address)
        sessions.add_attempt(work.connection, account_id=None, address=address, at=work.now, succeeded=False)
        return None
    work.note("client.token_given", f"client/{found.id}")
    return found


def key_hash(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
