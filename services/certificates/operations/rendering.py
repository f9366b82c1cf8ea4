"""Rendering, behind the doors: certificates that have a number get their signed file, in parallel and as often as it takes."""

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from services.certificates.domain.codes import check_code_hash, token_hash
from services.certificates.domain.content import Content
from services.certificates.domain.errors import SecretLost
from services.certificates.operations.office import Office
from services.certificates.operations.printing.typesetting import typeset
from services.certificates.storage import documents
from shared.domain import now
from shared.storage.database import Database

log = structlog.get_logger(__name__)
_BATCH = 20
_CLAIMED_FOR = timedelta(minutes=2)
_LONGEST_WAIT = timedelta(hours=1)


def render_pending(database: Database, office: Office, *, cohort_id: UUID | None = None) -> int:
    """Make the files of one batch of certificates; answers how many were taken in hand (0: none was waiting).

    Several workers may do this at once: each claims its own batch for two minutes, and whoever dies loses the
    claim, never a certificate. A failure is written beside the certificate and tried again later; its number
    stays (R39). With `cohort_id` only that cohort's files are made.
    """
    moment = now()
    with database.writing() as connection:
        claimed = documents.claim(connection, cohort_id=cohort_id, limit=_BATCH, at=moment, until=moment + _CLAIMED_FOR)
    if not claimed:
        return 0
    files = list(office.threads.map(lambda row: _attempt(office, row, moment), claimed))
    with database.writing() as connection:
        for row, made in zip(claimed, files, strict=True):
            if isinstance(made, bytes):
                documents.keep(connection, row.id, made, signer=office.signer.fingerprint, at=moment)
            else:
                wait = min(timedelta(seconds=10 * 4**row.render_attempts), _LONGEST_WAIT)
                documents.put_off(connection, row.id, error=f"{type(made).__name__}: {made}", until=now() + wait)
    return len(claimed)


def _attempt(office: Office, row: Row[Any], at: datetime) -> bytes | Exception:
    try:
        return _render(office, row, at)
    except Exception as error:
        # One certificate that cannot be made must not keep the others from theirs.
        log.error("certificate not rendered", certificate_id=str(row.id), error=type(error).__name__, exc_info=True)
        return error


def _render(office: Office, row: Row[Any], at: datetime) -> bytes:
    content = Content.thawed(row.content)
    same_token = hmac.compare_digest(token_hash(office.token(row.id)), row.token_hash)
    same_code = hmac.compare_digest(check_code_hash(content.number, office.check_code(row.id)), row.check_code_hash)
    if not (same_token and same_code):
        # Codes from another secret would be printed, and the public check would call the certificate unknown.
        raise SecretLost(number=content.number)
    return office.signer.sign(typeset(content, office.codes(row.id), at=at), at=at)
