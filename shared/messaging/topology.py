"""What the broker holds for us, from one place: exchanges, queues, bindings, limits, users and their rights.

`deploy/broker` declares it; processes only look whether it is there.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS

VIRTUAL_HOST = "linghang"
DEAD = "dead"
MARKS = "topology."
PUBLISHERS = tuple(sorted({event_type.publisher for event_type in EVENT_TYPES.values()}))
# What an operator may tune: delivered this often without an answer, a message is set aside (RabbitMQ 4 would do so
# after 20); fuller than this, an inbox refuses and the outboxes wait. Five full ones are less than 1.5 GB of disk.
LIMITS = {"delivery-limit": 100, "max-length-bytes": 256 * 1024 * 1024}


def exchange_of(publisher: str) -> str:
    """The exchange a service publishes to."""
    return f"{publisher}.events"


def queue_of(service: str) -> str:
    """The queue a service reads from."""
    return f"{service}.inbox"


def definitions(
    passwords: Mapping[str, str],
    *,
    administrator: str | None = None,
    virtual_host: str = VIRTUAL_HOST,
    prefix: str = "",
    limits: Mapping[str, int] = LIMITS,
) -> dict[str, Any]:
    """The whole topology as RabbitMQ writes definitions, with one user per service that has only what it needs.

    `passwords` names the users; an `administrator` may do everything, and is a user here if among them. With a
    `prefix` before the services' user names two houses can share a broker.
    """
    here = {"vhost": virtual_host}
    kept = {**here, "durable": True, "auto_delete": False}
    names = {name: prefix + name for name in passwords} | ({administrator: administrator} if administrator else {})
    policy = {"name": "inbox", "pattern": ".*\\.inbox$", "apply-to": "queues", "priority": 0, "definition": dict(limits)}
    return {
        "vhosts": [{"name": virtual_host}],
        "users": [_user(names[name], password, "administrator" if name == administrator else "") for name, password in passwords.items()],
        "permissions": [{"user": user, **here, **_rights(name, everything=name == administrator)} for name, user in names.items()],
        "policies": [{**here, **policy}],
        "queues": [{"name": name, **kept, "arguments": arguments} for name, arguments in _queues().items()],
        "exchanges": [{"name": name, **kept, "type": kind, "internal": False, "arguments": {}} for name, kind in _exchanges().items()],
        "bindings": [
            {**here, "source": source, "destination": queue, "destination_type": "queue", "routing_key": key, "arguments": {}}
            for source, queue, key in _bindings()
        ],
    }


def _exchanges() -> dict[str, str]:
    return {**{exchange_of(name): "topic" for name in PUBLISHERS}, DEAD: "fanout", MARK: "fanout"}


def _queues() -> dict[str, dict[str, Any]]:
    inbox = {
        "x-queue-type": "quorum",
        # At-least-once dead-lettering works only where a full queue refuses.
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": DEAD,
        "x-dead-letter-strategy": "at-least-once",
    }
    return {**{queue_of(name): dict(inbox) for name in SUBSCRIPTIONS}, DEAD: {"x-queue-type": "quorum", "x-overflow": "reject-publish"}}


def _bindings() -> list[tuple[str, str, str]]:
    heard = [
        (exchange_of(publisher), queue_of(service), f"{publisher}.#")
        for service, publishers in SUBSCRIPTIONS.items()
        for publisher in publishers
    ]
    return [*heard, (DEAD, DEAD, "")]


def _mark() -> str:
    """An exchange that nobody publishes to: its name says which topology the broker has, and that all of it is there."""
    return MARKS + hashlib.sha256(json.dumps([PUBLISHERS, _queues(), _bindings()]).encode("ascii")).hexdigest()[:12]


MARK = _mark()


def _user(name: str, password: str, tag: str) -> dict[str, Any]:
    salt = os.urandom(4)
    hashed = base64.b64encode(salt + hashlib.sha256(salt + password.encode("utf-8")).digest()).decode("ascii")
    return {"name": name, "password_hash": hashed, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": tag}


def _rights(name: str, *, everything: bool) -> dict[str, str]:
    if everything:
        return {"configure": ".*", "write": ".*", "read": ".*"}
    write = f"^{exchange_of(name)}$".replace(".", "\\.") if name in PUBLISHERS else "^$"
    read = f"^{queue_of(name)}$".replace(".", "\\.") if name in SUBSCRIPTIONS else "^$"
    return {"configure": "^$", "write": write, "read": read}
