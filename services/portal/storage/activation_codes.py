"""Activation codes, as rows; of a code only its keyed hash is kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from services.portal.storage.tables import ACTIVATION_CODES

C = ACTIVATION_CODES.c


def add(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add codes."""
    connection.execute(insert(ACTIVATION_CODES), [dict(row) for row in rows])


def settle_all(connection: Connection, account_ids: Iterable[UUID], at: datetime) -> None:
    """The open codes of these accounts can no longer be used."""
    connection.execute(update(ACTIVATION_CODES).where(C.account_id.in_(list(account_ids)), C.settled_at.is_(None)).values(settled_at=at))


def account_of(connection: Connection, code_hash: str, at: datetime) -> UUID | None:
    """The account an open code stands for."""
    fitting = (C.code_hash == code_hash, C.settled_at.is_(None), C.expires_at > at)
    return connection.execute(select(C.account_id).where(*fitting)).scalar_one_or_none()


def use(connection: Connection, code_hash: str, at: datetime) -> UUID | None:
    """Use a code up and answer its account; of two who come at once only the first gets it."""
    fitting = (C.code_hash == code_hash, C.settled_at.is_(None), C.expires_at > at)
    return connection.execute(update(ACTIVATION_CODES).where(*fitting).values(settled_at=at).returning(C.account_id)).scalar_one_or_none()
