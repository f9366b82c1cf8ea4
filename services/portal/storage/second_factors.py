"""Second factors as rows: the authenticator's secret encrypted, recovery codes as keyed hashes."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, insert, select, update

from services.portal.storage.tables import RECOVERY_CODES, SECOND_FACTORS

F = SECOND_FACTORS.c
R = RECOVERY_CODES.c
_NONCE = 12


@dataclass(frozen=True)
class SecondFactor:
    """The secret of an authenticator, whether its owner has shown that it works, and the last time step whose code was used."""

    secret: str
    confirmed_at: datetime | None
    last_step: int


def encrypted(secret: str, account_id: UUID, key: bytes) -> bytes:
    """The secret for storing, bound to its account."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), account_id.bytes)


def replace(connection: Connection, account_id: UUID, secret_cipher: bytes) -> None:
    """Begin anew with another secret, not yet confirmed."""
    remove(connection, account_id)
    connection.execute(insert(SECOND_FACTORS).values(account_id=account_id, secret_cipher=secret_cipher, last_step=0))


def of_account(connection: Connection, account_id: UUID, key: bytes) -> SecondFactor | None:
    """The account's second factor, confirmed or not."""
    row = connection.execute(select(SECOND_FACTORS).where(F.account_id == account_id)).one_or_none()
    if row is None:
        return None
    cipher = row.secret_cipher
    secret = AESGCM(key).decrypt(cipher[:_NONCE], cipher[_NONCE:], account_id.bytes).decode()
    return SecondFactor(secret, row.confirmed_at, row.last_step)


def is_confirmed(connection: Connection, account_id: UUID) -> bool:
    """Whether the account asks for a second factor."""
    return connection.execute(select(F.account_id).where(F.account_id == account_id, F.confirmed_at.is_not(None))).first() is not None


def confirm(connection: Connection, account_id: UUID, at: datetime) -> None:
    """From now on the account asks for its second factor."""
    connection.execute(update(SECOND_FACTORS).where(F.account_id == account_id).values(confirmed_at=at))


def use_step(connection: Connection, account_id: UUID, step: int) -> bool:
    """Use the code of a time step up; of two who show it at once only the first gets in."""
    fresh = update(SECOND_FACTORS).where(F.account_id == account_id, F.last_step < step).values(last_step=step)
    return connection.execute(fresh.returning(F.account_id)).first() is not None


def remove(connection: Connection, account_id: UUID) -> bool:
    """Forget an account's second factor and its recovery codes; false when there was none."""
    connection.execute(delete(RECOVERY_CODES).where(R.account_id == account_id))
    return connection.execute(delete(SECOND_FACTORS).where(F.account_id == account_id).returning(F.account_id)).first() is not None


def add_recovery_codes(connection: Connection, account_id: UUID, hashes: Iterable[str]) -> None:
    """Keep new recovery codes."""
    connection.execute(insert(RECOVERY_CODES), [{"account_id": account_id, "code_hash": code_hash} for code_hash in hashes])


def use_recovery_code(connection: Connection, account_id: UUID, code_hash: str) -> bool:
    """Use a recovery code up; it is forgotten with that."""
    used = delete(RECOVERY_CODES).where(R.account_id == account_id, R.code_hash == code_hash).returning(R.code_hash)
    return connection.execute(used).first() is not None


def recovery_codes_left(connection: Connection, account_id: UUID) -> int:
    """How many recovery codes can still be used."""
    return connection.execute(select(func.count()).select_from(RECOVERY_CODES).where(R.account_id == account_id)).scalar_one()
