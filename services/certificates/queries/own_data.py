"""What certificates keeps of one person, and the ids under which its audit log speaks of them (R48)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.certificates.queries.certificates import Certificate, certificates_of_person
from services.certificates.storage.completions import kept_person
from services.certificates.storage.tables import CERTIFICATES, COMPLETIONS
from shared.storage.work import Actor
from shared.vocabulary import Role


def certificates(connection: Connection, person_id: UUID) -> list[Certificate]:
    """The person's certificates, the latest first, void ones included."""
    oneself = Actor(account_id="", name="", roles=frozenset({Role.TRAINEE}), person_id=person_id)
    return certificates_of_person(connection, oneself, person_id)


def completions(connection: Connection, person_id: UUID) -> list[Row[Any]]:
    """What courses said last of each of the person's places (R16)."""
    wanted = select(COMPLETIONS).where(COMPLETIONS.c.person_id == kept_person(connection, person_id))
    return list(connection.execute(wanted))


def things(connection: Connection, person_id: UUID) -> list[UUID]:
    """The person's own id and those of the certificates."""
    kept = kept_person(connection, person_id)
    return [*{person_id, kept}, *connection.execute(select(CERTIFICATES.c.id).where(CERTIFICATES.c.person_id == kept)).scalars()]
