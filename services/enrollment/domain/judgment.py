"""Judges the rows of a roster against register, people, places and quota: all rows, all problems, in the order of the sheet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.enrollment.domain.post import fits
from services.enrollment.domain.register import Organization, Register
from services.enrollment.domain.roster_row import RosterRow
from shared.vocabulary import Category, Delivery

# The city's pool, to which unused seats return after round 1; first come, first served (R4).
POOL = "000000"


class Outcome(StrEnum):
    """What a row leads to when it is written."""

    UNCHANGED = "unchanged"
    UPDATED = "updated"
    ADDED = "added"
    GONE = "gone"
    WRONG = "wrong"


@dataclass(frozen=True)
class Person:
    """A person already on record."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Place:
    """A place someone holds, has held or waits for."""

    enrollment_id: UUID
    person_id: UUID
    cohort_id: UUID
    cohort_number: int
    intake_id: UUID
    intake_title: str
    county_code: str
    school_id: UUID
    is_active: bool
    delivery: Delivery
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Target:
    """The cohort a roster is for."""

    cohort_id: UUID
    intake_id: UUID
    category: Category
    delivery: Delivery
    starts_on: date
    ends_on: date


@dataclass
class Cell:
    """A county's part of the cohort while rows are being judged."""

    seats: int
    taken: int

    @property
    def is_full(self) -> bool:
        """Whether no further place fits in."""
        return self.taken >= self.seats


@dataclass(frozen=True)
class Reach:
    """How far the uploader's authority goes (R45); none of both: everywhere."""

    county_code: str | None = None
    school_id: UUID | None = None

    def covers(self, organization: Organization) -> bool:
        """Whether the uploader may act for this organization, and be told of it."""
        return self.county_code in (None, organization.county_code) and self.school_id in (None, organization.id)


@dataclass
class Circumstances:
    """Everything on record that a roster is judged against; in round 2 the city's pool is one of the cells."""

    target: Target
    register: Register
    people: Mapping[str, Person]
    places: Mapping[UUID, Sequence[Place]]
    namesakes: frozenset[tuple[UUID, str]]
    cells: dict[str, Cell] | None
    cohort: Cell
    reach: Reach = field(default_factory=Reach)


@dataclass
class Verdict:
    """One row with what was found for it."""

    row: RosterRow
    outcome: Outcome = Outcome.WRONG
    organization: Organization | None = None
    person: Person | None = None
    place: Place | None = None
    cell_code: str | None = None


def judge(rows: Sequence[RosterRow], known: Circumstances) -> list[Verdict]:
    """A verdict on every row. Seats and quota cells are counted down in the order of the sheet (R4)."""
    _find_twins(rows)
    verdicts = [_judge_row(row, known) for row in rows]
    for verdict in verdicts:
        if not verdict.row.is_wrong and verdict.place is None:
            _take_seat(verdict, known)
    return verdicts


def _find_twins(rows: Sequence[RosterRow]) -> None:
    first: dict[str, int] = {}
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.id_number is not None:
            holders[row.name, row.school].add(row.id_number.number)
    for row in rows:
        if row.id_number is None:
            continue
        if row.id_number.number in first:
            row.complain("id_twice", "id_number", first=first[row.id_number.number])
        elif len(holders[row.name, row.school]) > 1:
            row.complain("namesake", "name", warning=True, name=row.name, school=row.school)
        first.setdefault(row.id_number.number, row.number)


def _judge_row(row: RosterRow, known: Circumstances) -> Verdict:
    verdict = Verdict(row)
    verdict.organization = _find_organization(row, known)
    if verdict.organization is not None:
        _check_organization(row, verdict.organization, known)
    if row.id_number is not None:
        verdict.person = known.people.get(row.id_number.number)
        _check_person(verdict, known)
    return verdict


def _find_organization(row: RosterRow, known: Circumstances) -> Organization | None:
    county = known.register.county(row.county) if row.county else known.reach.county_code
    if row.county and county is None:
        row.complain("county_not_found", "county", county=row.county[:40])
    if not row.school:
        return None
    found = known.register.find(row.school, county)
    if found is None and county is not None:
        others = known.register.elsewhere(row.school)
        if others:
            row.complain("school_in_other_county", "school", school=row.school[:100], county=others[0].county_name)
            return None
    if found is None:
        likely = _likely(row, county, known)
        if likely:
            row.complain("school_unknown_but_like", "school", school=row.school[:100], likely=likely)
        else:
            row.complain("school_unknown", "school", school=row.school[:100])
    return found


def _likely(row: RosterRow, county: str | None, known: Circumstances) -> str | None:
    """The school that was probably meant; one beyond the uploader's reach is not named."""
    name = known.register.nearest(row.school, county)
    school = known.register.find(name, county) if name else None
    return school.name if school and known.reach.covers(school) else None


def _check_organization(row: RosterRow, organization: Organization, known: Circumstances) -> None:
    reach = known.reach
    if reach.school_id is not None and organization.id != reach.school_id:
        row.complain("not_your_school", "school", school=organization.name)
    elif reach.county_code is not None and organization.county_code != reach.county_code:
        row.complain("not_your_county", "county", county=organization.county_name)
    if row.school_type and organization.school_type and row.school_type is not organization.school_type:
        row.complain("school_type_disagrees", "school_type", school=organization.name)
    if row.post and not fits(known.target.category, row.post, organization.kind, organization.school_type):
        row.complain("wrong_category", "post", post=row.post, school=organization.name, category=known.target.category)


def _check_person(verdict: Verdict, known: Circumstances) -> None:
    row, person = verdict.row, verdict.person
    if person is None:
        told = any(problem.code == "namesake" for problem in row.problems)
        if not told and verdict.organization and (verdict.organization.id, row.name) in known.namesakes:
            row.complain("namesake", "name", warning=True, name=row.name, school=verdict.organization.name)
        return
    if person.name != row.name:
        row.complain("known_under_another_name", "name", name=row.name)
        return
    for place in sorted(known.places.get(person.id, ()), key=lambda place: not place.is_active):
        _check_place(verdict, place, known.target, known.reach)


def _check_place(verdict: Verdict, place: Place, target: Target, reach: Reach) -> None:
    row = verdict.row
    if place.cohort_id == target.cohort_id:
        if verdict.place is None or place.is_active:
            verdict.place = place
            verdict.outcome = Outcome.UPDATED if place.is_active else Outcome.GONE
        if not place.is_active and verdict.outcome is Outcome.GONE:
            row.complain("left_this_cohort", "id_number", warning=True)
        elif place.is_active and verdict.organization and verdict.organization.county_code != place.county_code:
            row.complain("county_changed", "school", county=verdict.organization.county_name)
        elif place.is_active and reach.school_id not in (None, place.school_id):
            row.complain("place_of_another_school", "school")
    elif place.is_active and place.intake_id == target.intake_id:
        row.complain("in_another_cohort", "id_number", cohort=place.cohort_number)
    elif place.is_active and Delivery.OFFLINE in (target.delivery, place.delivery) and overlap(place, target):
        both_offline = target.delivery is place.delivery
        code = "dates_overlap_offline" if both_offline else "dates_overlap_online"
        row.complain(code, "id_number", warning=not both_offline, intake=place.intake_title)


def overlap(place: Place, target: Target) -> bool:
    """Whether both have a day in common."""
    return place.starts_on <= target.ends_on and target.starts_on <= place.ends_on


def _take_seat(verdict: Verdict, known: Circumstances) -> None:
    if verdict.organization is None or verdict.row.id_number is None or verdict.row.post is None:
        return
    code = verdict.organization.county_code
    cells = {} if known.cells is None else {name: known.cells.get(name, Cell(0, 0)) for name in (code, POOL)}
    cell_code = next((name for name, cell in cells.items() if not cell.is_full), None)
    if (known.cells is None or cell_code is not None) and not known.cohort.is_full:
        known.cohort.taken += 1
        if cell_code is not None:
            cells[cell_code].taken += 1
        verdict.outcome, verdict.cell_code = Outcome.ADDED, cell_code
    elif cells and cell_code is None:
        county, cell = verdict.organization.county_name, cells[code]
        verdict.row.complain("quota_exceeded", "county", county=county, quota=cell.seats, used=cell.taken)
    else:
        verdict.row.complain("cohort_full", "id_number", seats=known.cohort.seats)
