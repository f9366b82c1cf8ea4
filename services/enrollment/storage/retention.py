"""What is kept of people for a time only: which of it is due, and how it is erased (R48)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, exists, func, or_, select, update

from services.enrollment.storage import rosters
from services.enrollment.storage.tables import COHORTS, CORRECTION_REQUESTS, ENROLLMENT_HISTORY, ENROLLMENTS, INTAKES, PEOPLE, ROSTERS
from shared.storage.tables import ANSWERED_REQUESTS

# Why somebody gave a place up or sent another may tell of an illness; the other changes say nothing of the person.
TELLING = ("left", "substituted", "substitutes")


def take_lapsed_intake(connection: Connection, closed_by: date, today: date) -> UUID | None:
    """Mark the intake closed longest ago, by `closed_by` at the latest, as forgotten; none when all are."""
    due = select(INTAKES.c.id).where(INTAKES.c.closed_on <= closed_by, INTAKES.c.forgotten_on.is_(None))
    first = due.order_by(INTAKES.c.closed_on, INTAKES.c.id).limit(1).scalar_subquery()
    # Another worker may be at the same one: it waits for this, and finds it forgotten.
    taking = update(INTAKES).where(INTAKES.c.id == first, INTAKES.c.forgotten_on.is_(None)).values(forgotten_on=today)
    taken: UUID | None = connection.execute(taking.returning(INTAKES.c.id)).scalar_one_or_none()
    return taken


def erase_intake(connection: Connection, intake_id: UUID) -> Counter[str]:
    """Erase lodging, remarks, reasons of leaving and rosters of an intake; names, places and groups stay."""
    theirs = ENROLLMENTS.c.intake_id == intake_id
    places = update(ENROLLMENTS).where(theirs, or_(ENROLLMENTS.c.lodging.is_not(None), ENROLLMENTS.c.remarks != ""))
    told = ENROLLMENT_HISTORY.c
    reasons = update(ENROLLMENT_HISTORY).where(
        told.reason != "", told.change.in_(TELLING), told.enrollment_id.in_(select(ENROLLMENTS.c.id).where(theirs))
    )
    erased = Counter(
        places=connection.execute(places.values(lodging=None, remarks="")).rowcount,
        reasons=connection.execute(reasons.values(reason="")).rowcount,
    )
    kept = select(ROSTERS).join(COHORTS, COHORTS.c.id == ROSTERS.c.cohort_id).where(COHORTS.c.intake_id == intake_id)
    for roster in connection.execute(kept.where(ROSTERS.c.content_cipher != b"")).all():
        rosters.erase(connection, roster)
        erased["rosters"] += 1
    return erased


def lapsed_phones(connection: Connection, closed_by: date, limit: int) -> Sequence[UUID]:
    """Whose phones are due: all they took part in was closed by `closed_by`. A merged record goes with the one that is kept."""
    kept = func.coalesce(PEOPLE.c.merged_into, PEOPLE.c.id)
    places: Any = select(ENROLLMENTS.c.id).join(INTAKES, INTAKES.c.id == ENROLLMENTS.c.intake_id).where(ENROLLMENTS.c.person_id == kept)
    later = places.where(or_(INTAKES.c.closed_on.is_(None), INTAKES.c.closed_on > closed_by))
    due = select(PEOPLE.c.id).where(PEOPLE.c.phone_cipher.is_not(None), exists(places.correlate(PEOPLE)), ~exists(later.correlate(PEOPLE)))
    return connection.execute(due.order_by(PEOPLE.c.id).limit(limit)).scalars().all()


def erase_phones(connection: Connection, people: Sequence[UUID]) -> int:
    """Erase the phones of these people."""
    return connection.execute(update(PEOPLE).where(PEOPLE.c.id.in_(people)).values(phone_cipher=None)).rowcount


def erase_requests(connection: Connection, before: datetime) -> int:
    """Erase what was said in requests for a correction decided before a moment; that there was one, and its outcome, stays."""
    asked = CORRECTION_REQUESTS.c
    due = update(CORRECTION_REQUESTS).where(asked.decided_at < before, asked.text_cipher != b"")
    return connection.execute(due.values(text_cipher=b"", answer="")).rowcount


def erase_answers(connection: Connection, before: datetime) -> int:
    """Erase what requests were answered before a moment; nobody sends one of them again."""
    return connection.execute(delete(ANSWERED_REQUESTS).where(ANSWERED_REQUESTS.c.at < before)).rowcount
