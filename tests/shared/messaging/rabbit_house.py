"""The house of the messaging tests on a real broker, in a virtual host of its own."""

import time
from collections.abc import Callable

import pika
from sqlalchemy import select

from shared.contracts import SUBSCRIPTIONS
from shared.messaging import topology
from shared.messaging.rabbitmq import RabbitReceiver, RabbitRelay
from shared.storage.tables import OUTBOX
from tests.shared.messaging.house import SERVICES, House


class RabbitHouse(House):
    """A house on a virtual host of its own; `restart` leaves what is in hand unanswered, as a crash does."""

    def __init__(self, databases, url: str, declare: Callable[[str], None]) -> None:
        super().__init__(databases)
        self.url = url
        self.declare = lambda: declare(url)
        self.extra: list[RabbitRelay] = []
        self.start()

    def start(self) -> None:
        self.relays = {name: RabbitRelay(name, self.databases[name], self.url) for name in topology.PUBLISHERS}
        self.receivers = {name: RabbitReceiver(name, self.databases[name], self.url) for name in SERVICES}

    def restart(self) -> None:
        self.disconnect()
        self.start()

    def disconnect(self) -> None:
        for carrier in (*self.relays.values(), *self.receivers.values(), *self.extra):
            carrier.close()

    def relay_of(self, publisher: str) -> RabbitRelay:
        self.extra.append(RabbitRelay(publisher, self.databases[publisher], self.url))
        return self.extra[-1]

    def carry(self) -> None:
        for relay in self.relays.values():
            while relay.relay():
                pass
        for service in SERVICES:
            self.receive(service)

    def receive(self, service: str, seconds: float = 20) -> None:
        """Receive until the inbox holds what was sent, and then what comes twice."""
        end = time.monotonic() + seconds
        while self.sent_to(service) - self.inbox(service).keys():
            self.receivers[service].receive()
            assert time.monotonic() < end, f"{service} was not told everything"
        while self.receivers[service].receive():
            pass

    def receive_until_it_fails(self, service: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.receivers[service].receive()

    def sent_to(self, service: str) -> set[tuple[str, int]]:
        sent = set()
        for publisher in SUBSCRIPTIONS[service]:
            with self.databases[publisher].reading() as connection:
                rows = connection.execute(select(OUTBOX.c.stream, OUTBOX.c.version).where(OUTBOX.c.position.is_not(None)))
                sent |= {(row.stream, row.version) for row in rows}
        return sent

    def admin(self, deed: Callable) -> object:
        connection = pika.BlockingConnection(pika.URLParameters(self.url))
        try:
            return deed(connection.channel())
        finally:
            if connection.is_open:
                connection.close()

    def publish(self, body: bytes, publisher: str = "enrollment") -> None:
        self.admin(lambda channel: channel.basic_publish(topology.exchange_of(publisher), f"{publisher}.cohort.confirmed.v1", body))

    def dead(self, expected: int) -> list[bytes]:
        """What was set aside; waits for as many as expected and looks whether one more comes."""

        def take(channel) -> list[bytes]:
            found: list[bytes] = []
            end = time.monotonic() + 10
            while len(found) < expected and time.monotonic() < end:
                method, _, body = channel.basic_get(topology.DEAD, auto_ack=True)
                if method is None:
                    time.sleep(0.05)
                else:
                    found.append(body)
            time.sleep(0.1)
            method, _, body = channel.basic_get(topology.DEAD, auto_ack=True)
            return found if method is None else [*found, body]

        return self.admin(take)

    def close(self) -> None:
        self.disconnect()
        super().close()
