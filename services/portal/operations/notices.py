"""Accepting the privacy notice (R48)."""

from uuid import UUID

from services.portal.domain.notice import VERSION
from services.portal.storage import accounts
from shared.storage.work import UnitOfWork


def accept_notice(work: UnitOfWork, account_id: UUID) -> None:
    """Note that the owner of an account has read the notice in force and accepts it."""
    accounts.accept_notice(work.connection, account_id, VERSION, work.now)
    work.note("notice.accepted", f"account/{account_id}", version=VERSION)
