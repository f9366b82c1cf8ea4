"""How long after a commit in enrollment it is applied in courses: in one process with the embedded bus, and over the broker."""

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg

from bench.measurement import Durations, Latency, timed
from bench.observer import Observer
from bench.workers import real_workers
from services.embedded import House
from shared.contracts.enrollment import TRAINEE_CHECKED_IN
from shared.domain import now
from shared.storage.database import Database
from shared.storage.work import SYSTEM, UnitOfWork, transact
from tests.conftest import run_service

SECONDS = 5
RATES = (20, 200)
WRITERS = 4  # as a web server has several threads
GOAL_50, GOAL_99 = 30.0, 150.0
PATIENCE = 60.0
BARE = "CREATE TABLE bare_check_ins (who CHAR(32) PRIMARY KEY, body TEXT)"


def embedded(folder: Path) -> Iterable[Latency]:
    """All five services with their workers in this process, on SQLite; who commits shares it with them."""
    house = House(folder / "house")
    bare = _two_commits([_sqlite(folder / f"bare-{name}.db") for name in ("a", "b")])
    house.start()
    try:
        yield from _at_all_rates("embedded", house.databases["enrollment"], f"sqlite:///{house.folder}/courses/courses.db", bare)
    finally:
        house.stop()


def over_the_broker(folder: Path, publisher_url: str, listener_url: str, broker_url: str) -> Iterable[Latency]:
    """Enrollment's and courses' workers as they are deployed, each in a process of its own, on PostgreSQL and RabbitMQ."""
    urls = {"enrollment": publisher_url, "courses": listener_url}
    databases = {}
    for name, url in urls.items():
        (folder / f"broker-{name}").mkdir()
        databases[name] = run_service(name, url, folder / f"broker-{name}").database
    bare = _two_commits([psycopg.connect(url.replace("+psycopg", ""), autocommit=True) for url in urls.values()])
    with real_workers(urls, broker_url, folder):
        yield from _at_all_rates("over RabbitMQ", databases["enrollment"], listener_url, bare)
    for database in databases.values():
        database.close()


def _at_all_rates(bus: str, database: Database, listener_url: str, bare: Durations) -> Iterator[Latency]:
    _check_in_at(database, listener_url, 20, 2)  # starts and warms everything up
    for rate in RATES:
        durations, reached = _check_in_at(database, listener_url, rate, SECONDS)
        operation = f"commit in enrollment → applied in courses, {bus}, {rate} events/s asked, {reached:.0f}/s committed"
        yield Latency(operation, durations, bare, GOAL_50, GOAL_99)


def _check_in_at(database: Database, listener_url: str, rate: int, seconds: int) -> tuple[Durations, float]:
    """Check-ins at a steady rate, whatever the answer; applied means that another process sees it."""
    expected = rate * seconds
    observer = Observer(listener_url, expected, PATIENCE + seconds)
    committed: dict[str, float] = {}
    begun = time.perf_counter() + 0.05

    def write(first: int) -> None:
        for number in range(first, expected, WRITERS):
            time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            who = uuid4()
            transact(database, SYSTEM, _check_in, who)
            committed[TRAINEE_CHECKED_IN.stream(who)] = time.perf_counter()

    writers = [threading.Thread(target=write, args=(first,)) for first in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    reached = expected / (max(committed.values()) - begun + 1 / rate)
    seen = observer.seen()
    if committed.keys() - seen.keys():
        raise RuntimeError(f"only {len(seen)} of {expected} events were applied")
    return Durations([max(0.0, seen[stream] - at) * 1000 for stream, at in committed.items()]), reached


def _check_in(work: UnitOfWork, who: UUID) -> None:
    data = {"cohort_id": UUID(int=1), "enrollment_id": who, "person_id": who, "checked_in_at": now()}
    work.emit(TRAINEE_CHECKED_IN, who, data)


def _sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"):
        connection.execute(statement)
    return connection


def _two_commits(connections: list[sqlite3.Connection] | list[psycopg.Connection]) -> Durations:
    """The yardstick: the same moment's two commits, one database after the other, with nothing in between."""
    mark = "?" if isinstance(connections[0], sqlite3.Connection) else "%s"
    for connection in connections:
        connection.execute(BARE)

    def commit_twice() -> None:
        row = (uuid4().hex, "x" * 600)
        for connection in connections:
            connection.execute(f"INSERT INTO bare_check_ins VALUES ({mark}, {mark})", row)

    durations = Durations([timed(commit_twice)[0] for _ in range(100)])
    for connection in connections:
        connection.close()
    return durations
