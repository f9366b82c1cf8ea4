"""Declaring: as often as one likes, never halfway, and never with a loss that nobody has asked for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pytest
from pika.exceptions import NackError

from deploy.broker.declaring import CannotBeChanged, declare
from deploy.broker.inventory import Topology
from deploy.broker.management import BrokerRefused, Management
from shared.messaging import rabbitmq as rabbitmq_bus
from shared.messaging.link import TopologyDiffers
from shared.messaging.rabbitmq import RabbitRelay
from shared.messaging.topology import MARK, PUBLISHERS
from tests.shared.messaging.house import SERVICES, open_database
from tests.shared.messaging.rabbit_house import RabbitHouse


def make_otherwise(broker, queue: str = "courses.inbox", **arguments) -> None:
    """Somebody has made this queue by hand, with arguments of their own, and bound it."""
    other = {"x-queue-type": "quorum", "x-overflow": "drop-head", "x-dead-letter-exchange": "dead", **arguments}
    broker.api.delete(f"queues/{broker.host}/{queue}")
    broker.api.put(f"queues/{broker.host}/{queue}", {"durable": True, "arguments": other})
    broker.api.post(f"bindings/{broker.host}/e/enrollment.events/q/{queue}", {"routing_key": "enrollment.#"})


def test_an_empty_broker_is_given_everything_and_the_mark_last(broker):
    outcome = declare(broker.api, broker.topology)
    assert broker.differs() == []
    assert outcome.done[0].startswith("made user")
    assert outcome.done[-1] == f"made mark {MARK}"
    assert outcome.send_again == ("certificates", "courses", "enrollment")


def test_even_the_virtual_host_is_made(broker):
    broker.api.delete(f"vhosts/{broker.host}")
    assert f"virtual host {broker.host}: missing" in broker.differs()
    declare(broker.api, broker.topology)
    assert broker.differs() == []


def test_declaring_twice_changes_nothing(declared, monkeypatch):
    before = declared.holds()
    for verb in ("put", "post", "delete"):
        monkeypatch.setattr(Management, verb, lambda *_args: pytest.fail("nothing is to be changed"))
    outcome = declare(declared.api, declared.topology)
    assert (outcome.done, outcome.left, outcome.send_again) == ((), (), ())
    assert declared.holds() == before


def test_a_queue_that_differs_is_named_with_its_argument_and_nothing_is_changed(declared):
    make_otherwise(declared)
    declared.api.delete(f"policies/{declared.host}/inbox")
    declared.api.delete(f"queues/{declared.host}/portal.inbox")
    before = declared.holds()
    with pytest.raises(CannotBeChanged) as refusal:
        declare(declared.api, declared.topology)
    (difference,) = refusal.value.differences
    assert str(difference) == (
        "queue courses.inbox: x-overflow is 'drop-head', should be 'reject-publish';"
        " x-dead-letter-strategy is not set, should be 'at-least-once'"
    )
    assert declared.holds() == before


def test_an_argument_too_many_is_named_too(declared):
    make_otherwise(declared, **{"x-overflow": "reject-publish", "x-dead-letter-strategy": "at-least-once", "x-delivery-limit": 100})
    with pytest.raises(CannotBeChanged, match=r"^queue courses\.inbox: x-delivery-limit is 100, should not be set$"):
        declare(declared.api, declared.topology)


def test_an_exchange_that_differs_is_made_anew_when_asked(declared):
    path = f"exchanges/{declared.host}/courses.events"
    declared.api.delete(path)
    declared.api.put(path, {"type": "fanout", "durable": True})
    with pytest.raises(CannotBeChanged, match=r"^exchange courses\.events: type is 'fanout', should be 'topic'$"):
        declare(declared.api, declared.topology)
    declare(declared.api, declared.topology, replace=True)
    assert declared.differs() == []


@pytest.mark.parametrize(
    ("missing", "publishers"),
    [
        ("bindings/{}/e/courses.events/q/finance.inbox/courses.%23", ("courses",)),
        ("queues/{}/certificates.inbox", ("courses", "enrollment")),
        ("exchanges/{}/certificates.events", ("certificates",)),
        ("queues/{}/dead", ()),
        ("policies/{}/inbox", ()),
    ],
)
def test_whose_events_may_have_missed_a_listener_is_said(declared, missing: str, publishers: tuple[str, ...]):
    declared.api.delete(missing.format(declared.host))
    assert declare(declared.api, declared.topology).send_again == publishers


def test_a_mark_of_another_kind_is_made_anew_without_asking(declared):
    path = f"exchanges/{declared.host}/{MARK}"
    declared.api.delete(path)
    declared.api.put(path, {"type": "topic", "durable": True})
    assert declared.differs() == [f"mark {MARK}: type is 'topic', should be 'fanout'"]
    assert declare(declared.api, declared.topology).done == (f"made mark {MARK}",)
    assert declared.differs() == []


@pytest.fixture
def house(declared, postgres_database: str, monkeypatch) -> Iterator[RabbitHouse]:
    monkeypatch.setattr(rabbitmq_bus, "IDLE", 0.05)
    databases = {name: open_database(postgres_database, name) for name in SERVICES}
    house = RabbitHouse(databases, declared.url, lambda _url: declare(declared.api, declared.topology))
    yield house
    house.close()


def test_replacing_and_sending_again_loses_and_doubles_nothing(declared, house: RabbitHouse):
    house.say(times=3)
    house.settle()
    house.disconnect()
    make_otherwise(declared)
    house.start()
    house.say(times=4)
    house.relays["enrollment"].relay()  # four events lie in the queue that is about to go
    house.disconnect()
    with pytest.raises(CannotBeChanged):
        house.declare()
    outcome = declare(declared.api, declared.topology, replace=True)
    assert outcome.done[0] == "deleted queue courses.inbox"
    assert outcome.send_again == ("enrollment",)
    assert declared.differs() == []
    house.start()
    assert len(house.inbox("courses")) == 3
    for publisher in outcome.send_again:
        house.send_again(publisher)
    house.settle()
    assert len(house.heard("courses")) == len(house.heard("finance")) == 7
    house.balance()


@pytest.mark.parametrize("verb", ["put", "post"])
def test_nobody_publishes_before_the_last_binding_is_there(declared, verb: str, tmp_path: Path, monkeypatch):
    class Died(Exception):
        pass

    def die(*_args) -> None:
        raise Died

    declared.api.delete(f"queues/{declared.host}/finance.inbox")
    with monkeypatch.context() as interrupted:
        interrupted.setattr(Management, verb, die)
        with pytest.raises(Died):
            declare(declared.api, declared.topology)
    database = open_database(f"sqlite:///{tmp_path}/outbox.db")
    relay = RabbitRelay("courses", database, declared.url)
    assert f"mark {MARK}: missing" in declared.differs()
    with pytest.raises(TopologyDiffers):
        relay.relay()
    declare(declared.api, declared.topology)
    assert relay.relay() == 0
    relay.close()
    database.close()


def test_what_may_be_somebodys_is_named_and_left(declared):
    for path in ("queues/{}/tap", "exchanges/{}/side"):
        declared.api.put(path.format(declared.host), {"durable": True})
    outcome = declare(declared.api, declared.topology)
    assert outcome.done == ()
    assert [str(one) for one in outcome.left] == ["exchange side: surplus", "queue tap: surplus"]
    assert declared.differs() == ["exchange side: surplus", "queue tap: surplus"]


def test_a_full_inbox_refuses_and_tuning_makes_room_without_a_new_queue(declared):
    def publish() -> None:
        channel.basic_publish("courses.events", "courses.x", b"x" * 600, mandatory=True)

    def tune(size: int) -> tuple[str, ...]:
        topology = Topology(**{**vars(declared.topology), "limits": {"delivery-limit": 100, "max-length-bytes": size}})
        return declare(declared.api, topology).done

    changed = tune(1000)
    assert changed[0] == "changed policy inbox: max-length-bytes is 268435456, should be 1000"
    assert changed[1:] == (f"made mark {MARK}",)
    connection = pika.BlockingConnection(pika.URLParameters(declared.url))
    channel = connection.channel()
    channel.confirm_delivery()
    with pytest.raises(NackError):
        fill(publish)
    tune(10_000)
    publish()
    connection.close()


def fill(publish: Callable[[], None]) -> None:
    for _ in range(50):
        publish()


def test_who_is_no_administrator_is_told_so(declared):
    user = declared.topology.prefix + "courses"
    declared.api.put(f"users/{user}", {"password": "open", "tags": "monitoring"})
    with pytest.raises(BrokerRefused, match=f"{user} is no administrator"):
        Management(f"http://{user}:open@{declared.management.split('@')[1]}").wait(0)


def test_whoever_was_interrupted_is_told_of_every_publisher(declared):
    """The first declaration made the queue anew and never came to its mark: what it would have said is said now."""
    declared.api.delete(f"exchanges/{declared.host}/{MARK}")
    assert set(declare(declared.api, declared.topology).send_again) == set(PUBLISHERS)
    assert declare(declared.api, declared.topology).send_again == ()
