"""Real servers for tests: fixtures for a fresh PostgreSQL database, a fresh RabbitMQ virtual host, an OpenID provider.

`python -m tests.servers run -- pytest …` starts one PostgreSQL and one RabbitMQ for a whole run and names them in
the environment. Without it the first test that asks starts its own and stops it at the end. Nothing is skipped:
what cannot be provided fails with the command that installs it.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import pytest

from tests.servers.browser import chromium
from tests.servers.debian import NotInstalled
from tests.servers.identity import OpenIdProvider
from tests.servers.postgres import PostgresServer, create_database, drop_database
from tests.servers.processes import ServerFailed
from tests.servers.rabbitmq import RabbitServer, delete_virtual_host, empty_virtual_host, new_virtual_host, run_control
from tests.servers.rabbitmq import declare_topology as declare

Server = TypeVar("Server")

__all__ = ["OpenIdProvider", "PostgresServer", "RabbitServer", "ServerFailed", "chromium", "run_control"]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The administrative database of the run's PostgreSQL."""
    named = os.environ.get("LINGHANG_TEST_POSTGRES_URL")
    if named:
        yield named
        return
    server = _provided(PostgresServer)
    try:
        yield server.make().url
    finally:
        server.remove()


@pytest.fixture
def new_postgres_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """Call it for the URL of one more empty database; all of them are gone after the test."""
    made: list[str] = []

    def make() -> str:
        made.append(create_database(postgres_url))
        return made[-1]

    yield make
    for url in made:
        drop_database(postgres_url, url)


@pytest.fixture
def postgres_database(new_postgres_database: Callable[[], str]) -> str:
    """The URL of an empty PostgreSQL database."""
    return new_postgres_database()


@pytest.fixture(scope="session")
def rabbitmq_node() -> Iterator[tuple[str, str]]:
    """The run's RabbitMQ: its URL, and that of its management API."""
    named, management = os.environ.get("LINGHANG_TEST_RABBITMQ_URL"), os.environ.get("LINGHANG_TEST_RABBITMQ_MANAGEMENT")
    if named:
        if not management:
            pytest.fail(
                "LINGHANG_TEST_RABBITMQ_URL needs LINGHANG_TEST_RABBITMQ_MANAGEMENT, http://USER:PASSWORD@HOST:PORT of the same broker"
            )
        yield named, management
        return
    server = _provided(RabbitServer)
    try:
        server.make()
        yield server.url, server.management
    finally:
        server.remove()


@pytest.fixture
def empty_rabbitmq(rabbitmq_node: tuple[str, str]) -> Iterator[str]:
    """The URL of a fresh, empty virtual host with an administrator's rights in it."""
    url, management = rabbitmq_node
    made = empty_virtual_host(management, url)
    yield made
    delete_virtual_host(management, made)


@pytest.fixture
def rabbitmq(rabbitmq_node: tuple[str, str]) -> Iterator[str]:
    """The URL of a fresh virtual host with our topology and an administrator's rights in it."""
    url, management = rabbitmq_node
    made = new_virtual_host(management, url)
    yield made
    delete_virtual_host(management, made)


@pytest.fixture
def declare_topology(rabbitmq_node: tuple[str, str]) -> Callable[[str], None]:
    """Call it with the URL of a virtual host to have our topology declared there, once more or for the first time."""
    return partial(declare, rabbitmq_node[1])


@pytest.fixture(scope="session")
def make_openid_provider() -> Iterator[Callable[..., OpenIdProvider]]:
    """Call it with the addresses that a real OpenID provider may send browsers back to; it ends with the run."""
    made: list[OpenIdProvider] = []

    def make(*redirect_uris: str) -> OpenIdProvider:
        made.append(_provided(lambda: OpenIdProvider(*redirect_uris)))
        return made[-1].make()

    yield make
    for provider in made:
        provider.remove()


def _provided(make: Callable[[], Server]) -> Server:
    try:
        return make()
    except (NotInstalled, ServerFailed) as missing:
        pytest.fail(str(missing), pytrace=False)
