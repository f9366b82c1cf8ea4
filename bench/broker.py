"""Events over RabbitMQ with all guarantees: relay, receive, apply, and all of it at once, beside bare pika and bare inserts."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

import psycopg
from sqlalchemy import func, select

from bench.measurement import Comparison, Durations, timed
from bench.publisher import BarePublisher
from bench.workers import LISTENS, writing_down
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
# Half the speed of the slower yardstick.
AT_MOST = 2.0
PATIENCE = 60.0
LOOK_EVERY = 0.005
PIKA, INSERTS, ONE_BY_ONE = (
    f"bare pika, {rabbitmq.BATCH} a confirm",
    f"bare inserts, {BATCH} a commit",
    f"one by one, {dispatcher.BATCH} a commit",
)
OURS = {
    "relay": "outbox → broker, confirmed, marked",
    "receive": "broker → inbox, acknowledged",
    "apply": "inbox → one insert by a handler, done",
    "all": "outbox → applied: relay, receive and apply at once",
}
Row = tuple[str, int, str, str]
Took = dict[str, list[float]]


def measure(publisher_url: str, listener_url: str, broker_url: str, bare_broker_url: str) -> Iterable[Comparison]:
    """Relay a full outbox, receive it, apply it, one after the other in one thread; then all at once in processes of their own."""
    publisher, listener = open_database(publisher_url), open_database(listener_url)
    took: Took = defaultdict(list)
    with psycopg.connect(listener_url.replace("+psycopg", "")) as bare:
        for name in ("bare", "heard_bare"):
            bare.execute(f"CREATE TABLE {name} (id bigserial PRIMARY KEY, stream text, version int, type text, body text)")
        bare.execute("CREATE UNIQUE INDEX ON bare (stream, version)")
        bare.commit()
        publishing = BarePublisher(bare_broker_url, topology.exchange_of("enrollment"), rabbitmq.BATCH)
        _step_by_step(publisher, listener, broker_url, _yardsticks(bare, publishing), took)
        with writing_down({"enrollment": publisher_url, "courses": listener_url}, broker_url):
            _all_at_once(publisher, listener, _yardsticks(bare, publishing), took)
        publishing.close()
    for database in (publisher, listener):
        database.close()
    yield from _compared({name: Durations(durations) for name, durations in took.items()})


def _step_by_step(
    publisher: Database, listener: Database, broker_url: str, yardsticks: Callable[[list[Row], Took], None], took: Took
) -> None:
    relay, receiver = RabbitRelay("enrollment", publisher, broker_url), RabbitReceiver("courses", listener, broker_url)
    dispatcher = Dispatcher(listener, LISTENS)
    for number in range(ROUNDS + 1):
        rows = _say(publisher)
        # The first round connects and warms up.
        kept: Took = took if number else defaultdict(list)
        kept["relay"].append(timed(lambda: _until_all(relay.relay))[0])
        kept["receive"].append(timed(lambda: _until_all(receiver.receive))[0])
        kept["apply"].append(timed(lambda: _until_all(dispatcher.dispatch))[0])
        yardsticks(rows, kept)
    relay.close()
    receiver.close()


def _all_at_once(publisher: Database, listener: Database, yardsticks: Callable[[list[Row], Took], None], took: Took) -> None:
    heard = select(func.count()).select_from(HEARD)

    def count() -> int:
        with listener.reading() as connection:
            return connection.execute(heard).scalar_one()

    for number in range(ROUNDS + 1):
        kept: Took = took if number else defaultdict(list)
        before = count()
        rows = _say(publisher)  # its commit is where the clock starts
        kept["all"].append(timed(lambda before=before: _until(lambda: count() - before >= EVENTS))[0])  # type: ignore[misc]
        yardsticks(rows, kept)


def _yardsticks(bare: psycopg.Connection, publishing: BarePublisher) -> Callable[[list[Row], Took], None]:
    def take(rows: list[Row], took: Took) -> None:
        messages = [(row[2], row[3].encode()) for row in rows]
        took[PIKA].append(timed(lambda: publishing.publish(messages))[0])
        took[INSERTS].append(timed(lambda: _insert(bare, rows))[0])
        took[ONE_BY_ONE].append(timed(lambda: _insert_one_by_one(bare, rows))[0])

    return take


def _compared(took: dict[str, Durations]) -> Iterator[Comparison]:
    """Each step beside the slower yardstick, as the goal says; the ratio to the other one, and to the handler's own work, in words."""
    slower, faster = sorted((PIKA, INSERTS), key=lambda name: took[name].middle, reverse=True)
    for step, words in OURS.items():
        others = [faster, *([ONE_BY_ONE] if step in ("apply", "all") else [])]
        beside = "; ".join(f"{took[step].middle / took[name].middle:.2f} × {name} ({took[name].middle:.1f} ms)" for name in others)
        yield Comparison(f"{EVENTS} events, {words}", f"{slower}, the slower; {beside}", took[step], took[slower], AT_MOST)


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


def _insert_one_by_one(connection: psycopg.Connection, rows: list[Row]) -> None:
    for number, row in enumerate(rows, start=1):
        connection.execute("INSERT INTO heard_bare (stream, version, type) VALUES (%s, %s, %s)", row[:3])
        if number % dispatcher.BATCH == 0:
            connection.commit()
    connection.commit()
