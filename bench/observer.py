"""A process of its own that notes when events are applied: watching must take nothing from those it watches."""

import multiprocessing
import time
from multiprocessing.connection import Connection

from sqlalchemy import create_engine, text

LOOK_EVERY = 0.002  # seconds; an event may have been applied that much earlier than it was seen
# An event is done in the transaction of its effects.
ARRIVED = text("SELECT id, stream, status FROM inbox WHERE id > :low ORDER BY id")
LAST = text("SELECT coalesce(max(id), 0) FROM inbox")


class Observer:
    """Watches the inbox of one listener until as many new events are done as expected."""

    def __init__(self, url: str, expected: int, patience: float) -> None:
        self._answers, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(target=_watch, args=(url, expected, patience, there), daemon=True)
        self._process.start()
        self._answers.recv()  # it looks

    def seen(self) -> dict[str, float]:
        """When each event was seen, by its stream, on the clock of `time.perf_counter`; waits for all of them."""
        seen: dict[str, float] = self._answers.recv()
        self._process.join()
        return seen


def _watch(url: str, expected: int, patience: float, answers: Connection) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    seen: dict[str, float] = {}
    with engine.connect() as connection:
        low = connection.execute(LAST).scalar_one()
        answers.send(low)
        end = time.perf_counter() + patience
        while len(seen) < expected and time.perf_counter() < end:
            rows = connection.execute(ARRIVED, {"low": low}).all()
            moment = time.perf_counter()
            for row in rows:
                if row.status == "done":
                    seen.setdefault(row.stream, moment)
            for row in rows:  # what is done at the beginning need not be looked at again
                if row.status != "done":
                    break
                low = row.id
            time.sleep(LOOK_EVERY)
    answers.send(seen)
