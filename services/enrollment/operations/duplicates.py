"""Two records found to be one person are merged; the other services follow (R7)."""

from uuid import UUID

from sqlalchemy import select, update

from services.enrollment.domain.errors import AlreadyInIntake, SamePerson
from services.enrollment.events import publishes
from services.enrollment.storage.tables import ENROLLMENTS, PEOPLE
from shared.domain import NotFound
from shared.storage.work import UnitOfWork


def merge_people(work: UnitOfWork, kept: UUID, *, merged: UUID, reason: str) -> None:
    """From now on `merged` is `kept`. Refused when both have had a place in one intake: that needs a look first."""
    if kept == merged:
        raise SamePerson
    open_records = select(PEOPLE.c.id).where(PEOPLE.c.id.in_((kept, merged)), PEOPLE.c.merged_into.is_(None))
    if len(work.connection.execute(open_records).all()) < 2:
        raise NotFound
    theirs = select(ENROLLMENTS.c.intake_id).where(ENROLLMENTS.c.person_id == merged)
    both = select(ENROLLMENTS.c.id).where(ENROLLMENTS.c.person_id == kept, ENROLLMENTS.c.intake_id.in_(theirs))
    if work.connection.execute(both).first() is not None:
        raise AlreadyInIntake
    work.connection.execute(update(ENROLLMENTS).where(ENROLLMENTS.c.person_id == merged).values(person_id=kept))
    # Whoever was merged into the one now merged leads to the kept record at once, never over a chain.
    work.connection.execute(update(PEOPLE).where((PEOPLE.c.id == merged) | (PEOPLE.c.merged_into == merged)).values(merged_into=kept))
    publishes.person_merged(work, kept, merged)
    work.note("person.merged", str(kept), merged=merged, reason=reason)
