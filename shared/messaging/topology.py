"""What the broker holds for us: exchanges, queues and bindings. `deploy/broker` declares them; processes look whether they are there."""

import hashlib
import json
from typing import Any

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS

VIRTUAL_HOST = "linghang"
DEAD = "dead"
MARKS = "topology."
PUBLISHERS = tuple(sorted({event_type.publisher for event_type in EVENT_TYPES.values()}))


def exchange_of(publisher: str) -> str:
    """The exchange a service publishes to."""
    return f"{publisher}.events"


def queue_of(service: str) -> str:
    """The queue a service reads from."""
    return f"{service}.inbox"


def exchanges() -> dict[str, str]:
    """Every exchange with its type."""
    return {**{exchange_of(name): "topic" for name in PUBLISHERS}, DEAD: "fanout", MARK: "fanout"}


def queues() -> dict[str, dict[str, Any]]:
    """Every queue with its arguments."""
    inbox = {
        "x-queue-type": "quorum",
        # At-least-once dead-lettering works only where a full queue refuses.
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-strategy": "at-least-once",
    }
    return {**{queue_of(name): dict(inbox) for name in SUBSCRIPTIONS}, DEAD: {"x-queue-type": "quorum", "x-overflow": "reject-publish"}}


def bindings() -> list[tuple[str, str, str]]:
    """(exchange, queue, routing key) of every binding."""
    heard = [
        (exchange_of(publisher), queue_of(service), f"{publisher}.#")
        for service, publishers in SUBSCRIPTIONS.items()
        for publisher in publishers
    ]
    return [*heard, (DEAD, DEAD, "")]


def _mark() -> str:
    """An exchange that nobody publishes to: its name says which topology the broker has, and that all of it is there."""
    return MARKS + hashlib.sha256(json.dumps([PUBLISHERS, queues(), bindings()]).encode("ascii")).hexdigest()[:12]


MARK = _mark()
