"""The embedded bus: the relay puts events straight into the listeners' inboxes, all on this machine."""

from collections.abc import Mapping

from shared.contracts import KEEPS_NO_NAMES, listeners_of
from shared.messaging import inbox, outbox
from shared.messaging.envelope import receive
from shared.storage.database import Database

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
        received = {nameless: [receive(row.body, without_personal=nameless) for row in rows] for nameless in self._ways}
        for name, listener in self._listeners.items():
            with listener.writing() as connection:
                inbox.store(connection, received[name in KEEPS_NO_NAMES])
            listener.wake()
        with self._database.writing() as connection:
            outbox.mark_sent(connection, [row.id for row in rows])
        return len(rows)

    def drain(self) -> int:
        """Send until nothing is left."""
        total = 0
        while sent := self.relay():
            total += sent
        return total
