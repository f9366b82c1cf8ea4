"""Requests for a correction of the own data, as rows; what was stated is gone with the decision (R43, R48)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from services.enrollment.domain.words import RequestState
from services.enrollment.storage.secrets import PersonalData, Secrets
from services.enrollment.storage.tables import CORRECTION_REQUESTS, PEOPLE

R = CORRECTION_REQUESTS.c


def add_unless_open(connection: Connection, row: Mapping[str, Any]) -> bool:
    """A new request; false when the person has one open for the same thing."""
    try:
        with connection.begin_nested():
            connection.execute(insert(CORRECTION_REQUESTS).values(**row))
    except IntegrityError as error:
        if not any(name in str(error.orig) for name in ("uq_correction_requests_open", "correction_requests.person_id")):
            raise
        return False
    return True


def by_id(connection: Connection, request_id: UUID) -> Any:
    """One request with the person's name, or none."""
    wanted = select(CORRECTION_REQUESTS, PEOPLE.c.name).join(PEOPLE, PEOPLE.c.id == R.person_id)
    return connection.execute(wanted.where(R.id == request_id)).one_or_none()


def decide(connection: Connection, request_id: UUID, **values: Any) -> bool:
    """Decide a request that is still open and erase what it stated; false when somebody was faster."""
    decided = update(CORRECTION_REQUESTS).where(R.id == request_id, R.state == RequestState.OPEN)
    return connection.execute(decided.values(stated_cipher=None, **values).returning(R.id)).first() is not None


def of_people(connection: Connection, person_ids: Sequence[UUID]) -> Sequence[Any]:
    """The requests of a person, under whichever of the records, the newest first."""
    wanted = select(CORRECTION_REQUESTS).where(R.person_id.in_(person_ids))
    return connection.execute(wanted.order_by(R.asked_at.desc(), R.id)).all()


def encrypt_anew(connection: Connection, secrets: Secrets, key: PersonalData) -> int:
    """Encrypt what every request says under another secret, one after the other; answers how many there are."""
    asked = connection.execute(select(R.id).order_by(R.id)).scalars().all()
    for request_id in asked:
        row = connection.execute(select(R.stated_cipher, R.text_cipher).where(R.id == request_id).with_for_update()).one()
        anew = {name: key.encrypt(secrets.decrypt(cipher)) if cipher else cipher for name, cipher in row._mapping.items()}
        connection.execute(update(CORRECTION_REQUESTS).where(R.id == request_id).values(anew))
    return len(asked)


def in_state(connection: Connection, state: RequestState | None, limit: int) -> Sequence[Any]:
    """The open ones with the person's name, the oldest first; without a state those that are decided, the newest first."""
    wanted = select(CORRECTION_REQUESTS, PEOPLE.c.name).join(PEOPLE, PEOPLE.c.id == R.person_id)
    if state is not None:
        return connection.execute(wanted.where(R.state == state).order_by(R.asked_at, R.id).limit(limit)).all()
    return connection.execute(wanted.where(R.state != RequestState.OPEN).order_by(R.decided_at.desc(), R.id).limit(limit)).all()
