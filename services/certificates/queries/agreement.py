"""Whether what is stored agrees with itself: completions, certificates, numbers and files (R39, R40)."""

from collections.abc import Iterator
from hashlib import sha256

from sqlalchemy import Connection, and_, func, select

from services.certificates.domain.standing import Standing
from services.certificates.storage.tables import CERTIFICATES, COMPLETIONS, DOCUMENTS, SERIES


def differences(connection: Connection) -> Iterator[str]:
    """One sentence for each thing that does not agree; none when all is well."""
    yield from _gaps_in_numbers(connection)
    yield from _undone_but_valid(connection)
    yield from _completed_without_certificate(connection)
    yield from _changed_files(connection)


def _gaps_in_numbers(connection: Connection) -> Iterator[str]:
    given = select(SERIES.c.series, SERIES.c.last_serial, func.count(CERTIFICATES.c.id).label("issued"))
    joined = given.outerjoin(CERTIFICATES, CERTIFICATES.c.series == SERIES.c.series).group_by(SERIES.c.series, SERIES.c.last_serial)
    for row in connection.execute(joined):
        if row.issued != row.last_serial:
            yield f"series {row.series}: {row.issued} certificates for {row.last_serial} numbers"


def _undone_but_valid(connection: Connection) -> Iterator[str]:
    valid = and_(COMPLETIONS.c.enrollment_id == CERTIFICATES.c.enrollment_id, CERTIFICATES.c.standing == Standing.VALID)
    undone = select(CERTIFICATES.c.number).join(COMPLETIONS, valid).where(COMPLETIONS.c.stands == 0)
    for number in connection.execute(undone).scalars():
        yield f"certificate {number}: valid, but its completion was withdrawn"


def _completed_without_certificate(connection: Connection) -> Iterator[str]:
    # A void certificate counts: an organizer may have voided it with a reason while the completion stands.
    own = and_(CERTIFICATES.c.person_id == COMPLETIONS.c.person_id, CERTIFICATES.c.intake_id == COMPLETIONS.c.intake_id)
    without = select(COMPLETIONS.c.enrollment_id).where(COMPLETIONS.c.stands == 1, ~select(CERTIFICATES.c.id).where(own).exists())
    for enrollment_id in connection.execute(without).scalars():
        yield f"enrollment {enrollment_id}: completed, but never certified"


def _changed_files(connection: Connection) -> Iterator[str]:
    files = select(CERTIFICATES.c.number, DOCUMENTS.c.pdf, DOCUMENTS.c.sha256).join(
        DOCUMENTS, DOCUMENTS.c.certificate_id == CERTIFICATES.c.id
    )
    for row in connection.execution_options(yield_per=50).execute(files):
        if sha256(row.pdf).hexdigest() != row.sha256:
            yield f"certificate {row.number}: its file is not the one that was signed"
