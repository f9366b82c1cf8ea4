"""A certificate as the public check finds it: by the hash of its token, or by number and check code (R41)."""

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from services.certificates.storage.tables import CERTIFICATES, DOCUMENTS

_successors = CERTIFICATES.alias("successors")


def by_token_hash(connection: Connection, token_hash: str) -> Row[Any] | None:
    """The certificate whose QR code holds this token."""
    return connection.execute(_checked().where(CERTIFICATES.c.token_hash == token_hash)).one_or_none()


def by_number_and_code(connection: Connection, number: str, check_code_hash: str) -> Row[Any] | None:
    """The certificate with this number and this check code; one without the other finds nothing."""
    wanted = _checked().where(CERTIFICATES.c.number == number, CERTIFICATES.c.check_code_hash == check_code_hash)
    return connection.execute(wanted).one_or_none()


def _checked() -> Select[Any]:
    return (
        select(
            CERTIFICATES.c.id,
            CERTIFICATES.c.content,
            CERTIFICATES.c.standing,
            CERTIFICATES.c.voided_at,
            _successors.c.number.label("successor_number"),
            DOCUMENTS.c.sha256,
        )
        .outerjoin(_successors, _successors.c.id == CERTIFICATES.c.superseded_by)
        .outerjoin(DOCUMENTS, DOCUMENTS.c.certificate_id == CERTIFICATES.c.id)
    )
