"""Issuing: a completed training gets its number and its frozen certificate, and loses it when it is undone (R39, R40)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from services.certificates.domain.codes import check_code_hash, token_hash
from services.certificates.domain.content import Content, Training
from services.certificates.domain.errors import IntakeUnnumbered
from services.certificates.domain.name import accepted
from services.certificates.domain.number import number_of
from services.certificates.events import publishes
from services.certificates.operations.office import Office
from services.certificates.operations.printing.fonts import require_printable
from services.certificates.operations.printing.typesetting import printed_texts
from services.certificates.storage import certificates, completions
from shared.domain import city_date
from shared.storage.work import UnitOfWork
from shared.vocabulary import Category, Delivery, OrganizedBy

COMPLETION_UNDONE = "completion withdrawn"


@dataclass(frozen=True)
class Place:
    """Whose certificate it is, and for which place in which cohort."""

    person_id: UUID
    enrollment_id: UUID
    cohort_id: UUID
    intake_id: UUID


@dataclass(frozen=True)
class Completed:
    """A completed training, as courses tells it."""

    place: Place
    name: str
    organized_by: OrganizedBy
    training: dict[str, Any]


def record_completion(work: UnitOfWork, office: Office, completed: Completed) -> UUID | None:
    """Issue the certificate of a completed training; answers its id, or none when nothing is issued.

    Whoever holds a valid certificate of the intake keeps it: it is frozen (R40). A training held by the
    province gets no number of the city: the province certifies it, and the city counts only its hours (R21).
    """
    if completed.organized_by is not OrganizedBy.CITY:
        return None
    if completed.training["intake_number"] is None:
        raise IntakeUnnumbered(title=completed.training["intake_title"])
    place = replace(completed.place, person_id=completions.kept_person(work.connection, completed.place.person_id))
    completions.record(work.connection, {**vars(place), "name": completed.name, "training": _stored(completed.training)})
    if certificates.valid_of_person(work.connection, place.person_id, place.intake_id) is not None:
        return None
    return issue(work, office, place, name=completed.name, training=training_of(completed.training))


def undo_completion(work: UnitOfWork, office: Office, enrollment_id: UUID) -> None:
    """Void the certificate of a place whose completion a correction has undone (R40).

    If the same person has completed the intake in another place too (two records that were merged), that
    completion is certified in its stead.
    """
    completions.withdraw(work.connection, enrollment_id)
    row = certificates.valid_of_enrollment(work.connection, enrollment_id)
    if row is None:
        return
    certificates.void(work.connection, row.id, at=work.now, reason=COMPLETION_UNDONE)
    work.note("certificate.voided", f"certificate/{row.id}", number=row.number, reason=COMPLETION_UNDONE)
    publishes.publish_certificate_voided(work, row)
    for other in completions.standing_of_person(work.connection, row.person_id, row.intake_id)[:1]:
        issue(work, office, place_of(other), name=other.name, training=training_of(other.training))


def issue(
    work: UnitOfWork,
    office: Office,
    place: Place,
    *,
    name: str,
    training: Training,
    replaces: Row[Any] | None = None,
    certificate_id: UUID | None = None,
) -> UUID:
    """Give a new certificate its number and freeze its content; the file is made behind.

    A name that cannot be printed is refused before a number is taken, so no number is burned (R39).
    """
    draft = Content(
        number="",
        name=accepted(name),
        training=training,
        issuer=office.issuer,
        issued_on=city_date(work.now),
        sample=office.sample,
        replaces_number=replaces.number if replaces else None,
    )
    for text in printed_texts(draft):
        require_printable(text)
    series = office.series(training)
    content = replace(draft, number=number_of(series, certificates.take_serial(work.connection, str(series))))
    certificate_id = certificate_id or uuid4()
    row = {
        "id": certificate_id,
        "number": content.number,
        "series": str(series),
        **vars(place),
        "content": content.frozen(),
        "token_hash": token_hash(office.token(certificate_id)),
        "check_code_hash": check_code_hash(content.number, office.check_code(certificate_id)),
        "issued_at": work.now,
        "replaces": replaces.id if replaces else None,
    }
    certificates.add(work.connection, row)
    work.note("certificate.issued", f"certificate/{certificate_id}", number=content.number)
    publishes.publish_certificate_issued(work, row, issued_on=content.issued_on)
    return certificate_id


def place_of(row: Row[Any]) -> Place:
    """The place a stored certificate or completion is for."""
    return Place(person_id=row.person_id, enrollment_id=row.enrollment_id, cohort_id=row.cohort_id, intake_id=row.intake_id)


def training_of(facts: dict[str, Any]) -> Training:
    """A training from what courses told, or from what was stored of it."""
    return Training(
        cohort_number=facts["cohort_number"],
        intake_number=facts["intake_number"],
        intake_title=facts["intake_title"],
        category=Category(facts["category"]),
        delivery=Delivery(facts["delivery"]),
        starts_on=_day(facts["starts_on"]),
        ends_on=_day(facts["ends_on"]),
        earned_quarter_hours=facts["earned_quarter_hours"],
        total_quarter_hours=facts["total_quarter_hours"],
        completed_on=_day(facts["completed_on"]),
    )


def _stored(training: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in training.items()}


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
