"""Participations, one row per (intake, person): counted anew from the facts they rest on whenever one of these changes."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, insert, select, update

from services.finance.domain.facts import Place, Slot
from services.finance.domain.participation import Participation, participation_of, retold
from services.finance.storage.rows import parts
from services.finance.storage.tables import CERTIFICATES, COHORTS, EVALUATIONS, INTAKES, PARTICIPATION_DAYS, PARTICIPATIONS, PLACES, SLOTS
from shared.vocabulary import Delivery

Pair = tuple[UUID, UUID]

CERTIFIED = exists().where(
    CERTIFICATES.c.enrollment_id == PLACES.c.enrollment_id, CERTIFICATES.c.issued_on.is_not(None), CERTIFICATES.c.voided_on.is_(None)
)
KNOWN_PLACES = (
    select(
        PLACES.c.enrollment_id,
        PLACES.c.counts_as,
        PLACES.c.cohort_id,
        PLACES.c.intake_id,
        PLACES.c.county_code,
        PLACES.c.standing,
        PLACES.c.checked_in_at,
        PLACES.c.outcome,
        EVALUATIONS.c.satisfied,
        PLACES.c.attended,
        CERTIFIED.label("certified"),
        INTAKES.c.delivery.label("intake_delivery"),
        COHORTS.c.billable_days,
    )
    .join(INTAKES, INTAKES.c.id == PLACES.c.intake_id)
    .join(COHORTS, COHORTS.c.id == PLACES.c.cohort_id)
    .outerjoin(EVALUATIONS, EVALUATIONS.c.enrollment_id == PLACES.c.enrollment_id)
    .where(PLACES.c.county_code.is_not(None), INTAKES.c.category.is_not(None))
)
# Statements of every event are made once: putting one together costs more than running it.
THEIR_PLACES = KNOWN_PLACES.where(
    PLACES.c.counts_as.in_(bindparam("people", expanding=True)), PLACES.c.intake_id.in_(bindparam("intakes", expanding=True))
)
THEIR_SLOTS = select(
    SLOTS.c.sheet_id, SLOTS.c.enrollment_id, SLOTS.c.delivery, SLOTS.c.held_on, SLOTS.c.half_day, SLOTS.c.quarter_hours
).where(SLOTS.c.enrollment_id.in_(bindparam("enrollments", expanding=True)), SLOTS.c.stands, SLOTS.c.attended)
STORED, STORED_DAYS = (
    select(table).where(
        table.c.person_id.in_(bindparam("people", expanding=True)), table.c.intake_id.in_(bindparam("intakes", expanding=True))
    )
    for table in (PARTICIPATIONS, PARTICIPATION_DAYS)
)
ONE_PLACE = KNOWN_PLACES.where(PLACES.c.counts_as == bindparam("person"), PLACES.c.intake_id == bindparam("intake"))
ONE_STORED = select(PARTICIPATIONS).where(
    PARTICIPATIONS.c.person_id == bindparam("person"), PARTICIPATIONS.c.intake_id == bindparam("intake")
)
RETOLD = ("confirmed", "checked_in", "billable_days", "completed", "certified", "answers", "satisfied")
RETELL = (
    update(PARTICIPATIONS)
    .where(PARTICIPATIONS.c.person_id == bindparam("person"), PARTICIPATIONS.c.intake_id == bindparam("intake"))
    .values({name: bindparam(f"now_{name}") for name in RETOLD})
)


def recount(connection: Connection, touched: ColumnElement[bool]) -> None:
    """Count every participation anew in which a place of `touched` (a condition on places) takes part."""
    pairs = {
        (row.intake_id, row.counts_as)
        for row in connection.execute(select(PLACES.c.intake_id, PLACES.c.counts_as).where(touched, PLACES.c.intake_id.is_not(None)))
    }
    for people in parts(person_id for _, person_id in pairs):
        _recount_people(connection, {pair for pair in pairs if pair[1] in set(people)})


def retell(connection: Connection, pair: Pair) -> None:
    """Follow news of one place that changed neither its attendance nor who holds it: cheaper than to count anew."""
    named = {"intake": pair[0], "person": pair[1]}
    rows = connection.execute(ONE_PLACE, named).all()
    stored = connection.execute(ONE_STORED, named).one_or_none()
    if stored is None or not rows:
        return  # it is counted in full as soon as its roster is heard of
    before = Participation(stored.cohort_id, stored.county_code, stored.delivery, bool(stored.counted), stored.half_days)
    now = row_of(pair, retold(before, [_place(row) for row in rows], {row.cohort_id: row.billable_days for row in rows}))
    if any(now[name] != stored._mapping[name] for name in RETOLD):
        connection.execute(RETELL, {**named, **{f"now_{name}": now[name] for name in RETOLD}})


def forget(connection: Connection, people: Iterable[UUID]) -> None:
    """Take away the participations counted under ids that are about to be joined."""
    for listed in parts(people):
        for table in (PARTICIPATIONS, PARTICIPATION_DAYS):
            connection.execute(delete(table).where(table.c.person_id.in_(listed)))


def _recount_people(connection: Connection, pairs: set[Pair]) -> None:
    rows: dict[Pair, list[Any]] = defaultdict(list)
    intakes, people = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    for row in connection.execute(THEIR_PLACES, {"people": list(people), "intakes": list(intakes)}):
        if (row.intake_id, row.counts_as) in pairs:
            rows[row.intake_id, row.counts_as].append(row)
    slots = _standing_slots(connection, (row.enrollment_id for theirs in rows.values() for row in theirs))
    counted = {}
    for pair, theirs in rows.items():
        places = [_place(row) for row in theirs]
        attended = [slot for place in places for slot in slots[place.enrollment_id]]
        billable = {row.cohort_id: row.billable_days for row in theirs}
        counted[pair] = participation_of(theirs[0].intake_delivery, places, attended, billable)
    _replace(connection, intakes, people, pairs, counted)
    _mark_attending(connection, [row for theirs in rows.values() for row in theirs], counted)


def _standing_slots(connection: Connection, enrollment_ids: Iterable[UUID]) -> dict[UUID, list[Slot]]:
    slots: dict[UUID, list[Slot]] = defaultdict(list)
    for listed in parts(enrollment_ids):
        for row in connection.execute(THEIR_SLOTS, {"enrollments": listed}):
            slot = Slot(row.sheet_id, row.enrollment_id, row.delivery, row.held_on, row.half_day, True, row.quarter_hours)
            slots[row.enrollment_id].append(slot)
    return slots


def _place(row: Any) -> Place:
    return Place(
        enrollment_id=row.enrollment_id,
        person_id=row.counts_as,
        cohort_id=row.cohort_id,
        intake_id=row.intake_id,
        county_code=row.county_code,
        standing=row.standing,
        checked_in=row.checked_in_at is not None,
        outcome=row.outcome,
        certified=row.certified,
        satisfied=row.satisfied,
    )


def _replace(connection: Connection, intakes: set[UUID], people: set[UUID], pairs: set[Pair], counted: dict[Pair, Participation]) -> None:
    """Write what differs from what is stored."""
    theirs = {"people": list(people), "intakes": list(intakes)}
    stored = {(row.intake_id, row.person_id): dict(row._mapping) for row in connection.execute(STORED, theirs)}
    rows = {pair: row_of(pair, participation) for pair, participation in counted.items()}
    changed = [pair for pair in pairs if stored.get(pair) != rows.get(pair)]
    _write(connection, PARTICIPATIONS, [pair for pair in changed if pair in stored], [rows[pair] for pair in changed if pair in rows])
    stored_days: dict[Pair, dict[Any, int]] = defaultdict(dict)
    for row in connection.execute(STORED_DAYS, theirs):
        stored_days[row.intake_id, row.person_id][row.held_on] = row.quarter_hours
    days = {pair: dict(participation.quarter_hours_by_day) for pair, participation in counted.items()}
    changed = [pair for pair in pairs if stored_days.get(pair, {}) != days.get(pair, {})]
    new = [
        {"intake_id": pair[0], "person_id": pair[1], "held_on": held_on, "quarter_hours": quarter_hours}
        for pair in changed
        for held_on, quarter_hours in days.get(pair, {}).items()
    ]
    _write(connection, PARTICIPATION_DAYS, [pair for pair in changed if pair in stored_days], new)


def _write(connection: Connection, table: Any, gone: list[Pair], new: list[dict[str, Any]]) -> None:
    if gone:
        old = delete(table).where(table.c.intake_id == bindparam("intake"), table.c.person_id == bindparam("person"))
        connection.execute(old, [{"intake": intake_id, "person": person_id} for intake_id, person_id in gone])
    if new:
        connection.execute(insert(table), new)


def row_of(pair: Pair, one: Participation) -> dict[str, Any]:
    """A participation as its row in the table."""
    return {
        "intake_id": pair[0],
        "person_id": pair[1],
        "cohort_id": one.cohort_id,
        "county_code": one.county_code,
        "delivery": Delivery(one.delivery),
        "confirmed": int(one.confirmed),
        "checked_in": int(one.checked_in),
        "counted": int(one.counted),
        "half_days": one.half_days,
        "billable_days": one.billable_days,
        "quarter_hours": one.quarter_hours,
        "completed": int(one.completed),
        "certified": int(one.certified),
        "answers": one.answers,
        "satisfied": one.satisfied,
    }


def _mark_attending(connection: Connection, rows: list[Any], counted: dict[Pair, Participation]) -> None:
    changed = []
    for row in rows:
        attended = row.enrollment_id in counted[row.intake_id, row.counts_as].attending
        if attended != row.attended:
            changed.append({"enrollment": row.enrollment_id, "now_attended": attended})
    if changed:
        mark = update(PLACES).where(PLACES.c.enrollment_id == bindparam("enrollment")).values(attended=bindparam("now_attended"))
        connection.execute(mark, changed)
