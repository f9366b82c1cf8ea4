"""Rosters and timetables of cohorts, as told: who was given a place, and what became of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.finance.domain.facts import Standing
from services.finance.operations.told import Told
from services.finance.storage.participations import recount
from services.finance.storage.places import know_cohort, know_places, seat
from services.finance.storage.rows import put
from services.finance.storage.tables import COHORTS, COUNTIES, INTAKES, PLACES, SEATS
from shared.storage.work import UnitOfWork


def note_roster(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """Take over a closed roster: intake, cohort, places with their snapshots, and the funnel by county (R24)."""
    cohort_id, intake_id = data["cohort_id"], data["intake"]["intake_id"]
    changed = _note_intake(work, data["intake"], told)
    know_cohort(work.connection, cohort_id, intake_id)
    cohort = {"number": data["cohort_number"], "seats": data["seats"], "confirmed_at": told.at}
    work.connection.execute(update(COHORTS).where(COHORTS.c.id == cohort_id).values(**cohort))
    seats = [
        {"cohort_id": cohort_id, "county_code": row["county_code"], "quota": row["quota"], "nominated": row["nominated"]}
        for row in data["funnel"]
    ]
    put(work.connection, SEATS, seats)
    _note_counties(work, [*data["funnel"], *data["roster"]], told)
    seat(work.connection, cohort_id, data["roster"])
    recount(work.connection, PLACES.c.intake_id == intake_id if changed else PLACES.c.cohort_id == cohort_id)


def note_admission(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """Someone from the waiting list has taken a free seat."""
    _note_counties(work, [data["place"]], told)
    seat(work.connection, data["cohort_id"], [data["place"]])
    recount(work.connection, PLACES.c.enrollment_id == data["place"]["enrollment_id"])


def note_substitution(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """Another person has taken over a place: only that one counts from now on (R9, R25)."""
    _set_standing(work, data["substituted_enrollment_id"], Standing.SUBSTITUTED, told)
    note_admission(work, data, told)


def note_departure(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """Someone has given up the place; what was attended before still counts (R25)."""
    know_places(work.connection, data["cohort_id"], [(data["enrollment_id"], data["person_id"])])
    _set_standing(work, data["enrollment_id"], Standing.LEFT, told)


def note_timetable(work: UnitOfWork, data: dict[str, Any], told: Told) -> None:
    """The days on which the cohort is taught offline are billable (R28)."""
    know_cohort(work.connection, data["cohort_id"], data["intake_id"])
    timetable = {
        "id": data["cohort_id"],
        "intake_id": data["intake_id"],
        "billable_days": len(set(data["teaching_days"])),
        "total_quarter_hours": data["total_quarter_hours"],
        "schedule_version": told.version,
    }
    put(work.connection, COHORTS, [timetable], newer="schedule_version")
    recount(work.connection, PLACES.c.cohort_id == data["cohort_id"])


def _set_standing(work: UnitOfWork, enrollment_id: UUID, standing: Standing, told: Told) -> None:
    later = (PLACES.c.enrollment_id == enrollment_id, PLACES.c.standing_version < told.version)
    work.connection.execute(update(PLACES).where(*later).values(standing=standing, standing_version=told.version))
    recount(work.connection, PLACES.c.enrollment_id == enrollment_id)


def _note_intake(work: UnitOfWork, intake: dict[str, Any], told: Told) -> bool:
    """Whether what counts of the intake was unknown or has changed: then all its cohorts are counted anew."""
    look = select(INTAKES.c.category, INTAKES.c.delivery, INTAKES.c.organized_by).where(INTAKES.c.id == intake["intake_id"])
    before = work.connection.execute(look).one_or_none()
    row = {"id": intake["intake_id"], "told": told.rank, **{name: value for name, value in intake.items() if name != "intake_id"}}
    put(work.connection, INTAKES, [row], newer="told")
    return before != work.connection.execute(look).one_or_none()


def _note_counties(work: UnitOfWork, rows: list[dict[str, Any]], told: Told) -> None:
    names = {row["county_code"]: row["county_name"] for row in rows}
    counties = [{"code": code, "name": name, "told": told.rank} for code, name in sorted(names.items())]
    put(work.connection, COUNTIES, counties, newer="told")
