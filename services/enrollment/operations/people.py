"""Put people on record, each once, under the name they were first known by (R7)."""

from typing import Any
from uuid import UUID, uuid4

from services.enrollment.domain.errors import KnownUnderAnotherName, ReasonMissing
from services.enrollment.domain.nominee import Nominee
from services.enrollment.operations.reach import require_place
from services.enrollment.storage import data_keys, enrollments, people
from services.enrollment.storage.secrets import PersonalData, Secrets
from shared.domain import NotFound
from shared.storage.work import UnitOfWork

__all__ = ["Nominee", "find_or_add", "person_row", "show_in_full"]


def find_or_add(work: UnitOfWork, nominee: Nominee, *, secrets: Secrets) -> UUID:
    """The person behind the nominee's ID number, put on record when new. A known ID under another name is refused (R7)."""
    key = data_keys.in_force(work.connection, secrets)
    id_hash = key.lookup_hash(nominee.id_number.number)
    known = people.by_hash(work.connection, [id_hash]).get(id_hash)
    if known is None:
        row = person_row(nominee, key)
        if people.add_unless_known(work.connection, row):
            person_id: UUID = row["id"]
            return person_id
        known = people.by_hash(work.connection, [id_hash])[id_hash]
    if known.name != nominee.name:
        raise KnownUnderAnotherName
    found: UUID = known.person_id
    return found


def show_in_full(work: UnitOfWork, enrollment_id: UUID, *, reason: str, secrets: Secrets) -> tuple[str, str]:
    """ID number and phone of the person behind a place, unmasked; who looked and why stays in the audit log (R44)."""
    place = enrollments.by_id(work.connection, enrollment_id)
    if place is None:
        raise NotFound
    require_place(work.actor, place.county_code, place.school_id)
    if not reason.strip():
        raise ReasonMissing
    work.note("person.shown_in_full", str(place.person_id), reason=reason)
    return people.secrets_of(work.connection, place.person_id, secrets)


def person_row(nominee: Nominee, key: PersonalData) -> dict[str, Any]:
    """A new person as a row; ID number and phone encrypted (R43)."""
    return {
        "id": uuid4(),
        "name": nominee.name,
        "sex": nominee.id_number.sex,
        "nation": nominee.nation,
        "birth_date": nominee.id_number.born_on,
        "political_status": nominee.political_status,
        "id_cipher": key.encrypt(nominee.id_number.number),
        "id_hash": key.lookup_hash(nominee.id_number.number),
        "phone_cipher": key.encrypt(nominee.phone) if nominee.phone else None,
    }
