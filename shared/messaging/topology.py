"""What the broker holds for us, from one place: exchanges, queues, bindings, users and their rights."""

import base64
import hashlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pika

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS

VIRTUAL_HOST = "linghang"
DEAD = "dead"
PUBLISHERS = tuple(sorted({event_type.publisher for event_type in EVENT_TYPES.values()}))
# Delivered this often without an answer, a message is set aside; RabbitMQ 4 would do so after 20.
DELIVERIES = 100


def exchange_of(publisher: str) -> str:
    """The exchange a service publishes to."""
    return f"{publisher}.events"


def queue_of(service: str) -> str:
    """The queue a service reads from."""
    return f"{service}.inbox"


def definitions(passwords: Mapping[str, str], *, administrator: str | None = None, virtual_host: str = VIRTUAL_HOST) -> dict[str, Any]:
    """A RabbitMQ definitions file: the whole topology and one user per service that has only what it needs.

    `passwords` names the users; an `administrator` among them may do everything.
    """
    here = {"vhost": virtual_host}
    kept = {**here, "durable": True, "auto_delete": False}
    return {
        "vhosts": [{"name": virtual_host}],
        "users": [_user(name, password, "administrator" if name == administrator else "") for name, password in passwords.items()],
        "permissions": [{"user": name, **here, **_rights(name, everything=name == administrator)} for name in passwords],
        "exchanges": [{"name": name, **kept, "type": kind, "internal": False, "arguments": {}} for name, kind in _exchanges().items()],
        "queues": [{"name": name, **kept, "arguments": arguments} for name, arguments in _queues().items()],
        "bindings": [
            {**here, "source": source, "destination": queue, "destination_type": "queue", "routing_key": key, "arguments": {}}
            for source, queue, key in _bindings()
        ],
    }


def declare(admin_url: str) -> None:
    """Declare exchanges, queues and bindings; safe to repeat. Fails when one is there and differs.

    The mark comes last: a publisher that went ahead between a queue and its binding would tell nobody.
    """
    connection = pika.BlockingConnection(pika.URLParameters(admin_url))
    try:
        channel = connection.channel()
        channel.exchange_delete(MARK)
        for name, arguments in _queues().items():
            channel.queue_declare(name, durable=True, arguments=arguments)
        for name, kind in _exchanges().items():
            if name != MARK:
                channel.exchange_declare(name, kind, durable=True)
        for exchange, queue, key in _bindings():
            channel.queue_bind(queue, exchange, key)
        channel.exchange_declare(MARK, "fanout", durable=True)
    finally:
        if connection.is_open:
            connection.close()


def _exchanges() -> dict[str, str]:
    return {**{exchange_of(name): "topic" for name in PUBLISHERS}, DEAD: "fanout", MARK: "fanout"}


def _queues() -> dict[str, dict[str, Any]]:
    inbox = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERIES,
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


# An exchange that nobody publishes to: its name says which topology the broker has, and that all of it is there.
MARK = "topology." + hashlib.sha256(json.dumps([PUBLISHERS, _queues(), _bindings()]).encode("ascii")).hexdigest()[:12]


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


@click.command()
@click.option(
    "--passwords-from",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with one file per user, SERVICE.password (and administrator.password): print a definitions file.",
)
@click.option("--declare", "admin_url", help="The AMQP address of an administrator: declare all but the users over it.")
def main(folder: Path | None, admin_url: str | None) -> None:
    """Print RabbitMQ definitions for its start (`load_definitions`), or declare the topology on a running broker."""
    if admin_url:
        declare(admin_url)
    if folder:
        known = [*sorted({*PUBLISHERS, *SUBSCRIPTIONS}), "administrator"]
        passwords = {name: file.read_text().strip() for name in known if (file := folder / f"{name}.password").exists()}
        missing = [name for name in known[:-1] if not passwords.get(name)]
        if missing:
            raise click.ClickException(f"no password in {folder} for {', '.join(missing)}")
        json.dump(definitions(passwords, administrator="administrator"), sys.stdout, indent=2)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
