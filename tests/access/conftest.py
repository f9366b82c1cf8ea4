"""One city for every walk: nothing that is done in it stays."""

import pytest

from tests.access.city import City


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    made = City(tmp_path_factory.mktemp("access") / "data")
    yield made
    made.close()
