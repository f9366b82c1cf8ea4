"""Browser sessions and tries to come in that are kept no longer (R48)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from services.portal.storage.tables import ATTEMPTS, DEVICES, SESSIONS
from shared.storage.tables import ANSWERED_REQUESTS


def erase_sessions(connection: Connection, before: datetime, limit: int) -> int:
    """Erase sessions that were last used, or ended, before a moment."""
    last = func.coalesce(SESSIONS.c.ended_at, SESSIONS.c.seen_at)
    return _erase(connection, SESSIONS, last < before, limit)


def erase_attempts(connection: Connection, before: datetime, limit: int) -> int:
    """Erase tries to come in before a moment."""
    return _erase(connection, ATTEMPTS, ATTEMPTS.c.at < before, limit)


def erase_devices(connection: Connection, before: datetime) -> int:
    """Forget browsers in which nobody has signed in since a moment."""
    return connection.execute(delete(DEVICES).where(DEVICES.c.signed_in_at < before)).rowcount


def erase_answers(connection: Connection, before: datetime) -> int:
    """Erase what requests were answered before a moment; nobody sends one of them again."""
    return connection.execute(delete(ANSWERED_REQUESTS).where(ANSWERED_REQUESTS.c.at < before)).rowcount


def _erase(connection: Connection, table: Any, due: Any, limit: int) -> int:
    chosen = select(table.c.id).where(due).order_by(table.c.id).limit(limit)
    return connection.execute(delete(table).where(table.c.id.in_(chosen))).rowcount
