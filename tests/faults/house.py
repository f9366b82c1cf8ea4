"""The house in one process under test: five SQLite files, the embedded bus, one server that may be killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.embedded import House
from shared.vocabulary import SERVICES, Role
from tests.faults import process
from tests.faults.city import PATIENCE, ROOT, ends_of, wait_until
from tests.servers.processes import as_account, free_port

TOKEN_SECONDS = 240


@dataclass
class OneHouse:
    """`start` opens the folder and serves it; `run` serves it anew with other surroundings."""

    folder: Path
    databases: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    spoiled: bool = False
    exempt: set[tuple[str, int]] = field(default_factory=set)
    server: subprocess.Popen[bytes] | None = None
    _key: str = ""
    _token: str = ""
    _until: float = 0.0

    @property
    def data(self) -> Path:
        """Where the five files lie."""
        return self.folder / "data"

    def start(self) -> None:
        """An empty house with a tally in every service and a key for the stream."""
        house = House(self.data)
        self._key = house.open_client("stream", Role.ORGANIZER)
        for database in house.databases.values():
            process.TALLY.create(database.engine)
        house.stop()
        self.databases = {name: f"sqlite:///{self.data / name / name}.db" for name in SERVICES}
        self.ports = dict.fromkeys(SERVICES, free_port())
        self.run()

    def run(self, surroundings: Mapping[str, str] | None = None) -> None:
        """Serve; what served before must be gone."""
        assert self.server is None or self.server.poll() is not None
        command = [sys.executable, "-m", "tests.faults.process", "house", *self.options(self.ports["portal"])]
        with (self.folder / "server.log").open("ab") as log:
            words = [*as_account(None, dies_with="KILL"), *command]
            environment = {**os.environ, "PYTHONPATH": str(ROOT), **(surroundings or {})}
            self.server = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)

    def options(self, port: int) -> list[str]:
        """The words that serve this folder at a port."""
        return ["--folder", str(self.data), "--port", str(port), "--empty"]

    def kill(self) -> None:
        """kill -9 the server with all its processes."""
        assert self.server is not None
        with suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()

    def token(self) -> str:
        """An organizer's token from the portal, kept for a while."""
        if time.monotonic() > self._until:
            request = urllib.request.Request(f"http://127.0.0.1:{self.ports['portal']}/api/portal/tokens", method="POST")
            request.add_header("Content-Type", "application/json")
            with urllib.request.urlopen(request, json.dumps({"key": self._key}).encode(), timeout=30) as answer:
                self._token = json.load(answer)["token"]
            self._until = time.monotonic() + TOKEN_SECONDS
        return self._token

    def rows(self, service: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query gives in a service's file."""
        connection = sqlite3.connect(self.databases[service].removeprefix("sqlite:///"), timeout=30)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def until(self, true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Wait until it is so. Raises `NeverCameTrue`."""
        wait_until(true, what, seconds, self.last_words)

    def says(self, words: str, since: int = 0) -> bool:
        """Whether the server has said these words since."""
        return words.encode() in (self.folder / "server.log").read_bytes()[since:]

    def said(self) -> int:
        """How long its log is by now."""
        return (self.folder / "server.log").stat().st_size

    def last_words(self) -> str:
        """The end of its log."""
        return ends_of(self.folder)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`python -m services` with these words on this folder, beside the server."""
        command = [sys.executable, "-m", "services", "--folder", str(self.data), *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
