"""Split the seats of a cohort over the counties, in two rounds (R4)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import update

from services.enrollment.domain.errors import CohortNotOpen, QuotaMissing, RoundAlreadyClosed
from services.enrollment.domain.quota import check_grid
from services.enrollment.domain.words import CohortState
from services.enrollment.storage import cohorts, organizations
from services.enrollment.storage.tables import COHORTS, POOL
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork

POOL_NAME = "全市调剂"


def set_grid(work: UnitOfWork, cohort_id: UUID, *, cells: Mapping[str, int]) -> None:
    """Write the whole grid (county code → seats). It adds up to the seats, and no cell is below what is used in it."""
    cohort = cohorts.lock(work.connection, cohort_id)
    if cohort is None:
        raise NotFound
    if cohort.state is not CohortState.OPEN:
        raise CohortNotOpen
    names = {**organizations.county_names(work.connection), POOL: POOL_NAME}
    unknown = [Problem("county_unknown", f"cells.{code}", {"code": code}) for code in cells if code not in names]
    negative = [Problem("seats_negative", f"cells.{code}", {"seats": seats}) for code, seats in cells.items() if seats < 0]
    if unknown or negative:
        raise Malformed([*unknown, *negative])
    used = {code: cell.used for code, cell in cohorts.cells(work.connection, cohort_id).items() if cell.used}
    check_grid(cells, used, cohort.seats)
    cohorts.write_cells(work.connection, cohort_id, cells, names, used)
    work.note("quota.set", str(cohort_id), cells=dict(cells))


def close_round_one(work: UnitOfWork, cohort_id: UUID) -> int:
    """At the deadline of round 1, return every unused seat to the city's pool and open round 2.

    From then on a county that has used its own seats takes from the pool, first come first served. Answers
    how many seats returned; each county's return is on the audit log.
    """
    cohort = cohorts.lock(work.connection, cohort_id)
    if cohort is None:
        raise NotFound
    if cohort.state is not CohortState.OPEN:
        raise CohortNotOpen
    if cohort.quota_round != 1:
        raise RoundAlreadyClosed
    grid = cohorts.cells(work.connection, cohort_id)
    if not grid:
        raise QuotaMissing
    returned = {code: cell.seats - cell.used for code, cell in grid.items() if code != POOL and cell.seats > cell.used}
    seats = {code: cell.used for code, cell in grid.items() if code != POOL}
    seats[POOL] = cohort.seats - sum(seats.values())
    names = {**{code: cell.county_name for code, cell in grid.items()}, POOL: POOL_NAME}
    cohorts.write_cells(work.connection, cohort_id, seats, names, {code: cell.used for code, cell in grid.items()})
    work.connection.execute(update(COHORTS).where(COHORTS.c.id == cohort_id).values(quota_round=2))
    work.note("quota.returned", str(cohort_id), returned=returned)
    return sum(returned.values())
