"""How often somebody has asked within a window of time."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from services.certificates.storage.tables import CHECK_COUNTS


def count(connection: Connection, key: str, *, at: datetime, window: timedelta, limit: int) -> bool:
    """Count one more check of `key` unless its window is full; answers whether it was counted."""
    start = datetime.fromtimestamp(at.timestamp() // window.total_seconds() * window.total_seconds(), tz=at.tzinfo)
    kind = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    first = kind(CHECK_COUNTS).values(key=key, window_start=start, checks=1)
    more = first.on_conflict_do_update(
        index_elements=["key", "window_start"], set_={"checks": CHECK_COUNTS.c.checks + 1}, where=CHECK_COUNTS.c.checks < limit
    )
    counted: int | None = connection.execute(more.returning(CHECK_COUNTS.c.checks)).scalar_one_or_none()
    if counted == 1:
        connection.execute(delete(CHECK_COUNTS).where(CHECK_COUNTS.c.window_start < at - timedelta(days=1)))
    return counted is not None
