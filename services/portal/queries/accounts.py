"""The accounts a contact or organizer may see: those of the own unit and below (R45)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from services.portal.domain.account import GIVEN_BY_ORGANIZERS
from services.portal.storage.tables import ACCOUNT_ROLES, ACCOUNTS, ACTIVATION_CODES
from shared.storage.work import Actor
from shared.vocabulary import Role

A = ACCOUNTS.c


@dataclass(frozen=True)
class Listed:
    """An account as it stands in the list and on a slip."""

    id: UUID
    login: str
    name: str
    unit_name: str
    roles: tuple[Role, ...]
    activated: bool
    code_until: datetime | None


@dataclass(frozen=True)
class Page:
    """One page of the list, and the address of the next."""

    people: list[Listed]
    after: str | None
    total: int


def list_accounts(
    connection: Connection, actor: Actor, *, search: str = "", after: str = "", size: int = 50, only_not_activated: bool = False
) -> Page:
    """The reachable accounts by sign-in name, a page at a time; `search` looks at name, unit and sign-in name."""
    within = and_(_subtree(actor), _matching(search), _never_activated() if only_not_activated else true())
    total = connection.execute(select(func.count()).select_from(ACCOUNTS).where(within)).scalar_one()
    rows = connection.execute(_listed(within).where(A.login > after).order_by(A.login).limit(size + 1)).all()
    people = _with_roles(connection, rows[:size])
    return Page(people, people[-1].login if len(rows) > size else None, total)


def not_activated(actor: Actor, at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions on reachable trainees who have not set a password yet, and on those of them without a slip that can be used."""
    slip = select(ACTIVATION_CODES.c.id).where(
        ACTIVATION_CODES.c.account_id == A.id, ACTIVATION_CODES.c.settled_at.is_(None), ACTIVATION_CODES.c.expires_at > at
    )
    return and_(_subtree(actor), _never_activated()), ~slip.correlate(ACCOUNTS).exists()


def reachable(connection: Connection, actor: Actor, account_ids: Sequence[UUID]) -> list[Listed]:
    """Those of the accounts that the actor may see, by unit and name."""
    rows = connection.execute(_listed(and_(_subtree(actor), A.id.in_(list(account_ids)))).order_by(A.unit_name, A.name, A.login)).all()
    return _with_roles(connection, rows)


def login_of(connection: Connection, account_id: str) -> str:
    """The sign-in name of an account by the id its token carries; empty for programs, which have none."""
    key = _key(account_id)
    return (key and connection.execute(select(A.login).where(A.id == key)).scalar_one_or_none()) or ""


def names_of(connection: Connection, account_ids: Iterable[str]) -> dict[str, str]:
    """The names behind ids as tokens carry them; programs and the command line have none."""
    keys = {account_id: key for account_id in account_ids if (key := _key(account_id))}
    names = {row.id: row.name for row in connection.execute(select(A.id, A.name).where(A.id.in_(keys.values())))}
    return {account_id: names[key] for account_id, key in keys.items() if key in names}


def _key(account_id: str) -> UUID | None:
    try:
        return UUID(account_id)
    except ValueError:
        return None


def _subtree(actor: Actor) -> ColumnElement[bool]:
    """Organizers see all accounts they may hand out; a contact sees the trainees of the own county or school."""
    roles_of = select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == A.id).correlate(ACCOUNTS)
    beyond_organizers = roles_of.where(ACCOUNT_ROLES.c.role.not_in(list(GIVEN_BY_ORGANIZERS))).exists()
    beyond_contacts = roles_of.where(ACCOUNT_ROLES.c.role != Role.TRAINEE).exists()
    parts: list[ColumnElement[bool]] = []
    if actor.is_any(Role.ORGANIZER):
        parts.append(~beyond_organizers)
    if actor.is_any(Role.COUNTY_CONTACT) and actor.county_code:
        parts.append(and_(A.county_code == actor.county_code, ~beyond_contacts))
    if actor.is_any(Role.SCHOOL_CONTACT) and actor.school_id:
        parts.append(and_(A.school_id == actor.school_id, ~beyond_contacts))
    return and_(A.active, or_(*parts)) if parts else false()


def _never_activated() -> ColumnElement[bool]:
    trainee = select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == A.id, ACCOUNT_ROLES.c.role == Role.TRAINEE)
    return and_(A.password_hash.is_(None), trainee.correlate(ACCOUNTS).exists())


def _matching(search: str) -> ColumnElement[bool]:
    words = search.split()
    columns = (A.name, A.unit_name, A.login)
    return and_(true(), *(or_(*(column.contains(word, autoescape=True) for column in columns)) for word in words))


def _listed(within: ColumnElement[bool]) -> Select[Any]:
    code_until = (
        select(func.max(ACTIVATION_CODES.c.expires_at))
        .where(ACTIVATION_CODES.c.account_id == A.id, ACTIVATION_CODES.c.settled_at.is_(None))
        .correlate(ACCOUNTS)
        .scalar_subquery()
    )
    return select(
        A.id, A.login, A.name, A.unit_name, A.password_hash.is_not(None).label("activated"), code_until.label("code_until")
    ).where(within)


def _with_roles(connection: Connection, rows: Sequence[Any]) -> list[Listed]:
    wanted = select(ACCOUNT_ROLES.c.account_id, ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id.in_([row.id for row in rows]))
    roles: dict[UUID, list[Role]] = {}
    for account_id, role in connection.execute(wanted):
        roles.setdefault(account_id, []).append(role)
    return [
        Listed(row.id, row.login, row.name, row.unit_name, tuple(sorted(roles.get(row.id, ()))), bool(row.activated), row.code_until)
        for row in rows
    ]
