"""Events over RabbitMQ with all guarantees: relay, consume, apply, and all of it at once, each beside the same without us."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from uuid import uuid4

import psycopg
from sqlalchemy import Executable, delete, func, select, table

from bench.measurement import Comparison, Durations, timed
from bench.publisher import BarePublisher
from bench.workers import HEAR, LISTENS, bare_consumer, writing_down
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.messaging import dispatcher, outbox, rabbitmq, topology
from shared.messaging.dispatcher import Dispatcher
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay
from shared.storage.database import Database
from shared.storage.work import SYSTEM, UnitOfWork, transact
from tests.shared.messaging.house import HEARD, open_database

EVENTS = 2000
BATCH = rabbitmq.PREFETCH
ROUNDS = 5
# Half the speed of the yardstick.
AT_MOST = 2.0
PATIENCE = 60.0
LOOK_EVERY = 0.005
BARE_TABLES = {
    "bare": "stream text, version int, type text, body text",
    "heard_bare": "stream text, version int, type text",
    "consumed_bare": "stream text, version int, type text",
}
PIKA, INSERTS = f"bare pika, {rabbitmq.BATCH} a confirm", f"bare inserts, {BATCH} a commit"
BY_PSYCOPG = f"the handler's inserts by psycopg, {dispatcher.BATCH} a commit"
BY_SQLALCHEMY = f"the handler's inserts by SQLAlchemy, {dispatcher.BATCH} a commit"
BARE_CHAIN = "bare pika to bare pika in another process, one insert a message"
RELAY, RECEIVE, CONSUME, APPLY, AT_ONCE = (
    "outbox → broker, confirmed, marked",
    "broker → inbox, acknowledged",
    "broker → inbox → read, checked, done in order",
    "inbox → one insert by a handler, done",
    "outbox → applied: relay, receive and apply at once",
)
Row = tuple[str, int, str, str]
Took = dict[str, list[float]]


def measure(publisher_url: str, listener_url: str, broker_url: str, bare_broker_url: str) -> Iterable[Comparison]:
    """Relay a full outbox, receive it, apply it, one after the other in one thread; then all at once in processes of their own."""
    publisher, listener = open_database(publisher_url), open_database(listener_url)
    took: Took = defaultdict(list)
    with psycopg.connect(listener_url.replace("+psycopg", "")) as bare:
        for name, columns in BARE_TABLES.items():
            bare.execute(f"CREATE TABLE {name} (id bigserial PRIMARY KEY, {columns})")
        bare.execute("CREATE UNIQUE INDEX ON bare (stream, version)")
        bare.commit()
        publishing = BarePublisher(bare_broker_url, topology.exchange_of("enrollment"), rabbitmq.BATCH)
        _step_by_step(publisher, listener, broker_url, _yardsticks(bare, listener, publishing), took)
        _all_at_once(publisher, listener, (broker_url, bare_broker_url), publishing, took)
        publishing.close()
    for database in (publisher, listener):
        database.close()
    yield from _compared({name: Durations(durations) for name, durations in took.items()})


def _step_by_step(
    publisher: Database, listener: Database, broker_url: str, yardsticks: Callable[[list[Row], Took], None], took: Took
) -> None:
    relay, receiver = RabbitRelay("enrollment", publisher, broker_url), RabbitReceiver("courses", listener, broker_url)
    reading, writing = Dispatcher(listener, {TRAINEE_LEFT.name: lambda _work, _event: None}), Dispatcher(listener, LISTENS)
    for number in range(ROUNDS + 1):
        # The first round connects and warms up.
        kept: Took = took if number else defaultdict(list)
        for applying in (reading, writing):
            rows = _say(publisher)
            kept[RELAY].append(timed(lambda: _until_all(relay.relay))[0])
            received = timed(lambda: _until_all(receiver.receive))[0]
            applied = timed(partial(_until_all, applying.dispatch))[0]
            kept[RECEIVE].append(received)
            if applying is reading:
                kept[CONSUME].append(received + applied)
            else:
                kept[APPLY].append(applied)
            yardsticks(rows, kept)
    relay.close()
    receiver.close()


def _all_at_once(publisher: Database, listener: Database, broker_urls: tuple[str, str], publishing: BarePublisher, took: Took) -> None:
    """Ours and the same without us in turns; what either has done is seen in the listener's database."""
    heard, consumed = (select(func.count()).select_from(name) for name in (HEARD, table("consumed_bare")))
    urls = {"enrollment": publisher.engine.url, "courses": listener.engine.url}
    plain = {name: url.render_as_string(hide_password=False) for name, url in urls.items()}
    with listener.writing() as connection:
        connection.execute(delete(HEARD))
    broker_url, bare_broker_url = broker_urls
    queue = topology.queue_of("courses")
    left = EVENTS * 2 * (ROUNDS + 1)  # the yardsticks of the steps published them, and nobody has taken them yet
    with writing_down(plain, broker_url), bare_consumer(plain["courses"], bare_broker_url, queue):
        _until_count(listener, consumed, left)
        for number in range(1, ROUNDS + 2):
            kept: Took = took if number > 1 else defaultdict(list)
            rows = _say(publisher)  # its commit is where the clock starts
            kept[AT_ONCE].append(timed(partial(_until_count, listener, heard, number * EVENTS))[0])
            begun = time.perf_counter()
            publishing.publish(_messages(rows))
            _until_count(listener, consumed, left + number * EVENTS)
            kept[BARE_CHAIN].append((time.perf_counter() - begun) * 1000)


def _until_count(database: Database, statement: Executable, wanted: int) -> None:
    def count() -> int:
        with database.reading() as connection:
            return int(connection.execute(statement).scalar_one())

    _until(lambda: count() >= wanted)


def _yardsticks(bare: psycopg.Connection, listener: Database, publishing: BarePublisher) -> Callable[[list[Row], Took], None]:
    def take(rows: list[Row], took: Took) -> None:
        messages = _messages(rows)
        took[PIKA].append(timed(lambda: publishing.publish(messages))[0])
        took[INSERTS].append(timed(lambda: _insert(bare, rows))[0])
        took[BY_PSYCOPG].append(timed(lambda: _by_psycopg(bare, rows))[0])
        took[BY_SQLALCHEMY].append(timed(lambda: _by_sqlalchemy(listener, rows))[0])

    return take


def _compared(took: dict[str, Durations]) -> Iterator[Comparison]:
    """Carrying beside the slower of bare publishing and bare inserts, as the goal says; with a handler's work, beside the same work."""
    slower, faster = sorted((PIKA, INSERTS), key=lambda name: took[name].middle, reverse=True)
    for step in (RELAY, RECEIVE, CONSUME):
        yield _beside(took, step, slower, faster, f"{slower}, the slower")
    yield _beside(took, APPLY, BY_SQLALCHEMY, BY_PSYCOPG, BY_SQLALCHEMY)
    yield replace(_beside(took, AT_ONCE, BARE_CHAIN, slower, BARE_CHAIN), at_most=None)


def _beside(took: dict[str, Durations], step: str, yardstick: str, other: str, words: str) -> Comparison:
    also = f"{took[step].middle / took[other].middle:.2f} × {other} ({took[other].middle:.1f} ms)"
    return Comparison(f"{EVENTS} events, {step}", f"{words}; {also}", took[step], took[yardstick], AT_MOST)


def _say(publisher: Database) -> list[Row]:
    """Fill the outbox; answers its new rows as the yardsticks publish and insert them."""
    told: list[Row] = []

    def change(work: UnitOfWork) -> None:
        for _ in range(EVENTS):
            subject = uuid4()
            data = {"cohort_id": subject, "enrollment_id": subject, "person_id": subject, "checked_in": False}
            work.emit(TRAINEE_LEFT, subject, data)
        work.flush()
        told.extend((row.stream, row.version, row.type, row.body) for row in outbox.unsent(work.connection, EVENTS))

    transact(publisher, SYSTEM, change)
    return told


def _messages(rows: list[Row]) -> list[tuple[str, bytes]]:
    return [(row[2], row[3].encode()) for row in rows]


def _until_all(step: Callable[[], int]) -> None:
    done, end = 0, time.monotonic() + PATIENCE
    while done < EVENTS:
        done += step()
        if time.monotonic() > end:
            raise RuntimeError(f"only {done} of {EVENTS} events came")


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise RuntimeError("the events did not come")
        time.sleep(LOOK_EVERY)


def _insert(connection: psycopg.Connection, rows: list[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare (stream, version, type, body) VALUES (%s, %s, %s, %s)", rows[start : start + BATCH])
        connection.commit()


def _by_psycopg(connection: psycopg.Connection, rows: list[Row]) -> None:
    for number, row in enumerate(rows, start=1):
        connection.execute("INSERT INTO heard_bare (stream, version, type) VALUES (%s, %s, %s)", row[:3])
        if number % dispatcher.BATCH == 0:
            connection.commit()
    connection.commit()


def _by_sqlalchemy(database: Database, rows: list[Row]) -> None:
    for start in range(0, len(rows), dispatcher.BATCH):
        with database.writing() as connection:
            for stream, version, name, _body in rows[start : start + dispatcher.BATCH]:
                connection.execute(HEAR, {"stream": stream, "version": version, "type": name})
