"""Gather what a roster is judged against: a fixed number of statements, however long the roster."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.enrollment.domain.errors import QuotaMissing
from services.enrollment.domain.judgment import Cell, Circumstances, Person, Place, Reach, Target
from services.enrollment.domain.post import SchoolType
from services.enrollment.domain.register import Organization, Register
from services.enrollment.domain.roster_row import RosterRow
from services.enrollment.storage import cohorts, organizations, people, places, register
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role


def gather(
    connection: Connection, actor: Actor, cohort: Any, rows: Sequence[RosterRow], hashes: Mapping[str, str]
) -> tuple[Circumstances, Mapping[str, Any], Mapping[UUID, Any]]:
    """The circumstances, beside the people rows by ID hash and the place rows by enrollment that they come from.

    `cohort` is a row of `cohorts.facts`, `hashes` leads from an ID number to its hash.
    """
    cells = cohorts.cells(connection, cohort.id)
    if not cells:
        raise QuotaMissing
    schools = _register(connection, {row.school for row in rows if row.school})
    known = people.by_hash(connection, hashes.values())
    found = places.of_people(connection, {person.person_id for person in known.values()}, cohort)
    by_person: dict[UUID, list[Place]] = defaultdict(list)
    for row in found:
        by_person[row.person_id].append(_place(row))
    circumstances = Circumstances(
        target=_target(cohort),
        register=schools,
        people={number: Person(known[id_hash].person_id, known[id_hash].name) for number, id_hash in hashes.items() if id_hash in known},
        places=by_person,
        namesakes=_namesakes(connection, schools, [row for row in rows if row.id_number and hashes[row.id_number.number] not in known]),
        cells={code: Cell(cell.seats, cell.used) for code, cell in cells.items()},
        cohort=Cell(cohort.seats, cohort.taken),
        reach=reach_of(actor),
    )
    return circumstances, known, {row.id: row for row in found}


def reach_of(actor: Actor) -> Reach:
    """How far the uploader's authority goes (R45): everywhere, the own county, the own school."""
    if actor.is_any(Role.ORGANIZER):
        return Reach()
    if actor.is_any(Role.COUNTY_CONTACT) and actor.county_code:
        return Reach(county_code=actor.county_code)
    if actor.is_any(Role.SCHOOL_CONTACT) and actor.school_id:
        return Reach(school_id=actor.school_id)
    raise NotFound


def _target(cohort: Any) -> Target:
    return Target(
        cohort_id=cohort.id,
        intake_id=cohort.intake_id,
        category=cohort.intake_category,
        delivery=cohort.intake_delivery,
        starts_on=cohort.intake_starts_on,
        ends_on=cohort.intake_ends_on,
    )


def _place(row: Any) -> Place:
    return Place(
        enrollment_id=row.id,
        person_id=row.person_id,
        cohort_id=row.cohort_id,
        cohort_number=row.cohort_number,
        intake_id=row.intake_id,
        intake_title=row.intake_title,
        county_code=row.county_code,
        school_id=row.school_id,
        is_active=row.status in places.ACTIVE,
        delivery=row.delivery,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def _register(connection: Connection, names: set[str]) -> Register:
    counties = organizations.county_names(connection)
    rows = register.named(connection, names)
    if {row.name for row in rows} < names:
        # Somebody wrote a name in another way: only now is the whole register worth reading.
        rows = register.everyone(connection)
    return Register([_organization(row, counties) for row in rows], counties)


def _organization(row: Any, counties: Mapping[str, str]) -> Organization:
    school_type = None if row.is_public is None else SchoolType.PUBLIC if row.is_public else SchoolType.PRIVATE
    return Organization(row.id, row.name, row.kind, school_type, row.county_code, counties.get(row.county_code, row.county_code))


def _namesakes(connection: Connection, schools: Register, new: Sequence[RosterRow]) -> frozenset[tuple[UUID, str]]:
    school_ids = {organization.id for row in new for organization in schools.elsewhere(row.school)}
    return people.namesakes(connection, {row.name for row in new}, school_ids) if school_ids else frozenset()
