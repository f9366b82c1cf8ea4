"""The worker: its loops work, fail, wait, wake and stop as said, on both buses."""

import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pika
import pytest

from shared.messaging import outbox
from shared.messaging.topology import MARK
from shared.messaging.worker import Loop, Worker, service_worker
from tests.shared.messaging.house import SERVICES, House, open_database


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)


def test_a_loop_that_failed_says_why_and_goes_on():
    tries = []

    def step() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("not yet")
        return 0

    worker = Worker([Loop("courses relay", step, pause=0.001)])
    seen = []
    worker.start()
    wait_for(lambda: bool(seen.append(dict(worker.failures))) or len(tries) > 3)
    assert worker.failures == {}
    worker.stop()
    assert not worker.alive


def test_a_failure_shows_while_it_lasts():
    def step() -> int:
        raise ValueError("no way")

    worker = Worker([Loop("courses relay", step)])
    worker.start()
    wait_for(lambda: bool(worker.failures))
    assert worker.failures == {"courses relay": "ValueError: no way"}
    worker.stop()


def test_a_log_that_cannot_be_written_ends_no_work(monkeypatch):
    class Broken:
        def __getattr__(self, name: str):
            raise OSError("No space left on device")

    monkeypatch.setattr("shared.messaging.worker.log", Broken())
    tries = []

    def step() -> int:
        tries.append(1)
        if len(tries) < 4:
            raise ValueError(f"not yet: {len(tries)}")
        return 0

    worker = Worker([Loop("courses relay", step, pause=0.001)])
    worker.start()
    wait_for(lambda: len(tries) > 5)
    assert worker.alive
    worker.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loop_that_has_ended_is_named():
    def step() -> int:
        raise SystemExit

    worker = Worker([Loop("courses relay", step)])
    worker.start()
    wait_for(lambda: not worker.alive)
    assert worker.failures == {"courses relay": "it has ended"}


def test_a_step_that_hangs_is_named_and_one_that_may_take_long_is_not():
    go_on = threading.Event()
    hanging = Loop("courses dispatcher", lambda: int(go_on.wait(20)), longest=0.01)
    building = Loop("finance rebuilding", lambda: int(go_on.wait(20)), longest=math.inf)
    worker = Worker([hanging, building])
    worker.start()
    wait_for(lambda: bool(worker.failures))
    assert set(worker.failures) == {"courses dispatcher"}
    assert "has not come back" in worker.failures["courses dispatcher"]
    go_on.set()
    wait_for(lambda: not worker.failures)
    worker.stop()


def test_a_services_own_tasks_may_take_long_and_its_loops_may_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    database = open_database(f"sqlite:///{tmp_path}/courses.db")
    held, go_on = threading.Event(), threading.Event()
    clock = time.monotonic
    worker = service_worker(
        "courses", database, {}, {"rendering": lambda: int(held.set() or go_on.wait(20))}, neighbors={"courses": database}
    )
    rendering = next(loop for loop in worker.loops if loop.name == "courses rendering")
    relay = next(loop for loop in worker.loops if loop.name == "courses relay")
    rendering.start()
    assert held.wait(20)
    relay._begun = clock()  # as if it had just begun
    monkeypatch.setattr("shared.messaging.worker.time.monotonic", lambda: clock() + 24 * 3600)
    assert rendering.trouble is None
    assert "has not come back" in (relay.trouble or "")
    monkeypatch.undo()
    go_on.set()
    rendering.stop()
    rendering.join(20)
    database.close()


def test_a_wake_up_during_a_step_is_not_lost():
    stepping, go_on, steps = threading.Event(), threading.Event(), []

    def step() -> int:
        steps.append(1)
        stepping.set()
        go_on.wait(20)
        return 0

    worker = Worker([Loop("relay", step, pause=3600)])
    worker.start()
    assert stepping.wait(20)
    worker.wake()  # while the step, which has seen nothing of it, is still at work
    go_on.set()
    wait_for(lambda: len(steps) == 2)
    worker.stop()


def test_stopping_finishes_what_is_in_hand_and_gives_back_what_is_held():
    order, stepping, go_on = [], threading.Event(), threading.Event()

    def step() -> int:
        stepping.set()
        go_on.wait(20)
        order.append("step ended")
        return 1

    worker = Worker([Loop("receiver", step, finish=lambda: order.append("given back"))])
    worker.start()
    assert stepping.wait(20)
    threading.Timer(0.1, go_on.set).start()
    worker.stop()
    assert order[-2:] == ["step ended", "given back"]
    assert not worker.alive


def test_stopping_wakes_whoever_sleeps():
    worker = Worker([Loop("dispatcher", lambda: 0, pause=3600)])
    worker.start()
    began = time.monotonic()
    worker.stop()
    assert time.monotonic() - began < 10


def test_a_worker_needs_a_bus(tmp_path: Path):
    database = open_database(f"sqlite:///{tmp_path}/one.db")
    with pytest.raises(ValueError, match="broker or neighbors"):
        service_worker("courses", database, {})
    database.close()


def run_house(house: House, workers: list[Worker]) -> None:
    for worker in workers:
        worker.start()
    for _ in range(5):
        house.say(times=4)
    wait_for(lambda: all(len(house.heard(name)) == 20 for name in ("courses", "certificates", "finance", "portal")))
    assert all(worker.alive for worker in workers)
    assert all(not worker.failures for worker in workers)
    for worker in workers:
        worker.stop()
    house.balance()
    house.close()


def test_workers_of_one_process_carry_and_apply_what_is_committed(tmp_path: Path):
    house = House({name: open_database(f"sqlite:///{tmp_path}/{name}.db") for name in SERVICES})
    run_house(house, [service_worker(name, house.databases[name], house.listens(name), neighbors=house.databases) for name in SERVICES])


def test_a_commit_wakes_the_relay_and_the_relay_wakes_the_listener(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("shared.messaging.worker.WOKEN", 3600)
    house = House({name: open_database(f"sqlite:///{tmp_path}/{name}.db") for name in SERVICES})
    run_house(house, [service_worker(name, house.databases[name], house.listens(name), neighbors=house.databases) for name in SERVICES])


def test_commits_hurry_the_relay_and_not_what_the_service_does_beside(tmp_path: Path):
    house = House({name: open_database(f"sqlite:///{tmp_path}/{name}.db") for name in SERVICES})
    database, looks = house.databases["enrollment"], []

    def unsent() -> int:
        with database.reading() as connection:
            return outbox.backlog(connection)[0]

    worker = service_worker("enrollment", database, {}, {"audit": lambda: looks.append(1) or 0}, neighbors=house.databases)
    worker.start()
    begun = time.monotonic()
    for _ in range(40):
        house.say()
        wait_for(lambda: unsent() == 0)
    took = time.monotonic() - begun
    worker.stop()
    assert 1 <= len(looks) <= took + 2  # once a second, however often something was committed
    house.close()


def test_workers_of_five_processes_carry_and_apply_what_is_committed(postgres_database: str, rabbitmq: str):
    house = House({name: open_database(postgres_database, name) for name in SERVICES})
    run_house(house, [service_worker(name, house.databases[name], house.listens(name), broker_url=rabbitmq) for name in SERVICES])


@pytest.mark.parametrize("there", [None, "topology.0123456789ab"], ids=["nothing", "another version's topology"])
def test_workers_that_find_another_topology_than_theirs_wait_and_say_so(
    there: str | None, postgres_database: str, empty_rabbitmq: str, declare_topology: Callable[[str], None]
):
    if there:
        declare_topology(empty_rabbitmq)
        rename_mark(empty_rabbitmq, there)
    house = House({name: open_database(postgres_database, name) for name in SERVICES})
    workers = [service_worker(name, house.databases[name], house.listens(name), broker_url=empty_rabbitmq) for name in SERVICES]
    for worker in workers:
        worker.start()
    house.say()
    wait_for(lambda: all(worker.failures for worker in workers))
    said = workers[SERVICES.index("portal")].failures["portal receiver"]
    assert "the broker's topology differs from the one this program was written for: it has no exchange topology." in said
    assert "`python -m deploy.broker check`" in said
    assert not any(house.heard(name) for name in SERVICES)
    declare_topology(empty_rabbitmq)
    wait_for(lambda: all(len(house.heard(name)) == 1 for name in ("courses", "certificates", "finance", "portal")))
    for worker in workers:
        worker.stop()
    house.balance()
    house.close()


def rename_mark(url: str, name: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    connection.channel().exchange_delete(MARK)
    connection.channel().exchange_declare(name, "fanout", durable=True)
    connection.close()


def test_background_steps_go_on_beside_the_events(tmp_path: Path):
    rendered = []
    database = open_database(f"sqlite:///{tmp_path}/one.db")

    def render() -> int:
        rendered.append(1)
        return int(len(rendered) < 5)

    worker = service_worker("certificates", database, {}, {"render": render}, neighbors={"certificates": database})
    worker.start()
    wait_for(lambda: len(rendered) >= 5)
    worker.stop()
    database.close()
