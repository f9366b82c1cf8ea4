"""A city under test: five services as real processes on a PostgreSQL and a RabbitMQ node of their own, all of which may be killed."""

import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import psycopg
from joserfc.jwk import OKPKey

from deploy.broker.declaring import declare
from deploy.broker.inventory import Topology
from deploy.broker.management import Management
from shared.messaging.topology import VIRTUAL_HOST
from shared.storage import migrations
from shared.storage.database import Database
from shared.vocabulary import SERVICES, Role
from shared.web import tokens
from tests.conftest import actor
from tests.faults import process
from tests.servers import PostgresServer, RabbitServer, run_control
from tests.servers.postgres import create_database
from tests.servers.processes import as_account, free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 90.0
WEBS = ("enrollment", "courses")
ACCOUNT = "account"  # how the tests' own connections are called, so that no fault hits them


class NeverCameTrue(AssertionError):
    """What a test waited for did not happen."""


@dataclass
class Process:
    """One process of the city: what it was started with, and what it writes."""

    name: str
    running: subprocess.Popen[bytes]
    log: Path
    surroundings: Mapping[str, str]

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return self.running.poll() is None

    def kill(self) -> None:
        """kill -9, with all it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def terminate(self, seconds: float = 30) -> int:
        """SIGTERM; answers the exit code once it has finished what was in hand."""
        self.running.terminate()
        return self.running.wait(seconds)


class Town(Protocol):
    """What the stream and the account need of whatever is under test."""

    databases: dict[str, str]
    ports: dict[str, int]
    spoiled: bool
    exempt: set[tuple[str, int]]

    def token(self) -> str:
        """An organizer's token."""

    def rows(self, service: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query gives in a service's database."""

    def until(self, true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until it is so. Raises `NeverCameTrue`."""

    def last_words(self) -> str:
        """The end of every log."""


def wait_until(true: Callable[[], object], what: str, seconds: float, last_words: Callable[[], str]) -> None:
    """Wait until it is so; whatever a server that is away answers counts as not yet."""
    end = time.monotonic() + seconds
    while True:
        with suppress(psycopg.Error, sqlite3.Error, OSError):
            if true():
                return
        if time.monotonic() > end:
            raise NeverCameTrue(f"after {seconds:.0f} s still not: {what}\n{last_words()}")
        time.sleep(0.1)


def ends_of(folder: Path) -> str:
    """The end of every log of a folder, for whoever reads a failure."""
    return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in sorted(folder.glob("*.log")))


@dataclass
class City:
    """`start` brings everything up; every process can be run anew with other surroundings (crash points, proxies, clocks)."""

    folder: Path
    postgres: PostgresServer
    rabbit: RabbitServer
    key: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", parameters={"kid": "faults"}))
    passwords: dict[str, str] = field(default_factory=lambda: {name: secrets.token_hex(8) for name in SERVICES})
    databases: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, Process] = field(default_factory=dict)
    spoiled: bool = False
    exempt: set[tuple[str, int]] = field(default_factory=set)
    """Events (stream, version) that no handler is to apply: strangers, and what was discarded."""

    def start(self) -> None:
        """Databases with today's tables and a tally, the topology, a worker for each service and the two webs."""
        self.declare_topology()
        for name in SERVICES:
            self.databases[name] = create_database(self.postgres.url)
            database = Database(self.databases[name], import_module(f"services.{name}.storage.tables").metadata)
            migrations.upgrade(name, database)
            process.TALLY.create(database.engine)
            database.close()
        self.ports = {name: free_port() for name in WEBS}
        for name in self.everyone:
            self.run(name)
        self.await_webs()

    @property
    def everyone(self) -> tuple[str, ...]:
        """The names of all processes: 'courses worker', 'courses web'."""
        return (*(f"{name} worker" for name in SERVICES), *(f"{name} web" for name in WEBS))

    def run(self, name: str, surroundings: Mapping[str, str] | None = None, *, beside: bool = False) -> Process:
        """Start a process; the one of this name must be gone, unless it is to run `beside` it."""
        service, kind = name.split()
        known = self.processes.get(name)
        assert beside or known is None or not known.lives, f"{name} is running"
        log = self.folder / f"{service}-{kind}.log"
        command = [sys.executable, "-m", "tests.faults.process", service, "worker"] if kind == "worker" else self._web(service)
        environment = {**os.environ, **self._settings(service), **(surroundings or {})}
        with log.open("ab") as file:
            words = [*as_account(None, dies_with="KILL"), *command]
            running = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=file, stderr=file, start_new_session=True)
        started = Process(name, running, log, dict(surroundings or {}))
        if not beside:
            self.processes[name] = started
        return started

    def again(self, name: str, surroundings: Mapping[str, str] | None = None) -> Process:
        """Kill a process and start it with these surroundings."""
        self.processes[name].kill()
        return self.run(name, surroundings)

    def mend(self) -> None:
        """Start what is gone, and start anew what runs in surroundings of its own."""
        for name, one in list(self.processes.items()):
            if one.surroundings or not one.lives:
                self.again(name)
        self.await_webs()

    def await_webs(self) -> None:
        """Wait until both webs take connections."""

        def takes(port: int) -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        self.until(lambda: all(takes(port) for port in self.ports.values()), "the webs take connections")

    def until(self, true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until it is so. Raises `NeverCameTrue`."""
        wait_until(true, what, seconds, self.last_words)

    def token(self) -> str:
        """An organizer's token, signed with the key that the webs believe."""
        return tokens.mint(self.key, actor(Role.ORGANIZER))

    def rows(self, service: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query gives in a service's database, past every proxy."""
        with psycopg.connect(
            self.databases[service].replace("+psycopg", ""), autocommit=True, connect_timeout=5, application_name=ACCOUNT
        ) as connection:
            return connection.execute(sql, values or None).fetchall()  # type: ignore[arg-type]

    def tell(self, service: str, events: Sequence[tuple[str, int, str, str]]) -> None:
        """Put events (stream, version, type, body) into an outbox, as another release of the service would write them."""
        with psycopg.connect(self.databases[service].replace("+psycopg", "")) as connection, connection.cursor() as cursor:
            sql = "INSERT INTO outbox (stream, version, type, body, created_at) VALUES (%s, %s, %s, %s, now())"
            cursor.executemany(sql, events)

    def command(self, service: str, *words: str) -> str:
        """Run a word of a service's command line beside its worker; answers what it printed."""
        command = [sys.executable, "-m", f"services.{service}", *words]
        environment = {**os.environ, **self._settings(service)}
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    def cut_broker_connections(self) -> None:
        """Let the broker end every connection, at once."""
        run_control(self.rabbit.control, "close_all_connections", "a test cuts them")

    def kill_database(self) -> None:
        """kill -9 the database server with all its processes; `postgres.start` brings it back."""
        os.killpg(self.postgres.pid, signal.SIGKILL)
        self.postgres.kill()

    def replace_broker(self) -> None:
        """Throw the broker's node away with everything it held, and put an empty one in its place."""
        assert self.rabbit.folder is not None
        self.rabbit.kill()
        shutil.rmtree(self.rabbit.folder / "data")
        self.rabbit.start()
        self.declare_topology()

    def declare_topology(self) -> None:
        """Everything the broker should hold, with a user of its own for every service."""
        api = Management(self.rabbit.management)
        declare(api, Topology(self.passwords, api.user))

    def broker(self, service: str | None = None) -> str:
        """Where a service finds the broker, with its own user; without one, as the administrator."""
        if service is None:
            return self.rabbit.url.rsplit("/", 1)[0] + f"/{VIRTUAL_HOST}"
        return f"amqp://{service}:{self.passwords[service]}@127.0.0.1:{self.rabbit.port}/{VIRTUAL_HOST}"

    def last_words(self) -> str:
        """The end of every log."""
        return ends_of(self.folder)

    def said(self, name: str) -> int:
        """How long the log of a process is by now; give it to `says` to look only at what comes after."""
        log = self.folder / f"{name.replace(' ', '-')}.log"
        return log.stat().st_size if log.exists() else 0

    def says(self, name: str, words: str, since: int = 0) -> bool:
        """Whether a process has said these words since."""
        log = self.folder / f"{name.replace(' ', '-')}.log"
        return words.encode() in log.read_bytes()[since:]

    def stop(self) -> None:
        """End every process by its id, and both nodes."""
        for one in self.processes.values():
            one.kill()
        self.rabbit.remove()
        self.postgres.remove()

    def _web(self, service: str) -> list[str]:
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "4"]
        address = ["--bind", f"127.0.0.1:{self.ports[service]}", "--graceful-timeout", "5", "--log-level", "warning"]
        return [*command, *address, f"tests.faults.process:web_app('{service}')"]

    def _settings(self, service: str) -> dict[str, str]:
        own = self.folder / service
        own.mkdir(parents=True, exist_ok=True)
        settings = {"DATABASE_URL": self.databases[service], "BROKER_URL": self.broker(service), "DATA_FOLDER": str(own)}
        named = {f"{service.upper()}_{key}": value for key, value in settings.items()}
        return {**named, process.KEY: json.dumps(self.key.as_dict(private=True)), "PYTHONPATH": str(ROOT), "PYTHONFAULTHANDLER": "1"}


@contextmanager
def open_city(folder: Path) -> Iterator[City]:
    """A city with nodes of its own; everything is stopped at the end."""
    city = City(folder, PostgresServer().make(), RabbitServer().make())
    try:
        city.start()
        yield city
    finally:
        city.stop()
