"""The whole house in one process: every service on its own SQLite file, the embedded bus, one address."""

import fcntl
from importlib import import_module
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from flask import Flask
from werkzeug.test import Client

from services.portal.domain.account import Scope
from services.portal.operations import accounts, clients
from services.portal.storage.accounts import id_of_person, of_id
from shared.domain import NotFound
from shared.messaging.dispatcher import Dispatcher
from shared.messaging.embedded import EmbeddedRelay
from shared.messaging.worker import Loop, Worker, service_worker
from shared.storage import migrations
from shared.storage.database import Database
from shared.storage.work import SYSTEM, UnitOfWork, transact
from shared.vocabulary import SERVICES, Role
from shared.web.gateway import Gateway
from shared.web.service import Surroundings
from shared.web.tokens import PublishedKeys


class FolderInUse(Exception):
    """Another server works on this folder."""


def take_folder(folder: Path) -> IO[str]:
    """Take `folder` for this process until the answer is closed. Raises `FolderInUse` when another has it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "in-use").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise FolderInUse(f"another server works on {folder}") from error
    return lock


class House:
    """The five services in one process, on the files of one folder.

    Nothing goes on behind until `start`; `settle` does the same work once, here and now.
    """

    def __init__(self, folder: Path, *, public_url: str = "http://127.0.0.1:8000") -> None:
        self.folder = folder
        self._lock = take_folder(folder)
        self.apps: dict[str, Flask] = {}
        keys = PublishedKeys(lambda: Client(self.apps["portal"]).get("/api/portal/keys").get_data())
        surroundings = Surroundings(token_keys=keys, peers=self.apps)
        for name in SERVICES:
            self.apps[name] = _service(name, folder, public_url, surroundings)
        self.databases: dict[str, Database] = {name: app.extensions["linghang"].database for name, app in self.apps.items()}
        for name, database in self.databases.items():
            migrations.upgrade(name, database)
        self.wsgi = Gateway(self.apps)
        self._workers: list[Worker] = []

    def start(self) -> None:
        """Relay, apply and render behind, in threads of this process."""
        for name, database in self.databases.items():
            parts = self._parts(name)
            worker = service_worker(name, database, parts.listens, parts.background, neighbors=self.databases)
            self.apps[name].extensions["linghang_worker"] = worker  # for /ready
            self._workers.append(worker)
        self._start_workers()

    def start_background(self) -> None:
        """Only the services' own tasks, such as rendering; events are carried by `settle`."""
        for name, database in self.databases.items():
            worker = Worker([Loop(f"{name} {task}", step, pause=1.0) for task, step in self._parts(name).background.items()])
            database.woken.append(worker.wake)
            self._workers.append(worker)
        self._start_workers()

    def stop(self) -> None:
        """Finish what is in hand, close every database and give the folder back."""
        for worker in self._workers:
            worker.stop()
        for database in self.databases.values():
            database.close()
        self._lock.close()

    def settle(self) -> int:
        """Carry and apply events until every outbox is sent and every inbox applied; answers how many steps it took."""
        total = 0
        while moved := sum(self._carry(name) + self._apply(name) for name in SERVICES):
            total += moved
        return total

    def open_account(self, login: str, name: str, role: Role, password: str, **scope: Any) -> None:
        """The operator opens an account with a password, as the portal's command line does."""
        self._at_the_portal(_open_account, login, name, role, password, scope)

    def open_trainee(self, person_id: UUID, password: str) -> str:
        """Give the account that a confirmed cohort has opened for a person its password; answers the sign-in name."""
        login: str = self._at_the_portal(_open_trainee, person_id, password)
        return login

    def open_client(self, name: str, role: Role) -> str:
        """The operator adds a program that uses the API; answers its key."""
        key: str = self._at_the_portal(_open_client, name, role)
        return key

    def _at_the_portal(self, operation: Any, /, *args: Any) -> Any:
        with self.apps["portal"].app_context():
            return transact(self.databases["portal"], SYSTEM, operation, *args)

    def _carry(self, name: str) -> int:
        return EmbeddedRelay(name, self.databases).drain()

    def _apply(self, name: str) -> int:
        return Dispatcher(self.databases[name], self._parts(name).listens).drain()

    def _parts(self, name: str) -> Any:
        return self.apps[name].extensions["linghang"]

    def _start_workers(self) -> None:
        for worker in self._workers:
            worker.start()


def _service(name: str, folder: Path, public_url: str, surroundings: Surroundings) -> Flask:
    own = folder / name
    own.mkdir(mode=0o700, exist_ok=True)
    settings = import_module(f"services.{name}.settings").Settings(
        database_url=f"sqlite:///{own / name}.db", data_folder=own, public_url=public_url
    )
    app: Flask = import_module(f"services.{name}.app").create_app(settings, surroundings)
    return app


def _open_account(work: UnitOfWork, login: str, name: str, role: Role, password: str, scope: dict[str, Any]) -> None:
    opened = accounts.open_account(work, login=login, name=name, roles=[role], scope=Scope(**scope))
    accounts.set_password(work, opened.id, password)


def _open_trainee(work: UnitOfWork, person_id: UUID, password: str) -> str:
    account_id = id_of_person(work.connection, person_id)
    account = of_id(work.connection, account_id) if account_id else None
    if account is None:
        raise NotFound
    accounts.set_password(work, account.id, password)
    login: str = account.login
    return login


def _open_client(work: UnitOfWork, name: str, role: Role) -> str:
    key: str = clients.add_client(work, name, [role], Scope())
    return key
