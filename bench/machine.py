"""The machine that measured and the versions on it, without which figures say nothing."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

import pika
import psycopg

PACKAGES = ("flask", "sqlalchemy", "psycopg", "python-calamine", "typst", "pyhanko", "pika")


def load() -> str:
    """The load averages over 1, 5 and 15 minutes; well above nothing means that others were at work."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def described(postgres_url: str, broker_url: str) -> list[str]:
    """Machine, servers and packages, a line each."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        settings = {name: connection.execute(f"SHOW {name}").fetchone() for name in ("server_version", "fsync")}
    postgresql = {name: row[0] if row else "?" for name, row in settings.items()}
    broker = pika.BlockingConnection(pika.URLParameters(broker_url))
    properties = broker._impl.server_properties
    broker.close()
    rabbitmq = properties["version"]
    return [
        f"machine: {_processor()}, {os.cpu_count()} cores, {_memory()}, {platform.system()} {platform.release()}",
        f"python {platform.python_version()}, SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL), "
        f"PostgreSQL {postgresql['server_version'].split()[0]} (fsync {postgresql['fsync']}), "
        f"RabbitMQ {rabbitmq.decode() if isinstance(rabbitmq, bytes) else rabbitmq} (quorum queues, one node)",
        ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def _processor() -> str:
    lines = _read("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory() -> str:
    kilobytes = [int(line.split()[1]) for line in _read("/proc/meminfo") if line.startswith("MemTotal")]
    return f"{kilobytes[0] / 1024**2:.0f} GiB" if kilobytes else "memory unknown"


def _read(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
