"""What the fault tests share: one city for all of them, a new one after an account that did not balance."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults import account
from tests.faults.city import City, open_city
from tests.faults.stream import Stream, busy

GROWN = 1200  # events; whoever gives account of more for each fault does little else

# Whoever waits for a node that starts is refused a hundred times, and pika tells each at length.
logging.getLogger("pika").setLevel(logging.CRITICAL)


class Cities:
    """The city in use, everything that was acknowledged in it, and how it is given up."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._stack = ExitStack()
        self._city: City | None = None
        self.acknowledged: Counter[str] = Counter()
        self.events = 0

    def city(self) -> City:
        """The city in use; a new one when there is none, when the last account of the old one was wrong, or when it has grown."""
        if self._city is None or self._city.spoiled or self.events > GROWN:
            self.close()
            self._city = self._stack.enter_context(open_city(self._factory.mktemp("city")))
            self.acknowledged.clear()
            self.events = 0
        return self._city

    def close(self) -> None:
        """Stop everything."""
        self._stack.close()
        self._city = None


@pytest.fixture(scope="session")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cities]:
    cities = Cities(tmp_path_factory)
    yield cities
    cities.close()


@pytest.fixture
def city(cities: Cities) -> Iterator[City]:
    """A city at work; what a test has killed or changed is started anew after it."""
    city = cities.city()
    yield city
    if not city.spoiled:
        city.mend()


@pytest.fixture
def stream(city: City, cities: Cities) -> Iterator[Stream]:
    """Real operations flow while the test runs; at its end the account is given."""
    try:
        with busy(city) as stream:
            yield stream
            stream.goes_on(10)
        cities.acknowledged.update(stream.answers.acknowledged)
    except BaseException:
        city.spoiled = True
        raise
    cities.events = account.balance(city)
    account.deeds(city, cities.acknowledged)
