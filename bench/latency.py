"""How long after a commit in enrollment it is applied in courses, in one process with the embedded bus."""

import sqlite3
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID, uuid4

from bench.measurement import Durations, Latency, timed
from services.embedded import House
from shared.contracts.enrollment import TRAINEE_CHECKED_IN
from shared.domain import now
from shared.storage.work import SYSTEM, UnitOfWork, transact

SECONDS = 5
RATES = (20, 200)
GOAL_50, GOAL_99 = 30.0, 150.0
PATIENCE = 30.0
LOOK_EVERY = 0.001


def measure(folder: Path) -> Iterable[Latency]:
    """Check-ins at a steady rate; applied means that another connection sees what the listener wrote."""
    house = House(folder / "house")
    bare = _two_commits(folder)
    house.start()
    try:
        _check_in_at(house, 20, 1)  # warms everything up
        for rate in RATES:
            durations, reached = _check_in_at(house, rate, SECONDS)
            operation = f"commit in enrollment → applied in courses, {rate} events/s asked, {reached:.0f}/s committed"
            yield Latency(operation, durations, bare, GOAL_50, GOAL_99)
    finally:
        house.stop()


def _check_in_at(house: House, rate: int, seconds: int) -> tuple[Durations, float]:
    committed: dict[str, float] = {}
    seen: dict[str, float] = {}
    done = threading.Event()
    expected = rate * seconds
    observer = threading.Thread(target=_observe, args=(house.folder / "courses" / "courses.db", seen, expected, done), daemon=True)
    observer.start()
    begun = time.perf_counter() + 0.05
    for number in range(expected):
        time.sleep(max(0.0, begun + number / rate - time.perf_counter()))
        who = uuid4()
        transact(house.databases["enrollment"], SYSTEM, _check_in, who)
        committed[who.hex] = time.perf_counter()
    reached = expected / (time.perf_counter() - begun)
    if not done.wait(PATIENCE):
        raise RuntimeError(f"only {len(seen)} of {expected} events were applied")
    observer.join()
    return Durations([max(0.0, seen[who] - at) * 1000 for who, at in committed.items()]), reached


def _check_in(work: UnitOfWork, who: UUID) -> None:
    data = {"cohort_id": UUID(int=1), "enrollment_id": who, "person_id": who, "checked_in_at": now()}
    work.emit(TRAINEE_CHECKED_IN, who, data)


def _observe(path: Path, seen: dict[str, float], expected: int, done: threading.Event) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (last,) = connection.execute("SELECT coalesce(max(rowid), 0) FROM check_ins").fetchone()
    give_up = time.perf_counter() + PATIENCE + expected
    while len(seen) < expected and time.perf_counter() < give_up:
        for row in connection.execute("SELECT rowid, enrollment_id FROM check_ins WHERE rowid > ? ORDER BY rowid", (last,)).fetchall():
            last = row[0]
            seen[row[1]] = time.perf_counter()
        time.sleep(LOOK_EVERY)
    connection.close()
    if len(seen) == expected:
        done.set()


def _two_commits(folder: Path) -> Durations:
    """The yardstick: the same moment's two commits, one file after the other, with nothing in between."""
    connections = [sqlite3.connect(folder / f"bare-{name}.db", isolation_level=None) for name in ("a", "b")]
    for connection in connections:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE check_ins (who TEXT PRIMARY KEY, body TEXT)"):
            connection.execute(statement)

    def commit_twice() -> None:
        row = (uuid4().hex, "x" * 600)
        for connection in connections:
            connection.execute("INSERT INTO check_ins VALUES (?, ?)", row)

    durations = Durations([timed(commit_twice)[0] for _ in range(100)])
    for connection in connections:
        connection.close()
    return durations
