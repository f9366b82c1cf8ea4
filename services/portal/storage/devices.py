"""Browsers in which an account has signed in before, with the tries made there; of a browser's cookie only the hash is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from services.portal.domain.lock import Tries
from services.portal.storage.tables import DEVICES

D = DEVICES.c


def add(connection: Connection, token_hash: str, account_id: UUID, at: datetime) -> None:
    """Note that the account has signed in there; tries start from nothing."""
    connection.execute(insert(DEVICES).values(token_hash=token_hash, account_id=account_id, signed_in_at=at))


def lock_tries(connection: Connection, token_hash: str, account_id: UUID, since: datetime) -> Tries | None:
    """The tries of this browser at this account, held until the transaction ends; none where it has not signed in since a moment."""
    known = (D.token_hash == token_hash, D.account_id == account_id, D.signed_in_at >= since)
    row = connection.execute(select(D.failures, D.locked_until).where(*known).with_for_update()).one_or_none()
    return Tries(row.failures, row.locked_until) if row else None


def set_tries(connection: Connection, token_hash: str, account_id: UUID, tries: Tries) -> None:
    """Write the counted tries."""
    values = {"failures": tries.failures, "locked_until": tries.locked_until}
    connection.execute(update(DEVICES).where(D.token_hash == token_hash, D.account_id == account_id).values(values))


def rename(connection: Connection, former: str, token_hash: str) -> None:
    """The browser has another cookie from now on; the former one is worth nothing, whoever has it."""
    connection.execute(update(DEVICES).where(D.token_hash == former).values(token_hash=token_hash))


def forget(connection: Connection, account_id: UUID, *, token_hash: str) -> None:
    """Forget the account in one browser."""
    connection.execute(delete(DEVICES).where(D.account_id == account_id, D.token_hash == token_hash))


def forget_older(connection: Connection, account_id: UUID, than: datetime) -> None:
    """Forget the account where it has not signed in for long."""
    connection.execute(delete(DEVICES).where(D.account_id == account_id, D.signed_in_at < than))


def forget_all(connection: Connection, account_id: UUID) -> None:
    """No browser knows the account any more."""
    connection.execute(delete(DEVICES).where(D.account_id == account_id))
