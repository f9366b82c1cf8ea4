"""Column types and the tables that every service has: outbox, inbox, audit entries, answered requests."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Enum,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    any_,
    bindparam,
    text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only when the key is a plain INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone, stored in UTC; a naive time is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; SQLite, which drops zones, is given UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite dropped."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(column: Any, name: str, dialect: str) -> ColumnElement[bool]:
    """Whether `column` is among the values of the parameter `name`, a list; PostgreSQL is given an array, which it need not parse anew."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))  # type: ignore[no-any-return]
    return column.in_(bindparam(name, expanding=True))  # type: ignore[no-any-return]


def code_column(name: str, words: type[StrEnum], **options: Any) -> Column[Any]:
    """A column that holds one of the codes of `words`, as text, checked by the database."""
    options.setdefault("nullable", False)
    kind = Enum(
        words, native_enum=False, length=40, values_callable=lambda enum: [word.value for word in enum], create_constraint=True, name=name
    )
    return Column(name, kind, **options)


def service_metadata() -> MetaData:
    """Metadata of one service's database, with the tables every service has already in it."""
    metadata = MetaData(naming_convention=NAMING)
    _outbox(metadata)
    _inbox(metadata)
    _audit_entries(metadata)
    _answered_requests(metadata)
    return metadata


def _outbox(metadata: MetaData) -> Table:
    unsent = text("position IS NULL")
    return Table(
        "outbox",
        metadata,
        Column("id", BigKey, Identity(), primary_key=True),
        Column("stream", String(120), nullable=False),
        Column("version", Integer, nullable=False),
        Column("type", String(80), nullable=False),
        Column("body", Text, nullable=False),
        Column("created_at", UtcDateTime, nullable=False),
        Column("position", BigInteger),
        UniqueConstraint("stream", "version"),
        UniqueConstraint("position"),
        Index("ix_outbox_unsent", "id", postgresql_where=unsent, sqlite_where=unsent),
    )


def _inbox(metadata: MetaData) -> Table:
    pending = text("status = 'pending'")
    parked = text("status = 'parked'")
    return Table(
        "inbox",
        metadata,
        Column("id", BigKey, Identity(), primary_key=True),
        Column("stream", String(120), nullable=False),
        Column("version", Integer, nullable=False),
        Column("type", String(80), nullable=False),
        Column("body", Text, nullable=False),
        Column("received_at", UtcDateTime, nullable=False),
        Column("status", String(10), nullable=False, server_default="pending"),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("retry_at", UtcDateTime),
        Column("error", Text),
        Column("settled_at", UtcDateTime),
        UniqueConstraint("stream", "version"),
        Index("ix_inbox_pending", "id", postgresql_where=pending, sqlite_where=pending),
        Index("ix_inbox_parked", "id", postgresql_where=parked, sqlite_where=parked),
    )


def _audit_entries(metadata: MetaData) -> Table:
    return Table(
        "audit_entries",
        metadata,
        Column("id", BigKey, Identity(), primary_key=True),
        Column("at", UtcDateTime, nullable=False),
        Column("account", String(80), nullable=False),
        Column("address", String(60), nullable=False),
        Column("action", String(60), nullable=False),
        Column("subject", String(120), nullable=False, index=True),
        Column("facts", Text, nullable=False),
        # What the sealer adds behind the writers: the entry's place in the chain.
        Column("position", BigInteger),
        Column("previous", String(64)),
        Column("digest", String(64)),
        Index("uq_audit_entries_position", "position", unique=True),
        Index("ix_audit_entries_unsealed", "id", postgresql_where=text("position IS NULL"), sqlite_where=text("position IS NULL")),
        Index("ix_audit_entries_at", "at"),
    )


def _answered_requests(metadata: MetaData) -> Table:
    return Table(
        "answered_requests",
        metadata,
        Column("account", String(80), primary_key=True),
        Column("key", String(120), primary_key=True),
        Column("request", String(64), nullable=False),
        Column("status", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        Column("at", UtcDateTime, nullable=False),
    )


# The common tables as statements name them; each service's own metadata has them under the same names.
_COMMON = service_metadata()
OUTBOX = _COMMON.tables["outbox"]
INBOX = _COMMON.tables["inbox"]
AUDIT_ENTRIES = _COMMON.tables["audit_entries"]
ANSWERED_REQUESTS = _COMMON.tables["answered_requests"]
