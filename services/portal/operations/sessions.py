"""Coming in and going out: a try is counted, a session opened, used, ended."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.portal.domain.errors import TooManyTries
from services.portal.domain.login import tidy_login
from services.portal.storage import accounts, second_factors, sessions
from shared.storage.work import UnitOfWork

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Try:
    """A counted try: whose password is to be looked at, or nobody's when the account is unknown or locked."""

    id: UUID
    account_id: UUID | None
    password_hash: str | None


def check_address(work: UnitOfWork, address: str, *, most: int) -> None:
    """One address has only so many wrong tries in fifteen minutes. Raises `TooManyTries`."""
    if sessions.failures_of_address(work.connection, address, work.now - WINDOW) >= most:
        raise TooManyTries


def count_try(work: UnitOfWork, login: str, *, address: str, lock_minutes: int, most_per_address: int) -> Try:
    """Count a try before its password is looked at; the fifth locks the account for a while (R46)."""
    check_address(work, address, most=most_per_address)
    found = accounts.lock_tries(work.connection, tidy_login(login))
    account_id = found[0] if found else None
    attempt_id = sessions.add_attempt(work.connection, account_id=account_id, address=address, at=work.now, succeeded=False)
    if found is None:
        return Try(attempt_id, None, None)
    account_id, password_hash, tries = found
    if tries.is_locked(work.now):
        return Try(attempt_id, account_id, None)
    counted = tries.counted(work.now, timedelta(minutes=lock_minutes))
    accounts.set_tries(work.connection, account_id, counted)
    if counted.locked_until is not None:
        work.note("account.locked_after_failures", f"account/{account_id}", address=address)
    return Try(attempt_id, account_id, password_hash)


def open_session(
    work: UnitOfWork, account_id: UUID, *, address: str, attempt_id: UUID | None = None, former_cookie: str | None = None
) -> str:
    """Open a session for someone who has proved to be the account; answers the cookie.

    The value is new on every sign-in and the browser's former session ends, so a planted cookie is worth nothing.
    Where the account has a second factor, the session opens nothing until it is shown.
    """
    awaits = second_factors.is_confirmed(work.connection, account_id)
    if not awaits:  # else whoever has the password could try the second factor without end
        accounts.clear_tries(work.connection, account_id)
    if former_cookie:
        sessions.end(work.connection, sessions.token_hash(former_cookie), work.now)
    cookie = secrets.token_urlsafe(32)
    sessions.add(
        work.connection,
        token_hash=sessions.token_hash(cookie),
        account_id=account_id,
        csrf=secrets.token_urlsafe(24),
        address=address,
        at=work.now,
        awaits_second_factor=awaits,
    )
    if attempt_id is not None:
        sessions.attempt_succeeded(work.connection, attempt_id)
    else:
        sessions.add_attempt(work.connection, account_id=account_id, address=address, at=work.now, succeeded=True)
    work.note("session.opened", f"account/{account_id}", address=address, **({"awaits": "second_factor"} if awaits else {}))
    return cookie


def password_was_right(work: UnitOfWork, tried: Try) -> None:
    """A counted try, made by someone who is signed in already, was right."""
    if tried.account_id is not None:
        accounts.clear_tries(work.connection, tried.account_id)
    sessions.attempt_succeeded(work.connection, tried.id)


def keep_session(work: UnitOfWork, session_id: UUID) -> None:
    """Note that a session is in use, which puts its idle limit off."""
    sessions.touch(work.connection, session_id, work.now)


def end_session(work: UnitOfWork, cookie: str) -> None:
    """Sign out: the cookie opens nothing any more, whoever has a copy."""
    sessions.end(work.connection, sessions.token_hash(cookie), work.now)
    work.note("session.ended", f"account/{work.actor.account_id or 'unknown'}")


def end_every_session(work: UnitOfWork) -> None:
    """Sign the actor out on every device, this one included."""
    sessions.end_all(work.connection, UUID(work.actor.account_id), work.now)
    work.note("session.all_ended", f"account/{work.actor.account_id}")
