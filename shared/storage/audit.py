"""The audit log (R47): entries are only ever added; a sealer behind the writers chains them, so that a later change shows.

An entry's digest is SHA-256 over the digest of the entry before it and everything the entry says. Who can write to the database
could chain everything anew: keep a head (`head`, also in the sealer's log) outside it, and `verify` against that.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, false, func, or_, select, update

from shared.domain import now
from shared.storage.database import Database
from shared.storage.tables import AUDIT_ENTRIES

log = structlog.get_logger(__name__)
BATCH = 500
SETTLED = timedelta(seconds=2)  # what has just been written is left to gather
SAID = ("id", "at", "account", "address", "action", "subject", "facts")
FIRST = "0" * 64
READING = "audit.read"
ENTRIES = AUDIT_ENTRIES.c
SEAL = (
    update(AUDIT_ENTRIES)
    .where(ENTRIES.id == bindparam("entry"))
    .values(position=bindparam("place"), previous=bindparam("before"), digest=bindparam("own"))
)
WALK = select(AUDIT_ENTRIES).where(ENTRIES.position.is_not(None)).order_by(ENTRIES.position)


@dataclass(frozen=True)
class Head:
    """How far the log is sealed, and the digest that stands for all of it."""

    position: int
    digest: str


BREAKS = {
    "gone_before": "{count} entries before it are gone",
    "does_not_follow": "it does not follow the entry before it",
    "changed": "what it says was changed",
    "chained_anew": "its digest is not the one noted earlier: this entry or one before it was chained anew",
    "cut_off": "it is the last, and {count} that were noted earlier are gone",
}


@dataclass(frozen=True)
class Break:
    """Where and how (a key of `BREAKS`) a chain breaks; `count` entries are gone."""

    code: str
    position: int
    entry: int
    at: datetime
    count: int = 0

    def __str__(self) -> str:
        return f"position {self.position}, entry {self.entry} of {self.at.isoformat()}: {BREAKS[self.code].format(count=self.count)}"


@dataclass(frozen=True)
class Verdict:
    """What a verification found; `broken` says where the chain breaks first, and nothing when it holds."""

    head: Head
    sealed: int
    unsealed: int
    broken: Break | None = None


@dataclass(frozen=True)
class Wanted:
    """Which entries are looked for; what is empty is not asked for."""

    account: str = ""
    action: str = ""
    """How it begins; readings of the log itself are found only when asked for, or they would bury the rest."""
    subject: str = ""
    """What it contains."""
    after: datetime | None = None
    before: datetime | None = None
    """Earlier than this moment."""


def entries(connection: Connection, wanted: Wanted, limit: int) -> list[Any]:
    """The newest entries that fit, the newest first; with the last of `limit` come all of its moment, so that `before` it goes on."""
    conditions = [
        ENTRIES.account == wanted.account if wanted.account else None,
        ENTRIES.action.startswith(wanted.action, autoescape=True) if wanted.action else ENTRIES.action != READING,
        ENTRIES.subject.contains(wanted.subject, autoescape=True) if wanted.subject else None,
        ENTRIES.at >= wanted.after if wanted.after else None,
        ENTRIES.at < wanted.before if wanted.before else None,
    ]
    fitting = select(AUDIT_ENTRIES).where(*(condition for condition in conditions if condition is not None))
    last = connection.execute(fitting.order_by(ENTRIES.at.desc()).offset(limit - 1).limit(1)).first()
    if last is not None:
        fitting = fitting.where(ENTRIES.at >= last.at)
    return list(connection.execute(fitting.order_by(ENTRIES.at.desc(), ENTRIES.id.desc())))


def about(connection: Connection, things: Iterable[Any], limit: int = 500) -> list[Any]:
    """The newest entries whose subject ends with one of these ids, the newest first: what was done with these things."""
    fitting = select(AUDIT_ENTRIES).where(or_(false(), *(ENTRIES.subject.endswith(str(thing)) for thing in things)))
    return list(connection.execute(fitting.order_by(ENTRIES.at.desc(), ENTRIES.id.desc()).limit(limit)))


def digest_of(previous: str, position: int, entry: Any) -> str:
    """The digest of an entry (a row with the columns of `SAID`) at its place behind `previous`."""
    said = [entry.at.isoformat() if name == "at" else getattr(entry, name) for name in SAID]
    return hashlib.sha256(json.dumps([previous, position, *said], ensure_ascii=False).encode()).hexdigest()


def head(connection: Connection) -> Head:
    """The last link of the chain; position 0 before there is any."""
    last = select(ENTRIES.position, ENTRIES.digest).where(ENTRIES.position.is_not(None)).order_by(ENTRIES.position.desc()).limit(1)
    row = connection.execute(last).first()
    return Head(row.position, row.digest) if row else Head(0, FIRST)


def seal(database: Database, settled: timedelta = SETTLED) -> int:
    """Chain a batch of entries that nobody has sealed yet, the oldest of which has settled; answers how many. Two sealers take turns."""
    open_entries = select(*(ENTRIES[name] for name in SAID)).where(ENTRIES.position.is_(None)).order_by(ENTRIES.id).limit(BATCH)
    with database.reading() as connection:
        oldest = connection.execute(select(func.min(ENTRIES.at)).where(ENTRIES.position.is_(None))).scalar_one()
    if oldest is None or oldest > now() - settled:
        return 0
    with database.writing() as connection:
        rows = connection.execute(open_entries.with_for_update()).all()  # before the head is read: whoever waited here reads the new one
        before = head(connection)
        sealed, digest = [], before.digest
        for position, row in enumerate(rows, before.position + 1):
            own = digest_of(digest, position, row)
            sealed.append({"entry": row.id, "place": position, "before": digest, "own": own})
            digest = own
        if sealed:
            connection.execute(SEAL, sealed)
    if sealed:
        log.info("audit entries sealed", position=sealed[-1]["place"], digest=digest)
    return len(sealed)


def verify(connection: Connection, known: Head | None = None) -> Verdict:
    """Walk the chain from its first entry that is kept, and past `known`, a head noted earlier and elsewhere."""
    unsealed = connection.execute(select(func.count()).where(ENTRIES.position.is_(None))).scalar_one()
    last, sealed, final = Head(0, FIRST), 0, None
    with connection.execute(WALK, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            if code := _break(last if sealed else None, row, known):
                gone = row.position - last.position - 1 if code == "gone_before" else 0
                return Verdict(last, sealed, unsealed, Break(code, row.position, row.id, row.at, gone))
            last, sealed, final = Head(row.position, row.digest), sealed + 1, row
    if known is not None and known.position > last.position:
        entry, at = (final.id, final.at) if final else (0, now())
        return Verdict(last, sealed, unsealed, Break("cut_off", last.position, entry, at, known.position - last.position))
    return Verdict(last, sealed, unsealed)


def _break(before: Head | None, row: Any, known: Head | None) -> str | None:
    """How the chain breaks at `row`, if it does; before the first entry nothing is asked, as older ones may be past their retention."""
    if before is not None and row.position != before.position + 1:
        return "gone_before"
    if before is not None and row.previous != before.digest:
        return "does_not_follow"
    if digest_of(row.previous, row.position, row) != row.digest:
        return "changed"
    if known is not None and row.position == known.position and row.digest != known.digest:
        return "chained_anew"
    return None
