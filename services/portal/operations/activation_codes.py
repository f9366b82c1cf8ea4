"""Activation slips: codes for the first sign-in, handed out on paper, used once (R46)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from services.portal.domain.activation_code import new_code, read_code, written
from services.portal.domain.errors import CodeRefused, LoginTaken
from services.portal.domain.login import login_problems, tidy_login
from services.portal.domain.password import password_problems
from services.portal.operations import passwords
from services.portal.operations.sessions import check_address
from services.portal.queries.accounts import Listed, reachable
from services.portal.storage import accounts, activation_codes, devices, sessions
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork


@dataclass(frozen=True)
class Slip:
    """What is printed for one person; the code is known only here and to nobody afterwards."""

    account: Listed
    code: str


def issue_slips(work: UnitOfWork, account_ids: Sequence[UUID], *, secret: bytes, days: int) -> list[Slip]:
    """New codes for accounts within the actor's own subtree; a new code voids the one before.

    Raises `NotFound` when one of the accounts is not the actor's to see, and issues none.
    """
    people = reachable(work.connection, work.actor, account_ids)
    if len(people) != len(set(account_ids)):
        raise NotFound
    codes = issue_codes(work, [person.id for person in people], secret=secret, days=days)
    return [Slip(person, codes[person.id]) for person in people]


def issue_codes(work: UnitOfWork, account_ids: Sequence[UUID], *, secret: bytes, days: int) -> dict[UUID, str]:
    """New codes, as written on slips."""
    activation_codes.settle_all(work.connection, account_ids, work.now)
    codes = {account_id: new_code() for account_id in account_ids}
    dated = {"issued_by": work.actor.account_id, "issued_at": work.now, "expires_at": work.now + timedelta(days=days)}
    rows = [{"id": uuid4(), "account_id": account_id, "code_hash": _keyed(secret, code), **dated} for account_id, code in codes.items()]
    if rows:
        activation_codes.add(work.connection, rows)
    for account_id in account_ids:
        work.note("activation_code.issued", f"account/{account_id}")
    return {account_id: written(code) for account_id, code in codes.items()}


def check_code(work: UnitOfWork, typed: str, *, secret: bytes, address: str, most_per_address: int) -> UUID | None:
    """The account a typed code stands for. A wrong one is counted against the address and answers none."""
    check_address(work, address, most=most_per_address)
    code = read_code(typed) or ""  # which no slip has: the same is asked, in vain
    account_id = activation_codes.account_of(work.connection, _keyed(secret, code), work.now)
    if account_id is None:
        sessions.add_attempt(work.connection, account_id=None, address=address, at=work.now, succeeded=False)
    return account_id


def activate(work: UnitOfWork, typed: str, *, login: str, password: str, secret: bytes) -> UUID:
    """Use a code: the person chooses a sign-in name and a password; nothing is used up when one of them is wrong."""
    code_hash = _keyed(secret, read_code(typed) or "")
    found = activation_codes.account_of(work.connection, code_hash, work.now)
    account = accounts.of_id(work.connection, found) if found else None
    if account is None:
        raise CodeRefused
    chosen = tidy_login(login) or account.login
    problems: list[Problem] = login_problems(chosen) + password_problems(password, chosen)
    if problems:
        raise Malformed(problems)
    holder = accounts.id_of_login(work.connection, chosen)
    if holder not in (None, account.id):
        raise LoginTaken(login=chosen)
    if activation_codes.use(work.connection, code_hash, work.now) is None:
        raise CodeRefused
    accounts.set_login(work.connection, account.id, chosen)
    accounts.set_password(work.connection, account.id, passwords.hashed(password), work.now)
    devices.forget_all(work.connection, account.id)
    sessions.end_all(work.connection, account.id, work.now)
    work.note("account.activated", f"account/{account.id}")
    return account.id


def _keyed(secret: bytes, code: str) -> str:
    return hmac.new(secret, code.encode(), hashlib.sha256).hexdigest()
