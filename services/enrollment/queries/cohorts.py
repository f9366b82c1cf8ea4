"""What is looked up of programs, intakes, cohorts and their quota grids."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from services.enrollment.domain.quota import largest_remainder
from services.enrollment.domain.words import EnrollmentStatus, OrganizationKind
from services.enrollment.storage import cohorts as storage
from services.enrollment.storage.tables import COHORTS, ENROLLMENTS, INTAKES, ORGANIZATIONS, POOL, PROGRAMS
from shared.vocabulary import Category


@dataclass(frozen=True)
class CellProgress:
    """One cell of a quota grid and how it stands: 名额 / 已报 / 已录取 / 候补 / 剩余."""

    county_code: str
    county_name: str
    seats: int
    used: int
    nominated: int
    waiting: int
    schools: int

    @property
    def left(self) -> int:
        """Places nobody has taken yet."""
        return self.seats - self.used


def programs(connection: Connection, year: int | None = None) -> Sequence[Any]:
    """The lines of the training plan, latest year first."""
    wanted = select(PROGRAMS).order_by(PROGRAMS.c.year.desc(), PROGRAMS.c.title)
    return connection.execute(wanted.where(PROGRAMS.c.year == year) if year else wanted).all()


def intakes(connection: Connection, *, before: tuple[date, UUID] | None = None, limit: int = 50) -> Sequence[Any]:
    """Intakes with how many cohorts, seats and taken seats they have, latest first; `before` is a cursor."""
    counted = (
        select(
            INTAKES,
            func.count(COHORTS.c.id).label("cohorts"),
            func.coalesce(func.sum(COHORTS.c.seats), 0).label("seats"),
            func.coalesce(func.sum(COHORTS.c.taken), 0).label("taken"),
        )
        .outerjoin(COHORTS, COHORTS.c.intake_id == INTAKES.c.id)
        .group_by(INTAKES.c.id)
        .order_by(INTAKES.c.starts_on.desc(), INTAKES.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        day, last = before
        counted = counted.where((INTAKES.c.starts_on < day) | ((INTAKES.c.starts_on == day) & (INTAKES.c.id < last)))
    return connection.execute(counted).all()


def intake(connection: Connection, intake_id: UUID) -> Any:
    """One intake, or none."""
    return connection.execute(select(INTAKES).where(INTAKES.c.id == intake_id)).one_or_none()


def cohorts(connection: Connection, intake_id: UUID | None = None, *, ids: Sequence[UUID] | None = None) -> Sequence[Any]:
    """Cohorts of an intake or by id, with how many wait, in the order of their numbers."""
    waiting: Select[Any] = select(func.count()).where(
        ENROLLMENTS.c.cohort_id == COHORTS.c.id, ENROLLMENTS.c.status == EnrollmentStatus.WAITING
    )
    checked_in = select(func.count()).where(ENROLLMENTS.c.cohort_id == COHORTS.c.id, ENROLLMENTS.c.checked_in_at.is_not(None))
    wanted = select(
        COHORTS,
        INTAKES.c.title.label("intake_title"),
        INTAKES.c.number.label("intake_number"),
        waiting.scalar_subquery().label("waiting"),
        checked_in.scalar_subquery().label("checked_in"),
    ).join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id)
    if intake_id is not None:
        wanted = wanted.where(COHORTS.c.intake_id == intake_id)
    if ids is not None:
        wanted = wanted.where(COHORTS.c.id.in_(ids))
    return connection.execute(wanted.order_by(INTAKES.c.starts_on.desc(), COHORTS.c.number)).all()


def cohort(connection: Connection, cohort_id: UUID) -> Any:
    """One cohort with its intake's columns (prefix ``intake_``), or none."""
    return storage.facts(connection, cohort_id)


def quota_grid(connection: Connection, cohort_id: UUID, category: Category) -> list[CellProgress]:
    """Every county's cell with its progress, the pool last; counties without a cell show zero seats."""
    cells = storage.cells(connection, cohort_id)
    by_county: dict[str, dict[EnrollmentStatus, int]] = {}
    counted = select(ENROLLMENTS.c.county_code, ENROLLMENTS.c.status, func.count()).where(ENROLLMENTS.c.cohort_id == cohort_id)
    for code, status, number in connection.execute(counted.group_by(ENROLLMENTS.c.county_code, ENROLLMENTS.c.status)):
        by_county.setdefault(code, {})[status] = number
    schools = eligible_schools(connection, category)
    names = {row.county_code: row.name for row in _counties(connection)} | {code: cell.county_name for code, cell in cells.items()}
    progress = []
    for code in sorted(names, key=lambda code: (code == POOL, code)):
        states, cell = by_county.get(code, {}), cells.get(code)
        progress.append(
            CellProgress(
                county_code=code,
                county_name=names[code],
                seats=cell.seats if cell else 0,
                used=cell.used if cell else 0,
                nominated=sum(states.values()),
                waiting=states.get(EnrollmentStatus.WAITING, 0),
                schools=schools.get(code, 0),
            )
        )
    return progress


def proposal(connection: Connection, category: Category, seats: int) -> dict[str, int]:
    """The seats split by the largest remainder over the numbers of eligible schools (R4)."""
    return largest_remainder(eligible_schools(connection, category), seats)


def eligible_schools(connection: Connection, category: Category) -> dict[str, int]:
    """County code → number of schools that count for the category; zero for counties without any."""
    wanted = select(ORGANIZATIONS.c.county_code, func.count()).where(ORGANIZATIONS.c.kind == OrganizationKind.SCHOOL)
    if category is not Category.PARTY_AND_IDEOLOGY:
        wanted = wanted.where(ORGANIZATIONS.c.is_public.is_(category is Category.PUBLIC_SCHOOL))
    counted = {row[0]: row[1] for row in connection.execute(wanted.group_by(ORGANIZATIONS.c.county_code))}
    return {row.county_code: counted.get(row.county_code, 0) for row in _counties(connection)}


def _counties(connection: Connection) -> Sequence[Any]:
    wanted = select(ORGANIZATIONS.c.county_code, ORGANIZATIONS.c.name).where(ORGANIZATIONS.c.kind == OrganizationKind.COUNTY_COMMISSION)
    return connection.execute(wanted.order_by(ORGANIZATIONS.c.county_code)).all()
