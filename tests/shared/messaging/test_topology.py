"""The topology: every event finds its listeners, and nobody else."""

import pika

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
