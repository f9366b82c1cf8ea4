"""Workers in processes of their own, as they are deployed: the services' real ones, or listeners that only write down what they hear."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert

from shared.contracts.enrollment import TRAINEE_LEFT
from shared.messaging.envelope import Event
from shared.messaging.worker import service_worker
from shared.storage.database import Database
from shared.storage.work import UnitOfWork
from tests.servers.processes import as_account, stop
from tests.shared.messaging.house import HEARD, METADATA

HEAR = insert(HEARD).inline()  # as services' tables, whose keys nobody need ask back


def _hear(work: UnitOfWork, event: Event) -> None:
    work.connection.execute(HEAR, {"stream": event.stream, "version": event.version, "type": event.type})


LISTENS = {TRAINEE_LEFT.name: _hear}


@contextmanager
def real_workers(urls: Mapping[str, str], broker_url: str, folder: Path) -> Iterator[None]:
    """`python -m services.<name> worker` on each of the migrated databases; what they say goes to files in `folder`."""
    commands, environment = [], dict(os.environ)
    for name, url in urls.items():
        settings = {"DATABASE_URL": url, "BROKER_URL": broker_url, "DATA_FOLDER": str(folder / f"worker-{name}")}
        environment |= {f"{name.upper()}_{variable}": value for variable, value in settings.items()}
        commands.append(["-m", f"services.{name}", "worker"])
    with (folder / "workers.log").open("wb") as log:
        yield from _running(commands, environment, log.fileno())


@contextmanager
def writing_down(urls: Mapping[str, str], broker_url: str) -> Iterator[None]:
    """A worker on each database whose handler is one insert."""
    yield from _running([["-m", "bench.workers", name, url, broker_url] for name, url in urls.items()], dict(os.environ), None)


@contextmanager
def bare_consumer(url: str, broker_url: str, queue: str) -> Iterator[None]:
    """The same listener without us."""
    yield from _running([["-m", "bench.consumer", url, broker_url, queue]], dict(os.environ), None)


def _running(commands: Sequence[Sequence[str]], environment: Mapping[str, str], log: int | None) -> Iterator[None]:
    processes = [
        subprocess.Popen([*as_account(None, dies_with="TERM"), sys.executable, *words], env=environment, stdout=log, stderr=log)
        for words in commands
    ]
    try:
        yield
    finally:
        for process in processes:
            stop(process, signal.SIGTERM)


def main(service: str, url: str, broker_url: str) -> None:
    """Be such a worker, until SIGTERM."""
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    worker = service_worker(service, Database(url, METADATA), LISTENS, broker_url=broker_url)
    worker.start()
    end.wait()
    worker.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
