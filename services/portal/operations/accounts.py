"""Opening accounts and setting passwords: by an organizer, by the command line, and by what enrollment tells."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from services.portal.domain.account import Account, Scope, check_giver, check_scope
from services.portal.domain.errors import LoginTaken
from services.portal.domain.login import login_problems, new_login, tidy_login
from services.portal.domain.password import password_problems
from services.portal.operations import passwords
from services.portal.storage import accounts, activation_codes, devices, external_identities, sessions
from shared.domain import Malformed, NotFound
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role


def open_account(work: UnitOfWork, *, login: str, name: str, roles: Iterable[Role], scope: Scope, unit_name: str = "") -> Account:
    """Open an account without a password; its first sign-in needs an activation code (R46)."""
    account = Account(uuid4(), tidy_login(login), name.strip(), frozenset(roles), scope)
    if problems := login_problems(account.login):
        raise Malformed(problems)
    check_scope(account.roles, scope)
    if not accounts.add(work.connection, account, unit_name=unit_name, at=work.now):
        raise LoginTaken(login=account.login)
    work.note("account.opened", f"account/{account.id}", login=account.login, roles=sorted(account.roles))
    return account


def give_account(work: UnitOfWork, *, login: str, name: str, roles: Iterable[Role], scope: Scope, unit_name: str = "") -> Account:
    """Open an account for someone else, as an organizer and within what organizers may hand out (R45)."""
    given = frozenset(roles)
    check_giver(work.actor.roles, given)
    return open_account(work, login=login, name=name, roles=given, scope=scope, unit_name=unit_name)


def set_password(work: UnitOfWork, account_id: UUID, password: str) -> None:
    """Set a password by its rules (R46); every session of the account ends, since one may be a stranger's."""
    account = accounts.of_id(work.connection, account_id)
    if account is None:
        raise NotFound
    if problems := password_problems(password, account.login):
        raise Malformed(problems)
    accounts.set_password(work.connection, account_id, passwords.hashed(password), work.now)
    devices.forget_all(work.connection, account_id)
    sessions.end_all(work.connection, account_id, work.now)
    activation_codes.settle_all(work.connection, [account_id], work.now)
    work.note("account.password_set", f"account/{account_id}")


def close_account(work: UnitOfWork, account_id: UUID) -> None:
    """Close an account; its sessions end at once, and its identity at a provider is free for another."""
    accounts.close(work.connection, account_id)
    external_identities.unlink(work.connection, account_id)
    devices.forget_all(work.connection, account_id)
    sessions.end_all(work.connection, account_id, work.now)
    activation_codes.settle_all(work.connection, [account_id], work.now)
    work.note("account.closed", f"account/{account_id}")


def open_trainee_accounts(work: UnitOfWork, places: Iterable[Mapping[str, Any]]) -> int:
    """Open an account without a password for everyone on a roster who has none; safe to repeat.

    Who has changed school is in the reach of the new one's contacts from now on, and of the former one's no longer (R45).
    """
    persons = {place["person_id"]: place for place in places}
    accounts.ensure_role(work.connection, persons, Role.TRAINEE)
    accounts.move_trainees(work.connection, [persons[person_id] for person_id in sorted(persons)])
    opened = 0
    while missing := persons.keys() - accounts.known_persons(work.connection, persons):
        # A sign-in name drawn twice leaves its person out; the next round draws again.
        rows = [_trainee(persons[person_id], work) for person_id in sorted(missing)]
        opened += len(accounts.add_trainees(work.connection, rows))
    if opened:
        work.note("account.trainees_opened", "accounts", count=opened)
    return opened


def merge_persons(work: UnitOfWork, kept: UUID, merged: UUID) -> None:
    """Two records were one person (R7): one account is left, and it shows the kept person's record."""
    merged_account = accounts.id_of_person(work.connection, merged)
    if merged_account is None:
        return
    if accounts.id_of_person(work.connection, kept) is None:
        accounts.set_person(work.connection, merged_account, kept)
        return
    accounts.set_person(work.connection, merged_account, None)
    close_account(work, merged_account)


def _trainee(place: Mapping[str, Any], work: UnitOfWork) -> dict[str, Any]:
    return {
        "login": new_login(),
        "name": place["name"],
        "person_id": place["person_id"],
        "county_code": place["county_code"],
        "school_id": place["school_id"],
        "unit_name": place["school_name"],
        "active": True,
        "opened_at": work.now,
    }
