"""Close the roster of a cohort: groups are made, and the others are told who comes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.enrollment.domain.errors import CohortEmpty, CohortNotOpen
from services.enrollment.domain.groups import groups_of_ten
from services.enrollment.domain.words import EnrollmentStatus
from services.enrollment.events import publishes
from services.enrollment.storage import cohorts, enrollments
from services.enrollment.storage.tables import POOL
from shared.domain import NotFound
from shared.storage.work import UnitOfWork


def confirm_cohort(work: UnitOfWork, cohort_id: UUID) -> int:
    """Close the roster of an open cohort and answer how many are in it.

    Seminar groups of ten are balanced over the counties (R13). The waiting list stays, for places that become free.
    """
    if cohorts.facts(work.connection, cohort_id) is None:
        raise NotFound
    if not cohorts.confirm(work.connection, cohort_id, work.now):
        raise CohortNotOpen
    cohort = cohorts.facts(work.connection, cohort_id)  # only now: until the cohort was held, its intake could be corrected
    enrolled = enrollments.of_cohort(work.connection, cohort_id, EnrollmentStatus.ENROLLED)
    if not enrolled:
        raise CohortEmpty
    groups = groups_of_ten([place.county_code for place in enrolled])
    enrollments.set_groups(work.connection, dict(zip((place.id for place in enrolled), groups, strict=True)))
    enrollments.remember(work, [place.id for place in enrolled], "confirmed")
    roster = enrollments.of_cohort(work.connection, cohort_id, EnrollmentStatus.ENROLLED)
    publishes.cohort_confirmed(work, cohort, roster, _funnel(work, cohort_id, roster))
    work.note("cohort.confirmed", str(cohort_id), people=len(roster))
    return len(roster)


def _funnel(work: UnitOfWork, cohort_id: UUID, roster: Sequence[Any]) -> list[dict[str, Any]]:
    """What each county was given, has nominated and has confirmed (R24)."""
    everyone = enrollments.of_cohort(work.connection, cohort_id)
    nominated = Counter(place.county_code for place in everyone if place.substitutes is None)
    confirmed = Counter(place.county_code for place in roster)
    names = {place.county_code: place.county_name for place in everyone}
    grid = cohorts.cells(work.connection, cohort_id)
    names |= {code: cell.county_name for code, cell in grid.items() if code != POOL}
    return [
        {
            "county_code": code,
            "county_name": names[code],
            "quota": grid[code].seats if code in grid else 0,
            "nominated": nominated[code],
            "confirmed": confirmed[code],
        }
        for code in sorted(names)
    ]
