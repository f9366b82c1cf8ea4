"""Exact crash points: a process armed with one kills itself with kill -9 the moment it passes there."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from flask import request
from pika.channel import Channel

from shared.messaging import dispatcher, inbox, outbox
from shared.messaging.dispatcher import Dispatcher
from shared.messaging.embedded import EmbeddedRelay
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay
from shared.web import doors

POINT, SKIP, MARKER = "LINGHANG_FAULT_POINT", "LINGHANG_FAULT_SKIP", "LINGHANG_FAULT_MARKER"
BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Point:
    """A place between two steps: `before` or `after` a call of `owner.name`, when it has something in hand."""

    owner: Any
    name: str
    when: str
    has_work: Callable[[tuple[Any, ...], Any], bool]
    loop: str = ""
    """Only in the thread of this loop (relay, receiver, dispatcher); everywhere when empty."""


def _always(_args: tuple[Any, ...], _answer: Any) -> bool:
    return True


def _makes_something(_args: tuple[Any, ...], _answer: Any) -> bool:
    # Done twice, a nomination is a second place and a correction a second entry of the ledger.
    return request.method == "POST" and request.path.endswith(("/enrollments", "/corrections"))


def _answers_something(_args: tuple[Any, ...], answer: Any) -> bool:
    return bool(answer)


def _last_is_not_empty(args: tuple[Any, ...], _answer: Any) -> bool:
    return bool(args[-1])


def _events_are_told(args: tuple[Any, ...], _answer: Any) -> bool:
    return bool(args[1])


WEB = {
    "web: changed, event not written": Point(outbox, "write", BEFORE, _events_are_told),
    "web: event written, not committed": Point(outbox, "write", AFTER, _events_are_told),
    "web: committed, not answered": Point(doors, "transact", AFTER, _makes_something),
}
RELAY = {
    "relay: read, not published": Point(outbox, "unsent", AFTER, _answers_something, "relay"),
    "relay: half a batch published": Point(Channel, "basic_publish", AFTER, _always, "relay"),
    "relay: confirmed, not marked": Point(outbox, "mark_sent", BEFORE, _last_is_not_empty, "relay"),
    "relay: marked, not committed": Point(outbox, "mark_sent", AFTER, _last_is_not_empty, "relay"),
    "relay: marked and committed": Point(RabbitRelay, "relay", AFTER, _answers_something),
}
RECEIVER = {
    "receiver: delivered, not stored": Point(inbox, "store", BEFORE, _last_is_not_empty, "receiver"),
    "receiver: stored, not committed": Point(inbox, "store", AFTER, _last_is_not_empty, "receiver"),
    "receiver: committed, not acknowledged": Point(RabbitReceiver, "_store", AFTER, _always),
    "receiver: acknowledged": Point(Channel, "basic_ack", AFTER, _always, "receiver"),
}
DISPATCHER = {
    "dispatcher: claimed, not applied": Point(Dispatcher, "_claim", AFTER, _answers_something),
    "dispatcher: applied, not marked done": Point(Dispatcher, "_apply", AFTER, _always),
    "dispatcher: marked done, not committed": Point(dispatcher, "_settle", AFTER, _last_is_not_empty),
    "dispatcher: committed": Point(Dispatcher, "dispatch", AFTER, _answers_something),
}
EMBEDDED = {
    "embedded relay: read, not stored": Point(outbox, "unsent", AFTER, _answers_something, "relay"),
    "embedded relay: stored at some listeners": Point(inbox, "store", AFTER, _last_is_not_empty, "relay"),
    "embedded relay: stored, not marked": Point(outbox, "mark_sent", BEFORE, _last_is_not_empty, "relay"),
    "embedded relay: marked, not committed": Point(outbox, "mark_sent", AFTER, _last_is_not_empty, "relay"),
    "embedded relay: marked and committed": Point(EmbeddedRelay, "relay", AFTER, _answers_something),
}
POINTS: dict[str, Point] = {**WEB, **RELAY, **RECEIVER, **DISPATCHER, **EMBEDDED}


def environment(point: str, marker: Path, *, skip: int = 0) -> dict[str, str]:
    """What arms a process that is started with it: at its pass number `skip` + 1 it is gone, and `marker` is there."""
    return {POINT: point, SKIP: str(skip), MARKER: str(marker)}


def arm() -> None:
    """Arm this process as its environment says. A process that comes after it with the same marker lives on."""
    name = os.environ.get(POINT)
    if not name:
        return
    point = POINTS[name]
    original = getattr(point.owner, point.name)
    passes = Passes(int(os.environ[SKIP]), Path(os.environ[MARKER]))

    @wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        here = threading.current_thread().name.endswith(point.loop)
        if here and point.when == BEFORE and point.has_work(args, None):
            passes.one_more()
        answer = original(*args, **kwargs)
        if here and point.when == AFTER and point.has_work(args, answer):
            passes.one_more()
        return answer

    setattr(point.owner, point.name, watched)


class Passes:
    """Counts how often the point was passed, and dies at the one that was asked for."""

    def __init__(self, skip: int, marker: Path) -> None:
        self._left = skip
        self._marker = marker
        self._lock = threading.Lock()

    def one_more(self) -> None:
        """Die here, unless it is too early or somebody has already died for this marker."""
        with self._lock:
            if self._left > 0:
                self._left -= 1
                return
            try:
                os.close(os.open(self._marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()
