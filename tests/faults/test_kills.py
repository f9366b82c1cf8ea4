"""kill -9 of web, relay, receiver and dispatcher between every two steps, and of anybody at any moment."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.faults import crashes
from tests.faults.city import City
from tests.faults.figures import ask, figures
from tests.faults.stream import Stream
from tests.servers.processes import free_port

ROUNDS = int(os.environ.get("LINGHANG_FAULT_ROUNDS", "1"))
WORKERS = {
    "relay": ("courses worker", "enrollment worker", "certificates worker"),
    "receiver": ("finance worker", "courses worker", "certificates worker"),
    "dispatcher": ("finance worker", "courses worker", "enrollment worker"),
}
WEBS = ("enrollment web", "courses web")
BETWEEN = [*crashes.WEB, *crashes.RELAY, *crashes.RECEIVER, *crashes.DISPATCHER]


def kill_at(city: City, name: str, point: str, marker: Path, skip: int) -> None:
    """Arm a process, see it die at the point, and let its successor take over."""
    since = city.said(name)
    armed = city.again(name, crashes.environment(point, marker, skip=skip))
    city.until(marker.exists, f"{name} passes «{point}»")
    if name.endswith("worker"):
        city.until(lambda: not armed.lives, f"{name} dies")
        assert armed.running.returncode == -signal.SIGKILL
        city.run(name)
    else:
        # gunicorn itself lives on and starts another worker process
        city.until(lambda: city.says(name, "SIGKILL", since), "gunicorn finds its worker killed")


@pytest.mark.parametrize("point", BETWEEN)
def test_killed_between_two_steps(city: City, stream: Stream, tmp_path: Path, point: str):
    who = point.split(":")[0]
    for number in range(ROUNDS):
        names = WEBS if who == "web" else WORKERS[who]
        kill_at(city, names[number % len(names)], point, tmp_path / f"killed-{number}", skip=random.randrange(6))
        stream.goes_on(5)


def test_anybody_killed_at_any_moment(city: City, stream: Stream):
    """Workers and webs die at random, several times a second, while people work."""
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    sys.stdout.write(f"seed {seed}\n")
    for _ in range(8 * ROUNDS):
        name = chance.choice(city.everyone)
        city.processes[name].kill()
        assert city.processes[name].running.returncode == -signal.SIGKILL
        time.sleep(chance.random() * 0.5)  # how long it stays away
        city.run(name)
        time.sleep(chance.random())
    stream.goes_on(10)


def test_all_workers_killed_at_once_and_away_for_a_while(city: City, stream: Stream):
    for name in city.everyone:
        if name.endswith("worker"):
            city.processes[name].kill()
    stream.answers.failed.clear()
    stream.goes_on(10)
    assert not stream.answers.failed  # nobody notices at the webs
    (unsent,) = city.rows("enrollment", "SELECT count(*) FROM outbox WHERE position IS NULL")[0]
    assert unsent > 0
    city.mend()


def test_a_polite_end_finishes_what_is_in_hand(city: City, stream: Stream):
    """SIGTERM under load: everybody ends by themselves, with exit code 0, and in time."""
    for _ in range(ROUNDS):
        for name in city.everyone:
            began = time.monotonic()
            assert city.processes[name].terminate() == 0
            assert time.monotonic() - began < 20
            city.run(name)
        stream.goes_on(5)


def test_two_workers_of_every_service(city: City, stream: Stream):
    """Two relays, two receivers, two dispatchers of each at once, the second ones at work; then they are killed in the middle."""
    ports = {name: free_port() for name in city.everyone if name.endswith("worker")}
    second = {name: city.run(name, {f"{name.split()[0].upper()}_WORKER_PORT": str(port)}, beside=True) for name, port in ports.items()}
    try:
        for name in ("courses worker", "finance worker"):
            city.until(lambda name=name: figures(ports[name])["linghang_events_received_total"] > 0, f"the second {name} receives")
            city.until(lambda name=name: "linghang_handler_seconds_count" in ask(ports[name], "/metrics")[1], f"the second {name} applies")
        city.until(lambda: figures(ports["courses worker"])["linghang_events_sent_total"] > 0, "the second relay sends")
        stream.goes_on(20)
        for twin in second.values():
            assert twin.lives
    finally:
        for twin in second.values():
            twin.kill()
