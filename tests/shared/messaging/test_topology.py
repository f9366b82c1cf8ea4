"""The topology: declared as often as one likes, and every service with no more than its own rights."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pika
import pytest
from click.testing import CliRunner
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError, ProbableAuthenticationError

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS
from shared.messaging import rabbitmq, topology
from shared.messaging.link import TopologyMissing
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay
from tests.shared.messaging.house import open_database

SERVICES = tuple(SUBSCRIPTIONS)


@pytest.fixture
def users(rabbitmq: str, rabbitmqctl: Callable[..., str]) -> dict[str, str]:
    """The definitions loaded into a virtual host of its own, with users named apart from other tests'; their URLs."""
    host = rabbitmq.rsplit("/", 1)[1]
    passwords = {name: secrets.token_hex(8) for name in SERVICES}
    definitions = topology.definitions(passwords, virtual_host=host)
    for entry in (*definitions["users"], *definitions["permissions"]):
        own = "user" if "user" in entry else "name"
        entry[own] = f"{host}-{entry[own]}"
    rabbitmqctl("import_definitions", given=json.dumps(definitions))
    parameters = pika.URLParameters(rabbitmq)
    return {name: f"amqp://{host}-{name}:{password}@{parameters.host}:{parameters.port}/{host}" for name, password in passwords.items()}


def refused(url: str, deed: Callable) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        with pytest.raises(ChannelClosedByBroker) as refusal:
            deed(channel)
        assert refusal.value.reply_code == 403
    finally:
        connection.close()


def test_each_user_can_do_its_own_work_and_nothing_else(users: dict[str, str], tmp_path: Path, monkeypatch):
    monkeypatch.setattr(rabbitmq, "IDLE", 2.0)
    database = open_database(f"sqlite:///{tmp_path}/inbox.db")
    relay = RabbitRelay("enrollment", database, users["enrollment"])
    receiver = RabbitReceiver("finance", database, users["finance"])
    assert relay.relay() == 0
    assert receiver.receive() == 0
    relay.close()
    receiver.close()
    database.close()
    refused(users["courses"], lambda channel: channel.basic_publish("enrollment.events", "enrollment.x", b"forged"))
    refused(users["finance"], lambda channel: channel.basic_publish("enrollment.events", "enrollment.x", b"forged"))
    refused(users["courses"], lambda channel: channel.basic_publish("", "finance.inbox", b"forged"))
    refused(users["courses"], lambda channel: channel.basic_get("finance.inbox"))
    refused(users["courses"], lambda channel: channel.basic_get("dead"))
    refused(users["courses"], lambda channel: channel.queue_declare("mine"))
    refused(users["courses"], lambda channel: channel.queue_delete("courses.inbox"))
    refused(users["courses"], lambda channel: channel.queue_bind("courses.inbox", "certificates.events", "#"))
    refused(users["enrollment"], lambda channel: channel.exchange_delete("enrollment.events"))


def test_a_wrong_password_or_another_host_lets_nobody_in(users: dict[str, str]):
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(users["courses"].replace("@", "x@")))
    with pytest.raises(ProbableAccessDeniedError):
        pika.BlockingConnection(pika.URLParameters(users["courses"].rsplit("/", 1)[0] + "/%2F"))


def test_definitions_and_declaring_come_to_the_same(users: dict[str, str], rabbitmq: str):
    topology.declare(rabbitmq)
    topology.declare(rabbitmq)


def test_a_queue_that_differs_is_not_changed_silently(rabbitmq: str):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq))
    connection.channel().queue_declare("courses.inbox", durable=True)
    with pytest.raises(ChannelClosedByBroker, match="inequivalent arg"):
        topology.declare(rabbitmq)
    connection.close()


def test_every_event_finds_the_queue_of_every_listener_and_no_other(rabbitmq: str):
    topology.declare(rabbitmq)
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq))
    channel = connection.channel()
    channel.confirm_delivery()
    for kind in EVENT_TYPES.values():
        channel.basic_publish(topology.exchange_of(kind.publisher), kind.name, kind.name.encode(), mandatory=True)
        for service, heard in SUBSCRIPTIONS.items():
            _, _, body = channel.basic_get(topology.queue_of(service), auto_ack=True)
            assert (body == kind.name.encode()) == (kind.publisher in heard), f"{service} and {kind.name}"
    connection.close()


def test_nobody_publishes_before_the_last_binding_is_there(rabbitmq: str, tmp_path: Path, monkeypatch):
    class Died(Exception):
        pass

    def die(*_args) -> None:
        raise Died

    topology.declare(rabbitmq)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(pika.adapters.blocking_connection.BlockingChannel, "queue_bind", die)
        with pytest.raises(Died):
            topology.declare(rabbitmq)
    database = open_database(f"sqlite:///{tmp_path}/outbox.db")
    relay = RabbitRelay("enrollment", database, rabbitmq)
    with pytest.raises(TopologyMissing, match=r"no exchange topology\."):
        relay.relay()
    topology.declare(rabbitmq)
    assert relay.relay() == 0
    relay.close()
    database.close()


def test_queues_keep_what_they_are_given():
    queues = {queue["name"]: queue for queue in topology.definitions({})["queues"]}
    assert set(queues) == {*(f"{name}.inbox" for name in SERVICES), "dead"}
    for name in SERVICES:
        assert queues[f"{name}.inbox"]["durable"]
        assert queues[f"{name}.inbox"]["arguments"] == {
            "x-queue-type": "quorum",
            "x-delivery-limit": 100,
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "dead",
            "x-dead-letter-strategy": "at-least-once",
        }


def test_a_message_never_answered_is_set_aside_after_a_hundred_deliveries(rabbitmq: str):
    topology.declare(rabbitmq)
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq))
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish("enrollment.events", "enrollment.x", b"looks well and kills the receiver", mandatory=True)
    deliveries = 0
    for method, _, _ in channel.consume("courses.inbox", inactivity_timeout=2):
        if method is None:
            break
        deliveries += 1
        channel.basic_nack(method.delivery_tag, requeue=True)
    assert deliveries == 101
    assert channel.basic_get("dead", auto_ack=True)[2] == b"looks well and kills the receiver"
    connection.close()


def test_the_command_prints_definitions_with_a_user_per_service_and_no_password_in_the_open(tmp_path: Path):
    for name in (*SERVICES, "administrator"):
        (tmp_path / f"{name}.password").write_text(f"secret of {name}\n")
    printed = CliRunner().invoke(topology.main, ["--passwords-from", str(tmp_path)])
    assert printed.exit_code == 0
    assert "secret of" not in printed.output
    definitions = json.loads(printed.output)
    assert {user["name"]: user["tags"] for user in definitions["users"]} == {
        **dict.fromkeys(SERVICES, ""),
        "administrator": "administrator",
    }
    rights = {entry["user"]: entry for entry in definitions["permissions"]}
    assert rights["courses"]["configure"] == "^$"
    assert rights["courses"]["write"] == r"^courses\.events$"
    assert rights["finance"]["write"] == "^$"


def test_the_command_says_whose_password_is_missing(tmp_path: Path):
    (tmp_path / "courses.password").write_text("x")
    printed = CliRunner().invoke(topology.main, ["--passwords-from", str(tmp_path)])
    assert printed.exit_code != 0
    assert "certificates, enrollment, finance, portal" in printed.output
