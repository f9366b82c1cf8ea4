"""Real servers for tests: fixtures for a fresh PostgreSQL database and a fresh RabbitMQ virtual host.

`python -m tests.servers run -- pytest …` starts one PostgreSQL and one RabbitMQ for a whole run and names them in
the environment. Without it the first test that asks starts its own and stops it at the end. Nothing is skipped:
what cannot be provided fails with the command that installs it.
"""

import os
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from tests.servers.debian import NotInstalled
from tests.servers.postgres import PostgresServer, create_database, drop_database
from tests.servers.processes import ServerFailed
from tests.servers.rabbitmq import RabbitServer, create_virtual_hosts, run_control

Server = TypeVar("Server")

__all__ = ["PostgresServer", "RabbitServer", "ServerFailed", "run_control"]


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
    """The run's RabbitMQ: its URL, and the command that is its `rabbitmqctl`."""
    named, control = os.environ.get("LINGHANG_TEST_RABBITMQ_URL"), os.environ.get("LINGHANG_TEST_RABBITMQ_CONTROL")
    if named:
        if not control:
            pytest.fail("LINGHANG_TEST_RABBITMQ_URL needs LINGHANG_TEST_RABBITMQ_CONTROL, the command that is rabbitmqctl for it")
        yield named, control
        return
    server = _provided(RabbitServer)
    try:
        server.make()
        yield server.url, server.control
    finally:
        server.remove()


@pytest.fixture(scope="session")
def _virtual_hosts() -> list[str]:
    return []


@pytest.fixture
def rabbitmq(rabbitmq_node: tuple[str, str], _virtual_hosts: list[str]) -> str:
    """The URL of a fresh virtual host with an administrator's rights in it."""
    if not _virtual_hosts:  # one call of rabbitmqctl takes a second or two: it makes several
        _virtual_hosts += create_virtual_hosts(rabbitmq_node[1], rabbitmq_node[0], 8)
    return _virtual_hosts.pop()


@pytest.fixture
def rabbitmqctl(rabbitmq_node: tuple[str, str]) -> Callable[..., str]:
    """Call it with words for `rabbitmqctl` (and `given=` for its input); it answers what the command printed."""

    def control(*words: str, given: str | None = None) -> str:
        return run_control(rabbitmq_node[1], *words, given=given)

    return control


def _provided(make: Callable[[], Server]) -> Server:
    try:
        return make()
    except NotInstalled as missing:
        pytest.fail(str(missing), pytrace=False)
