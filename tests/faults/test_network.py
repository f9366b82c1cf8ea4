"""The network between a service and its broker or its database is cut, silent or slow while people work."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from tests.faults.city import City
from tests.faults.proxy import Proxy
from tests.faults.stream import Stream

VICTIMS = ("enrollment worker", "courses worker", "finance worker")
TO_BROKER, TO_DATABASE = "BROKER_URL", "DATABASE_URL"


@contextmanager
def through_a_proxy(city: City, setting: str, *names: str) -> Iterator[Proxy]:
    """These processes reach the broker, or their database, through a proxy."""
    addresses = [city.broker(name.split()[0]) if setting == TO_BROKER else city.databases[name.split()[0]] for name in names]
    proxy = Proxy(urlsplit(addresses[0]).port or 0)
    for name, address in zip(names, addresses, strict=True):
        service = name.split()[0]
        port = urlsplit(address).port
        city.again(name, {f"{service.upper()}_{setting}": address.replace(f":{port}/", f":{proxy.port}/")})
    city.await_webs()
    try:
        yield proxy
        for name in names:
            assert city.processes[name].lives, f"{name} did not live through it"
    finally:
        proxy.close()
        for name in names:
            city.again(name)
        city.await_webs()


@pytest.mark.parametrize("setting", [TO_BROKER, TO_DATABASE])
def test_connections_are_cut_again_and_again(city: City, stream: Stream, setting: str):
    with through_a_proxy(city, setting, *VICTIMS) as proxy:
        stream.goes_on(10)
        for _ in range(4):
            proxy.cut()
            stream.goes_on(5)
            proxy.mend()
            stream.goes_on(10)
        assert proxy.cuts >= 4
        city.until(lambda: stream.answers.acknowledged["correction"], "somebody is taught again")


def test_the_broker_falls_silent(city: City, stream: Stream):
    """Nothing is refused and nothing comes: heartbeats and time limits must notice; nobody at the webs does."""
    with through_a_proxy(city, TO_BROKER, *VICTIMS) as proxy:
        stream.goes_on(10)
        proxy.silence()
        stream.answers.failed.clear()
        city.until(lambda: proxy.swallowed > 0, "something is swallowed")
        since = city.said("enrollment worker")
        city.until(lambda: city.says("enrollment worker", "trying again", since), "the relay gives the connection up")
        stream.goes_on(5)
        assert not stream.answers.failed
        proxy.mend()
        stream.goes_on(20)


def test_the_database_falls_silent(city: City, stream: Stream):
    """A web whose database is silent says so in time; when it is back, work goes on where it was."""
    with through_a_proxy(city, TO_DATABASE, "courses web", "courses worker") as proxy:
        stream.goes_on(10)
        proxy.silence()
        city.until(lambda: proxy.swallowed > 0, "something is swallowed")
        city.until(lambda: stream.answers.failed[503], "somebody is told to come back", 60)
        proxy.mend()
        stream.goes_on(20)


@pytest.mark.parametrize("setting", [TO_BROKER, TO_DATABASE])
def test_a_slow_network(city: City, stream: Stream, setting: str):
    """Every piece takes 50 ms longer: slower, and as right as ever."""
    with through_a_proxy(city, setting, "courses worker", "finance worker") as proxy:
        proxy.slow(0.05)
        stream.goes_on(30)
        assert proxy.delayed > 20
