"""Browser sessions and tries to come in, as rows; of a session's cookie only the hash is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, func, insert, select, update

from services.portal.storage.tables import ATTEMPTS, SESSIONS

S = SESSIONS.c


@dataclass(frozen=True)
class Session:
    """A session that has not been ended; whether it is too old is the reader's to say."""

    id: UUID
    account_id: UUID
    csrf: str
    opened_at: datetime
    seen_at: datetime
    awaits_second_factor: bool


def token_hash(cookie: str) -> str:
    """What is kept of a session's cookie; it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def add(
    connection: Connection, *, token_hash: str, account_id: UUID, csrf: str, address: str, at: datetime, awaits_second_factor: bool
) -> UUID:
    """Open a session; one that awaits the second factor opens no door yet."""
    session_id = uuid4()
    row = {"id": session_id, "token_hash": token_hash, "account_id": account_id, "csrf": csrf, "address": address}
    connection.execute(insert(SESSIONS).values(**row, opened_at=at, seen_at=at, awaits_second_factor=awaits_second_factor))
    return session_id


def of_token(connection: Connection, token_hash: str) -> Session | None:
    """The session behind a cookie, unless it was ended."""
    columns = (S.id, S.account_id, S.csrf, S.opened_at, S.seen_at, S.awaits_second_factor)
    row = connection.execute(select(*columns).where(S.token_hash == token_hash, S.ended_at.is_(None))).one_or_none()
    return Session(*row) if row else None


def of_account(connection: Connection, account_id: UUID) -> list[Any]:
    """The sessions of an account that were not ended, the last used first, each with its id, address, times and token's hash."""
    columns = (S.id, S.address, S.opened_at, S.seen_at, S.token_hash, S.awaits_second_factor)
    return list(connection.execute(select(*columns).where(S.account_id == account_id, S.ended_at.is_(None)).order_by(S.seen_at.desc())))


def attempts_of(connection: Connection, account_id: UUID, most: int) -> list[Any]:
    """The last tries to come in as this account: when, from where, and whether they succeeded."""
    tried = ATTEMPTS.c
    tries = select(tried.at, tried.address, tried.succeeded).where(tried.account_id == account_id).order_by(tried.at.desc()).limit(most)
    return list(connection.execute(tries))


def touch(connection: Connection, session_id: UUID, at: datetime) -> None:
    """Note that the session was used."""
    connection.execute(update(SESSIONS).where(S.id == session_id).values(seen_at=at))


def second_factor_shown(connection: Connection, session_id: UUID) -> None:
    """The session awaits nothing more."""
    connection.execute(update(SESSIONS).where(S.id == session_id).values(awaits_second_factor=False))


def end(connection: Connection, token_hash: str, at: datetime) -> None:
    """End the session behind a cookie."""
    connection.execute(update(SESSIONS).where(S.token_hash == token_hash, S.ended_at.is_(None)).values(ended_at=at))


def end_all(connection: Connection, account_id: UUID, at: datetime, *, awaiting_only: bool = False) -> None:
    """End every session of an account, on every device; or only those that await the second factor."""
    which = [S.account_id == account_id, S.ended_at.is_(None), *([S.awaits_second_factor] if awaiting_only else [])]
    connection.execute(update(SESSIONS).where(*which).values(ended_at=at))


def add_attempt(connection: Connection, *, account_id: UUID | None, address: str, at: datetime, succeeded: bool) -> UUID:
    """Note a try to come in."""
    attempt_id = uuid4()
    row = {"id": attempt_id, "account_id": account_id, "address": address, "at": at, "succeeded": succeeded}
    connection.execute(insert(ATTEMPTS).values(**row))
    return attempt_id


def attempt_succeeded(connection: Connection, attempt_id: UUID) -> None:
    """A try that was counted as failed, to be safe, was right."""
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == attempt_id).values(succeeded=True))


def failures_of_address(connection: Connection, address: str, since: datetime) -> int:
    """How often one address has failed since a moment."""
    failed = (ATTEMPTS.c.address == address, ATTEMPTS.c.at >= since, ATTEMPTS.c.succeeded.is_(False))
    return connection.execute(select(func.count()).select_from(ATTEMPTS).where(*failed)).scalar_one()
