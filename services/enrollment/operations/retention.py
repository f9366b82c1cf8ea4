"""Forget what is kept of people for a time only: phone, lodging, diet, reasons of leaving, rosters; name and places stay (R48)."""

from collections import Counter
from datetime import date, timedelta

from services.enrollment.storage import data_keys, retention
from shared.domain import city_date
from shared.storage.work import UnitOfWork

PEOPLE = 500


def forget(work: UnitOfWork, *, days: int) -> Counter[str]:
    """Erase one batch of what is kept longer than `days` after the closing of an intake, and say how much; nothing when nothing is due.

    A phone is kept until that time has passed for everything its owner took part in.
    """
    closed_by = city_date(work.now) - timedelta(days=days)
    erased = _intake(work, closed_by) or _phones(work, closed_by) or _requests(work, days) or _answers(work, days)
    return +erased


def _intake(work: UnitOfWork, closed_by: date) -> Counter[str]:
    intake_id = retention.take_lapsed_intake(work.connection, closed_by, city_date(work.now))
    if intake_id is None:
        return Counter()
    erased = retention.erase_intake(work.connection, intake_id)
    work.note("personal_data.erased", str(intake_id), **erased)
    return erased + Counter(intakes=1)


def _phones(work: UnitOfWork, closed_by: date) -> Counter[str]:
    if not retention.lapsed_phones(work.connection, closed_by, 1):
        return Counter()
    # Whoever is being put into another intake at this moment keeps the phone: those at work are waited for, then it is asked again.
    data_keys.hold(work.connection)
    due = retention.lapsed_phones(work.connection, closed_by, PEOPLE)
    erased = retention.erase_phones(work.connection, due) if due else 0
    work.note("personal_data.erased", "people", phones=erased)
    return Counter(phones=erased)


def _requests(work: UnitOfWork, days: int) -> Counter[str]:
    erased = retention.erase_requests(work.connection, work.now - timedelta(days=days))
    if erased:
        work.note("personal_data.erased", "correction_requests", requests=erased)
    return +Counter(requests=erased)


def _answers(work: UnitOfWork, days: int) -> Counter[str]:
    erased = retention.erase_answers(work.connection, work.now - timedelta(days=days))
    if erased:
        work.note("personal_data.erased", "answered_requests", answers=erased)
    return Counter(answers=erased)
