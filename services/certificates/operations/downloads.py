"""Take signed files away: an audit entry for each certificate, unless it is the own one (R47)."""

from uuid import UUID

from services.certificates.queries.files import SignedFile, file_of, files_of_cohort
from services.certificates.storage.completions import kept_person
from shared.storage.work import UnitOfWork


def take_file(work: UnitOfWork, certificate_id: UUID) -> SignedFile:
    """The file of a certificate. Raises `NotRendered` while it is still being made."""
    file = file_of(work.connection, work.actor, certificate_id)
    own = work.actor.person_id
    if own is None or kept_person(work.connection, own) != file.person_id:
        work.note("certificate.downloaded", f"certificate/{certificate_id}")
    return file


def take_files_of_cohort(work: UnitOfWork, cohort_id: UUID) -> list[SignedFile]:
    """The files of a cohort's valid certificates, as far as they have been made."""
    files = list(files_of_cohort(work.connection, work.actor, cohort_id))
    if files:
        work.note("certificates.downloaded", f"cohort/{cohort_id}", files=len(files))
    for file in files:
        work.note("certificate.downloaded", f"certificate/{file.certificate_id}")
    return files
