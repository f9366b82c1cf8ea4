"""The embedded bus: the relay puts events straight into the listeners' inboxes, all on this machine."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.contracts import KEEPS_NO_NAMES, listeners_of
from shared.messaging import inbox, metrics, outbox
from shared.messaging.envelope import NotAnEvent, Received, receive
from shared.storage.database import Database

log = structlog.get_logger(__name__)
BATCH = 200


class EmbeddedRelay:
    """Carries one publisher's outbox to the inboxes of its listeners."""

    def __init__(self, publisher: str, databases: Mapping[str, Database]) -> None:
        self._database = databases[publisher]
        self._listeners = {name: databases[name] for name in listeners_of(publisher) if name in databases}
        self._ways = {name in KEEPS_NO_NAMES for name in self._listeners}

    def relay(self) -> int:
        """Send one batch; answers how many were sent. A crash in between only sends again."""
        with self._database.reading() as connection:
            rows = outbox.unsent(connection, BATCH)
        if not rows:
            return 0
        # Never hold one file's write lock while writing another: store, commit, then mark.
        received = {nameless: list(_readable(rows, nameless)) for nameless in self._ways}
        failed: list[SQLAlchemyError] = []
        for name, listener in self._listeners.items():
            try:
                with listener.writing() as connection:
                    inbox.store(connection, received[name in KEEPS_NO_NAMES])
            except SQLAlchemyError as error:  # one file that is held or full keeps nothing from the others
                failed.append(error)
            else:
                metrics.RECEIVED.inc(len(received[name in KEEPS_NO_NAMES]))
                listener.wake()
        if failed:
            raise failed[0]
        with self._database.writing() as connection:
            outbox.mark_sent(connection, [row.id for row in rows])
        metrics.SENT.inc(len(rows))
        return len(rows)

    def drain(self) -> int:
        """Send until nothing is left."""
        total = 0
        while sent := self.relay():
            total += sent
        return total


def _readable(rows: Sequence[Any], nameless: bool) -> Iterator[Received]:
    for row in rows:
        try:
            yield receive(row.body, without_personal=nameless)
        except NotAnEvent as error:  # as at a broker: it holds nobody up, and shows as a gap
            metrics.SET_ASIDE.inc()
            log.error("not an event, set aside", stream=row.stream, version=row.version, error=str(error)[:200])
