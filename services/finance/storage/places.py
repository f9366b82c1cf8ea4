"""Places as facts: made known by whichever event speaks of them first, with one row per enrollment."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Update, bindparam, select, update

from services.finance.storage.rows import add, parts
from services.finance.storage.tables import COHORTS, PLACES, RECORDS

# A statement that is put together once costs half as much as one that is put together for each event.
INTAKE = select(COHORTS.c.intake_id).where(COHORTS.c.id == bindparam("the_cohort"))
KNOWN = select(PLACES.c.enrollment_id).where(PLACES.c.enrollment_id.in_(bindparam("listed", expanding=True)))
COUNTED = select(RECORDS.c.person_id, RECORDS.c.counts_as).where(RECORDS.c.person_id.in_(bindparam("listed", expanding=True)))
PAIR = select(PLACES.c.intake_id, PLACES.c.counts_as).where(PLACES.c.enrollment_id == bindparam("the_enrollment"))


def know_cohort(connection: Connection, cohort_id: UUID, intake_id: UUID) -> None:
    """Note which intake a cohort belongs to, also for places heard of before."""
    if intake_of(connection, cohort_id) is None:
        add(connection, COHORTS, [{"id": cohort_id, "intake_id": intake_id}])
        earlier = update(PLACES).where(PLACES.c.cohort_id == cohort_id, PLACES.c.intake_id.is_(None))
        connection.execute(earlier.values(intake_id=intake_id))


def intake_of(connection: Connection, cohort_id: UUID) -> UUID | None:
    """The intake of a cohort, as soon as any event has told it."""
    return connection.execute(INTAKE, {"the_cohort": cohort_id}).scalar()


def know_places(connection: Connection, cohort_id: UUID, people: Sequence[tuple[UUID, UUID]]) -> None:
    """Make (enrollment, person) pairs of a cohort known; what is known of them already stays."""
    known: set[UUID] = set()
    for listed in parts(enrollment_id for enrollment_id, _ in people):
        known.update(connection.execute(KNOWN, {"listed": listed}).scalars())
    new = {enrollment_id: person_id for enrollment_id, person_id in people if enrollment_id not in known}
    if not new:
        return
    intake_id = intake_of(connection, cohort_id)
    counts_as = count_as(connection, list(new.values()))
    rows = [
        {
            "enrollment_id": enrollment_id,
            "person_id": person_id,
            "counts_as": counts_as.get(person_id, person_id),
            "cohort_id": cohort_id,
            "intake_id": intake_id,
        }
        for enrollment_id, person_id in new.items()
    ]
    add(connection, PLACES, rows)


def change(connection: Connection, data: dict[str, Any], change: Update, values: dict[str, Any]) -> tuple[UUID, UUID] | None:
    """Change the place an event speaks of, which may have to be made known first.

    `change` finds the place by ``the_enrollment`` and returns (intake, person); answers that pair, or nothing when the
    change came too late to matter or the intake is not known yet.
    """
    found = {**values, "the_enrollment": data["enrollment_id"]}
    row = connection.execute(change, found).one_or_none()
    if row is None or row.intake_id is None:
        if "intake_id" in data:
            know_cohort(connection, data["cohort_id"], data["intake_id"])
        know_places(connection, data["cohort_id"], [(data["enrollment_id"], data["person_id"])])
        row = row or connection.execute(change, found).one_or_none()
    return None if row is None or row.intake_id is None else (row.intake_id, row.counts_as)


def pair_of(connection: Connection, enrollment_id: UUID) -> tuple[UUID, UUID] | None:
    """The (intake, person) under which a place is counted, as soon as both are known."""
    row = connection.execute(PAIR, {"the_enrollment": enrollment_id}).one_or_none()
    return None if row is None or row.intake_id is None else (row.intake_id, row.counts_as)


def count_as(connection: Connection, people: Sequence[UUID]) -> dict[UUID, UUID]:
    """Under which id merged records count (R27); records never merged are not in it."""
    found: dict[UUID, UUID] = {}
    for listed in parts(people):
        found.update((row.person_id, row.counts_as) for row in connection.execute(COUNTED, {"listed": listed}))
    return found


def seat(connection: Connection, cohort_id: UUID, roster: Sequence[dict[str, Any]]) -> None:
    """Give places their snapshots of county, school and post."""
    know_places(connection, cohort_id, [(place["enrollment_id"], place["person_id"]) for place in roster])
    snapshot: dict[str, Any] = {name: bindparam(f"its_{name}") for name in ("county_code", "school_id", "post")}
    seated = update(PLACES).where(PLACES.c.enrollment_id == bindparam("its_enrollment_id")).values(**snapshot)
    names = ("enrollment_id", "county_code", "school_id", "post")
    if roster:
        connection.execute(seated, [{f"its_{name}": place[name] for name in names} for place in roster])
