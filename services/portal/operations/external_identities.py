"""Signing in and linking by an OpenID provider: a trip begun and ended, an identity linked, shown, refused."""

import secrets
from uuid import UUID

from services.portal.domain.errors import IdentityTaken
from services.portal.domain.external_identity import TO_COME_BACK, Identity, Trip, new_trip
from services.portal.operations.sessions import open_session
from services.portal.storage import accounts, external_identities, sessions
from shared.domain import NotFound
from shared.storage.work import UnitOfWork


def begin_trip(work: UnitOfWork, *, wanted: str, account_id: UUID | None = None) -> tuple[str, Trip]:
    """Set out to sign in, or to link an account; answers the cookie that binds the trip to this browser, and the trip."""
    external_identities.forget_trips(work.connection, work.now - TO_COME_BACK)
    cookie, trip = secrets.token_urlsafe(32), new_trip(account_id, wanted, work.now)
    external_identities.add_trip(work.connection, sessions.token_hash(cookie), trip)
    return cookie, trip


def end_trip(work: UnitOfWork, cookie: str, state: str, *, address: str) -> Trip | None:
    """Use the browser's trip up, and answer it if `state` is its own and it is not too old. Do not raise after it."""
    trip = external_identities.take_trip(work.connection, sessions.token_hash(cookie))
    if trip is None or trip.is_answered_by(state, work.now):
        return trip
    refuse(work, trip, "state", address=address)
    return None


def sign_in(work: UnitOfWork, trip: Trip, identity: Identity, *, address: str, former_cookie: str | None) -> str | None:
    """Open a session for the account that is linked with an identity; answers its cookie, or none when no open account is."""
    account_id = external_identities.account_of(work.connection, identity)
    if account_id is None:
        refuse(work, trip, "unknown", address=address)
        return None
    work.note("identity.shown", f"account/{account_id}", address=address, issuer=identity.issuer)
    return open_session(work, account_id, address=address, former_cookie=former_cookie)


def refuse(work: UnitOfWork, trip: Trip, reason: str, *, address: str) -> None:
    """Count a trip that ended badly like a wrong password, without locking anybody out."""
    sessions.add_attempt(work.connection, account_id=trip.account_id, address=address, at=work.now, succeeded=False)
    work.note("identity.refused", f"account/{trip.account_id or 'unknown'}", address=address, reason=reason)


def link(work: UnitOfWork, account_id: UUID, identity: Identity) -> None:
    """Link an open account with an identity, in place of any it had.

    Raises `IdentityTaken` when another account has it, `NotFound` when there is no such account.
    """
    if accounts.of_id(work.connection, account_id) is None:
        raise NotFound
    if not external_identities.link(work.connection, account_id, identity, work.now):
        raise IdentityTaken
    # the subject may be a staff or ID number, and what stands on the audit log stays there
    work.note("identity.linked", f"account/{account_id}", issuer=identity.issuer)


def unlink(work: UnitOfWork, account_id: UUID) -> None:
    """Let an account be opened by no identity any more. Raises `NotFound` when it was linked with none."""
    if not external_identities.unlink(work.connection, account_id):
        raise NotFound
    work.note("identity.unlinked", f"account/{account_id}")
