"""Seats of a cohort and cells of its quota grid: guarded updates, never a check before an insert (R1, R4)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from services.enrollment.domain.words import CohortState
from services.enrollment.storage.tables import COHORTS, INTAKES, POOL, QUOTA_CELLS


def facts(connection: Connection, cohort_id: UUID) -> Any:
    """A cohort with its intake in one row (cohort columns, then intake's prefixed with ``intake_``), or none."""
    intake = [column.label(f"intake_{column.name}") for column in INTAKES.c if column.name != "id"]
    wanted = select(COHORTS, *intake).join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id).where(COHORTS.c.id == cohort_id)
    return connection.execute(wanted).one_or_none()


def lock(connection: Connection, cohort_id: UUID) -> Any:
    """The cohort's row, held until the end of the transaction: whoever comes next waits and sees what was done."""
    return connection.execute(
        update(COHORTS).where(COHORTS.c.id == cohort_id).values(taken=COHORTS.c.taken).returning(COHORTS)
    ).one_or_none()


def lock_all(connection: Connection, intake_id: UUID) -> Sequence[Any]:
    """The rows of an intake's cohorts, held until the end of the transaction: none of them is confirmed meanwhile."""
    return connection.execute(
        update(COHORTS).where(COHORTS.c.intake_id == intake_id).values(taken=COHORTS.c.taken).returning(COHORTS)
    ).all()


def take_seat(connection: Connection, cohort_id: UUID, *, state: CohortState) -> bool:
    """Take one seat of a cohort in this state, if there is one; the cohort is locked if so."""
    taken = (
        update(COHORTS)
        .where(COHORTS.c.id == cohort_id, COHORTS.c.state == state, COHORTS.c.taken < COHORTS.c.seats)
        .values(taken=COHORTS.c.taken + 1)
        .returning(COHORTS.c.taken)
    )
    return connection.execute(taken).first() is not None


def give_seat_back(connection: Connection, cohort_id: UUID) -> None:
    """One seat fewer is taken."""
    connection.execute(update(COHORTS).where(COHORTS.c.id == cohort_id).values(taken=COHORTS.c.taken - 1))


def next_waiting_number(connection: Connection, cohort_id: UUID) -> int | None:
    """The next place of the waiting list of an open cohort without a free seat; none when it is not (any more) such a one.

    Numbers follow the order of commits, since the row stays locked until then.
    """
    full = (COHORTS.c.id == cohort_id, COHORTS.c.state == CohortState.OPEN, COHORTS.c.taken >= COHORTS.c.seats)
    counted = update(COHORTS).where(*full).values(waiting_last=COHORTS.c.waiting_last + 1).returning(COHORTS.c.waiting_last)
    return connection.execute(counted).scalar_one_or_none()


def swap_seat_for_waiting_number(connection: Connection, cohort_id: UUID) -> int:
    """Give back the seat just taken, which no cell has a place for, and wait instead."""
    swapped = update(COHORTS).where(COHORTS.c.id == cohort_id)
    counted = swapped.values(taken=COHORTS.c.taken - 1, waiting_last=COHORTS.c.waiting_last + 1).returning(COHORTS.c.waiting_last)
    number: int = connection.execute(counted).scalar_one()
    return number


def take_cell(connection: Connection, cohort_id: UUID, county_code: str) -> str | None:
    """Take one place of the county's cell, else of the city's pool; answers the cell's code, or none."""
    for code in (county_code, POOL):
        taken = (
            update(QUOTA_CELLS)
            .where(QUOTA_CELLS.c.cohort_id == cohort_id, QUOTA_CELLS.c.county_code == code, QUOTA_CELLS.c.used < QUOTA_CELLS.c.seats)
            .values(used=QUOTA_CELLS.c.used + 1)
            .returning(QUOTA_CELLS.c.used)
        )
        if connection.execute(taken).first() is not None:
            return code
    return None


def give_cell_back(connection: Connection, cohort_id: UUID, cell_code: str) -> None:
    """One place fewer of a cell is used."""
    cell = (QUOTA_CELLS.c.cohort_id == cohort_id) & (QUOTA_CELLS.c.county_code == cell_code)
    connection.execute(update(QUOTA_CELLS).where(cell).values(used=QUOTA_CELLS.c.used - 1))


def cells(connection: Connection, cohort_id: UUID) -> dict[str, Any]:
    """County code → cell row (county_code, county_name, seats, used), the pool among them."""
    wanted = select(QUOTA_CELLS).where(QUOTA_CELLS.c.cohort_id == cohort_id).order_by(QUOTA_CELLS.c.county_code)
    return {row.county_code: row for row in connection.execute(wanted)}


def write_cells(
    connection: Connection, cohort_id: UUID, seats: Mapping[str, int], names: Mapping[str, str], used: Mapping[str, int]
) -> None:
    """Put a whole grid in place of the old one, keeping what is used."""
    connection.execute(delete(QUOTA_CELLS).where(QUOTA_CELLS.c.cohort_id == cohort_id))
    rows = [
        {"cohort_id": cohort_id, "county_code": code, "county_name": names[code], "seats": number, "used": used.get(code, 0)}
        for code, number in seats.items()
    ]
    if rows:
        connection.execute(insert(QUOTA_CELLS), rows)


def confirm(connection: Connection, cohort_id: UUID, at: Any) -> bool:
    """Close the roster of an open cohort; false when it was not open."""
    closed = (
        update(COHORTS)
        .where(COHORTS.c.id == cohort_id, COHORTS.c.state == CohortState.OPEN)
        .values(state=CohortState.CONFIRMED, confirmed_at=at)
        .returning(COHORTS.c.id)
    )
    return connection.execute(closed).first() is not None
