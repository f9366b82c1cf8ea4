"""One service's database: its engine, and how reading and writing transactions begin."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

# Connection, resources, operator's intervention, system, internal (a file that cannot grow).
POSTGRESQL_FAULTS = ("08", "53", "57", "58", "XX")
READ_ONLY = "25006"
QUERY_CANCELED = "57014"
SQLITE_FAULTS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
    }
)
# An error that quotes its statement's values would carry names into logs (R43).
OPTIONS: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "hide_parameters": True}


class Database:
    """The database of one service, on SQLite or PostgreSQL.

    `woken` are called after each commit that wrote something for the outside (an outbox row), `told` after
    one that brought something in (an inbox row), so that the loops of this process need not poll.
    """

    def __init__(self, url: str, metadata: MetaData) -> None:
        self.metadata = metadata
        self.engine = _sqlite_engine(url) if url.startswith("sqlite") else _postgresql_engine(url)
        self._turn: AbstractContextManager[Any] = Lock() if self.is_sqlite else nullcontext()
        self.woken: list[Callable[[], None]] = []
        self.told: list[Callable[[], None]] = []

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded kind, with one writer at a time."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or undone by an exception."""
        options = {"linghang_writes": True}
        # SQLite's own waiting sleeps ever longer between its looks; who waits here goes on at once.
        with self._turn, self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that is never committed; it sees one state and blocks no writer."""
        with self.engine.connect() as connection:
            yield connection

    def wake(self, *, emitted: bool = False) -> None:
        """Tell the loops of this process that there is something to apply or, when events were `emitted`, to send."""
        for call in self.woken if emitted else self.told:
            call()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def database_fault(error: BaseException | None) -> bool:
    """Whether the database itself failed (gone, full, read-only), as `error` or what led to it: nobody's statement is to blame."""
    while error is not None:
        if isinstance(error, DBAPIError):
            state = getattr(error.orig, "sqlstate", None) or ""
            code = getattr(error.orig, "sqlite_errorcode", None) or 0
            ours = (state[:2] in POSTGRESQL_FAULTS or state == READ_ONLY) and state != QUERY_CANCELED
            # Who does not come to the server at all is told no state by it.
            unreached = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") is None
            if error.connection_invalidated or ours or unreached or code & 0xFF in SQLITE_FAULTS:
                return True
        error = error.__context__
    return False


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, poolclass=QueuePool, connect_args={"timeout": 30, "check_same_thread": False}, **OPTIONS)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where "begin" below says so
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes the lock at once: a reader that turns writer later would fail instead of waiting.
        writes = connection.get_execution_options().get("linghang_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql_engine(url: str) -> Engine:
    settings = {"connect_timeout": 5, "keepalives_idle": 10, "tcp_user_timeout": 10000}
    return create_engine(_with_psycopg(url), pool_pre_ping=True, connect_args=settings, **OPTIONS)


def _with_psycopg(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
