"""The whole house in one process: every service on its own SQLite file, the embedded bus, one address."""

import fcntl
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import Client

from shared.messaging.embedded import EmbeddedRelay
from shared.messaging.inbox import Dispatcher
from shared.messaging.worker import Loop, Worker
from shared.storage import migrations
from shared.storage.database import Database
from shared.vocabulary import SERVICES
from shared.web.gateway import Gateway
from shared.web.service import Surroundings
from shared.web.tokens import PublishedKeys


class FolderInUse(Exception):
    """Another server works on this folder."""


class House:
    """The five services in one process, on the files of one folder.

    Nothing goes on behind until `start`; `settle` does the same work once, here and now.
    """

    def __init__(self, folder: Path, *, public_url: str = "http://127.0.0.1:8000") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._lock = (folder / "in-use").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise FolderInUse(f"another server works on {folder}") from error
        self.apps: dict[str, Flask] = {}
        keys = PublishedKeys(lambda: Client(self.apps["portal"]).get("/api/portal/keys").get_data())
        surroundings = Surroundings(token_keys=keys, peers=self.apps)
        for name in SERVICES:
            self.apps[name] = _service(name, folder, public_url, surroundings)
        self.databases: dict[str, Database] = {name: app.extensions["linghang"].database for name, app in self.apps.items()}
        for name, database in self.databases.items():
            migrations.upgrade(name, database)
        self.wsgi = Gateway(self.apps)
        self._worker: Worker | None = None

    def start(self) -> None:
        """Relay, apply and render behind, in threads of this process."""
        self._worker = Worker([loop for name in SERVICES for loop in self._loops(name)])
        self._worker.start()

    def stop(self) -> None:
        """Finish what is in hand, close every database and give the folder back."""
        if self._worker is not None:
            self._worker.stop()
        for database in self.databases.values():
            database.close()
        self._lock.close()

    def settle(self) -> int:
        """Carry and apply events until every outbox is sent and every inbox applied; answers how many steps it took."""
        total = 0
        while moved := sum(self._carry(name) + self._apply(name) for name in SERVICES):
            total += moved
        return total

    def _carry(self, name: str) -> int:
        return EmbeddedRelay(name, self.databases).drain()

    def _apply(self, name: str) -> int:
        return Dispatcher(self.databases[name], self._parts(name).listens).drain()

    def _parts(self, name: str) -> Any:
        return self.apps[name].extensions["linghang"]

    def _loops(self, name: str) -> list[Loop]:
        database = self.databases[name]
        relay = Loop(f"{name} relay", EmbeddedRelay(name, self.databases).relay, pause=0.5)
        dispatch = Loop(f"{name} dispatcher", Dispatcher(database, self._parts(name).listens).dispatch, pause=0.5)
        database.woken += [relay.wake, dispatch.wake]
        behind = [Loop(f"{name} {task}", step, pause=1.0) for task, step in self._parts(name).background.items()]
        for loop in behind:
            database.woken.append(loop.wake)
        return [relay, dispatch, *behind]


def _service(name: str, folder: Path, public_url: str, surroundings: Surroundings) -> Flask:
    own = folder / name
    own.mkdir(mode=0o700, exist_ok=True)
    settings = import_module(f"services.{name}.settings").Settings(
        database_url=f"sqlite:///{own / name}.db", data_folder=own, public_url=public_url
    )
    app: Flask = import_module(f"services.{name}.app").create_app(settings, surroundings)
    return app
