"""One connection to the broker, driven from one thread: it moves only while somebody waits on it."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pika
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker

STEP = 0.5  # how long a wait may go without looking up
OPENING = 15.0
CLOSING = 2.0
HEARTBEAT = 30
BLOCKED = 20
SOCKET = 5


class BrokerGone(Exception):
    """The connection to the broker is not there, or no longer."""


class TopologyDiffers(BrokerGone):
    """The broker has not been given what this service publishes to or reads from, or another version of it."""


class Link:
    """A connection with one channel. Whatever fails makes it useless: drop it and open another."""

    def __init__(self, url: str, name: str) -> None:
        parameters = pika.URLParameters(url)
        parameters.heartbeat = HEARTBEAT
        parameters.blocked_connection_timeout = BLOCKED
        parameters.socket_timeout = SOCKET
        parameters.stack_timeout = 2 * SOCKET
        parameters.connection_attempts = 1
        parameters.client_properties = {"connection_name": f"linghang {name}"}
        self._failure: BaseException | None = None
        self._channel: Channel | None = None
        self._moved = time.monotonic()
        self._connection = pika.SelectConnection(
            parameters,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._opened),
            on_open_error_callback=lambda _connection, error: self._failed(error),
            on_close_callback=lambda _connection, error: self._failed(error),
        )
        try:
            self.wait(lambda: self._channel is not None, OPENING)
        except BrokerGone:
            self.close()
            raise

    @property
    def channel(self) -> Channel:
        """The open channel; raises `BrokerGone` when there is none."""
        if self._failure is not None or self._channel is None or not self._channel.is_open:
            raise BrokerGone(_words(self._failure)) from self._failure
        return self._channel

    def wait(self, until: Callable[[], bool], seconds: float, *, or_fail: bool = True) -> bool:
        """Let the connection move until `until`; answers whether it came true, or raises `BrokerGone`."""
        end = time.monotonic() + seconds
        while not until():
            if self._failure is not None:
                raise BrokerGone(_words(self._failure)) from self._failure
            left = end - time.monotonic()
            if left <= 0:
                if or_fail:
                    raise BrokerGone(f"no answer for {seconds:.0f} s")
                return False
            self._move(min(left, STEP))
        return True

    def breathe(self) -> None:
        """Answer heartbeats and learn of a lost connection, without waiting; costs nothing when done a moment ago."""
        if time.monotonic() - self._moved > STEP:
            self._move(0)
        _ = self.channel

    def wake(self) -> None:
        """End the present step of a wait; for callbacks of this connection."""
        self._connection.ioloop.stop()

    def wake_soon(self, seconds: float) -> None:
        """The same in a moment."""
        self._connection.ioloop.call_later(seconds, self._connection.ioloop.stop)

    def ask(self, *requests: Callable[[Callable[[Any], None]], Any]) -> int:
        """Send requests, each with the callback for its answer, and wait for all; answers how many were answered."""
        answered: list[object] = []

        def answer(frame: Any) -> None:
            answered.append(frame)
            self.wake()

        try:
            for request in requests:
                request(answer)
            self.wait(lambda: len(answered) == len(requests), OPENING)
        except BrokerGone:
            if not (isinstance(self._failure, ChannelClosedByBroker) and self._failure.reply_code == 404):
                raise
        return len(answered)

    def check(self, *, exchanges: tuple[str, ...] = (), queues: tuple[str, ...] = ()) -> None:
        """Raise `TopologyDiffers` unless the broker has the exchanges and the queues; declares nothing."""
        names = [*(f"exchange {name}" for name in exchanges), *(f"queue {name}" for name in queues)]
        requests = [partial(self.channel.exchange_declare, name, "topic", True) for name in exchanges]
        requests += [partial(self.channel.queue_declare, name, True) for name in queues]
        found = self.ask(*(lambda answer, request=request: request(callback=answer) for request in requests))
        if found < len(names):
            raise TopologyDiffers(
                f"the broker's topology differs from the one this program was written for: it has no {names[found]}."
                " `python -m deploy.broker check` names what differs, `python -m deploy.broker declare` mends it"
            )

    def close(self) -> None:
        """Give the connection back; what was delivered and not acknowledged goes back to its queue."""
        if not self._connection.is_closed:
            if not self._connection.is_closing:
                self._connection.close()
            end = time.monotonic() + CLOSING
            while not self._connection.is_closed and time.monotonic() < end:
                self._move(0.1)
        self._connection.ioloop.close()

    def _move(self, seconds: float) -> None:
        loop = self._connection.ioloop
        timer = loop.call_later(seconds, loop.stop)
        try:
            loop.start()
        finally:
            loop.remove_timeout(timer)
        self._moved = time.monotonic()

    def _opened(self, channel: Channel) -> None:
        channel.add_on_close_callback(lambda _channel, error: self._failed(error))
        channel.add_on_cancel_callback(lambda _frame: self._failed(BrokerGone("the queue was deleted")))
        self._channel = channel
        self.wake()

    def _failed(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self.wake()


def _words(error: BaseException | None) -> str:
    return repr(error) if error is not None else "not open"
