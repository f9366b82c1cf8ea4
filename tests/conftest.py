"""What tests of every service share: people with a role, and a service on a database of its own."""

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy import select

from shared.contracts.event_type import EventType
from shared.domain import now
from shared.messaging import dispatcher, envelope, inbox
from shared.storage import migrations
from shared.storage.database import Database
from shared.storage.tables import OUTBOX
from shared.storage.work import Actor, UnitOfWork, transact
from shared.vocabulary import Role
from shared.web import tokens
from shared.web.service import Surroundings
from tests.audited import watch_the_doors

pytest_plugins = ["tests.servers"]


def pytest_configure() -> None:
    """Not when this file is read: the benchmarks read it too, and measure without anybody watching."""
    watch_the_doors()


SIGNING_KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
KEYS = KeySet([SIGNING_KEY])


def actor(*roles: Role, **scope: Any) -> Actor:
    """A person with these roles; `scope` as in `Actor` (county_code, school_id, cohort_ids, person_id)."""
    scope.setdefault("account_id", f"test-{'-'.join(roles)}")
    return Actor(name="测试", roles=frozenset(roles), **scope)


@dataclass
class RunningService:
    """A service on a fresh, migrated database, with everything a test does to it."""

    name: str
    app: Flask
    database: Database
    _versions: dict[str, int] = field(default_factory=dict)

    def client(self, *roles: Role, browser: bool = False, **scope: Any) -> FlaskClient:
        """A client signed in with these roles (none: an anonymous one). A browser's forms need CSRF value ``csrf``."""
        client = self.app.test_client()
        if roles:
            token = tokens.mint(SIGNING_KEY, actor(*roles, **scope), csrf="csrf", session_id="test")
            header = {"HTTP_X_LINGHANG_TOKEN": token} if browser else {"HTTP_AUTHORIZATION": f"Bearer {token}"}
            client.environ_base.update(header)
        return client

    def work(self, operation: Callable[..., Any], /, *args: Any, by: Actor | None = None, **kwargs: Any) -> Any:
        """Run an operation and commit it, as the city organizer unless said otherwise."""
        with self.app.app_context():
            return transact(self.database, by or actor(Role.ORGANIZER), operation, *args, **kwargs)

    def look(self, query: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run a query."""
        with self.database.reading() as connection:
            return query(connection, *args, **kwargs)

    def deliver(
        self, event_type: EventType, subject_id: UUID, data: dict[str, Any], version: int | None = None, *, apply: bool = True
    ) -> None:
        """Put an event into the inbox (next version of its stream unless given) and apply what is ready."""
        stream = event_type.stream(subject_id)
        version = version or self._versions.get(stream, 0) + 1
        self._versions[stream] = max(version, self._versions.get(stream, 0))
        raw = envelope.write(event_type, subject_id, version, now(), event_type.dump(data))
        with self.database.writing() as connection:
            inbox.store(connection, [envelope.receive(raw, without_personal=self.name == "finance")])
        if apply:
            self.apply()

    def apply(self) -> None:
        """Apply everything in the inbox; a handler that fails shows as the test's failure."""
        dispatcher.Dispatcher(self.database, self.app.extensions["linghang"].listens).drain()
        with self.database.reading() as connection:
            failed = connection.execute(select(inbox.INBOX.c.type, inbox.INBOX.c.error).where(inbox.INBOX.c.error.is_not(None))).all()
        assert not failed, failed

    def outbox(self, event_type: EventType | None = None) -> list[dict[str, Any]]:
        """The events emitted so far (their envelopes), oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(select(OUTBOX.c.type, OUTBOX.c.body).order_by(OUTBOX.c.id)).all()
        return [json.loads(row.body) for row in rows if event_type is None or row.type == event_type.name]


def run_service(name: str, url: str, folder: Path, peers: dict[str, Any] | None = None, **settings: Any) -> RunningService:
    """Service `name` on the database at `url`, migrated, with keys and files in `folder`."""
    module = import_module(f"services.{name}.app")
    settings_class = import_module(f"services.{name}.settings").Settings
    surroundings = Surroundings(token_keys=lambda _anew: KEYS, peers=peers or {})
    app = module.create_app(settings_class(database_url=url, data_folder=folder, **settings), surroundings)
    app.testing = True
    database: Database = app.extensions["linghang"].database
    if url.startswith("sqlite:///"):
        shutil.copy(_migrated_file(name, metadata_of(name)), url.removeprefix("sqlite:///"))
    else:
        migrations.upgrade(name, database)
    return RunningService(name, app, database)


def metadata_of(name: str) -> Any:
    """The tables of a service."""
    return import_module(f"services.{name}.storage.tables").metadata


@cache
def _migrated_file(name: str, metadata: Any) -> Path:
    # Migrating takes far longer than copying, and every test wants a database of its own.
    path = Path(tempfile.mkdtemp(prefix="linghang-migrated-")) / f"{name}.db"
    database = Database(f"sqlite:///{path}", metadata)
    migrations.upgrade(name, database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    return path


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., RunningService]]:
    """Make a running service by name, on SQLite unless given a database URL."""
    made: list[RunningService] = []

    def make(name: str, url: str | None = None, **settings: Any) -> RunningService:
        folder = tmp_path / f"{name}-{len(made)}"
        folder.mkdir()
        made.append(run_service(name, url or f"sqlite:///{folder}/{name}.db", folder, **settings))
        return made[-1]

    yield make
    for service in made:
        service.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def both_databases(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/both-{uuid4().hex}.db"
    url: str = request.getfixturevalue("postgres_database")
    return url


__all__ = ["KEYS", "SIGNING_KEY", "RunningService", "UnitOfWork", "actor", "run_service"]
