"""What waits in the portal itself: people without an activated account, and what an auditor should know of the sign-ins (R45, R46)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, case, func, select

from services.portal.queries.accounts import not_activated
from services.portal.storage.tables import ACCOUNTS, ATTEMPTS
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web.tasks import Task

NAMED = 3
DAY = timedelta(hours=24)


class TaskCode(StrEnum):
    """The kinds of work that can wait in the portal, and what its own page makes of the other services' standing."""

    ACCOUNTS_NOT_ACTIVATED = "accounts_not_activated"
    ACCOUNTS_LOCKED = "accounts_locked"
    FAILED_SIGN_INS = "failed_sign_ins"
    AUDIT_ENTRIES = "audit_entries"
    EVENTS_PARKED = "events_parked"
    EVENTS_UNSENT = "events_unsent"
    EVENTS_PENDING = "events_pending"


def tasks(connection: Connection, actor: Actor, at: datetime) -> list[Task]:
    """What the portal's own tables say waits for the actor; kinds without any are left out."""
    found: list[Task | None] = []
    if actor.is_any(Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT):
        found.append(_accounts_not_activated(connection, actor, at))
    if actor.is_any(Role.AUDITOR):
        found += [_accounts_locked(connection, at), _failed_sign_ins(connection, at)]
    return [task for task in found if task is not None]


def _accounts_not_activated(connection: Connection, actor: Actor, at: datetime) -> Task | None:
    waiting, without_slip = not_activated(actor, at)
    people = func.count().label("people")
    counted = select(ACCOUNTS.c.unit_name, people, func.sum(case((without_slip, 1), else_=0)).label("without_slip"))
    units = counted.where(waiting).group_by(ACCOUNTS.c.unit_name).order_by(people.desc(), ACCOUNTS.c.unit_name)
    rows = connection.execute(units).all()
    if not rows:
        return None
    first = [{"unit_name": row.unit_name, "people": row.people} for row in rows[:NAMED]]
    facts = {"units": len(rows), "without_slip": sum(int(row.without_slip) for row in rows), "first": first}
    return Task(TaskCode.ACCOUNTS_NOT_ACTIVATED, sum(row.people for row in rows), facts, "/portal/accounts?state=not_activated")


def _accounts_locked(connection: Connection, at: datetime) -> Task | None:
    locked = select(ACCOUNTS.c.login, ACCOUNTS.c.name, ACCOUNTS.c.locked_until).where(ACCOUNTS.c.active, ACCOUNTS.c.locked_until > at)
    rows = connection.execute(locked.order_by(ACCOUNTS.c.locked_until.desc(), ACCOUNTS.c.login)).all()
    first = [{"login": row.login, "name": row.name, "until": row.locked_until.isoformat()} for row in rows[:NAMED]]
    return Task(TaskCode.ACCOUNTS_LOCKED, len(rows), {"first": first}, _audit("account.locked_after_failures")) if rows else None


def _failed_sign_ins(connection: Connection, at: datetime) -> Task | None:
    failed = (ATTEMPTS.c.at > at - DAY, ATTEMPTS.c.succeeded.is_(False))
    tries = func.count().label("tries")
    by_address = select(ATTEMPTS.c.address, tries).where(*failed).group_by(ATTEMPTS.c.address).order_by(tries.desc(), ATTEMPTS.c.address)
    rows = connection.execute(by_address).all()
    first: list[dict[str, Any]] = [{"address": row.address, "tries": row.tries} for row in rows[:NAMED]]
    facts = {"addresses": len(rows), "first": first}
    return Task(TaskCode.FAILED_SIGN_INS, sum(row.tries for row in rows), facts, _audit("account.locked_after_failures")) if rows else None


def _audit(action: str) -> str:
    return f"/portal/audit?service=portal&action={action}"
