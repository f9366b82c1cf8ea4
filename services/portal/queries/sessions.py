"""Who is behind a session's cookie."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.portal.domain.account import Account
from services.portal.storage import accounts, sessions

SECONDS_BETWEEN_NOTES = timedelta(seconds=60)  # use is noted once a minute, not with every request


@dataclass(frozen=True)
class SignedIn:
    """A session in force and its account."""

    session_id: UUID
    csrf: str
    account: Account
    needs_note: bool


def signed_in(connection: Connection, cookie: str, at: datetime, *, idle_minutes: int, session_hours: int) -> SignedIn | None:
    """The session behind a cookie, if it is in force: not ended, not idle too long, not too old (R46)."""
    session = sessions.of_token(connection, sessions.token_hash(cookie))
    if session is None:
        return None
    if at - session.seen_at > timedelta(minutes=idle_minutes) or at - session.opened_at > timedelta(hours=session_hours):
        return None
    account = accounts.of_id(connection, session.account_id)
    if account is None:
        return None
    return SignedIn(session.id, session.csrf, account, at - session.seen_at > SECONDS_BETWEEN_NOTES)
