"""What an operator and a monitor see of a fault: readiness, figures, and the words that name what is in the way."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults import crashes
from tests.faults.city import City
from tests.faults.figures import ask, figures
from tests.faults.stream import Stream
from tests.servers.processes import free_port


@pytest.fixture
def port(city: City) -> int:
    """The worker of courses answers for itself at this port."""
    port = free_port()
    city.again("courses worker", {"COURSES_WORKER_PORT": str(port)})
    city.until(lambda: ask(port, "/ready")[0] == 200, "the worker is ready")
    return port


def test_a_worker_counts_what_it_does(city: City, port: int, stream: Stream):
    stream.goes_on(30)
    city.until(lambda: figures(port)["linghang_events_sent_total"] > 5, "events are counted")
    found = figures(port)
    assert found["linghang_events_received_total"] > 0
    assert found["linghang_inbox_parked"] == 0
    assert 'linghang_handler_seconds_count{type="enrollment.cohort.confirmed.v1"}' in ask(port, "/metrics")[1]
    assert ask(port, "/courses/cohorts")[0] == 404  # a worker has no pages


def test_a_broker_that_is_away_shows(city: City, port: int, stream: Stream):
    """Enrollment is asked how old its oldest event is: people are enrolled whatever happens, and nobody can be taught for long."""
    city.rabbit.kill()
    try:
        city.until(lambda: ask(port, "/ready")[0] == 503, "the worker is not ready")
        told: dict[str, Any] = json.loads(ask(port, "/ready")[1])
        assert {"courses relay", "courses receiver"} & set(told["failures"])
        assert ask(city.ports["courses"], "/ready")[0] == 200  # no page is slowed by it
        waits = "linghang_outbox_oldest_unsent_seconds"
        city.until(lambda: figures(city.ports["enrollment"]).get(waits, 0) > 1, "the oldest event waits for a second")
        assert figures(city.ports["enrollment"])["linghang_outbox_unsent"] > 0
    finally:
        city.rabbit.start()
    city.until(lambda: ask(port, "/ready")[0] == 200, "the worker is ready again")


def test_redelivered_events_are_counted(city: City, port: int, stream: Stream, tmp_path: Path):
    """A receiver dies between its commit and its acknowledgment; its successor is sent the same again."""
    marker = tmp_path / "killed"
    armed = city.again("courses worker", crashes.environment("receiver: committed, not acknowledged", marker))
    city.until(lambda: not armed.lives, "the receiver dies")
    assert marker.exists()
    city.run("courses worker", {"COURSES_WORKER_PORT": str(port)})
    city.until(lambda: figures(port)["linghang_events_redelivered_total"] > 0, "something is redelivered, and counted")


def test_a_database_that_is_away_shows(city: City, port: int, stream: Stream):
    city.kill_database()
    try:
        city.until(lambda: ask(city.ports["courses"], "/ready")[0] == 503, "the web is not ready")
        city.until(lambda: ask(port, "/ready")[0] == 503, "the worker is not ready")
        assert ask(port, "/health")[0] == ask(city.ports["courses"], "/health")[0] == 200
    finally:
        city.postgres.start()
    city.until(lambda: ask(port, "/ready")[0] == 200, "the worker is ready again")
