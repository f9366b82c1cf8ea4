"""Coming in and going out: a try is counted, a session opened, used, ended."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.portal.domain.errors import TooManyTries
from services.portal.domain.lock import Tries
from services.portal.domain.login import tidy_login
from services.portal.operations.devices import clear_tries, known_tries, set_tries
from services.portal.storage import accounts, second_factors, sessions
from shared.storage.work import UnitOfWork

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Try:
    """A counted try: whose password is to be looked at, or nobody's when the account is unknown or locked.

    `device` is where it was made when the account has signed in there before.
    """

    id: UUID
    account_id: UUID | None
    password_hash: str | None
    device: str | None = None


def check_address(work: UnitOfWork, address: str, *, most: int) -> None:
    """One address has only so many wrong tries in fifteen minutes. Raises `TooManyTries`."""
    if sessions.failures_of_address(work.connection, address, work.now - WINDOW) >= most:
        raise TooManyTries


def count_try(
    work: UnitOfWork, login: str, *, address: str, lock_minutes: int, most_per_address: int, device_cookie: str | None = None
) -> Try:
    """Count a try before its password is looked at; the fifth locks the account for a while (R46).

    Where the account has signed in before, the tries lock this device only, and neither strangers' tries nor the limit of the
    address stop them. For an unknown, closed or locked account the same statements are sent, so that their time tells nothing.
    """
    found = accounts.lock_tries(work.connection, tidy_login(login))
    account_id, password_hash, tries = found or (None, None, Tries(0, None))
    known = known_tries(work, account_id, device_cookie)
    device, tries = known or (None, tries)
    if device is None or tries.is_locked(work.now):
        check_address(work, address, most=most_per_address)
    attempt_id = sessions.add_attempt(work.connection, account_id=account_id, address=address, at=work.now, succeeded=False)
    locked = tries.is_locked(work.now)
    counted = tries if locked else tries.counted(work.now, timedelta(minutes=lock_minutes))
    set_tries(work, account_id, device, counted)
    if account_id and counted.locked_until is not None and not locked:
        note_lock(work, account_id, address=address, device=device)
    return Try(attempt_id, account_id, None if locked else password_hash, device)


def note_lock(work: UnitOfWork, account_id: UUID, *, address: str, device: str | None) -> None:
    """Leave an audit entry that somebody has failed too often."""
    where = {"only": "known_device"} if device else {}
    work.note("account.locked_after_failures", f"account/{account_id}", address=address, **where)


def open_session(work: UnitOfWork, account_id: UUID, *, address: str, tried: Try | None = None, former_cookie: str | None = None) -> str:
    """Open a session for someone who has proved to be the account; answers the cookie.

    The value is new on every sign-in and the browser's former session ends, so a planted cookie is worth nothing.
    Where the account has a second factor, the session opens nothing until it is shown.
    """
    awaits = second_factors.is_confirmed(work.connection, account_id)
    if not awaits:  # else whoever has the password could try the second factor without end
        clear_tries(work, account_id, tried.device if tried else None)
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
    if tried is not None:
        sessions.attempt_succeeded(work.connection, tried.id)
    else:
        sessions.add_attempt(work.connection, account_id=account_id, address=address, at=work.now, succeeded=True)
    work.note("session.opened", f"account/{account_id}", address=address, **({"awaits": "second_factor"} if awaits else {}))
    return cookie


def password_was_right(work: UnitOfWork, tried: Try) -> None:
    """A counted try, made by someone who is signed in already, was right."""
    if tried.account_id is not None:
        clear_tries(work, tried.account_id, tried.device)
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
