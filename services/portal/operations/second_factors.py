"""The second factor: set up with an authenticator, confirmed by its first code, shown at every sign-in, switched off."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp

from services.portal.domain.activation_code import new_code, read_code, written
from services.portal.domain.errors import SecondFactorRefused
from services.portal.domain.second_factor import RECOVERY_CODES, acceptable_steps
from services.portal.operations.devices import clear_tries, known_tries, set_tries
from services.portal.operations.sessions import note_lock
from services.portal.queries.sessions import SignedIn
from services.portal.storage import accounts, second_factors, sessions
from services.portal.storage.second_factors import SecondFactor
from shared.domain import NotFound
from shared.storage.work import UnitOfWork


def begin(work: UnitOfWork, account_id: UUID, *, key: bytes) -> None:
    """Make a new secret for the owner's authenticator; nothing is asked for until a code has confirmed it."""
    if second_factors.is_confirmed(work.connection, account_id):
        raise SecondFactorRefused  # switch it off first, which asks for a code
    second_factors.replace(work.connection, account_id, second_factors.encrypted(pyotp.random_base32(), account_id, key))
    work.note("second_factor.begun", f"account/{account_id}")


def confirm(work: UnitOfWork, account_id: UUID, typed: str, *, key: bytes) -> list[str]:
    """Switch the second factor on with a first code; answers the recovery codes as written, which are kept nowhere.

    Raises `SecondFactorRefused` when the code is wrong.
    """
    factor = second_factors.of_account(work.connection, account_id, key)
    if factor is None or factor.confirmed_at is not None or not _use_code(work, account_id, factor, typed):
        raise SecondFactorRefused
    second_factors.confirm(work.connection, account_id, work.now)
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    second_factors.add_recovery_codes(work.connection, account_id, [_keyed(key, code) for code in codes])
    work.note("second_factor.switched_on", f"account/{account_id}")
    return [written(code) for code in codes]


@dataclass(frozen=True)
class Shown:
    """A code as it was typed, and where; `device_cookie` tells whether the account has signed in there before."""

    typed: str
    address: str
    device_cookie: str | None = None


def show(work: UnitOfWork, entering: SignedIn, code: Shown, *, key: bytes, lock_minutes: int) -> bool:
    """Let a session in whose code is right; the fifth wrong one locks the account and ends what waits (R46)."""
    account_id = entering.account.id
    if not _right(work, account_id, code, key=key, lock_minutes=lock_minutes):
        return False
    sessions.second_factor_shown(work.connection, entering.session_id)
    work.note("second_factor.shown", f"account/{account_id}", address=code.address)
    return True


def switch_off(work: UnitOfWork, account_id: UUID, code: Shown, *, key: bytes, lock_minutes: int) -> bool:
    """Ask for no second factor any more, as its owner: with a code; false when it is wrong."""
    if not _right(work, account_id, code, key=key, lock_minutes=lock_minutes):
        return False
    second_factors.remove(work.connection, account_id)
    work.note("second_factor.switched_off", f"account/{account_id}")
    return True


def take_away(work: UnitOfWork, account_id: UUID) -> None:
    """Ask for no second factor any more, as the operator whom its owner has asked in person. Raises `NotFound` when there is none."""
    if not second_factors.remove(work.connection, account_id):
        raise NotFound
    work.note("second_factor.taken_away", f"account/{account_id}")


def _right(work: UnitOfWork, account_id: UUID, code: Shown, *, key: bytes, lock_minutes: int) -> bool:
    """Whether a code is right. A wrong one counts like a wrong password and is kept with the change: do not raise after it."""
    tries = accounts.lock_tries_of(work.connection, account_id)
    if tries is None:
        return False
    device, tries = known_tries(work, account_id, code.device_cookie) or (None, tries)
    if tries.is_locked(work.now):
        return False
    if _fits(work, account_id, code.typed, key):
        clear_tries(work, account_id, device)
        return True
    counted = tries.counted(work.now, timedelta(minutes=lock_minutes))
    set_tries(work, account_id, device, counted)
    sessions.add_attempt(work.connection, account_id=account_id, address=code.address, at=work.now, succeeded=False)
    if counted.locked_until is not None:
        note_lock(work, account_id, address=code.address, device=device)
        sessions.end_all(work.connection, account_id, work.now, awaiting_only=True)
    return False


def _fits(work: UnitOfWork, account_id: UUID, typed: str, key: bytes) -> bool:
    """Whether a code of the confirmed authenticator, or a recovery code, is right; it is used up with that."""
    factor = second_factors.of_account(work.connection, account_id, key)
    if factor is None or factor.confirmed_at is None:
        return False
    recovery = read_code(typed)
    if recovery is not None:
        return second_factors.use_recovery_code(work.connection, account_id, _keyed(key, recovery))
    return _use_code(work, account_id, factor, typed)


def _use_code(work: UnitOfWork, account_id: UUID, factor: SecondFactor, typed: str) -> bool:
    shown, authenticator = "".join(typed.split()), pyotp.TOTP(factor.secret)
    for step in acceptable_steps(work.now, factor.last_step):
        if hmac.compare_digest(authenticator.generate_otp(step).encode(), shown.encode()):
            return second_factors.use_step(work.connection, account_id, step)
    return False


def _keyed(key: bytes, code: str) -> str:
    return hmac.new(key, b"recovery " + code.encode(), hashlib.sha256).hexdigest()
