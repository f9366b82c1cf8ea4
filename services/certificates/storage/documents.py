"""The signed files, and which certificates still wait for theirs."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.certificates.domain.standing import Standing
from services.certificates.storage.tables import CERTIFICATES, DOCUMENTS


def claim(connection: Connection, *, cohort_id: UUID | None = None, limit: int, at: datetime, until: datetime) -> Sequence[Row[Any]]:
    """Certificates without a file, oldest first, for this renderer alone until `until`; others take the next ones."""
    waiting = (
        select(CERTIFICATES.c.id)
        .where(
            CERTIFICATES.c.rendered_at.is_(None),
            CERTIFICATES.c.standing == Standing.VALID,
            or_(CERTIFICATES.c.render_claimed_until.is_(None), CERTIFICATES.c.render_claimed_until <= at),
        )
        .order_by(CERTIFICATES.c.issued_at, CERTIFICATES.c.number)
        .limit(limit)
    )
    if cohort_id is not None:
        waiting = waiting.where(CERTIFICATES.c.cohort_id == cohort_id)
    if connection.dialect.name != "sqlite":
        waiting = waiting.with_for_update(skip_locked=True)
    # Two statements: PostgreSQL may run a locking subquery more than once, and then take more than the limit.
    ids = connection.execute(waiting).scalars().all()
    claimed = update(CERTIFICATES).where(CERTIFICATES.c.id.in_(ids)).values(render_claimed_until=until)
    returned = claimed.returning(
        CERTIFICATES.c.id, CERTIFICATES.c.content, CERTIFICATES.c.token_hash, CERTIFICATES.c.check_code_hash, CERTIFICATES.c.render_attempts
    )
    return connection.execute(returned).all()


def keep(connection: Connection, certificate_id: UUID, pdf: bytes, *, signer: str, at: datetime) -> bool:
    """Store a signed file, once: a second one for the same certificate is thrown away. Answers whether it was kept."""
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    row = {"certificate_id": certificate_id, "pdf": pdf, "sha256": sha256(pdf).hexdigest(), "signer": signer, "signed_at": at}
    statement = kind(DOCUMENTS).values(**row).on_conflict_do_nothing(index_elements=["certificate_id"])
    kept = connection.execute(statement.returning(DOCUMENTS.c.certificate_id)).one_or_none() is not None
    if kept:
        done = update(CERTIFICATES).where(CERTIFICATES.c.id == certificate_id)
        connection.execute(done.values(rendered_at=at, render_error=None, render_claimed_until=None))
    return kept


def put_off(connection: Connection, certificate_id: UUID, *, error: str, until: datetime) -> None:
    """Rendering failed: say why, and try again later. The number stays what it is."""
    failed = update(CERTIFICATES).where(CERTIFICATES.c.id == certificate_id)
    connection.execute(
        failed.values(render_attempts=CERTIFICATES.c.render_attempts + 1, render_error=error[:2000], render_claimed_until=until)
    )


def of_certificate(connection: Connection, certificate_id: UUID) -> Row[Any] | None:
    """The signed file of a certificate with its hash, if it has been made."""
    return connection.execute(select(DOCUMENTS).where(DOCUMENTS.c.certificate_id == certificate_id)).one_or_none()


def hash_of(connection: Connection, certificate_id: UUID) -> str | None:
    """The SHA-256 of a certificate's file, if it has been made."""
    found = connection.execute(select(DOCUMENTS.c.sha256).where(DOCUMENTS.c.certificate_id == certificate_id))
    digest: str | None = found.scalar_one_or_none()
    return digest
