"""Whether stored participations and totals agree with a recount from the facts, intake by intake."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.finance.domain.figures import Figures
from services.finance.domain.period import Filters
from services.finance.domain.totals import Counted, count, figures
from services.finance.queries.facts import facts
from services.finance.queries.totals import totals
from services.finance.storage.participations import row_of
from services.finance.storage.tables import INTAKES, PARTICIPATION_DAYS, PARTICIPATIONS, PLACES, SLOTS
from shared.vocabulary import Delivery


def differences(connection: Connection) -> Iterator[str]:
    """Every way in which what is stored differs from a recount; nothing when they agree to the digit."""
    yield from _ledger(connection)
    known: set[UUID] = set()
    for intake_id in connection.execute(select(INTAKES.c.id).order_by(INTAKES.c.id)).scalars():
        known.add(intake_id)
        counted = count(facts(connection, intake_id))
        yield from _participations(connection, intake_id, counted)
        yield from _days(connection, intake_id, counted)
        yield from _attending(connection, intake_id, counted)
        for delivery in (None, *Delivery):
            filters = Filters(intake_id=intake_id, delivery=delivery)
            yield from _figures(f"intake {intake_id} {delivery or ''}".strip(), totals(connection, filters), figures(counted, filters))
    strangers = select(func.count()).select_from(PARTICIPATIONS).where(PARTICIPATIONS.c.intake_id.not_in(select(INTAKES.c.id)))
    if lost := connection.execute(strangers).scalar_one():
        yield f"{lost} participations of intakes that are not known"


def _ledger(connection: Connection) -> Iterator[str]:
    """Exactly the latest telling of each person and slot stands (R14)."""
    latest = select(SLOTS.c.sheet_id, SLOTS.c.enrollment_id, func.max(SLOTS.c.version).label("version"))
    one = latest.group_by(SLOTS.c.sheet_id, SLOTS.c.enrollment_id).subquery()
    same = (one.c.sheet_id == SLOTS.c.sheet_id) & (one.c.enrollment_id == SLOTS.c.enrollment_id)
    wrong = select(func.count()).select_from(SLOTS).join(one, same).where(SLOTS.c.stands != (SLOTS.c.version == one.c.version))
    if found := connection.execute(wrong).scalar_one():
        yield f"{found} slots whose latest telling does not stand"


def _participations(connection: Connection, intake_id: UUID, counted: Counted) -> Iterator[str]:
    stored = {
        row.person_id: dict(row._mapping)
        for row in connection.execute(select(PARTICIPATIONS).where(PARTICIPATIONS.c.intake_id == intake_id))
    }
    recounted = {pair[1]: row_of(pair, one) for pair, one in counted.participations.items()}
    yield from _compare(f"intake {intake_id} person", stored, recounted)


def _days(connection: Connection, intake_id: UUID, counted: Counted) -> Iterator[str]:
    day = PARTICIPATION_DAYS.c
    rows = connection.execute(select(PARTICIPATION_DAYS).where(day.intake_id == intake_id))
    stored = {(row.person_id, row.held_on): row.quarter_hours for row in rows}
    recounted = {
        (pair[1], held_on): hours for pair, one in counted.participations.items() for held_on, hours in one.quarter_hours_by_day.items()
    }
    yield from _compare(f"intake {intake_id} day", stored, recounted)


def _attending(connection: Connection, intake_id: UUID, counted: Counted) -> Iterator[str]:
    stored = set(connection.execute(select(PLACES.c.enrollment_id).where(PLACES.c.attended, PLACES.c.intake_id == intake_id)).scalars())
    recounted = {enrollment_id for one in counted.participations.values() for enrollment_id in one.attending}
    for enrollment_id in sorted(stored ^ recounted):
        yield f"intake {intake_id} enrollment {enrollment_id}: attended {enrollment_id in stored}, recounted {enrollment_id in recounted}"


def _compare(what: str, stored: dict[Any, Any], recounted: dict[Any, Any]) -> Iterator[str]:
    for key in sorted(stored.keys() | recounted.keys(), key=str):
        if stored.get(key) != recounted.get(key):
            named = " ".join(map(str, key)) if isinstance(key, tuple) else key
            yield f"{what} {named}: stored {stored.get(key)}, recounted {recounted.get(key)}"


def _figures(what: str, stored: Figures, recounted: Figures) -> Iterator[str]:
    for name, value in asdict(recounted).items():
        if asdict(stored)[name] != value:
            yield f"{what}: {name} is {asdict(stored)[name]}, recounted {value}"
