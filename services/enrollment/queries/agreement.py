"""Whether the books agree with the places: seats, quota cells, waiting lists, one place per person and intake (R1, R3, R4)."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from services.enrollment.domain.words import EnrollmentStatus
from services.enrollment.storage.tables import COHORTS, ENROLLMENTS, QUOTA_CELLS

# After check-in a place given up is not given away: the person was there (R25).
# A place that courses withdrew stays taken also of who never came: a correction may bring the person back (R15).
_HOLDS_SEAT = ENROLLMENTS.c.status.in_((EnrollmentStatus.ENROLLED, EnrollmentStatus.WITHDRAWN)) | (
    ENROLLMENTS.c.checked_in_at.is_not(None) & (ENROLLMENTS.c.status == EnrollmentStatus.LEFT)
)


def differences(connection: Connection) -> Iterator[str]:
    """A line for everything that does not agree, naming the cohort; nothing when all is well."""
    held = select(ENROLLMENTS.c.cohort_id, ENROLLMENTS.c.cell_code, func.count()).where(_HOLDS_SEAT)
    by_cell: Counter[tuple[object, str | None]] = Counter()
    by_cohort: Counter[object] = Counter()
    for cohort_id, cell_code, number in connection.execute(held.group_by(ENROLLMENTS.c.cohort_id, ENROLLMENTS.c.cell_code)):
        by_cell[cohort_id, cell_code] += number
        by_cohort[cohort_id] += number
    split: Counter[object] = Counter()
    for cell in connection.execute(select(QUOTA_CELLS)):
        split[cell.cohort_id] += cell.seats
        if cell.used != by_cell[cell.cohort_id, cell.county_code]:
            places = by_cell[cell.cohort_id, cell.county_code]
            yield f"cohort {cell.cohort_id}: cell {cell.county_code} books {cell.used}, {places} places hold it"
    for cohort in connection.execute(select(COHORTS)):
        if cohort.taken != by_cohort[cohort.id]:
            yield f"cohort {cohort.id}: {cohort.taken} seats booked, {by_cohort[cohort.id]} places hold one"
        if split[cohort.id] not in (0, cohort.seats):
            yield f"cohort {cohort.id}: cells add up to {split[cohort.id]} of {cohort.seats} seats"
    yield from _unnumbered(connection)


def _unnumbered(connection: Connection) -> Iterator[str]:
    waiting = select(ENROLLMENTS.c.cohort_id, ENROLLMENTS.c.id).where(
        ENROLLMENTS.c.status == EnrollmentStatus.WAITING, ENROLLMENTS.c.waiting_number.is_(None)
    )
    for row in connection.execute(waiting):
        yield f"cohort {row.cohort_id}: {row.id} waits without a number"
