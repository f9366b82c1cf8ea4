"""The days a report speaks of, and what it is narrowed to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.domain import Malformed, Problem
from shared.vocabulary import Category, Delivery

FIRST_YEAR = 1949
LAST_YEAR = 2199


@dataclass(frozen=True)
class Period:
    """From one day to another, both included; none: without end on that side."""

    first: date | None = None
    last: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the period."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def within(self, other: "Period") -> "Period":
        """The days that lie in both."""
        firsts = [day for day in (self.first, other.first) if day]
        lasts = [day for day in (self.last, other.last) if day]
        return Period(max(firsts, default=None), min(lasts, default=None))


@dataclass(frozen=True)
class Filters:
    """What a report is narrowed to; every report prints them (R22–R32)."""

    period: Period = Period()
    category: Category | None = None
    delivery: Delivery | None = None
    county_code: str | None = None
    intake_id: UUID | None = None


def year_of(number: int) -> Period:
    """The calendar year (R19)."""
    return Period(date(number, 1, 1), date(number, 12, 31))


def period_of(year: int | None, first: date | None, last: date | None) -> Period:
    """The period asked for: a year, or days from–to. Raises `Malformed` when they contradict each other."""
    problems = []
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        problems.append(Problem("year_out_of_range", "year", {"first": FIRST_YEAR, "last": LAST_YEAR}))
    if year is not None and (first or last):
        problems.append(Problem("year_and_days", "year"))
    if first and last and first > last:
        problems.append(Problem("period_reversed", "to", {"first": first, "last": last}))
    if problems:
        raise Malformed(problems)
    return year_of(year) if year is not None else Period(first, last)
