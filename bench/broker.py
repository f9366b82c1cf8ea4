"""Events over RabbitMQ with all guarantees: outbox to broker and broker to inbox, beside bare pika and bare inserts."""

import time
from collections.abc import Iterable
from uuid import uuid4

import psycopg

from bench.measurement import Comparison, Durations, timed
from bench.publisher import BarePublisher
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.messaging import outbox, rabbitmq, topology
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay
from shared.storage.database import Database
from shared.storage.work import SYSTEM, UnitOfWork, transact
from tests.shared.messaging.house import open_database

EVENTS = 2000
BATCH = rabbitmq.PREFETCH
ROUNDS = 3
# Half the speed of the yardstick.
AT_MOST = 2.0
PATIENCE = 30.0
Row = tuple[str, int, str, str]


def measure(publisher_url: str, listener_url: str, broker_url: str, bare_broker_url: str) -> Iterable[Comparison]:
    """Relay a full outbox, then receive it into an empty part of the inbox; each in one thread, one after the other."""
    publisher, listener = open_database(publisher_url), open_database(listener_url)
    relay = RabbitRelay("enrollment", publisher, broker_url)
    receiver = RabbitReceiver("courses", listener, broker_url)
    publishing = BarePublisher(bare_broker_url, topology.exchange_of("enrollment"), rabbitmq.BATCH)
    relayed: list[float] = []
    published: list[float] = []
    received: list[float] = []
    inserted: list[float] = []
    with psycopg.connect(listener_url.replace("+psycopg", "")) as bare:
        bare.execute(
            "CREATE TABLE bare (id bigserial PRIMARY KEY, stream text, version int, type text, body text, UNIQUE (stream, version))"
        )
        bare.commit()
        for number in range(ROUNDS + 1):
            rows = _say(publisher)
            messages = [(row[2], row[3].encode()) for row in rows]
            took = (
                timed(lambda: _relay_all(relay))[0],
                timed(lambda messages=messages: publishing.publish(messages))[0],  # type: ignore[misc]
                timed(lambda: _receive_all(receiver))[0],
                timed(lambda rows=rows: _insert(bare, rows))[0],  # type: ignore[misc]
            )
            if number:  # the first round connects and warms up
                for kept, milliseconds in zip((relayed, published, received, inserted), took, strict=True):
                    kept.append(milliseconds)
    for closing in (relay, receiver, publishing, publisher, listener):
        closing.close()
    batched = f"bare pika, {rabbitmq.BATCH} a confirm"
    inserting = f"bare inserts, {BATCH} a commit"
    yield Comparison(f"{EVENTS} events, outbox → broker, confirmed, marked", batched, Durations(relayed), Durations(published), AT_MOST)
    yield Comparison(f"{EVENTS} events, broker → inbox, acknowledged", inserting, Durations(received), Durations(inserted), AT_MOST)


def _say(publisher: Database) -> list[Row]:
    """Fill the outbox; answers its new rows as the yardstick inserts them."""

    def change(work: UnitOfWork) -> None:
        for _ in range(EVENTS):
            subject = uuid4()
            data = {"cohort_id": subject, "enrollment_id": subject, "person_id": subject, "checked_in": False}
            work.emit(TRAINEE_LEFT, subject, data)

    transact(publisher, SYSTEM, change)
    with publisher.reading() as connection:
        return [(row.stream, row.version, row.type, row.body) for row in outbox.unsent(connection, EVENTS)]


def _relay_all(relay: RabbitRelay) -> None:
    sent = 0
    while sent < EVENTS:
        sent += relay.relay()


def _receive_all(receiver: RabbitReceiver) -> None:
    taken, end = 0, time.monotonic() + PATIENCE
    while taken < EVENTS:
        taken += receiver.receive()
        if time.monotonic() > end:
            raise RuntimeError(f"only {taken} of {EVENTS} events arrived")


def _insert(connection: psycopg.Connection, rows: list[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare (stream, version, type, body) VALUES (%s, %s, %s, %s)", rows[start : start + BATCH])
        connection.commit()
