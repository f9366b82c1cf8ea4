"""A process of the soak: `python -m tests.faults.members WHAT SERVICE …`, where WHAT is worker, relay or writer.

Where databases and broker are comes with the environment. Every listener writes down each event it applies and counts it,
without looking for doubles: whatever is applied twice shows in the account.
"""

import json
import os
import random
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from sqlalchemy import insert, update
from sqlalchemy.exc import SQLAlchemyError

from shared.contracts.certificates import CERTIFICATE_ISSUED
from shared.contracts.courses import COHORT_SCHEDULED
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.domain import now
from shared.logs import configure_logs
from shared.messaging import dispatcher
from shared.messaging.envelope import Event
from shared.messaging.rabbitmq import RabbitRelay
from shared.messaging.worker import POLL, Loop, Worker, service_worker
from shared.storage.database import Database
from shared.storage.work import UnitOfWork
from tests.shared.messaging.house import HEARD, METADATA, SUMS, House
from tests.shared.messaging.made_up import scheduled

DATABASES, BROKER = "LINGHANG_SOAK_DATABASES", "LINGHANG_SOAK_BROKER"
SUBJECTS = 200  # of each publisher; two writers of one service share them and race for the next version
MOST_AT_ONCE = 5
COUNTER = "events applied"
HEAR = insert(HEARD)
COUNT = update(SUMS).where(SUMS.c.stream == COUNTER).values(total=SUMS.c.total + 1)
TELLS = {"enrollment": TRAINEE_LEFT, "courses": COHORT_SCHEDULED, "certificates": CERTIFICATE_ISSUED}


class CountingHouse(House):
    """Listeners write each event down, count it, and courses answers every tenth with an event of its own."""

    def listens(self, service: str) -> dict[str, dispatcher.Handler]:
        """What `service` does when it hears; none of it may be done twice."""

        def hear(work: UnitOfWork, event: Event) -> None:
            work.connection.execute(HEAR, {"stream": event.stream, "version": event.version, "type": event.type})
            if service == "courses" and event.version % 10 == 0:
                work.emit(COHORT_SCHEDULED, event.subject_id, scheduled())
            work.connection.execute(COUNT)

        return dict.fromkeys(super().listens(service), hear)


def facts(service: str) -> dict[str, Any]:
    """Made-up facts for the kind of event that `service` tells."""
    if service == "courses":
        return scheduled()
    if service == "enrollment":
        return {"cohort_id": uuid4(), "enrollment_id": uuid4(), "person_id": uuid4(), "checked_in": False}
    ids = {name: uuid4() for name in ("certificate_id", "enrollment_id", "person_id", "intake_id", "cohort_id")}
    return {**ids, "number": "2023-0001", "issued_on": now().date(), "replaces": None}


def work(house: House, service: str, broker_url: str) -> int:
    """Relay, receiver and dispatcher of one service, until SIGTERM."""
    return _until_told(service_worker(service, house.databases[service], house.listens(service), broker_url=broker_url))


def relay_too(house: House, service: str, broker_url: str) -> int:
    """A second relay beside the worker's; says at the end how many events it has sent."""
    relay, sent = RabbitRelay(service, house.databases[service], broker_url), [0]

    def step() -> int:
        count = relay.relay()
        if count and not sent[0]:
            _say(at_work=1)
        sent[0] += count
        return count

    code = _until_told(Worker([Loop(f"{service} second relay", step, pause=POLL, finish=relay.close)]))
    _say(sent=sent[0])
    return code


def write(house: House, service: str, pause: float, seed: str) -> int:
    """Commit until SIGTERM, however often the database is away; says how many events were acknowledged, and how many perhaps."""
    chance, stop = random.Random(seed), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    acknowledged = unknown = 0
    while not stop.is_set():
        times = chance.randint(1, MOST_AT_ONCE)
        subject = uuid5(NAMESPACE_URL, f"{service} {chance.randrange(SUBJECTS)}")
        try:
            house.say(service, subject, times=times, event_type=TELLS[service], **facts(service))
        except SQLAlchemyError:  # it may have been committed all the same
            unknown += times
            stop.wait(0.05)
        else:
            acknowledged += times
        if pause:
            stop.wait(pause)
    _say(acknowledged=acknowledged, unknown=unknown)
    return 0


def _until_told(running: Worker) -> int:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    running.start()
    while not stop.wait(0.5) and running.alive:
        pass
    running.stop()
    return 0 if stop.is_set() and not any(loop.is_alive() for loop in running.loops) else 1


def _say(**figures: int) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def open_house(databases: Mapping[str, str]) -> CountingHouse:
    """The house on databases that have their tables already."""
    return CountingHouse({name: Database(url, METADATA) for name, url in databases.items()})


def main(what: str, service: str, *rest: str) -> int:
    """Be one process of the soak."""
    configure_logs()
    house = open_house(json.loads(os.environ[DATABASES]))
    if what == "writer":
        return write(house, service, float(rest[0]), rest[1])
    return {"worker": work, "relay": relay_too}[what](house, service, os.environ[BROKER])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
