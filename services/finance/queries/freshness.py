"""How fresh the figures are: the last event applied, and what still waits."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from services.finance.storage.tables import PLACES
from shared.messaging import inbox
from shared.storage.tables import INBOX


@dataclass(frozen=True)
class Freshness:
    """`cut_off` is when the last applied event happened; `awaited` are places heard of before their roster."""

    cut_off: datetime | None
    latest_type: str | None
    applied_at: datetime | None
    pending: int
    oldest_pending: datetime | None
    parked: int
    gaps: int
    awaited: int


def freshness(connection: Connection) -> Freshness:
    """How the inbox and the facts stand now."""
    event, backlog = latest(connection), inbox.backlog(connection)
    awaited = connection.execute(select(func.count()).select_from(PLACES).where(PLACES.c.county_code.is_(None))).scalar_one()
    return Freshness(
        cut_off=happened(event),
        latest_type=event.type if event else None,
        applied_at=event.settled_at if event else None,
        pending=backlog.pending,
        oldest_pending=backlog.oldest_pending,
        parked=backlog.parked,
        gaps=backlog.gaps,
        awaited=awaited,
    )


def latest(connection: Connection) -> Any:
    """The applied event that came last (type, body, settled_at), if any has come."""
    applied = select(INBOX.c.type, INBOX.c.body, INBOX.c.settled_at).where(INBOX.c.status == "done")
    return connection.execute(applied.order_by(INBOX.c.id.desc()).limit(1)).one_or_none()


def happened(event: Any) -> datetime | None:
    """When an event of the inbox happened, by its publisher's clock."""
    return datetime.fromisoformat(json.loads(event.body)["time"]) if event else None
