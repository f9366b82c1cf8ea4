"""Voiding: a certificate that is wrong is voided, with a new one in its place or without (R40)."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row

from services.certificates.domain.content import Content
from services.certificates.domain.errors import CertificateVoid, ReasonMissing
from services.certificates.events import publishes
from services.certificates.operations.issuing import issue, place_of, training_of
from services.certificates.operations.office import Office
from services.certificates.storage import certificates, completions
from shared.domain import NotFound
from shared.logs import scrubbed
from shared.storage.work import UnitOfWork

MERGED = "two records of one person were merged"


def void_certificate(work: UnitOfWork, certificate_id: UUID, *, reason: str) -> Row[Any]:
    """Revoke a certificate; the public check says so from now on, and its number is never used again (R39, R40)."""
    row = _void(work, certificate_id, reason)
    publishes.publish_certificate_voided(work, row)
    return row


def replace_certificate(work: UnitOfWork, office: Office, certificate_id: UUID, *, reason: str, name: str | None = None) -> UUID:
    """Void a certificate and issue a new one with its own number in its place; answers the new one's id (R40).

    `name` is the corrected name. The new one states what courses said last of the training.
    """
    old = _void(work, certificate_id, reason)
    content = Content.thawed(old.content)
    told = completions.of_enrollment(work.connection, old.enrollment_id)
    training = training_of(told.training) if told is not None and told.stands else content.training
    # Voided first, issued second: whoever hears them in order never sees the place without its valid one at the end.
    new_id = uuid4()
    publishes.publish_certificate_voided(work, old, superseded_by=new_id)
    issue(work, office, place_of(old), name=name or content.name, training=training, replaces=old, certificate_id=new_id)
    certificates.link_successor(work.connection, old.id, new_id)
    return new_id


def follow_merge(work: UnitOfWork, *, kept_person_id: UUID, merged_person_id: UUID) -> None:
    """Two records are one person: certificates follow, and of two valid ones for one intake the first issued stands (R7, R39)."""
    kept = completions.kept_person(work.connection, kept_person_id)
    if kept == merged_person_id:
        return
    held: dict[UUID, UUID] = {}
    for row in certificates.valid_of_people(work.connection, [kept, merged_person_id]):
        stands = held.setdefault(row.intake_id, row.id)
        if stands != row.id:
            certificates.void(work.connection, row.id, at=work.now, reason=MERGED)
            certificates.link_successor(work.connection, row.id, stands)
            work.note("certificate.voided", f"certificate/{row.id}", number=row.number, reason=MERGED)
            publishes.publish_certificate_voided(work, row, superseded_by=stands)
    completions.merge(work.connection, merged_person_id, kept)
    certificates.hand_over(work.connection, merged_person_id, kept)


def _void(work: UnitOfWork, certificate_id: UUID, reason: str) -> Row[Any]:
    if len(reason.strip()) < 2:
        raise ReasonMissing
    if certificates.find(work.connection, certificate_id) is None:
        raise NotFound
    row = certificates.void(work.connection, certificate_id, at=work.now, reason=scrubbed(reason.strip()))
    if row is None:
        raise CertificateVoid
    work.note("certificate.voided", f"certificate/{row.id}", number=row.number, reason=reason.strip())
    return row
