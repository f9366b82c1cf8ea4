"""A soak: writers commit at full speed, workers in processes of their own carry and apply, faults at random, and at the end the account."""

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, insert, select

from shared.contracts import SUBSCRIPTIONS
from shared.storage.tables import INBOX, OUTBOX
from tests.faults import members
from tests.faults.account import AccountWrong, once_and_in_order
from tests.faults.city import ROOT, Process
from tests.servers import PostgresServer, RabbitServer
from tests.servers.postgres import create_database
from tests.servers.processes import as_account
from tests.servers.rabbitmq import declare_topology
from tests.shared.messaging.house import HEARD, SERVICES, SUMS, open_database

WRITERS = ("enrollment", "enrollment", "courses", "certificates")  # the first two race for the same subjects
PAUSE = (1.0, 4.0)  # seconds between two faults
TRIES = 6  # so often a kind of fault may fail to bite
STANDSTILL = 120.0  # seconds without any progress: something is stuck
Say = Callable[[str], None]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong; `happen` answers whether it was seen to bite, which some can only while writers write."""

    name: str
    happen: Callable[["Soak"], bool]
    needs_writers: bool = False


@dataclass
class Soak:
    """One run on nodes of its own; `chance` decides who is hit, and when."""

    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    chance: random.Random
    say: Say
    pause: tuple[float, float] = PAUSE
    databases: dict[str, str] = field(default_factory=dict)
    workers: dict[str, Process] = field(default_factory=dict)
    writers: list[Process] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    bit: Counter[str] = field(default_factory=Counter)
    _started: int = 0

    def prepare(self) -> None:
        """Databases with today's tables, a counter in each, and the topology."""
        declare_topology(self.rabbit.management, self.rabbit.url)
        for name in SERVICES:
            self.databases[name] = create_database(self.postgres.url)
            database = open_database(self.databases[name])
            with database.writing() as connection:
                connection.execute(insert(SUMS).values(stream=members.COUNTER, total=0))
            database.close()

    def run(self, events: int, faults: Sequence[Fault], *, breath: float = 0.0) -> None:
        """Write so many events and more until every kind of fault has bitten; go on breaking while much is on its way; settle.

        Writers take a `breath` between commits.
        """
        for name in SERVICES:
            self.workers[name] = self.start("worker", name)
        self.writers = [self.start("writer", name, str(breath), str(self.chance.random())) for name in WRITERS]
        self.until(lambda: all(applied for _, _, applied in self.standing().values()), STANDSTILL)
        deck = self._deck(faults)
        while self._told() < events or any(self.tried[one.name] < TRIES and not self.bit[one.name] for one in faults):
            self._let_happen(next(deck))
        for writer in self.writers:
            writer.terminate(60)
        self.say(f"{self._told()} events are committed, {self._missing()} applications to go")
        deck = self._deck([fault for fault in faults if not fault.needs_writers])
        while self._missing() > self._told() / 10:
            self._let_happen(next(deck))
        self.say("no more faults")
        self._settle()

    def start(self, what: str, service: str, *words: str) -> Process:
        """A process of the soak with a log of its own."""
        self._started += 1
        log = self.folder / f"{self._started:04d}-{what}-{service}.log"
        surroundings = {members.DATABASES: json.dumps(self.databases), members.BROKER: self.rabbit.url}
        command = [*as_account(None, dies_with="KILL"), sys.executable, "-m", "tests.faults.members", what, service, *words]
        with log.open("wb") as file:
            running = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **surroundings}, stdout=file, stderr=file, start_new_session=True
            )
        return Process(f"{service} {what}", running, log, {})

    def stop(self) -> None:
        """End what still runs."""
        for one in (*self.workers.values(), *self.writers):
            if one.lives:
                one.kill()

    def until(self, true: Callable[[], object], seconds: float) -> bool:
        """Whether it comes true in time; a server that does not answer counts as not yet."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(psycopg.Error, OSError):
                if true():
                    return True
            time.sleep(0.1)
        return False

    def rows(self, service: str, statement: Any) -> list[Any]:
        """What a query gives in the database of a service."""
        sql = str(statement.compile(compile_kwargs={"literal_binds": True}))
        with psycopg.connect(self.databases[service].replace("+psycopg", ""), connect_timeout=5) as connection:
            return connection.execute(sql).fetchall()  # type: ignore[arg-type]

    def logged(self) -> dict[str, int]:
        """How long the workers' logs are by now; what comes after is what `complained` looks at."""
        return {name: worker.log.stat().st_size for name, worker in self.workers.items()}

    def complained(self, since: Mapping[str, int], *words: str) -> bool:
        """Whether a worker has said one of these words since."""
        said = (self.workers[name].log.read_bytes()[size:] for name, size in since.items())
        return any(word.encode() in text for text in said for word in words)

    def said(self, process: Process) -> Counter[str]:
        """The figures a process said at its end."""
        lines = [line for line in process.log.read_text(errors="replace").splitlines() if line.startswith("{")]
        return Counter({name: count for line in lines for name, count in json.loads(line).items() if isinstance(count, int)})

    def standing(self) -> dict[str, tuple[int, int, int]]:
        """Events told, not sent yet, and applied, for each service."""
        outbox = select(func.count(), func.count().filter(OUTBOX.c.position.is_(None))).select_from(OUTBOX)
        applied = select(SUMS.c.total).where(SUMS.c.stream == members.COUNTER)
        return {name: (*self.rows(name, outbox)[0], self.rows(name, applied)[0][0]) for name in SERVICES}

    def _deck(self, faults: Sequence[Fault]) -> Iterator[Fault]:
        while True:  # each kind comes once before any comes again
            yield from self.chance.sample(faults, len(faults))

    def _told(self) -> int:
        return sum(told for told, _, _ in self.standing().values())

    def _missing(self) -> int:
        standing = self.standing()
        due = sum(standing[publisher][0] for name in SERVICES for publisher in SUBSCRIPTIONS[name])
        return due - sum(applied for _, _, applied in standing.values())

    def _let_happen(self, fault: Fault) -> None:
        time.sleep(self.chance.uniform(*self.pause))
        self.tried[fault.name] += 1
        bit = fault.happen(self)
        self.bit[fault.name] += bit
        self.say(f"{self._told():7d} events told; {fault.name}: {'bit' if bit else 'did not bite'}")
        for process in (*self.workers.values(), *self.writers):
            if not process.lives and process.running.returncode:
                raise AccountWrong(f"{process.name} ended with {process.running.returncode}:\n{process.log.read_text()[-3000:]}")

    def _settle(self) -> None:
        standing, end = self.standing(), time.monotonic() + STANDSTILL
        # Fewer than none are missing when something was applied twice; the account will tell what.
        while self._missing() > 0 or any(unsent for _, unsent, _ in standing.values()):
            time.sleep(0.5)
            before, standing = standing, self.standing()
            if before != standing:
                end = time.monotonic() + STANDSTILL
            elif time.monotonic() > end:
                raise AccountWrong(f"nothing has moved for {STANDSTILL:.0f} s (told, not sent, applied): {standing}")


def account(soak: Soak, faults: Iterable[Fault]) -> dict[str, int]:
    """Every committed event applied once at every listener and in order, nothing set aside, totals equal to a recount."""
    told = {name: soak.rows(name, select(OUTBOX.c.stream, OUTBOX.c.version)) for name in SERVICES}
    problems = [line for name in SERVICES for line in _listener(soak, name, told)]
    acknowledged = sum((soak.said(writer) for writer in soak.writers), Counter[str]())
    events = sum(len(rows) for rows in told.values())
    answered = sum(version % 10 == 0 for _, version in told["enrollment"])
    if not acknowledged["acknowledged"] <= events - answered <= acknowledged["acknowledged"] + acknowledged["unknown"]:
        problems.append(f"{dict(acknowledged)} told by the writers, {events} found, {answered} of them answers")
    problems += [f"«{fault.name}» never bit" for fault in faults if not soak.bit[fault.name]]
    if problems:
        raise AccountWrong("\n".join(problems[:40]))
    applied = sum(len(told[publisher]) for name in SERVICES for publisher in SUBSCRIPTIONS[name])
    return {"events": events, "applied": applied, "unknown": acknowledged["unknown"], "answers": answered}


def _listener(soak: Soak, name: str, told: Mapping[str, list[Any]]) -> Iterable[str]:
    due = Counter((row[0], row[1]) for publisher in SUBSCRIPTIONS[name] for row in told[publisher])
    heard = [(row[0], row[1]) for row in soak.rows(name, select(HEARD.c.stream, HEARD.c.version).order_by(HEARD.c.id))]
    yield from once_and_in_order(name, due, heard)
    if (total := soak.standing()[name][2]) != len(heard):
        yield f"{name} has counted {total} events and written down {len(heard)}"
    statuses = dict(soak.rows(name, select(INBOX.c.status, func.count()).group_by(INBOX.c.status)))
    if statuses.keys() - {"done"}:
        yield f"{name} has events that are not done: {statuses}"
