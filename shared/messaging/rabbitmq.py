"""The RabbitMQ bus: a relay that publishes the outbox with confirms, a receiver that fills the inbox."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from pika.channel import Channel
from pika.spec import Basic, BasicProperties
from sqlalchemy.exc import SQLAlchemyError

from shared.contracts import KEEPS_NO_NAMES, listeners_of
from shared.messaging import inbox, metrics, outbox
from shared.messaging.envelope import NotAnEvent, Received, receive
from shared.messaging.link import Link
from shared.messaging.topology import MARK, exchange_of, queue_of
from shared.storage.database import Database

log = structlog.get_logger(__name__)
BATCH = 500
PREFETCH = 200
CONFIRMING = 30.0
IDLE = 0.25
GATHERING = 0.003


class Refused(Exception):
    """The broker took some events of a batch and not all; the others stay in the outbox."""


class RabbitRelay:
    """Carries one publisher's outbox to its exchange: persistent, mandatory, confirmed in batches.

    Used from one thread. Every failure drops the connection; the next batch makes it anew.
    """

    def __init__(self, publisher: str, database: Database, url: str) -> None:
        self._publisher = publisher
        self._database = database
        self._url = url
        self._link: Link | None = None
        self._settled: dict[int, bool] = {}
        self._open: set[int] = set()
        self._returned: set[str] = set()
        self._published = 0
        self._passed = 0  # up to this row some were refused: one full queue must not keep what is newer from the others

    def relay(self) -> int:
        """Send one batch; answers how many were sent. A crash in between only sends again.

        Raises `Refused` when the broker kept only a part; that part is marked as sent.
        """
        try:
            link = self._link = self._link or self._connect()
            link.breathe()
            with self._database.reading() as connection:
                newer = outbox.unsent(connection, BATCH, self._passed) if self._passed else ()
                rows = newer or outbox.unsent(connection, BATCH)
            if not rows:
                return 0
            sent = self._publish(link, rows)
        except SQLAlchemyError:
            raise
        except Exception:
            self.close()
            raise
        with self._database.writing() as connection:
            outbox.mark_sent(connection, sent)
        metrics.SENT.inc(len(sent))
        if len(sent) < len(rows):
            metrics.REFUSED.inc(len(rows) - len(sent))
            self._passed = max(self._passed, rows[-1].id)
            raise Refused(f"the broker refused {len(rows) - len(sent)} of {len(rows)} events: a queue is full or nobody is bound")
        self._passed = rows[-1].id if newer else 0
        return len(sent)

    def close(self) -> None:
        """Give the connection back."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _connect(self) -> Link:
        link = Link(self._url, f"{self._publisher} relay")
        try:
            link.check(
                exchanges=(exchange_of(self._publisher), MARK), queues=tuple(queue_of(name) for name in listeners_of(self._publisher))
            )
            link.channel.add_on_return_callback(self._on_return)
            link.ask(lambda answer: link.channel.confirm_delivery(self._on_confirm, answer))
            self._published = 0
        except Exception:
            link.close()
            raise
        return link

    def _publish(self, link: Link, rows: Sequence[Any]) -> list[int]:
        self._returned.clear()
        self._settled.clear()
        tags: dict[int, Any] = {}
        for row in rows:
            self._published += 1
            tags[self._published] = row
            properties = BasicProperties(
                content_type="application/cloudevents+json", delivery_mode=2, message_id=f"{row.stream}#{row.version}", type=row.type
            )
            link.channel.basic_publish(exchange_of(self._publisher), row.type, row.body.encode("utf-8"), properties, mandatory=True)
        self._open = set(tags)
        while left := len(self._open):  # however slow the network is, as long as it moves
            link.wait(partial(self._fewer_than, left), CONFIRMING)
        return [row.id for tag, row in tags.items() if self._settled[tag] and f"{row.stream}#{row.version}" not in self._returned]

    def _fewer_than(self, left: int) -> bool:
        return len(self._open) < left

    def _on_confirm(self, frame: Any) -> None:
        method = frame.method
        confirmed = [tag for tag in self._open if tag <= method.delivery_tag] if method.multiple else [method.delivery_tag]
        self._settled.update(dict.fromkeys(confirmed, isinstance(method, Basic.Ack)))
        self._open.difference_update(confirmed)
        if not self._open and self._link is not None:
            self._link.wake()

    def _on_return(self, _channel: Channel, _method: Basic.Return, properties: BasicProperties, _body: bytes) -> None:
        # A message that nobody is bound for is returned first and then confirmed.
        self._returned.add(properties.message_id)


class RabbitReceiver:
    """Puts what arrives in a service's queue into its inbox: store a batch, commit, then acknowledge it.

    It runs no handler, so nothing an event contains can hold up the others or the heartbeat. While the
    database is away it holds its deliveries. Used from one thread.
    """

    def __init__(self, service: str, database: Database, url: str) -> None:
        self._service = service
        self._database = database
        self._url = url
        self._link: Link | None = None
        self._held: list[tuple[int, Received]] = []

    def receive(self) -> int:
        """Store and acknowledge what has arrived, waiting a moment for it; answers how many were taken."""
        try:
            link = self._link = self._link or self._connect()
            link.breathe()
            if not self._held:
                link.wait(lambda: bool(self._held), IDLE, or_fail=False)
            batch = tuple(self._held)
            if batch:
                self._store(batch)
                link.channel.basic_ack(batch[-1][0], multiple=True)
                del self._held[: len(batch)]
                metrics.RECEIVED.inc(len(batch))
        except SQLAlchemyError:
            raise  # and hold what was delivered
        except Exception:
            self.close()
            raise
        return len(batch)

    def close(self) -> None:
        """Give the connection back, and with it what is in hand."""
        self._held.clear()
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def _connect(self) -> Link:
        self._held.clear()
        link = Link(self._url, f"{self._service} receiver")
        try:
            link.check(exchanges=(MARK,), queues=(queue_of(self._service),))
            link.channel.basic_qos(prefetch_count=PREFETCH)
            link.channel.basic_consume(queue_of(self._service), self._on_delivery)
        except Exception:
            link.close()
            raise
        return link

    def _store(self, batch: Sequence[tuple[int, Received]]) -> None:
        with self._database.writing() as connection:
            new = inbox.store(connection, [received for _tag, received in batch])
        if new:
            self._database.wake()

    def _on_delivery(self, channel: Channel, method: Basic.Deliver, _properties: BasicProperties, body: bytes) -> None:
        metrics.REDELIVERED.inc(method.redelivered)
        try:
            received = receive(body, without_personal=self._service in KEEPS_NO_NAMES)
        except NotAnEvent as error:
            metrics.SET_ASIDE.inc()
            log.error("not an event, set aside", service=self._service, bytes=len(body), error=str(error)[:200])
            channel.basic_reject(method.delivery_tag, requeue=False)
            return
        if not self._held and self._link is not None:
            # The rest of what the broker has just sent comes along in the same transaction.
            self._link.wake_soon(GATHERING)
        self._held.append((method.delivery_tag, received))
