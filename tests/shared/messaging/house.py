"""A house of services that only write down what they hear, so that a test can give account of every event."""

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Integer, MetaData, String, Table, delete, insert, select

from shared.contracts import EVENT_TYPES, SUBSCRIPTIONS
from shared.contracts.enrollment import TRAINEE_LEFT
from shared.contracts.event_type import EventType
from shared.domain import now
from shared.messaging import envelope, inbox, outbox
from shared.messaging.envelope import Event
from shared.messaging.rebuilding import ReadModel, rebuild
from shared.storage.database import Database
from shared.storage.tables import INBOX, OUTBOX, service_metadata
from shared.storage.work import SYSTEM, UnitOfWork, transact
from tests.shared.messaging.made_up import body_of

SERVICES = tuple(SUBSCRIPTIONS)


class Crash(BaseException):
    """The process dies here: nothing that cleans up after an error may run."""


def with_heard() -> tuple[MetaData, Table]:
    """A service's tables and those in which listeners write each event they apply, or count them, without looking for doubles."""
    metadata = service_metadata()
    columns = (
        Column("id", Integer, primary_key=True),
        Column("stream", String(120)),
        Column("version", Integer),
        Column("type", String(80)),
    )
    Table("sums", metadata, Column("stream", String(120), primary_key=True), Column("total", Integer, nullable=False))
    return metadata, Table("heard", metadata, *columns)


METADATA, HEARD = with_heard()
SUMS = METADATA.tables["sums"]
HEARD_MODEL = ReadModel([HEARD], lambda work: work.connection.execute(delete(HEARD)))
SUMS_MODEL = ReadModel([SUMS], lambda work: work.connection.execute(delete(SUMS)))


def open_database(url: str, schema: str | None = None) -> Database:
    """A database with today's tables, empty."""
    if schema is None:
        database = Database(url, METADATA)
    else:
        plain = Database(url, METADATA)
        with plain.writing() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        plain.close()
        database = Database(f"{url}?options=-csearch_path%3D{schema}", METADATA)
    with database.writing() as connection:
        METADATA.create_all(connection)
    return database


class House:
    """Five services on databases of their own; the buses differ in `relay_of` and `carry`."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self.databases = dict(databases)
        self.failing: dict[str, Callable[[Event], None]] = {}

    def say(
        self, service: str = "enrollment", subject: UUID | None = None, *, times: int = 1, event_type: EventType | None = None, **data: Any
    ) -> UUID:
        """Commit a change that tells `times` events about one subject."""
        subject = subject or uuid4()
        kind = event_type or TRAINEE_LEFT
        assert kind.publisher == service

        def change(work: UnitOfWork) -> None:
            for _ in range(times):
                work.emit(
                    kind, subject, data or {"cohort_id": subject, "enrollment_id": uuid4(), "person_id": uuid4(), "checked_in": False}
                )

        transact(self.databases[service], SYSTEM, change)
        return subject

    def put(self, service: str, stream: str, version: int, event_type: str, body: str) -> None:
        """A row in the outbox as another build of the publisher may have left it."""
        row = {"stream": stream, "version": version, "type": event_type, "body": body, "created_at": now()}
        with self.databases[service].writing() as connection:
            connection.execute(insert(OUTBOX).values(**row))

    def listens(self, service: str) -> dict[str, inbox.Handler]:
        """What `service` does when it hears: write it down, or fail as the test has asked."""

        def write_down(work: UnitOfWork, event: Event) -> None:
            work.connection.execute(insert(HEARD).values(stream=event.stream, version=event.version, type=event.type))
            self.failing.get(service, lambda _event: None)(event)

        return {name: write_down for name, kind in EVENT_TYPES.items() if kind.publisher in SUBSCRIPTIONS[service]}

    def apply(self, service: str) -> int:
        """Apply what is ready in one service."""
        return inbox.Dispatcher(self.databases[service], self.listens(service)).drain()

    def relay_of(self, publisher: str) -> Any:
        """A new relay of the publisher's outbox."""
        raise NotImplementedError

    def carry(self) -> None:
        """Move everything from the outboxes to the inboxes."""
        raise NotImplementedError

    def restart(self) -> None:
        """What was running has died with all it held; new processes take over."""

    def settle(self) -> None:
        """Carry and apply until nothing moves any more."""
        self.carry()
        while sum(self.apply(service) for service in SERVICES):
            self.carry()

    def crash(self, deed: Callable[[], Any]) -> None:
        """Do it, be killed in the middle of it, and start again."""
        with suppress(Crash):
            deed()
            raise AssertionError("it was to be killed")
        self.restart()

    def heard(self, service: str) -> list[tuple[str, int]]:
        """What a listener has applied, in the order in which it did."""
        with self.databases[service].reading() as connection:
            return [(row.stream, row.version) for row in connection.execute(select(HEARD).order_by(HEARD.c.id))]

    def told(self, service: str) -> set[tuple[str, int]]:
        """What a listener ought to hear: everything committed by those it listens to."""
        events: set[tuple[str, int]] = set()
        for publisher in SUBSCRIPTIONS[service]:
            with self.databases[publisher].reading() as connection:
                events |= {(row.stream, row.version) for row in connection.execute(select(OUTBOX))}
        return events

    def inbox(self, service: str) -> dict[tuple[str, int], Any]:
        """The inbox rows of a service by stream and version."""
        with self.databases[service].reading() as connection:
            return {(row.stream, row.version): row for row in connection.execute(select(INBOX).order_by(INBOX.c.stream, INBOX.c.version))}

    def unsent(self, publisher: str = "enrollment") -> int:
        """How many events have not been sent."""
        with self.databases[publisher].reading() as connection:
            return outbox.backlog(connection)[0]

    def send_again(self, *publishers: str) -> None:
        """Set all positions of these publishers back, of all unless named."""
        for name in publishers or SERVICES:
            with self.databases[name].writing() as connection:
                outbox.send_again(connection)

    def forget(self, service: str) -> None:
        """Fill a listener's read model anew from its inbox."""
        rebuild(self.databases[service], self.listens(service), HEARD_MODEL)

    def balance(self, *services: str) -> None:
        """The account: every listener has applied everything it was to hear, once, in the order of each subject."""
        for service in services or SERVICES:
            heard = self.heard(service)
            assert sorted(heard) == sorted(self.told(service)), f"{service} has not heard each event once"
            for stream in {stream for stream, _ in heard}:
                versions = [version for name, version in heard if name == stream]
                assert versions == sorted(versions), f"{service} heard {stream} out of order"

    def close(self) -> None:
        """Give everything back."""
        for database in self.databases.values():
            database.close()


def stream(subject: UUID) -> str:
    """The stream of a made-up subject."""
    return TRAINEE_LEFT.stream(subject)


def arrive(house: House, *, times: int = 1, subject: UUID | None = None, versions: Iterable[int] | None = None) -> UUID:
    """Events of one subject lie in the inbox of courses."""
    subject = subject or uuid4()
    data = {"cohort_id": str(subject), "enrollment_id": str(subject), "person_id": str(subject), "checked_in": False}
    received = [envelope.receive(body_of(subject, version, data)) for version in versions or range(1, times + 1)]
    with house.databases["courses"].writing() as connection:
        inbox.store(connection, received)
    return subject


def run_together(*deeds: Callable[[], Any]) -> None:
    """Do all of them at once; fails when one of them does."""
    failures: list[BaseException] = []

    def run(deed: Callable[[], Any]) -> None:
        try:
            deed()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures, failures
