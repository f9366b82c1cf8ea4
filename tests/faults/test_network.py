"""The network between a service and its broker or its database is cut, silent or slow while people work."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from shared.contracts import listeners_of
from tests.faults.city import City
from tests.faults.proxy import Proxy
from tests.faults.stream import Stream

WORKERS = ("enrollment worker", "courses worker", "finance worker")
TO_BROKER, TO_DATABASE = "BROKER_URL", "DATABASE_URL"
ROUNDS = int(os.environ.get("LINGHANG_FAULT_ROUNDS", "1"))


@contextmanager
def through_a_proxy(city: City, setting: str, *names: str) -> Iterator[Proxy]:
    """These processes reach the broker, or their database, through a proxy; all are connected before the block begins."""
    addresses = [city.broker(name.split()[0]) if setting == TO_BROKER else city.databases[name.split()[0]] for name in names]
    ports = {urlsplit(address).port for address in addresses}
    assert len(ports) == 1
    (port,) = ports
    assert port is not None
    proxy = Proxy(port)
    try:
        for name, address in zip(names, addresses, strict=True):
            service = name.split()[0]
            city.again(name, {f"{service.upper()}_{setting}": address.replace(f":{port}/", f":{proxy.port}/")})
        city.await_webs()
        all_connected(city, proxy, setting, names)
        yield proxy
        for name in names:
            assert city.processes[name].lives, f"{name} did not live through it"
    finally:
        for name in names:
            city.again(name)
        proxy.close()
        city.await_webs()


def all_connected(city: City, proxy: Proxy, setting: str, names: Sequence[str]) -> None:
    """Wait until each of them is connected: towards the broker a receiver and, of whoever tells somebody something, a relay."""
    relays = sum(bool(listeners_of(name.split()[0])) for name in names) if setting == TO_BROKER else 0
    city.until(lambda: proxy.connections >= len(names) + relays, "everybody is connected through the proxy")


@pytest.mark.parametrize("setting", [TO_BROKER, TO_DATABASE])
def test_connections_are_cut_again_and_again(city: City, stream: Stream, setting: str):
    with through_a_proxy(city, setting, *WORKERS) as proxy:
        for _ in range(2 * ROUNDS):
            before = proxy.cuts
            proxy.cut()
            assert proxy.cuts > before, "nothing was connected"
            stream.goes_on(5)
            proxy.mend()
            all_connected(city, proxy, setting, WORKERS)
            stream.goes_on(5)


def test_the_broker_falls_silent(city: City, stream: Stream):
    """Nothing is refused and nothing comes: heartbeats and time limits notice; nobody at the webs does."""
    with through_a_proxy(city, TO_BROKER, *WORKERS) as proxy:
        since = {name: city.said(name) for name in WORKERS}
        stream.answers.failed.clear()
        proxy.silence()
        city.until(lambda: proxy.swallowed > 0, "something is swallowed")
        for name in WORKERS:
            city.until(lambda name=name: city.says(name, "trying again", since[name]), f"{name} gives its connection up")
        stream.goes_on(5)
        assert not stream.answers.failed
        proxy.mend()
        all_connected(city, proxy, TO_BROKER, WORKERS)
        stream.goes_on(5)


def test_the_database_falls_silent(city: City, stream: Stream):
    """The page does not come, and what was at work is undone; sent again when the database is back, it is done once."""
    with through_a_proxy(city, TO_DATABASE, "courses web", "courses worker") as proxy:
        lost = stream.answers.lost
        proxy.silence()
        city.until(lambda: proxy.swallowed > 0, "something is swallowed")
        city.until(lambda: stream.answers.lost > lost or stream.answers.failed[503], "somebody gives up waiting for a page")
        proxy.mend()
        stream.goes_on(10)
    assert not set(stream.answers.failed) - {503}


@pytest.mark.parametrize("setting", [TO_BROKER, TO_DATABASE])
def test_a_slow_network(city: City, stream: Stream, setting: str):
    """Every piece takes 20 ms longer: slower, and as right as ever."""
    with through_a_proxy(city, setting, "courses worker", "finance worker") as proxy:
        proxy.slow(0.02)
        stream.goes_on(20)
        assert proxy.delayed > 20
