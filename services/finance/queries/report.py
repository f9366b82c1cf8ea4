"""A whole report: its basis, its totals by delivery, and its groups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.finance.domain.figures import COUNTING_RULES, Figures
from services.finance.domain.period import Filters
from services.finance.queries.freshness import happened, latest
from services.finance.queries.intakes import counties
from services.finance.queries.totals import Grouping, groups, totals
from services.finance.storage.tables import INTAKES
from shared.domain import now
from shared.vocabulary import Category, Delivery, Word


@dataclass(frozen=True)
class Group:
    """One group of a report; `name` is a word of the vocabulary, a county, an intake's title, a year or a month."""

    key: str
    name: Word | str
    figures: Figures


@dataclass(frozen=True)
class Report:
    """What a report says and what it rests on: rule version, cut-off, filters."""

    rules: str
    drawn_at: datetime
    cut_off: datetime | None
    filters: Filters
    county_name: str | None
    intake_title: str | None
    totals: Figures
    by_delivery: dict[Delivery, Figures]
    by: Grouping | None
    groups: list[Group]


def report(connection: Connection, filters: Filters, by: Grouping | None = None) -> Report:
    """Draw up a report; all of it from one state of the database."""
    found = groups(connection, filters, Grouping.DELIVERY)
    names = counties(connection)
    title = connection.execute(select(INTAKES.c.title).where(INTAKES.c.id == filters.intake_id)).scalar()
    return Report(
        rules=COUNTING_RULES,
        drawn_at=now(),
        cut_off=happened(latest(connection)),
        filters=filters,
        county_name=names.get(filters.county_code) if filters.county_code else None,
        intake_title=title,
        totals=totals(connection, filters),
        by_delivery={delivery: found.get(delivery, _empty(filters)) for delivery in Delivery},
        by=by,
        groups=[] if by is None else _groups(connection, filters, by, names),
    )


def _empty(filters: Filters) -> Figures:
    return Figures(taught_quarter_hours=None if filters.county_code else 0)


def _groups(connection: Connection, filters: Filters, by: Grouping, names: dict[str, str]) -> list[Group]:
    found = groups(connection, filters, by)
    if by is Grouping.INTAKE:
        order = select(INTAKES.c.id, INTAKES.c.title).order_by(INTAKES.c.ends_on, INTAKES.c.number)
        return [Group(str(row.id), row.title, found[row.id]) for row in connection.execute(order) if row.id in found]
    words: dict[Grouping, type[Word]] = {Grouping.CATEGORY: Category, Grouping.DELIVERY: Delivery}
    if by in words:
        return [Group(word.value, word, found[word]) for word in words[by] if word in found]
    return [Group(str(key), _named(key, names), figures) for key, figures in found.items()]


def _named(key: Any, counties_by_code: dict[str, str]) -> str:
    return counties_by_code.get(str(key), str(key))
