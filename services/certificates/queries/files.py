"""The signed files, as they were made: one certificate's, and all valid ones of a cohort."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from services.certificates.domain.errors import NotRendered
from services.certificates.domain.standing import Standing
from services.certificates.queries.certificates import certificate, reach
from services.certificates.storage import documents
from services.certificates.storage.tables import CERTIFICATES, DOCUMENTS
from shared.storage.work import Actor


@dataclass(frozen=True)
class SignedFile:
    """A file with the name under which it is saved."""

    name: str
    pdf: bytes
    certificate_id: UUID
    person_id: UUID


def file_of(connection: Connection, actor: Actor, certificate_id: UUID) -> SignedFile:
    """The file of a certificate, the same bytes every time; `NotRendered` while it is still being made."""
    found = certificate(connection, actor, certificate_id)
    document = documents.of_certificate(connection, certificate_id)
    if document is None:
        raise NotRendered(number=found.number)
    return SignedFile(f"{found.number}-{found.content.name}.pdf", document.pdf, found.id, found.person_id)


def files_of_cohort(connection: Connection, actor: Actor, cohort_id: UUID) -> Iterator[SignedFile]:
    """The files of a cohort's valid certificates, by number, as far as they have been made."""
    wanted = (
        select(CERTIFICATES.c.id, CERTIFICATES.c.person_id, CERTIFICATES.c.number, CERTIFICATES.c.content, DOCUMENTS.c.pdf)
        .join(DOCUMENTS, DOCUMENTS.c.certificate_id == CERTIFICATES.c.id)
        .where(CERTIFICATES.c.cohort_id == cohort_id, CERTIFICATES.c.standing == Standing.VALID, reach(connection, actor))
        .order_by(CERTIFICATES.c.number)
    )
    for row in connection.execute(wanted):
        yield SignedFile(f"{row.number}-{row.content['name']}.pdf", row.pdf, row.id, row.person_id)
