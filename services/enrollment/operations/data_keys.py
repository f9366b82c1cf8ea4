"""Change the secret behind ID numbers, phones and rosters: everything is encrypted and hashed anew, or nothing (R43)."""

from dataclasses import dataclass

from services.enrollment.domain.errors import KeyChangedMeanwhile
from services.enrollment.storage import correction_requests, data_keys, people, rosters
from services.enrollment.storage.secrets import PersonalData, Secrets
from shared.storage.work import UnitOfWork


@dataclass(frozen=True)
class Rotation:
    """The number of the secret now in force, and how much was encrypted anew under it."""

    number: int
    people: int
    rosters: int
    requests: int


def rotate(work: UnitOfWork, key: PersonalData, *, secrets: Secrets) -> Rotation:
    """Put the next secret, `key`, in force; what the one before has encrypted is encrypted anew in the same transaction.

    Meanwhile nobody is looked up and nobody put on record, so that no ID number is ever known under two secrets. Raises
    `KeyChangedMeanwhile` when another secret was put in force before this one had its turn.
    """
    if data_keys.hold(work.connection).number != key.number - 1:
        raise KeyChangedMeanwhile(number=key.number)
    done = Rotation(
        key.number,
        people=people.encrypt_anew(work.connection, secrets, key),
        rosters=rosters.encrypt_anew(work.connection, secrets, key),
        requests=correction_requests.encrypt_anew(work.connection, secrets, key),
    )
    data_keys.put_in_force(work, key)
    work.note("data_key.rotated", f"data-key/{key.number}", people=done.people, rosters=done.rosters, requests=done.requests)
    return done
