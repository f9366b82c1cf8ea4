"""The RabbitMQ bus keeps the same promises, on PostgreSQL, and some that only a broker can break."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pika
import pytest
from sqlalchemy.exc import OperationalError

from shared.contracts import SUBSCRIPTIONS
from shared.contracts.courses import COHORT_SCHEDULED
from shared.messaging import inbox, link, rabbitmq, topology
from shared.messaging.link import BrokerGone, Link, TopologyDiffers
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay, Refused
from tests.servers.processes import free_port
from tests.shared.messaging.house import SERVICES, Crash, open_database
from tests.shared.messaging.made_up import body_of, scheduled
from tests.shared.messaging.promises import BusPromises
from tests.shared.messaging.rabbit_house import RabbitHouse


class TestRabbitBus(BusPromises):
    @pytest.fixture
    def house(self, postgres_database: str, broker: str, declare_topology: Callable[[str], None], monkeypatch) -> Iterator[RabbitHouse]:
        monkeypatch.setattr(rabbitmq, "IDLE", 0.05)
        house = RabbitHouse({name: open_database(postgres_database, name) for name in SERVICES}, broker, declare_topology)
        yield house
        house.close()

    @pytest.fixture
    def broker(self, request) -> str:
        return request.getfixturevalue("rabbitmq")

    def test_a_receiver_killed_between_storing_and_acknowledging_is_told_again_and_keeps_one(self, house: RabbitHouse, monkeypatch):
        house.say(times=3)
        house.relays["enrollment"].relay()
        store = RabbitReceiver._store

        def die(self, batch):
            store(self, batch)
            raise Crash

        monkeypatch.setattr(RabbitReceiver, "_store", die)

        def receive() -> None:
            while True:
                house.receivers["courses"].receive()

        house.crash(receive)
        monkeypatch.undo()
        assert house.inbox("courses")
        redelivered = 0
        while house.receivers["courses"].receive():
            redelivered += 1
        assert redelivered
        house.settle()
        house.balance()

    def test_what_is_not_an_event_goes_to_the_dead_queue_and_holds_nobody_up(self, house: RabbitHouse):
        poison = [b"\xff\xfe\x00rubbish", b"", b"not json", b"[" * 200_000, b"[]", b'{"specversion":"1.0"}', b'"' + b"x" * 9_000_000 + b'"']
        for bytes_ in poison:
            house.say()
            house.relays["enrollment"].relay()
            house.publish(bytes_)
        house.say()
        house.settle()
        assert sorted(house.dead(4 * len(poison))) == sorted(4 * poison)  # four services listen to enrollment
        house.balance()

    def test_while_the_database_is_away_the_receiver_holds_what_it_was_given(self, house: RabbitHouse, monkeypatch):
        house.say(times=3)
        house.relays["enrollment"].relay()
        receiver, database = house.receivers["courses"], house.databases["courses"]

        def away():
            raise OperationalError("BEGIN", {}, Exception("connection refused"))

        with monkeypatch.context() as outage:
            outage.setattr(database, "writing", away)
            with pytest.raises(OperationalError):
                house.receive_until_it_fails("courses")
            connection = receiver._link
            assert connection is not None
            for _ in range(3):
                with pytest.raises(OperationalError):
                    receiver.receive()
            assert receiver._link is connection
        house.settle()
        house.balance()

    def test_while_the_database_is_away_the_relay_keeps_its_connection(self, house: RabbitHouse, monkeypatch):
        house.say()
        relay, database = house.relays["enrollment"], house.databases["enrollment"]

        def away():
            raise OperationalError("BEGIN", {}, Exception("connection refused"))

        relay.relay()
        connection = relay._link
        with monkeypatch.context() as outage:
            outage.setattr(database, "reading", away)
            with pytest.raises(OperationalError):
                relay.relay()
        assert relay._link is connection
        house.settle()
        house.balance()

    def test_while_nothing_happens_heartbeats_are_answered(self, house: RabbitHouse, monkeypatch):
        monkeypatch.setattr(link, "HEARTBEAT", 2)
        relay, receiver = house.relays["enrollment"], house.receivers["courses"]
        relay.relay()
        receiver.receive()
        connections = relay._link, receiver._link
        end = time.monotonic() + 7  # a broker gives up after two missed heartbeats
        while time.monotonic() < end:
            relay.relay()
            receiver.receive()
            time.sleep(0.2)
        assert (relay._link, receiver._link) == connections
        house.say()
        house.settle()
        house.balance()

    def test_without_a_broker_nothing_is_lost_and_the_relay_says_so(self, house: RabbitHouse):
        house.say(times=3)
        parameters = pika.URLParameters(house.url)
        nobody = house.url.replace(f":{parameters.port}/", f":{free_port()}/")
        relay = RabbitRelay("enrollment", house.databases["enrollment"], nobody)
        with pytest.raises(BrokerGone, match="AMQPConnection"):
            relay.relay()
        assert house.unsent() == 3
        house.settle()
        house.balance()

    def test_a_lost_connection_is_made_anew(self, house: RabbitHouse):
        house.say(times=2)
        house.settle()
        relay, receiver = house.relays["enrollment"], house.receivers["courses"]
        for carrier in (relay, receiver):
            carrier._link._connection.close()  # the broker hangs up; nobody has told us yet
        house.say(times=2)
        for step in (relay.relay, receiver.receive):
            time.sleep(link.STEP)
            with pytest.raises(BrokerGone):
                step()
        house.settle()
        house.balance()

    def test_before_the_topology_is_there_everybody_waits_and_says_what_is_missing(self, house: RabbitHouse):
        house.say()
        house.admin(lambda channel: channel.queue_delete("finance.inbox"))
        with pytest.raises(TopologyDiffers, match=r"no queue finance\.inbox"):
            house.relays["enrollment"].relay()
        with pytest.raises(TopologyDiffers, match=r"no queue finance\.inbox"):
            house.receivers["finance"].receive()
        house.admin(lambda channel: channel.exchange_delete("enrollment.events"))
        with pytest.raises(TopologyDiffers, match=r"no exchange enrollment\.events"):
            house.relays["enrollment"].relay()
        assert house.unsent() == 1
        house.declare()
        house.settle()
        house.balance()

    def test_a_receiver_whose_queue_is_deleted_notices(self, house: RabbitHouse):
        house.receivers["courses"].receive()
        house.admin(lambda channel: channel.queue_delete("courses.inbox"))
        with pytest.raises(BrokerGone):
            house.receive_until_it_fails("courses")
        with pytest.raises(TopologyDiffers):
            house.receivers["courses"].receive()

    def test_with_its_queues_deleted_and_positions_set_back_everything_is_sent_and_applied_once(self, house: RabbitHouse):
        house.say(times=4)
        house.settle()
        house.say(times=4)
        for relay in house.relays.values():
            relay.relay()
        house.admin(lambda channel: [channel.queue_delete(topology.queue_of(name)) for name in SERVICES])
        house.restart()
        house.declare()
        house.send_again()
        house.settle()
        assert len(house.heard("finance")) == 8
        house.balance()

    def test_what_nobody_is_bound_for_stays_in_the_outbox(self, house: RabbitHouse):
        unbind = [(topology.queue_of(name), "courses.events", "courses.#") for name, heard in SUBSCRIPTIONS.items() if "courses" in heard]
        house.admin(lambda channel: [channel.queue_unbind(*binding) for binding in unbind])
        house.say("courses", times=2, event_type=COHORT_SCHEDULED, **scheduled())
        with pytest.raises(Refused, match="2 of 2"):
            house.relays["courses"].relay()
        assert house.unsent("courses") == 2
        house.declare()
        house.settle()
        house.balance()

    def test_what_a_full_queue_refuses_stays_in_the_outbox_until_there_is_room(self, house: RabbitHouse):
        full = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-max-length": 5}
        house.admin(lambda channel: channel.queue_delete("portal.inbox"))
        house.admin(lambda channel: channel.queue_declare("portal.inbox", durable=True, arguments=full))
        house.admin(lambda channel: channel.queue_bind("portal.inbox", "enrollment.events", "enrollment.#"))
        refused = 0
        for _ in range(30):
            house.say(times=2)
            try:
                house.relays["enrollment"].relay()
            except Refused:
                refused += 1
        assert refused
        assert 0 < house.unsent() < 60
        end = time.monotonic() + 20
        while house.unsent():
            assert time.monotonic() < end
            house.receivers["portal"].receive()
            try:
                house.relays["enrollment"].relay()
            except Refused:
                continue
        house.settle()
        house.balance()

    def test_one_full_queue_keeps_nothing_from_the_other_listeners(self, house: RabbitHouse, monkeypatch):
        monkeypatch.setattr(rabbitmq, "BATCH", 20)
        full = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-max-length": 5}
        house.admin(lambda channel: channel.queue_delete("portal.inbox"))
        house.admin(lambda channel: channel.queue_declare("portal.inbox", durable=True, arguments=full))
        house.admin(lambda channel: channel.queue_bind("portal.inbox", "enrollment.events", "enrollment.#"))
        for _ in range(5):
            house.say(times=40)
        end = time.monotonic() + 60
        while len(house.inbox("courses")) < 200:
            assert time.monotonic() < end, f"courses has {len(house.inbox('courses'))} of 200"
            with suppress(Refused):
                house.relays["enrollment"].relay()
            house.receivers["courses"].receive()
        assert house.unsent() > 100
        waiting = house.admin(lambda channel: channel.queue_declare("finance.inbox", passive=True)).method.message_count
        assert waiting < 300  # who reads slowly is not flooded with doubles
        while house.unsent():
            assert time.monotonic() < end
            house.receivers["portal"].receive()
            with suppress(Refused):
                house.relays["enrollment"].relay()
        house.settle()
        house.balance()

    def test_messages_are_persistent_and_carry_their_identity(self, house: RabbitHouse):
        subject = house.say()
        house.relays["enrollment"].relay()
        method, properties, body = house.admin(lambda channel: channel.basic_get("courses.inbox"))
        assert method.routing_key == properties.type == "enrollment.trainee.left.v1"
        assert properties.delivery_mode == 2
        assert properties.message_id == f"enrollment/cohort/{subject}#1" == json.loads(body)["id"]

    def test_a_stopped_receiver_gives_back_what_it_holds(self, house: RabbitHouse, monkeypatch):
        house.say(times=3)
        house.relays["enrollment"].relay()

        def away():
            raise OperationalError("BEGIN", {}, Exception("connection refused"))

        with monkeypatch.context() as outage:
            outage.setattr(house.databases["courses"], "writing", away)
            with pytest.raises(OperationalError):
                house.receive_until_it_fails("courses")
        house.receivers["courses"].close()
        assert house.admin(lambda channel: channel.queue_declare("courses.inbox", passive=True)).method.message_count == 3

    def test_no_event_is_handled_while_it_is_received(self, house: RabbitHouse):
        house.failing["courses"] = lambda event: pytest.fail("a receiver runs no handler")
        house.say(times=2)
        house.carry()
        assert {row.status for row in house.inbox("courses").values()} == {"pending"}

    def test_an_event_of_another_spelling_is_not_taken_for_a_second_one(self, house: RabbitHouse):
        subject = house.say()
        house.settle()
        body = json.loads(body_of(subject, 1, {}))
        shouted = f"enrollment/cohort/{str(subject).upper()}"
        house.publish(json.dumps({**body, "stream": shouted, "id": f"{shouted}#1", "subject": str(subject).upper()}).encode())
        assert house.receivers["courses"].receive() == 0
        assert len(house.inbox("courses")) == 1

    def test_acknowledging_comes_after_the_commit(self, house: RabbitHouse, monkeypatch):
        house.say()
        house.relays["enrollment"].relay()
        receiver = house.receivers["courses"]
        while receiver._link is None:
            receiver.receive()
        order: list[str] = []
        store, wake = inbox.store, house.databases["courses"].wake
        monkeypatch.setattr(inbox, "store", lambda *args: (order.append("store"), store(*args))[1])
        monkeypatch.setattr(house.databases["courses"], "wake", lambda: (order.append("committed"), wake()))
        acknowledge = Link.channel.fget(receiver._link).basic_ack
        monkeypatch.setattr(receiver._link._channel, "basic_ack", lambda *args, **kw: (order.append("ack"), acknowledge(*args, **kw)))
        if not house.inbox("courses"):
            house.receive("courses")
            assert order == ["store", "committed", "ack"]
