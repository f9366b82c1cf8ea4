"""Known devices: where an account has signed in before, its tries are counted apart from those of strangers."""

import secrets
from datetime import timedelta
from uuid import UUID

from services.portal.domain.lock import Tries
from services.portal.storage import accounts, devices, sessions
from shared.storage.work import UnitOfWork

KNOWN_FOR = timedelta(days=180)
_NOBODY = UUID(int=0)  # no account's: the same statement is sent for an unknown name, and finds nothing


def known_tries(work: UnitOfWork, account_id: UUID | None, cookie: str | None) -> tuple[str, Tries] | None:
    """The device behind a browser's cookie and the tries made there, where this account has signed in within half a year."""
    if not cookie:
        return None
    device = sessions.token_hash(cookie)
    tries = devices.lock_tries(work.connection, device, account_id or _NOBODY, work.now - KNOWN_FOR)
    return (device, tries) if tries else None


def set_tries(work: UnitOfWork, account_id: UUID | None, device: str | None, tries: Tries) -> None:
    """Count for the device, or without one for the account. For nobody's account the same is done in vain."""
    if device and account_id:
        devices.set_tries(work.connection, device, account_id, tries)
    else:
        accounts.set_tries(work.connection, account_id or _NOBODY, tries)


def clear_tries(work: UnitOfWork, account_id: UUID, device: str | None) -> None:
    """Forget the failures after a success; what strangers have failed at elsewhere stays counted."""
    set_tries(work, account_id, device, Tries(0, None))


def remember_device(work: UnitOfWork, session_cookie: str, *, former: str | None) -> str | None:
    """From now on this browser is known to the session's account; answers its new cookie.

    None while the session still awaits the second factor. The cookie is new each time, so that one that was planted or copied
    before is worth nothing.
    """
    session = sessions.of_token(work.connection, sessions.token_hash(session_cookie))
    if session is None or session.awaits_second_factor:
        return None
    cookie = secrets.token_urlsafe(32)
    device = sessions.token_hash(cookie)
    if former:
        devices.rename(work.connection, sessions.token_hash(former), device)
    devices.forget(work.connection, session.account_id, token_hash=device)
    devices.forget_older(work.connection, session.account_id, work.now - KNOWN_FOR)
    devices.add(work.connection, device, session.account_id, work.now)
    return cookie
