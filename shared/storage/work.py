"""The unit of work: what an operation is given, and the one place where its change is committed."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shared.contracts.event_type import EventType
from shared.domain import now
from shared.logs import scrubbed
from shared.messaging import outbox
from shared.storage.database import Database
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role

P = ParamSpec("P")
Result = TypeVar("Result")
TRIES = 8


@dataclass(frozen=True)
class Actor:
    """Who acts, and how far their authority reaches (R45)."""

    account_id: str
    name: str
    roles: frozenset[Role]
    county_code: str | None = None
    school_id: UUID | None = None
    cohort_ids: frozenset[UUID] = frozenset()
    person_id: UUID | None = None
    address: str = ""

    def is_any(self, *roles: Role) -> bool:
        """Whether the actor holds one of `roles`."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(account_id="system", name="system", roles=frozenset())
NOBODY = Actor(account_id="", name="", roles=frozenset())


@dataclass
class UnitOfWork:
    """One transaction of one service. Operations write through `connection` and never commit."""

    connection: Connection
    actor: Actor
    now: datetime = field(default_factory=now)
    _events: list[outbox.Emitted] = field(default_factory=list)
    _notes: list[dict[str, Any]] = field(default_factory=list)

    def emit(self, event_type: EventType, subject_id: UUID, data: dict[str, Any]) -> None:
        """Publish an event with this change: it goes out if, and only if, the change is committed."""
        self._events.append(outbox.Emitted(event_type, subject_id, event_type.dump(data)))

    def note(self, action: str, subject: str, /, **facts: Any) -> None:
        """Leave an audit entry with this change (R47). Facts hold no ID number and no phone; what was typed into a reason is masked."""
        self._notes.append(
            {
                "at": self.now,
                "account": self.actor.account_id,
                "address": self.actor.address,
                "action": action,
                "subject": subject,
                "facts": scrubbed(json.dumps(facts, ensure_ascii=False, default=_plain)),
            }
        )

    def flush(self) -> bool:
        """Write the events and notes gathered so far; answers whether there were events."""
        emitted = bool(self._events)
        outbox.write(self.connection, self._events, self.now)
        if self._notes:
            self.connection.execute(insert(AUDIT_ENTRIES), self._notes)
        self._events.clear()
        self._notes.clear()
        return emitted


def transact(
    database: Database,
    actor: Actor,
    operation: Callable[Concatenate[UnitOfWork, P], Result],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Result:
    """Run `operation` in a transaction of its own and commit it.

    A transaction that lost a race (two writers of one event stream, a deadlock, a serialization failure)
    is run again from the start, up to eight times; any other error leaves the database as it was.
    """
    for left in range(TRIES - 1, -1, -1):
        try:
            with database.writing() as connection:
                work = UnitOfWork(connection, actor)
                result = operation(work, *args, **kwargs)
                emitted = work.flush()
        except DBAPIError as error:
            if not left or not lost_a_race(error):
                raise
            time.sleep(0.002 * (TRIES - left) * (1 + threading.get_ident() % 7))
        else:
            if emitted:
                database.wake(emitted=True)
            return result
    raise AssertionError("unreachable")


def lost_a_race(error: DBAPIError) -> bool:
    """Whether running the transaction again may succeed where it just failed."""
    if isinstance(error, IntegrityError):
        return "outbox" in str(error.orig)
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlstate", None) in ("40001", "40P01") or "database is locked" in str(error.orig)
    return False


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
