"""Forget old browser sessions and tries to come in; the audit log says who signed in, and has its own time (R47, R48)."""

from collections import Counter
from datetime import timedelta

from services.portal.storage import retention
from shared.storage.work import UnitOfWork

ROWS = 1000


def forget(work: UnitOfWork, *, days: int) -> Counter[str]:
    """Erase one batch of what is older than `days`, and say how much; nothing when nothing is due."""
    before = work.now - timedelta(days=days)
    erased = Counter(
        sessions=retention.erase_sessions(work.connection, before, ROWS),
        devices=retention.erase_devices(work.connection, before),
        attempts=retention.erase_attempts(work.connection, before, ROWS),
        answers=retention.erase_answers(work.connection, before),
    )
    if erased.total():
        work.note("personal_data.erased", "sign-ins", **erased)
    return +erased
