"""The yardstick for the relay: pika alone, publishing persistent messages and counting confirms batch by batch."""

from collections.abc import Sequence
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection
from pika.channel import Channel

Message = tuple[str, bytes]


class BarePublisher:
    """Publishes (routing key, body) pairs to one exchange over one connection; the next batch goes when the last is confirmed."""

    def __init__(self, url: str, exchange: str, batch: int) -> None:
        self._exchange = exchange
        self._batch = batch
        self._messages: Sequence[Message] = ()
        self._sent = 0
        self._published = 0
        self._open: set[int] = set()
        self._channel: Channel | None = None
        self._connection = SelectConnection(pika.URLParameters(url), on_open_callback=self._on_open)
        self._connection.ioloop.start()  # until the channel stands

    def publish(self, messages: Sequence[Message]) -> None:
        """Publish all of them; returns when the broker has confirmed the last."""
        self._messages, self._sent = messages, 0
        self._connection.ioloop.add_callback_threadsafe(self._next_batch)
        self._connection.ioloop.start()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.add_on_close_callback(lambda *_: self._connection.ioloop.stop())
        self._connection.close()
        self._connection.ioloop.start()

    def _on_open(self, connection: SelectConnection) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, lambda _answer: self._connection.ioloop.stop())

    def _next_batch(self) -> None:
        assert self._channel is not None
        properties = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2)
        for key, body in self._messages[self._sent : self._sent + self._batch]:
            self._channel.basic_publish(self._exchange, key, body, properties, mandatory=True)
            self._sent += 1
            self._published += 1
            self._open.add(self._published)

    def _on_confirm(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        if multiple:
            self._open = {each for each in self._open if each > tag}
        else:
            self._open.discard(tag)
        if self._open:
            return
        if self._sent == len(self._messages):
            self._connection.ioloop.stop()
        else:
            self._next_batch()
