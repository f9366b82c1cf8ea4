"""A batch of events found, claimed and settled in an inbox that holds a million applied ones, beside the same in one of a thousand."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import bindparam, insert, text

from bench.measurement import Comparison, Durations, timed
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.domain import now
from shared.messaging.dispatcher import BATCH, Dispatcher
from shared.storage.database import Database
from shared.storage.tables import INBOX, UtcDateTime
from tests.shared.messaging.house import open_database

FEW, MANY = 1_000, 1_000_000
ROUNDS, WARM_UPS = 40, 5
AT_MOST = 1.5
BODY = "x" * 600
ARRIVED = datetime(2023, 5, 8, tzinfo=UTC)
# Streams of twenty events each, as long as an event of one person.
APPLIED = """
    INSERT INTO inbox (stream, version, type, body, received_at, status)
    SELECT 'enrollment/cohort/' || (n / 20), n % 20 + 1, 'enrollment.trainee.left.v1', substr(:body, 1, 600), :at, 'done' FROM {numbers}
"""
NUMBERS = {
    "sqlite": "(WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last) SELECT n FROM numbers)",
    "postgresql": "generate_series(0, CAST(:last AS integer)) AS numbers(n)",
}


def measure(kind: str, few_url: str, many_url: str) -> Comparison:
    """No handler, so that nothing but the backbone's own work is measured; the two take turns."""
    few, many = _filled(few_url, FEW), _filled(many_url, MANY)
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(ROUNDS + WARM_UPS):
        ours.append(_batch(many))
        bare.append(_batch(few))
    for database in (few, many):
        database.close()
    operation = f"{BATCH} events found and settled among {MANY:,} applied ones, {kind}"
    return Comparison(operation, f"the same among {FEW:,}", Durations(ours[WARM_UPS:]), Durations(bare[WARM_UPS:]), AT_MOST)


def _filled(url: str, size: int) -> Database:
    database = open_database(url)
    name = database.engine.dialect.name
    with database.writing() as connection:
        fill = text(APPLIED.format(numbers=NUMBERS[name])).bindparams(bindparam("at", type_=UtcDateTime))
        connection.execute(fill, {"last": size - 1, "body": BODY, "at": ARRIVED})
        connection.execute(text("ANALYZE"))  # as autovacuum does within a minute
    return database


def _batch(database: Database) -> float:
    with database.writing() as connection:
        connection.execute(insert(INBOX), list(_events()))
    took, handled = timed(Dispatcher(database, {}).dispatch)
    if handled != BATCH:
        raise RuntimeError(f"{handled} of {BATCH} events were found")
    return took


def _events() -> Iterator[dict[str, object]]:
    for _ in range(BATCH):
        row = {"stream": TRAINEE_LEFT.stream(uuid4()), "version": 1, "type": TRAINEE_LEFT.name, "body": BODY}
        yield {**row, "received_at": now()}
