"""The backbone with one protection taken away: a process started with LINGHANG_FAULT_VARIANT=NAME lacks that one.

`python -m tests.faults` shows that the fault tests catch each of them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pika.channel import Channel
from sqlalchemy import Connection, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from shared.domain import now
from shared.messaging import inbox, outbox
from shared.messaging.inbox import Dispatcher
from shared.messaging.pending import due
from shared.messaging.rabbitmq import RabbitRelay
from shared.storage import work as works
from shared.storage.tables import AUDIT_ENTRIES, INBOX
from shared.web import doors

NAME = "LINGHANG_FAULT_VARIANT"


def tell_after_the_commit() -> None:
    """The event is written in a transaction of its own, when the change is committed."""
    transact = works.transact

    def flush(self: works.UnitOfWork) -> bool:
        if self._notes:
            self.connection.execute(insert(AUDIT_ENTRIES), self._notes)
        self._notes.clear()
        return False

    def apart(database: Any, actor: Any, operation: Any, /, *args: Any, **kwargs: Any) -> Any:
        kept: list[works.UnitOfWork] = []

        def keeping(work: works.UnitOfWork) -> Any:
            kept.append(work)
            return operation(work, *args, **kwargs)

        result = transact(database, actor, keeping)
        with database.writing() as connection:
            outbox.write(connection, kept[-1]._events, kept[-1].now)
        return result

    works.UnitOfWork.flush = flush  # type: ignore[method-assign]
    doors.transact = apart


def forget_the_answer() -> None:
    """The answer to an Idempotency-Key is not kept."""
    doors._remember = lambda *_: None


def mark_before_publishing() -> None:
    """Events are marked as sent, and then sent."""

    def relay(self: RabbitRelay) -> int:
        link = self._link = self._link or self._connect()
        link.breathe()
        with self._database.writing() as connection:
            rows = outbox.unsent(connection, 500)
            outbox.mark_sent(connection, [row.id for row in rows])
        if rows:
            self._publish(link, rows)
        return len(rows)

    RabbitRelay.relay = relay  # type: ignore[method-assign]


def wait_for_no_confirm() -> None:
    """What was written to the socket's buffer is taken for sent."""

    def fewer(_self: RabbitRelay, _left: int) -> bool:
        return True

    publish = RabbitRelay._publish

    def hasty(self: RabbitRelay, link: Any, rows: Any) -> list[int]:
        link.wait = lambda *_args, **_kwargs: self._open.clear()
        try:
            publish_all(self, link, rows)
        finally:
            del link.wait
        return [row.id for row in rows]

    def publish_all(self: RabbitRelay, link: Any, rows: Any) -> None:
        try:
            publish(self, link, rows)
        except KeyError:  # nobody has confirmed anything yet
            return

    RabbitRelay._fewer_than = fewer  # type: ignore[method-assign]
    RabbitRelay._publish = hasty  # type: ignore[method-assign]


def take_refused_for_sent() -> None:
    """What the broker refused, or gave back because nobody is bound, is taken for sent."""
    publish = RabbitRelay._publish

    def content(self: RabbitRelay, link: Any, rows: Any) -> list[int]:
        publish(self, link, rows)
        return [row.id for row in rows]

    RabbitRelay._publish = content  # type: ignore[method-assign]


def acknowledge_on_delivery() -> None:
    """The broker forgets an event as soon as it has sent it."""
    consume = Channel.basic_consume

    def at_once(self: Channel, queue: str, on_message_callback: Any, **options: Any) -> Any:
        return consume(self, queue, on_message_callback, auto_ack=True, **options)

    Channel.basic_consume = at_once
    Channel.basic_ack = lambda *_args, **_kwargs: None


def apply_what_comes_twice_twice() -> None:
    """An event that is there already is put back to be applied."""

    def store(connection: Connection, received: Any) -> int:
        at = now()
        rows = [{"stream": r.stream, "version": r.version, "type": r.type, "body": r.body, "received_at": at} for r in received]
        again = postgresql_insert(INBOX).on_conflict_do_update(index_elements=["stream", "version"], set_={"status": "pending"})
        connection.execute(again, rows)
        return len(rows)

    inbox.store = store


def mark_done_before_applying() -> None:
    """*Done* is committed before the effect."""

    def dispatch(self: Dispatcher) -> int:
        with self._database.writing() as connection:
            rows = self._claim(connection)
            inbox._settle(connection, [row.id for row in rows])
        for row in rows:
            with self._database.writing() as connection:
                self._apply(connection, row, [])
        self._database.wake()
        return len(rows)

    Dispatcher.dispatch = dispatch  # type: ignore[method-assign]


def mark_done_after_applying() -> None:
    """The effect is committed before *done*."""

    def dispatch(self: Dispatcher) -> int:
        done: list[int] = []
        with self._database.writing() as connection:
            rows = self._claim(connection)
            for row in rows:
                self._apply(connection, row, done)
        with self._database.writing() as connection:
            inbox._settle(connection, done)
        self._database.wake()
        return len(rows)

    Dispatcher.dispatch = dispatch  # type: ignore[method-assign]


def apply_in_order_of_arrival() -> None:
    """An event does not wait for the one before it."""
    inbox.ready = lambda limit=50: (
        select(INBOX.c.id, INBOX.c.stream, INBOX.c.version, INBOX.c.type, INBOX.c.body, INBOX.c.attempts)
        .where(INBOX.c.status == "pending", or_(due(), literal(False)))
        .order_by(INBOX.c.id)
        .limit(limit)
    )


def keep_what_a_failed_handler_wrote() -> None:
    """No savepoint around a handler."""

    @contextmanager
    def nothing(_self: Connection) -> Iterator[None]:
        yield

    Connection.begin_nested = nothing  # type: ignore[method-assign,assignment]


def give_a_failed_event_up() -> None:
    """An event whose handler failed is done."""
    inbox._retry_or_park = lambda connection, row, _error: inbox._settle(connection, [row.id])


@dataclass(frozen=True)
class Variant:
    """A protection, how it is taken away, and the fault test that catches it."""

    take_away: Callable[[], None]
    caught_by: str


KILLS = "tests/faults/test_kills.py::test_killed_between_two_steps"
MESSAGES = "tests/faults/test_messages.py"
VARIANTS = {
    "event and change in one transaction": Variant(tell_after_the_commit, f"{KILLS}[web: changed, event not written]"),
    "answers are kept with the change": Variant(forget_the_answer, f"{KILLS}[web: committed, not answered]"),
    "publish, then mark": Variant(mark_before_publishing, f"{KILLS}[relay: half a batch published]"),
    "wait for the confirms": Variant(wait_for_no_confirm, f"{KILLS}[relay: marked and committed]"),
    "refused is not sent": Variant(take_refused_for_sent, "tests/faults/test_broker.py::test_a_full_queue"),
    "store, then acknowledge": Variant(acknowledge_on_delivery, f"{KILLS}[receiver: delivered, not stored]"),
    "what comes twice is stored once": Variant(apply_what_comes_twice_twice, f"{KILLS}[receiver: committed, not acknowledged]"),
    "done is not committed before the effect": Variant(mark_done_before_applying, f"{KILLS}[dispatcher: applied, not marked done]"),
    "done is not committed after the effect": Variant(mark_done_after_applying, f"{KILLS}[dispatcher: marked done, not committed]"),
    "an event waits for the one before it": Variant(apply_in_order_of_arrival, f"{MESSAGES}::test_events_that_change_places"),
    "a failed handler's writing is undone": Variant(keep_what_a_failed_handler_wrote, f"{MESSAGES}::test_handlers_that_fail"),
    "a failed event is tried again": Variant(give_a_failed_event_up, f"{MESSAGES}::test_handlers_that_fail"),
}


def take_away() -> None:
    """Take away the protection this process is to lack, if any."""
    if name := os.environ.get(NAME):
        VARIANTS[name].take_away()
