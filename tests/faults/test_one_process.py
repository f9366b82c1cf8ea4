"""The house in one process is killed at every step, finds its disk full, meets a second server; the same account is given."""

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import account, crashes, mishaps
from tests.faults.disks import limited_files, small_disk
from tests.faults.house import OneHouse
from tests.faults.stream import Stream, busy
from tests.servers.processes import free_port

ROUNDS = int(os.environ.get("LINGHANG_FAULT_ROUNDS", "1"))
POINTS = [*crashes.WEB, *crashes.EMBEDDED, *crashes.DISPATCHER]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[OneHouse]:
    house = OneHouse(tmp_path)
    house.start()
    yield house
    house.kill()


@pytest.fixture
def stream(house: OneHouse) -> Iterator[Stream]:
    """Real operations flow while the test runs; at its end the account is given."""
    with busy(house) as stream:
        yield stream
        stream.goes_on(10)
    account.balance(house)
    account.deeds(house, stream.answers.acknowledged)


def test_killed_between_two_steps(house: OneHouse, stream: Stream, tmp_path: Path):
    """One house, one stream, and one kill -9 after the other; gunicorn serves on with a new process each time."""
    for number in range(ROUNDS):
        for point in POINTS:
            marker = tmp_path / f"killed {number} {point}"
            house.kill()
            since = house.said()
            house.run(crashes.environment(point, marker, skip=random.randrange(4)))
            house.until(marker.exists, f"the house passes «{point}»")
            house.until(lambda since=since: house.says("SIGKILL", since), "gunicorn finds its worker killed")
            stream.goes_on(3)


def test_killed_at_any_moment(house: OneHouse, stream: Stream):
    for _ in range(5 * ROUNDS):
        stream.goes_on(random.randrange(1, 10))
        house.kill()
        house.run()
    stream.goes_on(10)


def test_handlers_that_fail_and_events_that_change_places(house: OneHouse, stream: Stream):
    for mishap in (mishaps.HANDLERS_FAIL, mishaps.EVENTS_CHANGE_PLACES):
        house.kill()
        house.run({mishaps.MISHAP: mishap})
        stream.goes_on(40)
    assert house.says("event put off")


def test_everything_is_sent_again_and_finance_rebuilt_while_people_work(house: OneHouse, stream: Stream):
    """The command line works beside the server, on the same files."""
    stream.goes_on(20)
    for name in ("enrollment", "courses", "certificates"):
        done = house.command(name, "send-again")
        assert done.returncode == 0, done.stderr
        stream.goes_on(5)
    for words in (("finance", "compare"), ("finance", "rebuild"), ("finance", "backlog"), ("courses", "parked"), ("finance", "check")):
        done = house.command(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        stream.goes_on(5)


def test_a_second_server_on_the_same_folder_is_refused(house: OneHouse, stream: Stream):
    done = house.command("--port", str(free_port()), "--empty")
    assert done.returncode == 1
    assert "another server works on" in done.stderr
    stream.goes_on(10)


def test_the_disk_is_full(tmp_path: Path):
    """On a small file system of its own where that is allowed, else by the limit of its processes' files."""
    house = OneHouse(tmp_path)
    with small_disk(tmp_path / "data", megabytes=64) as disk:
        house.start()
        try:
            with busy(house) as stream:
                stream.goes_on(20)
                with disk.full() if disk else limited_files(_processes(house), _longest(house)):
                    house.until(lambda: stream.answers.failed[503], "somebody is told to come back")
                assert set(stream.answers.failed) == {503}
                stream.goes_on(20)
            account.balance(house)
            account.deeds(house, stream.answers.acknowledged)
        finally:
            house.kill()


def _processes(house: OneHouse) -> list[int]:
    assert house.server is not None
    children = subprocess.run(["pgrep", "-P", str(house.server.pid)], capture_output=True, text=True).stdout
    return [int(child) for child in children.split()]


def _longest(house: OneHouse) -> int:
    return max(file.stat().st_size for file in house.data.glob("*/*.db*"))
