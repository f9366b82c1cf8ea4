"""The intakes finance has heard of, with their figures, and what a report can be narrowed to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, extract, select

from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters
from services.finance.queries.totals import Grouping, groups
from services.finance.storage.tables import COUNTIES, INTAKES
from shared.vocabulary import Category, Delivery, OrganizedBy


@dataclass(frozen=True)
class KnownIntake:
    """One intake; those of a higher level have no figures, since they are not the city's (R21)."""

    id: UUID
    number: int | None
    title: str
    category: Category
    delivery: Delivery
    organized_by: OrganizedBy
    starts_on: date
    ends_on: date
    planned: bool
    closed_on: date | None
    figures: Figures


@dataclass(frozen=True)
class Choices:
    """What the filter form offers: years, counties by name, intakes by title."""

    years: list[int]
    counties: dict[str, str]
    intakes: dict[UUID, str]


def intakes(connection: Connection, filters: Filters | None = None) -> list[KnownIntake]:
    """Every intake whose roster has been heard of, by last day; figures follow `filters`."""
    figures = groups(connection, filters or Filters(), Grouping.INTAKE)
    known = select(INTAKES).where(INTAKES.c.category.is_not(None)).order_by(INTAKES.c.ends_on, INTAKES.c.number)
    names = [name for name in KnownIntake.__dataclass_fields__ if name != "figures"]
    return [
        KnownIntake(**{name: getattr(row, name) for name in names}, figures=figures.get(row.id, Figures()))
        for row in connection.execute(known)
    ]


def counties(connection: Connection) -> dict[str, str]:
    """County code → name as last told, in the order of the codes."""
    return {row.code: row.name for row in connection.execute(select(COUNTIES.c.code, COUNTIES.c.name).order_by(COUNTIES.c.code))}


def choices(connection: Connection) -> Choices:
    """What a report can be narrowed to, from what has been heard of."""
    year = extract("year", INTAKES.c.ends_on)
    of_city = INTAKES.c.organized_by == OrganizedBy.CITY
    years = connection.execute(select(year).where(of_city).distinct().order_by(year.desc())).scalars().all()
    rows = connection.execute(select(INTAKES.c.id, INTAKES.c.title).where(of_city).order_by(INTAKES.c.ends_on, INTAKES.c.number))
    return Choices([int(number) for number in years], counties(connection), {row.id: row.title for row in rows})
