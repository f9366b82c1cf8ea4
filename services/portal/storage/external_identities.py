"""Accounts' identities at the OpenID provider and browsers' trips there, as rows; of a trip's cookie only the hash is kept."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from services.portal.domain.external_identity import Identity, Trip
from services.portal.storage.tables import ACCOUNTS, EXTERNAL_IDENTITIES, PROVIDER_TRIPS

E = EXTERNAL_IDENTITIES.c
T = PROVIDER_TRIPS.c


def link(connection: Connection, account_id: UUID, identity: Identity, at: datetime) -> bool:
    """Link an account with an identity, in place of any it had; false when another account has it: then nothing may be committed."""
    unlink(connection, account_id)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"account_id": account_id, "issuer": identity.issuer, "subject": identity.subject, "linked_at": at}
    linked = dialect.insert(EXTERNAL_IDENTITIES).values(row).on_conflict_do_nothing().returning(E.account_id)
    return connection.execute(linked).first() is not None


def unlink(connection: Connection, account_id: UUID) -> bool:
    """Forget an account's identity; false when it had none."""
    gone = delete(EXTERNAL_IDENTITIES).where(E.account_id == account_id).returning(E.account_id)
    return connection.execute(gone).first() is not None


def account_of(connection: Connection, identity: Identity) -> UUID | None:
    """The open account that is linked with an identity."""
    linked = select(E.account_id).join(ACCOUNTS, ACCOUNTS.c.id == E.account_id)
    this = (E.issuer == identity.issuer, E.subject == identity.subject, ACCOUNTS.c.active)
    return connection.execute(linked.where(*this)).scalar_one_or_none()


def of_account(connection: Connection, account_id: UUID, issuer: str) -> Any | None:
    """The subject that an account is linked with at this provider, and since when."""
    wanted = select(E.subject, E.linked_at).where(E.account_id == account_id, E.issuer == issuer)
    return connection.execute(wanted).one_or_none()


def add_trip(connection: Connection, cookie_hash: str, trip: Trip) -> None:
    """Keep a trip that a browser sets out on."""
    connection.execute(insert(PROVIDER_TRIPS).values(cookie_hash=cookie_hash, **asdict(trip)))


def take_trip(connection: Connection, cookie_hash: str) -> Trip | None:
    """The trip behind a browser's cookie; it is forgotten with that, so that of two who come back at once one is let in."""
    columns = (T.state, T.nonce, T.verifier, T.account_id, T.wanted, T.began_at)
    row = connection.execute(delete(PROVIDER_TRIPS).where(T.cookie_hash == cookie_hash).returning(*columns)).one_or_none()
    return Trip(*row) if row else None


def forget_trips(connection: Connection, before: datetime) -> None:
    """Forget trips that nobody came back from."""
    connection.execute(delete(PROVIDER_TRIPS).where(T.began_at < before))
