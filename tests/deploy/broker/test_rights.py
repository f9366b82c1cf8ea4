"""Every service's user does its own work at the broker and nothing else."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ProbableAccessDeniedError, ProbableAuthenticationError

from deploy.broker.management import BrokerRefused, Management
from shared.messaging import rabbitmq
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay
from shared.messaging.topology import DEAD, MARK, PUBLISHERS, exchange_of, queue_of
from shared.vocabulary import SERVICES
from tests.shared.messaging.house import open_database


def forbidden(service: str) -> Iterator[tuple[str, Callable[[BlockingChannel], object]]]:
    """What this service's user must not do, in words and as a deed."""
    for exchange in (*(exchange_of(name) for name in PUBLISHERS if name != service), "", DEAD, MARK, "amq.topic"):
        yield f"publish to {exchange!r}", partial(BlockingChannel.basic_publish, exchange=exchange, routing_key="finance.inbox", body=b"x")
    for queue in (*(queue_of(name) for name in SERVICES if name != service), DEAD):
        yield f"read {queue}", partial(BlockingChannel.basic_get, queue=queue)
        yield f"empty {queue}", partial(BlockingChannel.queue_purge, queue=queue)
    own = queue_of(service)
    yield "make a queue", partial(BlockingChannel.queue_declare, queue="mine")
    yield "make a passing queue", partial(BlockingChannel.queue_declare, queue="mine", exclusive=True)
    yield "make an exchange", partial(BlockingChannel.exchange_declare, exchange="mine")
    yield "delete its queue", partial(BlockingChannel.queue_delete, queue=own)
    yield "delete the mark", partial(BlockingChannel.exchange_delete, exchange=MARK)
    for publisher in PUBLISHERS:
        exchange = exchange_of(publisher)
        yield f"delete {exchange}", partial(BlockingChannel.exchange_delete, exchange=exchange)
        yield f"listen to {exchange}", partial(BlockingChannel.queue_bind, queue=own, exchange=exchange, routing_key="#")
        yield f"turn away from {exchange}", partial(BlockingChannel.queue_unbind, queue=own, exchange=exchange, routing_key="#")


def is_refused(connection: pika.BlockingConnection, deed: Callable[[BlockingChannel], object]) -> bool:
    channel = connection.channel()
    channel.confirm_delivery()
    try:
        deed(channel)
    except ChannelClosedByBroker as refusal:
        return refusal.reply_code == 403
    channel.close()
    return False


@pytest.mark.parametrize("service", SERVICES)
def test_a_user_does_its_own_work(declared, service: str, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(rabbitmq, "IDLE", 2.0)
    database = open_database(f"sqlite:///{tmp_path}/own.db")
    receiver = RabbitReceiver(service, database, declared.url_of(service))
    assert receiver.receive() == 0
    receiver.close()
    if service in PUBLISHERS:
        relay = RabbitRelay(service, database, declared.url_of(service))
        assert relay.relay() == 0
        relay.close()
        connection = pika.BlockingConnection(pika.URLParameters(declared.url_of(service)))
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish(exchange_of(service), f"{service}.x", b"told", mandatory=True)
        connection.close()
    database.close()


@pytest.mark.parametrize("service", SERVICES)
def test_a_user_does_nothing_else(declared, service: str):
    connection = pika.BlockingConnection(pika.URLParameters(declared.url_of(service)))
    assert [words for words, deed in forbidden(service) if not is_refused(connection, deed)] == []
    connection.close()


def test_a_wrong_password_or_another_host_lets_nobody_in(declared):
    url = declared.url_of("courses")
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(url.replace("@", "x@")))
    with pytest.raises(ProbableAccessDeniedError):
        pika.BlockingConnection(pika.URLParameters(url.rsplit("/", 1)[0] + "/%2F"))


def test_no_service_administers_the_broker(declared):
    user, password = declared.topology.prefix + "courses", declared.topology.passwords["courses"]
    address = declared.management.split("@")[1]
    with pytest.raises(BrokerRefused, match="does not let"):
        Management(f"http://{user}:{password}@{address}").wait(0)
