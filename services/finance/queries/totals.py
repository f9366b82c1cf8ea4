"""Totals from the participations, for any filter, as one column or one per group (R21–R31)."""

from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, extract, func, literal, select
from sqlalchemy.sql import Select

from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters, Period
from services.finance.storage.tables import COHORTS, INTAKES, PARTICIPATION_DAYS, PARTICIPATIONS, PLACES, SEATS, SESSIONS
from shared.vocabulary import Delivery, OrganizedBy

Key = Any
Parts = dict[Key, dict[str, int]]


class Grouping(StrEnum):
    """What a report may be broken down by."""

    CATEGORY = "category"
    DELIVERY = "delivery"
    COUNTY = "county"
    INTAKE = "intake"
    YEAR = "year"
    MONTH = "month"


def totals(connection: Connection, filters: Filters) -> Figures:
    """The figures of a report over everything its filters leave."""
    return _collect(connection, filters, None).get(None, _nothing(filters, None))


def groups(connection: Connection, filters: Filters, by: Grouping) -> dict[Key, Figures]:
    """The figures of each group, in the order of the keys; each equals the report narrowed to that group.

    People are distinct within a group and are never to be added up (R27). Years and months are those of the intake's
    last day for heads (R22) and of the day attended for hours (R19); months read ``2023-05``.
    """
    collected = _collect(connection, filters, by)
    return {key: collected[key] for key in sorted(collected, key=str)}


def _collect(connection: Connection, filters: Filters, by: Grouping | None) -> dict[Key, Figures]:
    parts: Parts = defaultdict(dict)
    for query in (_heads, _held, _hours, _taught, _seats):
        statement = query(filters, by)
        if statement is None:
            continue
        for row in connection.execute(statement):
            values = dict(row._mapping)
            key = values.pop("key")
            if by is Grouping.MONTH:
                key = f"{key // 100}-{key % 100:02}"
            parts[key].update({name: int(value or 0) for name, value in values.items()})
    if filters.county_code or by is Grouping.COUNTY:
        parts = {key: {**values, "taught_quarter_hours": None} for key, values in parts.items()}  # type: ignore[dict-item]
    return {key: Figures(**values) for key, values in parts.items() if any(values.values())}


def _nothing(filters: Filters, by: Grouping | None) -> Figures:
    return Figures(taught_quarter_hours=None if filters.county_code or by is Grouping.COUNTY else 0)


def _heads(filters: Filters, by: Grouping | None) -> Select[Any]:
    """Participations and people by the intake's last day, with the funnel from confirmed on (R22, R24–R28, R30)."""
    one = PARTICIPATIONS.c
    present = one.counted == 1
    key = _key(by, one.county_code, one.delivery, INTAKES.c.ends_on)
    columns = [func.sum(one[name]).label(name) for name in ("half_days", "billable_days", "confirmed", "checked_in")]
    columns += [func.sum(one[name]).label(name) for name in ("completed", "certified", "answers", "satisfied")]
    statement = select(
        key,
        func.count(one.person_id.distinct()).filter(present).label("people"),
        func.count().filter(present, one.delivery == Delivery.OFFLINE).label("offline"),
        func.count().filter(present, one.delivery == Delivery.ONLINE).label("online"),
        *columns,
    ).join_from(PARTICIPATIONS, INTAKES, INTAKES.c.id == one.intake_id)
    conditions = [*_of_city(filters), *_participant(filters), *_days(INTAKES.c.ends_on, filters.period)]
    return _grouped(statement.where(*conditions), by, key)


def _held(filters: Filters, by: Grouping | None) -> Select[Any]:
    """Closed intakes and cohorts that somebody really attended (R22, R23)."""
    key = _key(by, PLACES.c.county_code, INTAKES.c.delivery, INTAKES.c.ends_on)
    statement = select(
        key,
        func.count(PLACES.c.intake_id.distinct()).filter(INTAKES.c.closed_on.is_not(None)).label("intakes"),
        func.count(PLACES.c.cohort_id.distinct()).label("cohorts"),
    ).join_from(PLACES, INTAKES, INTAKES.c.id == PLACES.c.intake_id)
    conditions = [PLACES.c.attended, *_of_city(filters), *_days(INTAKES.c.ends_on, filters.period)]
    if filters.delivery:
        conditions.append(INTAKES.c.delivery == filters.delivery)
    if filters.county_code:
        conditions.append(PLACES.c.county_code == filters.county_code)
    return _grouped(statement.where(*conditions), by, key)


def _hours(filters: Filters, by: Grouping | None) -> Select[Any]:
    """Class hours by the day attended (R19, R29); without days in question the participations know their sums."""
    one, day = PARTICIPATIONS.c, PARTICIPATION_DAYS.c
    if filters.period == Period() and by not in (Grouping.YEAR, Grouping.MONTH):
        key = _key(by, one.county_code, one.delivery, INTAKES.c.ends_on)
        statement = select(key, func.sum(one.quarter_hours).label("quarter_hours"))
        statement = statement.join_from(PARTICIPATIONS, INTAKES, INTAKES.c.id == one.intake_id)
        return _grouped(statement.where(*_of_city(filters), *_participant(filters)), by, key)
    key = _key(by, one.county_code, one.delivery, day.held_on)
    same = and_(one.intake_id == day.intake_id, one.person_id == day.person_id)
    statement = select(key, func.sum(day.quarter_hours).label("quarter_hours")).join_from(PARTICIPATION_DAYS, PARTICIPATIONS, same)
    statement = statement.join(INTAKES, INTAKES.c.id == day.intake_id)
    return _grouped(statement.where(*_of_city(filters), *_participant(filters), *_days(day.held_on, filters.period)), by, key)


def _taught(filters: Filters, by: Grouping | None) -> Select[Any] | None:
    """Hours taught, a lecture to several cohorts at once only once (R29)."""
    if filters.county_code or by is Grouping.COUNTY:
        return None
    session = SESSIONS.c
    key = _key(by, literal(None), session.delivery, session.held_on)
    lecture = func.coalesce(session.joint_lecture_id, session.id)
    statement = select(key, func.max(session.quarter_hours).label("quarter_hours"))
    statement = statement.join_from(SESSIONS, INTAKES, INTAKES.c.id == session.intake_id)
    conditions = [session.held, *_of_city(filters), *_days(session.held_on, filters.period)]
    if filters.delivery:
        conditions.append(session.delivery == filters.delivery)
    once = statement.where(*conditions).group_by(key, lecture).subquery()
    return select(once.c.key, func.sum(once.c.quarter_hours).label("taught_quarter_hours")).group_by(once.c.key)


def _seats(filters: Filters, by: Grouping | None) -> Select[Any]:
    """Quota and nominations, as they stood when the rosters were closed (R24)."""
    key = _key(by, SEATS.c.county_code, INTAKES.c.delivery, INTAKES.c.ends_on)
    statement = select(key, func.sum(SEATS.c.quota).label("quota"), func.sum(SEATS.c.nominated).label("nominated"))
    statement = statement.join_from(SEATS, COHORTS, COHORTS.c.id == SEATS.c.cohort_id).join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id)
    conditions = [*_of_city(filters), *_days(INTAKES.c.ends_on, filters.period)]
    if filters.delivery:
        conditions.append(INTAKES.c.delivery == filters.delivery)
    if filters.county_code:
        conditions.append(SEATS.c.county_code == filters.county_code)
    return _grouped(statement.where(*conditions), by, key)


def _key(by: Grouping | None, county: Any, delivery: Any, day: Any) -> Any:
    columns: dict[Grouping | None, Callable[[], Any]] = {
        None: lambda: literal(None, String),
        Grouping.CATEGORY: lambda: INTAKES.c.category,
        Grouping.DELIVERY: lambda: delivery,
        Grouping.COUNTY: lambda: county,
        Grouping.INTAKE: lambda: INTAKES.c.id,
        Grouping.YEAR: lambda: extract("year", day),
        Grouping.MONTH: lambda: extract("year", day) * 100 + extract("month", day),
    }
    return columns[by]().label("key")


def _grouped(statement: Select[Any], by: Grouping | None, key: Any) -> Select[Any]:
    return statement if by is None else statement.group_by(key)


def _of_city(filters: Filters) -> list[ColumnElement[bool]]:
    # R21, R31: what another level holds never enters the city's totals.
    conditions = [INTAKES.c.organized_by == OrganizedBy.CITY]
    if filters.category:
        conditions.append(INTAKES.c.category == filters.category)
    if filters.intake_id:
        conditions.append(INTAKES.c.id == filters.intake_id)
    return conditions


def _participant(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = []
    if filters.delivery:
        conditions.append(PARTICIPATIONS.c.delivery == filters.delivery)
    if filters.county_code:
        conditions.append(PARTICIPATIONS.c.county_code == filters.county_code)
    return conditions


def _days(day: Any, period: Period) -> list[ColumnElement[bool]]:
    conditions = []
    if period.first:
        conditions.append(day >= period.first)
    if period.last:
        conditions.append(day <= period.last)
    return conditions
