"""Mishaps that happen all the time in a process that is started with them: handlers that fail, events that change places."""

import os
import random
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from shared.messaging import outbox
from shared.messaging.envelope import Event

MISHAP = "LINGHANG_FAULT_MISHAP"
HANDLERS_FAIL = "handlers fail"
EVENTS_CHANGE_PLACES = "events change places"
_failed: set[str] = set()


class Mishap(Exception):
    """A handler's failure that goes away by itself."""


def fail_now_and_then(event: Event) -> None:
    """Every third event fails the first time it is applied, after its handler has begun to write."""
    if os.environ.get(MISHAP) == HANDLERS_FAIL and event.version % 3 == 0 and event.id not in _failed:
        _failed.add(event.id)
        raise Mishap(event.id)


def let_happen() -> None:
    """A relay whose events change places sends a few of what waits, the last ones first."""
    if os.environ.get(MISHAP) != EVENTS_CHANGE_PLACES:
        return
    in_order: Callable[[Connection, int], Any] = outbox.unsent

    def shuffled(connection: Connection, _limit: int) -> list[Any]:
        rows = list(in_order(connection, 50))
        random.shuffle(rows)
        return rows[: max(1, len(rows) // 2)]

    outbox.unsent = shuffled
