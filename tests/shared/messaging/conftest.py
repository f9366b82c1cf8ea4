"""What the tests of the event backbone share."""

import sys
from collections.abc import Iterator

import pytest

# The fault tests may have imported them first.
SHARED = ("tests.shared.messaging.promises", "tests.shared.messaging.house")
pytest.register_assert_rewrite(*(name for name in SHARED if name not in sys.modules))

from tests.shared.messaging.house import House, open_database  # noqa: E402


@pytest.fixture
def house(both_databases: str) -> Iterator[House]:
    """One listener, on each kind of database in turn."""
    house = House({"courses": open_database(both_databases)})
    yield house
    house.close()


@pytest.fixture
def postgres_house(postgres_database: str) -> Iterator[House]:
    """The same on PostgreSQL only."""
    house = House({"courses": open_database(postgres_database)})
    yield house
    house.close()
