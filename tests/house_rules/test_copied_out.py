"""One service, copied out with shared/ alone, migrates, starts and answers."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house_rules.house import SERVICES, copy_house
from tests.servers.processes import free_port, stop


def surroundings(service: str, folder: Path) -> dict[str, str]:
    """The environment of a service that stands alone: its database is a file, and there is no broker."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    (folder / "data").mkdir(exist_ok=True)
    return {
        **kept,
        f"{service.upper()}_DATABASE_URL": f"sqlite:///{folder}/data/{service}.db",
        f"{service.upper()}_DATA_FOLDER": str(folder / "data"),
    }


def migrate(service: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Bring the copied service's database to today's tables."""
    words = [sys.executable, "-m", f"services.{service}", "migrate"]
    return subprocess.run(words, cwd=folder, env=surroundings(service, folder), capture_output=True, text=True)


@contextmanager
def started(service: str, folder: Path) -> Iterator[str]:
    """The copied service under gunicorn, as its image starts it; gives its address."""
    port = free_port()
    words = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"127.0.0.1:{port}", f"services.{service}.app:create_app()"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, cwd=folder, env=surroundings(service, folder), stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process, signal.SIGTERM)


def answer(url: str, *, seconds: float = 90) -> tuple[int, bytes]:
    """The answer of a server that may still be starting."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except OSError:  # refused, reset, or silent for long on a busy machine
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_stands_alone(service: str, tmp_path: Path) -> None:
    copy_house(tmp_path, service)
    done = migrate(service, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    with started(service, tmp_path) as address:
        assert answer(f"{address}/health")[0] == 200
        status, body = answer(f"{address}/api/{service}/openapi.json")
        assert status == 200
        assert json.loads(body)["paths"]
        assert answer(f"{address}/api/{service}/operations/events")[0] == 401


def test_a_service_that_needs_another_is_seen(tmp_path: Path) -> None:
    copy_house(tmp_path, "finance")
    with (tmp_path / "services" / "finance" / "app.py").open("a") as app:
        app.write("\nfrom services.courses import settings\n")
    done = migrate("finance", tmp_path)
    assert done.returncode != 0
    assert "No module named 'services.courses'" in done.stderr
