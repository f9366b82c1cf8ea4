"""The two kinds of house a journey runs through: everything in one process, or ten processes with real servers."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text
from werkzeug.test import EnvironBuilder

from demo.doors import Doors, Send, inside, over_http
from services.embedded import House
from shared.messaging import inbox, outbox
from shared.messaging.rebuilding import compare, rebuild
from shared.storage.work import SYSTEM, transact
from shared.vocabulary import SERVICES, Role

ROOT = Path(__file__).parents[2]
PATIENCE = 120


class Neighborhood(Protocol):
    """What a journey needs of a house, whichever kind it is."""

    doors: Doors

    def settle(self) -> None:
        """Wait until every event is sent and applied."""

    def send_everything_again(self) -> None:
        """Send every outbox once more from its start."""

    def rebuild_finance(self) -> None:
        """See that finance's facts are what its own inbox gives, then fill them anew from it."""

    def problems(self) -> list[Any]:
        """Parked events and gaps, of every service."""


class EmbeddedNeighborhood:
    """The house in this process, on SQLite and the embedded bus."""

    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.house.start_background()
        self.doors = Doors(inside(self.house.wsgi), self.house.open_client("journey", Role.ORGANIZER))

    def settle(self) -> None:
        self.house.settle()

    def send_everything_again(self) -> None:
        for database in self.house.databases.values():
            transact(database, SYSTEM, lambda work: outbox.send_again(work.connection))
        self.settle()

    def rebuild_finance(self) -> None:
        from services.finance.operations.rebuilding import READ_MODEL

        finance = self.house.apps["finance"].extensions["linghang"]
        assert compare(finance.database, finance.listens, READ_MODEL).differences == []
        rebuild(finance.database, finance.listens, READ_MODEL)

    def problems(self) -> list[Any]:
        found: list[Any] = []
        for name, database in self.house.databases.items():
            with database.reading() as connection:
                found += [(name, row.type, row.error) for row in inbox.parked(connection)]
                found += [(name, "gaps")] * inbox.backlog(connection).gaps
        return found


@dataclass
class ConnectedNeighborhood:
    """Five web and five worker processes, a PostgreSQL database each, one RabbitMQ."""

    databases: dict[str, str]
    broker: str
    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Migrate, start web and worker of each service, and wait until they are ready."""
        self.ports = {name: _free_port() for name in SERVICES}
        for migrating in [self._run(name, "migrate") for name in SERVICES]:
            assert migrating.wait(PATIENCE) == 0
        for name in SERVICES:
            self.processes.append(self._web(name))
            self.processes.append(self._run(name, "worker"))
        for name in SERVICES:
            _wait(lambda name=name: _answers(f"http://127.0.0.1:{self.ports[name]}/ready"), f"{name} is ready")
        added = self._output("portal", "client", "add", "journey", "--role", "organizer")
        self.doors = Doors(self._send(), added.splitlines()[-1].strip())

    def settle(self) -> None:
        _wait(self._is_quiet, "every event is sent and applied")

    def send_everything_again(self) -> None:
        for name in SERVICES:
            self._output(name, "send-again")
        self.settle()

    def rebuild_finance(self) -> None:
        assert "PASS" in self._output("finance", "compare")
        self._output("finance", "rebuild")

    def problems(self) -> list[Any]:
        found: list[Any] = []
        for name in SERVICES:
            found += [(name, row.type, row.error) for row in self._rows(name, "SELECT type, error FROM inbox WHERE status = 'parked'")]
        return found

    def stop(self) -> None:
        """End every process that was started here."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def environment(self, name: str) -> dict[str, str]:
        """The settings of one service as environment variables."""
        own = self.folder / name
        own.mkdir(parents=True, exist_ok=True)
        settings = {
            "DATABASE_URL": self.databases[name],
            "BROKER_URL": self.broker,
            "DATA_FOLDER": str(own),
            "TOKEN_KEYS_URL": f"http://127.0.0.1:{self.ports['portal']}/api/portal/keys",
            "PEERS": ",".join(f"{peer}=http://127.0.0.1:{port}" for peer, port in self.ports.items()),
            "PUBLIC_URL": f"http://127.0.0.1:{self.ports['portal']}",
        }
        return {**os.environ, **{f"{name.upper()}_{key}": value for key, value in settings.items()}, "PYTHONPATH": str(ROOT)}

    def _web(self, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread", "--threads", "4"]
        address = f"127.0.0.1:{self.ports[name]}"
        return self._start(name, [*command, "--bind", address, f"services.{name}.app:create_app()"], f"{name}-web.log")

    def _run(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        return self._start(name, [sys.executable, "-m", f"services.{name}", *words], f"{name}-{words[0]}.log")

    def _start(self, name: str, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("wb") as file:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment(name), stdout=file, stderr=subprocess.STDOUT)

    def _output(self, name: str, *words: str) -> str:
        command = [sys.executable, "-m", f"services.{name}", *words]
        return subprocess.run(command, cwd=ROOT, env=self.environment(name), check=True, capture_output=True, text=True).stdout

    def _send(self) -> Send:
        senders = {name: over_http(f"http://127.0.0.1:{port}") for name, port in self.ports.items()}

        def send(request: EnvironBuilder) -> tuple[int, bytes]:
            return senders[urlsplit(request.path).path.split("/")[2]](request)

        return send

    def _is_quiet(self) -> bool:
        waiting = (
            "SELECT (SELECT count(*) FROM outbox WHERE position IS NULL) + (SELECT count(*) FROM inbox WHERE status = 'pending') AS open"
        )
        heard = sum(self._rows(name, "SELECT count(*) AS n FROM inbox")[0].n for name in SERVICES)
        if any(self._rows(name, waiting)[0].open for name in SERVICES):
            return False
        # An event may be on its way between the two; it is when the listeners have what was sent that all is quiet.
        return heard == sum(self._rows(name, "SELECT count(*) AS n FROM outbox")[0].n * LISTENERS[name] for name in SERVICES)

    def _rows(self, name: str, sql: str) -> list[Any]:
        engine = create_engine(self.databases[name].replace("postgresql://", "postgresql+psycopg://"))
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(sql)))
        finally:
            engine.dispose()


def _listeners() -> dict[str, int]:
    from shared.contracts import listeners_of

    return {name: len(listeners_of(name)) for name in SERVICES}


LISTENERS = _listeners()


class DeployedNeighborhood:
    """A house that runs somewhere else, behind its gateway; `command` runs a word of a service's command line there."""

    def __init__(self, url: str, command: list[str]) -> None:
        self._command = command
        send = over_http(url)
        self.doors = Doors(send, self._client("organizer"))
        self._operator = Doors(send, self._client("administrator"))

    def settle(self) -> None:
        quiet = 0

        def is_quiet() -> bool:
            # Seen twice in a row: what left an outbox has reached the inboxes by then.
            nonlocal quiet
            standing = [self._standing(name) for name in SERVICES]
            quiet = 0 if any(part["outbox_unsent"] or part["inbox_pending"] for part in standing) else quiet + 1
            return quiet > 2

        _wait(is_quiet, "every event is sent and applied")

    def send_everything_again(self) -> None:
        for name in SERVICES:
            self._output(name, "send-again")
        self.settle()

    def rebuild_finance(self) -> None:
        assert "PASS" in self._output("finance", "compare")
        self._output("finance", "rebuild")

    def problems(self) -> list[Any]:
        return [(name, self._standing(name)) for name in SERVICES if self._standing(name)["inbox_parked"]]

    def _client(self, role: str) -> str:
        added = self._output("portal", "client", "add", f"journey-{role}-{time.time_ns()}", "--role", role)
        return added.splitlines()[-1].strip()

    def _standing(self, name: str) -> dict[str, Any]:
        standing: dict[str, Any] = self._operator.get(f"/api/{name}/operations/events")["standing"]
        return standing

    def _output(self, name: str, *words: str) -> str:
        command = [word.format(service=name) for word in self._command]
        return subprocess.run([*command, *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


@contextmanager
def deployed() -> Iterator[Neighborhood]:
    """The house at LINGHANG_JOURNEY_URL, empty until now."""
    default = "docker compose exec -T {service} python -m services.{service}"
    yield DeployedNeighborhood(os.environ["LINGHANG_JOURNEY_URL"], os.environ.get("LINGHANG_JOURNEY_COMMAND", default).split())


@contextmanager
def embedded(folder: Path) -> Iterator[Neighborhood]:
    """A house in this process."""
    neighborhood = EmbeddedNeighborhood(folder)
    try:
        yield neighborhood
    finally:
        neighborhood.house.stop()


@contextmanager
def connected(folder: Path, new_database: Callable[[], str], broker: str) -> Iterator[Neighborhood]:
    """Ten processes, five databases and a broker."""
    neighborhood = ConnectedNeighborhood({name: new_database() for name in SERVICES}, broker, folder)
    try:
        neighborhood.start()
        yield neighborhood
    except BaseException:
        for log in sorted(folder.glob("*.log")):
            sys.stderr.write(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}\n")
        raise
    finally:
        neighborhood.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(json.load(answer)["status"] == "ready")
    except OSError:
        return False


def _wait(done: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {PATIENCE} s until {what}")
        time.sleep(0.1)
