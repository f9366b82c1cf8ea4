"""What a judged roster changes on record, table by table, and how it is written: one statement per table (R5)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from services.enrollment.domain.errors import CohortFull
from services.enrollment.domain.judgment import Outcome, Verdict
from services.enrollment.domain.roster_row import RosterRow
from services.enrollment.domain.words import EnrollmentStatus
from services.enrollment.storage import enrollments, people, places
from services.enrollment.storage.secrets import PersonalData
from shared.logs import scrubbed
from shared.storage.work import UnitOfWork

Row = dict[str, Any]


@dataclass
class RosterChanges:
    """Rows to insert and to update; `added` leads from each new place's person to the row, `updated` holds places that were there."""

    new_people: list[Row] = field(default_factory=list)
    changed_people: list[Row] = field(default_factory=list)
    new_places: list[Row] = field(default_factory=list)
    changed_places: list[Row] = field(default_factory=list)
    by_cell: Counter[str] = field(default_factory=Counter)
    added: dict[UUID, int] = field(default_factory=dict)
    unchanged: int = 0
    updated: list[UUID] = field(default_factory=list)


@dataclass(frozen=True)
class RosterRecord:
    """What was on record when a roster was judged: people by ID hash, places by id, and the cohort itself."""

    cohort: Any
    people: Mapping[str, Any]
    places: Mapping[UUID, Any]
    hashes: Mapping[str, str]


def changes_of(work: UnitOfWork, verdicts: Sequence[Verdict], record: RosterRecord, secrets: PersonalData) -> RosterChanges:
    """The changes that the rows without errors lead to."""
    changes = RosterChanges()
    for verdict in verdicts:
        row = verdict.row
        if row.is_wrong or row.id_number is None or verdict.organization is None:
            continue
        known = record.people.get(record.hashes[row.id_number.number])
        if verdict.outcome is Outcome.ADDED:
            if known is not None and known.person_id in changes.added:
                # Two ID numbers of one person, whose records have been merged (R7).
                row.complain("id_twice", "id_number", first=changes.added[known.person_id])
                continue
            person_id = _add_person(changes, row, record.hashes, secrets) if known is None else known.person_id
            changes.added[person_id] = row.number
            _add_place(work, changes, verdict, record.cohort, person_id)
            if known is not None:
                _change_person(changes, row, known, secrets)
        elif verdict.outcome is Outcome.UPDATED and known is not None and verdict.place is not None:
            changed_person = _change_person(changes, row, known, secrets)
            changed_place = _change_place(changes, verdict, record.places[verdict.place.enrollment_id])
            if changed_person or changed_place:
                changes.updated.append(verdict.place.enrollment_id)
            else:
                changes.unchanged += 1
        else:
            changes.unchanged += 1
    return changes


def write(work: UnitOfWork, cohort_id: UUID, changes: RosterChanges) -> None:
    """Write the changes. The cohort is locked, so the seats that were free when the roster was judged still are."""
    if changes.by_cell and not places.take(work.connection, cohort_id, changes.by_cell):
        raise CohortFull
    people.add(work.connection, changes.new_people)
    people.bring_up_to_date(work.connection, changes.changed_people)
    enrollments.add(work.connection, changes.new_places)
    places.bring_up_to_date(work.connection, changes.changed_places)
    enrollments.remember(work, [place["id"] for place in changes.new_places], "nominated")
    enrollments.remember(work, changes.updated, "updated")


def _add_person(changes: RosterChanges, row: RosterRow, hashes: Mapping[str, str], secrets: PersonalData) -> UUID:
    assert row.id_number is not None
    person_id = uuid4()
    changes.new_people.append(
        {
            "id": person_id,
            "name": row.name,
            "sex": row.id_number.sex,
            "nation": row.ethnicity,
            "birth_date": row.id_number.born_on,
            "political_status": row.political_status,
            "id_cipher": secrets.encrypt(row.id_number.number),
            "id_hash": hashes[row.id_number.number],
            "phone_cipher": secrets.encrypt(row.phone) if row.phone else None,
        }
    )
    return person_id


def _add_place(work: UnitOfWork, changes: RosterChanges, verdict: Verdict, cohort: Any, person_id: UUID) -> None:
    organization, row = verdict.organization, verdict.row
    assert organization is not None
    assert verdict.cell_code is not None
    changes.by_cell[verdict.cell_code] += 1
    changes.new_places.append(
        {
            "id": uuid4(),
            "cohort_id": cohort.id,
            "intake_id": cohort.intake_id,
            "person_id": person_id,
            "category": cohort.intake_category,
            "post": row.post,
            "school_id": organization.id,
            "school_name": organization.name,
            "county_code": organization.county_code,
            "county_name": organization.county_name,
            "cell_code": verdict.cell_code,
            "status": EnrollmentStatus.ENROLLED,
            "lodging": row.lodging,
            "remarks": scrubbed(row.remarks),
            "nominated_at": work.now,
        }
    )


def _change_person(changes: RosterChanges, row: RosterRow, known: Any, secrets: PersonalData) -> bool:
    """What a roster leaves empty stays as it is known."""
    phone_changed = bool(row.phone) and row.phone != secrets.decrypt_text(known.phone_cipher)
    nation = row.ethnicity or known.nation
    political_status = row.political_status or known.political_status
    if not phone_changed and (nation, political_status) == (known.nation, known.political_status):
        return False
    phone_cipher = secrets.encrypt(row.phone) if phone_changed else known.phone_cipher
    changes.changed_people.append(
        {"person": known.person_id, "phone_cipher": phone_cipher, "nation": nation, "political_status": political_status}
    )
    return True


def _change_place(changes: RosterChanges, verdict: Verdict, known: Any) -> bool:
    organization, row = verdict.organization, verdict.row
    assert organization is not None
    now = {
        "post": row.post,
        "school_id": organization.id,
        "school_name": organization.name,
        "lodging": known.lodging if row.lodging is None else row.lodging,
        "remarks": scrubbed(row.remarks) or known.remarks,
    }
    if all(getattr(known, name) == value for name, value in now.items()):
        return False
    changes.changed_places.append({"enrollment": known.id, **now})
    return True
