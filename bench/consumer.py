"""The yardstick for events that are published and applied at once: pika and psycopg alone, one insert for each message."""

import signal
import sys
import threading

import pika
import psycopg

INSERT = "INSERT INTO consumed_bare (stream, version, type) VALUES (%s, %s, %s)"
AT_ONCE = 200
IDLE = 0.02


def main(url: str, broker_url: str, queue: str) -> None:
    """Insert what comes, commit, acknowledge; until SIGTERM."""
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    with psycopg.connect(url.replace("+psycopg", "")) as database, pika.BlockingConnection(pika.URLParameters(broker_url)) as broker:
        channel = broker.channel()
        channel.basic_qos(prefetch_count=AT_ONCE)
        taken = last = 0
        for delivery, _properties, body in channel.consume(queue, inactivity_timeout=IDLE):
            if delivery is not None:
                database.execute(INSERT, (str(len(body)), delivery.delivery_tag, delivery.routing_key))
                taken, last = taken + 1, delivery.delivery_tag
            if taken and (delivery is None or taken == AT_ONCE):
                database.commit()
                channel.basic_ack(last, multiple=True)
                taken = 0
            if end.is_set():
                break


if __name__ == "__main__":
    main(*sys.argv[1:])
