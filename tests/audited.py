"""Watches the doors in every test: a change that somebody makes there leaves an audit entry with it (R47)."""

import re
from typing import Any

from flask import has_request_context
from sqlalchemy import event
from sqlalchemy.engine import Engine

from shared.storage.work import UnitOfWork

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
CHANGED = "changed tables"
# What every service writes beside a change, and what is a record of who came by itself: tries to come in with the count of
# failures they leave, a session's last use, the browser of a sign-in that has its entry, a trip to the provider until one comes
# back, and how often a certificate was checked by anyone.
_BESIDE = {"outbox", "inbox", "audit_entries", "answered_requests"}
NO_CHANGE = frozenset({*_BESIDE, "attempts", "sessions", "devices", "provider_trips", "check_counts"})


def watch_the_doors() -> None:
    """From now on in this process, fail whoever changes something at a door without an entry."""
    begin, flush = UnitOfWork.__init__, UnitOfWork.flush

    def begun(work: UnitOfWork, *args: Any, **kwargs: Any) -> None:
        begin(work, *args, **kwargs)
        work.connection.info.pop(CHANGED, None)

    def flushed(work: UnitOfWork) -> bool:
        changed = work.connection.info.pop(CHANGED, set())
        unnoted = changed - NO_CHANGE - ({"accounts"} if "attempts" in changed else set())
        if has_request_context() and not work._notes:
            assert not unnoted, f"a change of {sorted(unnoted)} leaves no audit entry"
        return flush(work)

    event.listen(Engine, "after_cursor_execute", _remember)
    UnitOfWork.__init__ = begun  # type: ignore[method-assign]
    UnitOfWork.flush = flushed  # type: ignore[method-assign]


def _remember(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    written = WRITES.match(statement)
    if written and cursor.rowcount != 0:
        connection.info.setdefault(CHANGED, set()).add(written[1])
