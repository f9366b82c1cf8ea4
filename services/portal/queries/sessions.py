"""Who is behind a session's cookie, and where and when somebody has come in as an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.portal.domain.account import Account
from services.portal.domain.entry import Step, next_step
from services.portal.domain.second_factor import TO_SHOW_IT
from services.portal.storage import accounts, sessions

SECONDS_BETWEEN_NOTES = timedelta(seconds=60)  # use is noted once a minute, not with every request
TRIES_SHOWN = 20


@dataclass(frozen=True)
class SignedIn:
    """A session in force and its account; while a step is left, it opens no door."""

    session_id: UUID
    csrf: str
    account: Account
    needs_note: bool
    step: Step | None


def signed_in(connection: Connection, cookie: str, at: datetime, *, idle_minutes: int, session_hours: int) -> SignedIn | None:
    """The session behind a cookie, if it is in force: not ended, not idle too long, not too old (R46)."""
    session = sessions.of_token(connection, sessions.token_hash(cookie))
    if session is None or not _in_force(session, at, idle_minutes, session_hours):
        return None
    account = accounts.of_id(connection, session.account_id)
    if account is None:
        return None
    step = next_step(awaits_second_factor=session.awaits_second_factor, accepted_notice=account.accepted_notice)
    return SignedIn(session.id, session.csrf, account, at - session.seen_at > SECONDS_BETWEEN_NOTES, step)


@dataclass(frozen=True)
class OpenSession:
    """A session in force, as its owner reads it."""

    address: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True)
class SignIns:
    """Where an account is signed in at present, and the last tries to come in, the newest first."""

    sessions: list[OpenSession]
    tries: list[Any]


def sign_ins(connection: Connection, account_id: UUID, cookie: str, at: datetime, *, idle_minutes: int, session_hours: int) -> SignIns:
    """What the owner of an account should know to find a stranger in it."""
    this = sessions.token_hash(cookie)
    found = [row for row in sessions.of_account(connection, account_id) if _in_force(row, at, idle_minutes, session_hours)]
    in_force = [
        OpenSession(row.address, row.opened_at, row.seen_at, row.token_hash == this) for row in found if not row.awaits_second_factor
    ]
    return SignIns(in_force, sessions.attempts_of(connection, account_id, TRIES_SHOWN))


def _in_force(session: Any, at: datetime, idle_minutes: int, session_hours: int) -> bool:
    idle, age = at - session.seen_at, at - session.opened_at
    longest = TO_SHOW_IT if session.awaits_second_factor else timedelta(hours=session_hours)
    return bool(idle <= timedelta(minutes=idle_minutes) and age <= longest)
