"""The topology: what every queue keeps, who may do what, and that every event finds its listeners."""

import pika
import pytest

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS
from shared.messaging import topology

SERVICES = tuple(SUBSCRIPTIONS)


def test_every_event_finds_the_queue_of_every_listener_and_no_other(rabbitmq: str):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq))
    channel = connection.channel()
    channel.confirm_delivery()
    for kind in EVENT_TYPES.values():
        channel.basic_publish(topology.exchange_of(kind.publisher), kind.name, kind.name.encode(), mandatory=True)
        for service, heard in SUBSCRIPTIONS.items():
            _, _, body = channel.basic_get(topology.queue_of(service), auto_ack=True)
            assert (body == kind.name.encode()) == (kind.publisher in heard), f"{service} and {kind.name}"
    connection.close()


def test_what_keeps_events_safe_stands_in_the_queues_and_what_may_be_tuned_in_a_policy():
    defined = topology.definitions({})
    queues = {queue["name"]: queue for queue in defined["queues"]}
    assert set(queues) == {*(f"{name}.inbox" for name in SERVICES), "dead"}
    for name in SERVICES:
        assert queues[f"{name}.inbox"]["durable"]
        assert queues[f"{name}.inbox"]["arguments"] == {
            "x-queue-type": "quorum",
            "x-overflow": "reject-publish",
            "x-dead-letter-exchange": "dead",
            "x-dead-letter-strategy": "at-least-once",
        }
    (policy,) = defined["policies"]
    assert policy["definition"] == {"delivery-limit": 100, "max-length-bytes": 268_435_456}
    assert policy["apply-to"] == "queues"  # the only word for it that RabbitMQ 3.10 knows


def test_tuning_leaves_the_mark_as_it_is_and_another_binding_does_not(monkeypatch: pytest.MonkeyPatch):
    tuned = topology.definitions({}, limits={"delivery-limit": 5})
    assert [policy["definition"] for policy in tuned["policies"]] == [{"delivery-limit": 5}]
    assert topology.MARK in {exchange["name"] for exchange in tuned["exchanges"]}
    assert topology._mark() == topology.MARK
    monkeypatch.setitem(SUBSCRIPTIONS, "portal", ("enrollment", "courses"))
    assert topology._mark() != topology.MARK


def test_a_message_never_answered_is_set_aside_after_a_hundred_deliveries(rabbitmq: str):
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


def test_a_service_has_the_right_to_tell_and_to_hear_what_is_its_own_and_no_password_stands_in_the_open():
    passwords = {name: f"secret of {name}" for name in (*SERVICES, "administrator")}
    defined = topology.definitions(passwords, administrator="administrator", prefix="trial-")
    assert "secret of" not in str(defined)
    tags = {user["name"]: user["tags"] for user in defined["users"]}
    assert tags == {**{f"trial-{name}": "" for name in SERVICES}, "administrator": "administrator"}
    rights = {entry["user"]: (entry["configure"], entry["write"], entry["read"]) for entry in defined["permissions"]}
    assert rights["trial-courses"] == ("^$", r"^courses\.events$", r"^courses\.inbox$")
    assert rights["trial-finance"] == ("^$", "^$", r"^finance\.inbox$")
    assert rights["administrator"] == (".*", ".*", ".*")


def test_an_administrator_whose_password_is_not_given_has_rights_and_stays_the_user_it_is():
    defined = topology.definitions({"courses": "x"}, administrator="someone")
    assert [user["name"] for user in defined["users"]] == ["courses"]
    assert {entry["user"] for entry in defined["permissions"]} == {"courses", "someone"}
