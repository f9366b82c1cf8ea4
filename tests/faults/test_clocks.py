"""Clocks that jump by an hour, ahead and back, while people work and handlers fail: nothing is postponed, lost or doubled."""

import os
import signal

from tests.faults import mishaps
from tests.faults.city import City
from tests.faults.clocks import HOURS
from tests.faults.stream import Stream

AHEAD = "SELECT count(*) FROM inbox WHERE received_at > now() + interval '50 minutes'"


def test_the_clock_of_a_worker_jumps_ahead_and_back(city: City, stream: Stream):
    """What failed in the hour to come is tried again as soon as the clock is right."""
    for name in ("certificates worker", "finance worker"):
        since = city.said(name)
        city.again(name, {mishaps.MISHAP: mishaps.HANDLERS_FAIL})
        city.until(lambda name=name, since=since: city.says(name, "event put off", since), f"{name} is at work, and a handler fails")
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        for name in ("certificates worker", "finance worker"):
            os.kill(city.processes[name].running.pid, number)
        since = city.said("finance worker")
        stream.goes_on(30)
        city.until(lambda since=since: city.says("finance worker", "event put off", since), "a handler fails after the jump")
    assert city.rows("finance", AHEAD)[0][0] > 0


def test_publisher_and_listener_live_in_different_hours(city: City, stream: Stream):
    for name, hours in (("enrollment worker", "1"), ("courses worker", "-1"), ("finance worker", "1")):
        city.again(name, {HOURS: hours})
    city.until(lambda: city.rows("finance", AHEAD)[0][0] > 0, "finance has heard something in the hour to come")
    stream.goes_on(40)
