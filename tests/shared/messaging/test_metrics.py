"""What a process counts while it carries and applies events."""

from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from shared.contracts.enrollment import TRAINEE_LEFT
from shared.messaging import dispatcher
from tests.shared.messaging.house import SERVICES, House, arrive, open_database
from tests.shared.messaging.made_up import body_of, fail_for
from tests.shared.messaging.test_embedded import EmbeddedHouse

TYPE = {"type": TRAINEE_LEFT.name}


@pytest.fixture
def house(tmp_path: Path):
    house = EmbeddedHouse({name: open_database(f"sqlite:///{tmp_path}/{name}.db") for name in SERVICES})
    yield house
    house.close()


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels or None) or 0.0


def test_every_applied_event_is_counted_with_the_time_its_handler_took(house: House):
    before = counted("linghang_handler_seconds_count", **TYPE)
    arrive(house, times=3)
    house.apply("courses")
    assert counted("linghang_handler_seconds_count", **TYPE) == before + 3
    assert counted("linghang_handler_seconds_sum", **TYPE) > 0


def test_tries_that_failed_and_events_that_were_parked_are_counted(house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", timedelta(0))
    put_off, parked = counted("linghang_events_put_off_total", **TYPE), counted("linghang_events_parked_total", **TYPE)
    house.failing["courses"] = fail_for(arrive(house))
    house.apply("courses")
    assert counted("linghang_events_put_off_total", **TYPE) == put_off + dispatcher.ATTEMPTS - 1
    assert counted("linghang_events_parked_total", **TYPE) == parked + 1


def test_an_outbox_row_that_is_no_event_holds_nobody_up_and_shows_as_a_gap(house: House):
    sent, aside = counted("linghang_events_sent_total"), counted("linghang_messages_set_aside_total")
    subject = house.say()
    stream = TRAINEE_LEFT.stream(subject)
    house.put("enrollment", stream, 2, TRAINEE_LEFT.name, "rubbish")
    house.put("enrollment", stream, 3, TRAINEE_LEFT.name, body_of(subject, 3, {}))
    good = house.say()
    house.settle()
    assert house.heard("courses") == [(stream, 1), (TRAINEE_LEFT.stream(good), 1)]
    assert house.unsent() == 0
    with house.databases["courses"].reading() as connection:
        from shared.messaging import inbox

        assert inbox.backlog(connection).gaps == 1
    assert counted("linghang_events_sent_total") == sent + 4
    assert counted("linghang_messages_set_aside_total") > aside
