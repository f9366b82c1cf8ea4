"""Forget why somebody was on leave and what was said in appeals; kind, days and outcome stay, since hours rest on them (R48)."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

from services.courses.storage import cohorts, retention
from shared.domain import city_date
from shared.storage.work import UnitOfWork

LEAVES = 500


def remember_closing(work: UnitOfWork, intake_id: UUID, closed_on: date) -> None:
    """An intake is closed, perhaps before its cohorts are known here: from that day its reasons have their time."""
    cohorts.remember_closing(work.connection, intake_id, closed_on)


def forget(work: UnitOfWork, *, days: int) -> Counter[str]:
    """Erase one batch of what is kept longer than `days` after the closing of an intake, and say how much; nothing when nothing is due."""
    due = retention.lapsed_leaves(work.connection, city_date(work.now) - timedelta(days=days), LEAVES)
    if due:
        reasons = retention.erase_reasons(work.connection, due)
        work.note("personal_data.erased", "leaves", reasons=reasons)
        return Counter(reasons=reasons)
    before = work.now - timedelta(days=days)
    appeals = retention.erase_appeals(work.connection, before)
    if appeals:
        work.note("personal_data.erased", "appeals", appeals=appeals)
        return Counter(appeals=appeals)
    answers = retention.erase_answers(work.connection, before)
    if answers:
        work.note("personal_data.erased", "answered_requests", answers=answers)
    return +Counter(answers=answers)
