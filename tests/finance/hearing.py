"""How tests let finance hear a history."""

from shared.messaging import inbox
from shared.messaging.envelope import Received
from tests.conftest import RunningService


def hear(service: RunningService, told: list[Received]) -> None:
    """The inbox gets the events in this order, a few at a time, and applies what it can in between."""
    for start in range(0, len(told), 40):
        with service.database.writing() as connection:
            inbox.store(connection, told[start : start + 40])
        service.apply()
