"""The broker is killed, blocked by an alarm, full, or has lost everything, while people work."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.messaging.topology import VIRTUAL_HOST
from tests.faults.city import City
from tests.faults.stream import Stream
from tests.servers import run_control

ROUNDS = int(os.environ.get("LINGHANG_FAULT_ROUNDS", "1"))
LONG = ROUNDS > 1
A_MINUTE = 60.0


@contextmanager
def blocked(city: City, *alarm: str, back: tuple[str, ...]) -> Iterator[None]:
    """The broker takes nothing from publishers while the alarm lasts."""
    run_control(city.rabbit.control, *alarm)
    try:
        city.until(lambda: "alarms" in _alarms(city) and "[]" not in _alarms(city).split("alarms")[1][:12], "the alarm is raised")
        yield
    finally:
        run_control(city.rabbit.control, *back)


def _alarms(city: City) -> str:
    return run_control(city.rabbit.control, "eval", "{alarms, rabbit_alarm:get_alarms()}.").replace(" ", "")


HEARD = "SELECT count(*) FROM inbox WHERE stream LIKE 'enrollment/%'"


def unsent(city: City) -> int:
    """How many events of enrollment and courses wait to be sent."""
    return sum(city.rows(name, "SELECT count(*) FROM outbox WHERE position IS NULL")[0][0] for name in ("enrollment", "courses"))


def test_killed_and_started_again(city: City, stream: Stream):
    for _ in range(ROUNDS):
        city.rabbit.kill()
        stream.answers.failed.clear()
        stream.goes_on(10)
        assert not stream.answers.failed  # a dead broker slows no page
        assert unsent(city) > 0
        city.rabbit.start()
        city.until(lambda: unsent(city) < 5, "what waited is sent")


@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_an_alarm_blocks_publishers(city: City, stream: Stream, kind: str):
    """In the long form for more than a minute after a publisher has given up for the first time."""
    raised = {"memory": ("set_vm_memory_high_watermark", "0.00001"), "disk": ("set_disk_free_limit", "1000GB")}[kind]
    back = {"memory": ("set_vm_memory_high_watermark", "0.6"), "disk": ("set_disk_free_limit", "50MB")}[kind]
    before = city.rows("finance", "SELECT count(*) FROM inbox")[0][0]
    stream.answers.failed.clear()
    with blocked(city, *raised, back=back):
        since = city.said("enrollment worker")
        stream.goes_on(20)
        assert unsent(city) > 0
        if LONG:
            city.until(lambda: city.says("enrollment worker", "ConnectionBlockedTimeout", since), "the relay gives up and tries again")
            over = time.monotonic() + A_MINUTE
            while time.monotonic() < over:
                stream.goes_on(10)
    assert not stream.answers.failed
    city.until(lambda: city.rows("finance", "SELECT count(*) FROM inbox")[0][0] > before, "events arrive again")


def test_a_full_queue(city: City, stream: Stream):
    """A queue whose reader is away refuses what is too much; the outbox keeps it and the page of the operator shows it."""
    control, policy = city.rabbit.control, ("full", r"^finance\.inbox$", '{"max-length": 5}')
    run_control(control, "set_policy", "-p", VIRTUAL_HOST, "--priority", "9", "--apply-to", "queues", *policy)
    city.processes["finance worker"].kill()
    since = city.said("courses worker")
    stream.goes_on(30)
    city.until(lambda: city.says("courses worker", "the broker refused", since), "the relay says that the broker refuses")
    stream.goes_on(20)
    assert unsent(city) > 0
    run_control(control, "clear_policy", "-p", VIRTUAL_HOST, "full")
    city.run("finance worker")
    stream.goes_on(10)


def test_everything_in_the_broker_is_lost(city: City, stream: Stream):
    """The node is thrown away with all it held; topology declared anew, outboxes sent again: everything applied once."""
    city.processes["finance worker"].kill()
    stream.goes_on(20)
    lost = city.rows("enrollment", "SELECT count(*) FROM outbox")[0][0] - city.rows("finance", HEARD)[0][0]
    assert lost > 0, "the queue of finance held nothing"
    city.replace_broker()
    city.run("finance worker")
    stream.goes_on(10)
    for name in ("enrollment", "courses", "certificates"):
        city.command(name, "send-again")
    stream.goes_on(10)
