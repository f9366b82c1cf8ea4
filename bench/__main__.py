"""`make bench`: measure, and print the tables with machine and versions."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import applied, attendance, broker, certificates, guessing, latency, machine, rosters, table
from bench.measurement import Comparison
from tests.servers.postgres import create_database, drop_database
from tests.servers.rabbitmq import delete_virtual_host, new_virtual_host

WANTED = ("LINGHANG_TEST_POSTGRES_URL", "LINGHANG_TEST_RABBITMQ_URL", "LINGHANG_TEST_RABBITMQ_MANAGEMENT")


def main() -> int:
    """Measure everything, one thing after another."""
    missing = [name for name in WANTED if not os.environ.get(name)]
    if missing:
        print(f"{', '.join(missing)} not set; run: python -m tests.servers run -- python -m bench", file=sys.stderr)
        return 2
    postgres_url, broker_url, management = (os.environ[name] for name in WANTED)
    begun, load = time.monotonic(), machine.load()
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="linghang-bench-") as name:
        folder = Path(name)
        databases = [stack.enter_context(_database(postgres_url)) for _ in range(10)]
        virtual_hosts = [stack.enter_context(_virtual_host(management, broker_url)) for _ in range(3)]
        # First, while the servers have nothing to clean up after.
        _say("events in one process")
        delayed = list(latency.embedded(folder))
        _say("events from process to process")
        delayed += latency.over_the_broker(folder, databases[5], databases[6], virtual_hosts[2])
        compared = list(_compared(folder, databases, virtual_hosts))
    print(table.comparisons(compared), table.latencies(delayed), sep="\n\n", end="\n\n")
    print("Medians; in brackets the quartiles. Ours and the yardstick take turns; the two bare commits are one burst before.", end="\n\n")
    for line in machine.described(postgres_url, broker_url):
        print(f"- {line}")
    print(f"- load averages before {load}, after {machine.load()}; the run took {time.monotonic() - begun:.0f} s")
    return 0


def _compared(folder: Path, databases: list[str], virtual_hosts: list[str]) -> Iterator[Comparison]:
    _say("rosters")
    yield rosters.measure("SQLite", f"sqlite:///{folder}/enrollment.db", "", folder / "rosters-sqlite")
    yield rosters.measure("PostgreSQL", databases[0], databases[1], folder / "rosters-postgresql")
    _say("attendance")
    yield attendance.measure("SQLite", f"sqlite:///{folder}/courses.db", folder / "attendance-sqlite")
    yield attendance.measure("PostgreSQL", databases[2], folder / "attendance-postgresql")
    _say("certificates")
    yield from certificates.measure(f"sqlite:///{folder}/certificates", folder / "certificates")
    _say("an inbox of a million events")
    yield applied.measure("SQLite", f"sqlite:///{folder}/few.db", f"sqlite:///{folder}/many.db")
    yield applied.measure("PostgreSQL", databases[7], databases[8])
    _say("wrong sign-ins")
    yield guessing.measure("SQLite", f"sqlite:///{folder}/guessing.db", folder / "guessing-sqlite")
    yield guessing.measure("PostgreSQL", databases[9], folder / "guessing-postgresql")
    _say("events over RabbitMQ")
    yield from broker.measure(databases[3], databases[4], *virtual_hosts[:2])


@contextmanager
def _database(postgres_url: str) -> Iterator[str]:
    url = create_database(postgres_url)
    yield url
    drop_database(postgres_url, url)


@contextmanager
def _virtual_host(management: str, broker_url: str) -> Iterator[str]:
    url = new_virtual_host(management, broker_url)
    yield url
    delete_virtual_host(management, url)


def _say(what: str) -> None:
    print(f"measuring {what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
