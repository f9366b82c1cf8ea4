"""Edited curricula, as rows; what was never edited is the shipped one."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from services.courses.domain.curriculum import Curriculum, Unit
from services.courses.domain.shipped_curricula import shipped_curriculum
from services.courses.storage.tables import CURRICULA
from shared.vocabulary import Category, Delivery, Ledger, TeachingMode


def curriculum(connection: Connection, category: Category, delivery: Delivery) -> Curriculum:
    """The plan in force for a category and delivery."""
    wanted = select(CURRICULA).where(CURRICULA.c.category == category, CURRICULA.c.delivery == delivery)
    row = connection.execute(wanted).one_or_none()
    return shipped_curriculum(category, delivery) if row is None else _loaded(row)


def curricula(connection: Connection) -> list[Curriculum]:
    """All plans in force, in the order of the words."""
    edited = {(row.category, row.delivery): _loaded(row) for row in connection.execute(select(CURRICULA))}
    return [edited.get((category, delivery)) or shipped_curriculum(category, delivery) for category in Category for delivery in Delivery]


def put(connection: Connection, plan: Curriculum, at: datetime, by: str) -> None:
    """Store a plan in place of the one in force."""
    connection.execute(delete(CURRICULA).where(CURRICULA.c.category == plan.category, CURRICULA.c.delivery == plan.delivery))
    units = [[unit.mode.value, unit.title, unit.quarter_hours, unit.virtual] for unit in plan.units]
    values = {
        "category": plan.category,
        "delivery": plan.delivery,
        "units": units,
        "waived": sorted(mode.value for mode in plan.waived),
        "ledgers": [ledger.value for ledger in plan.ledgers],
        "required_numerator": plan.required_numerator,
        "required_denominator": plan.required_denominator,
        "evaluation_required": plan.evaluation_required,
        "edited_at": at,
        "edited_by": by,
    }
    connection.execute(insert(CURRICULA), [values])


def _loaded(row: Row[Any]) -> Curriculum:
    return Curriculum(
        category=row.category,
        delivery=row.delivery,
        units=tuple(Unit(TeachingMode(mode), title, quarter_hours, virtual) for mode, title, quarter_hours, virtual in row.units),
        waived=frozenset(TeachingMode(mode) for mode in row.waived),
        ledgers=tuple(Ledger(ledger) for ledger in row.ledgers),
        required_numerator=row.required_numerator,
        required_denominator=row.required_denominator,
        evaluation_required=row.evaluation_required,
    )
