"""A virtual host of its own for each test, with users named apart from other tests'."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pika
import pytest

from deploy.broker.declaring import declare
from deploy.broker.inventory import Topology
from deploy.broker.management import Management
from shared.vocabulary import SERVICES


@dataclass
class Broker:
    """What a test has in hand: the management API, the topology to declare, and the address of its virtual host."""

    api: Management
    topology: Topology
    url: str
    management: str

    @property
    def host(self) -> str:
        return self.topology.virtual_host

    def url_of(self, service: str) -> str:
        """The address with which a service's own user comes in."""
        parameters = pika.URLParameters(self.url)
        user, password = self.topology.prefix + service, self.topology.passwords[service]
        return f"amqp://{user}:{password}@{parameters.host}:{parameters.port}/{self.host}"

    def holds(self) -> dict:
        """Everything in the virtual host, and who may do what there."""
        return {**self.topology.found(self.api), "mark": self.api.get(f"exchanges/{self.host}")}

    def differs(self) -> list[str]:
        return [str(one) for one in self.topology.differences(self.api)]


@pytest.fixture
def broker(rabbitmq_node: tuple[str, str], empty_rabbitmq: str) -> Iterator[Broker]:
    management = rabbitmq_node[1]
    api, host = Management(management), empty_rabbitmq.rsplit("/", 1)[1]
    passwords = {name: secrets.token_hex(8) for name in SERVICES}
    topology = Topology(passwords, api.user, host, prefix=f"{host}-")
    yield Broker(api, topology, empty_rabbitmq, management)
    for name in SERVICES:
        api.delete(f"users/{host}-{name}")


@pytest.fixture
def declared(broker: Broker) -> Broker:
    """The same with the topology declared."""
    declare(broker.api, broker.topology)
    return broker
