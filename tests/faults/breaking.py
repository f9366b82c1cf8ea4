"""What goes wrong in a soak, and how it is seen that it did."""

import signal
import time

import pika
import pika.exceptions
import psycopg

from shared.messaging import topology
from tests.faults.members import TELLS
from tests.faults.soaking import Fault, Soak
from tests.servers import ServerFailed, run_control
from tests.shared.messaging.house import SERVICES

BITES_WITHIN = 30.0
LOW, HIGH = "0.0001", "0.6"


def kill_worker(soak: Soak) -> bool:
    """kill -9 in the middle of whatever it does; its successor comes a moment later."""
    name = soak.chance.choice(SERVICES)
    soak.workers[name].kill()
    died = soak.workers[name].running.returncode == -signal.SIGKILL
    time.sleep(soak.chance.random())
    soak.workers[name] = soak.start("worker", name)
    return died


def end_worker(soak: Soak) -> bool:
    """SIGTERM, as at every deployment: it finishes what is in hand and says so by its exit code."""
    name = soak.chance.choice(SERVICES)
    code = soak.workers[name].terminate(60)
    soak.workers[name] = soak.start("worker", name)
    return code == 0


def second_worker(soak: Soak) -> bool:
    """Two workers of one service read its queue and apply its inbox at once."""
    name = soak.chance.choice(SERVICES)
    second = soak.start("worker", name)
    both = soak.until(lambda: _readers(soak, name) == 2, BITES_WITHIN)
    time.sleep(2 * soak.chance.random())
    return second.terminate(60) == 0 and both


def second_relay(soak: Soak) -> bool:
    """A second relay of one publisher sends what the first one sends too."""
    name = soak.chance.choice(sorted(TELLS))
    second = soak.start("relay", name)
    soak.until(lambda: soak.said(second)["at_work"], BITES_WITHIN)
    time.sleep(soak.chance.random())
    return second.terminate(60) == 0 and soak.said(second)["sent"] > 0


def kill_broker(soak: Soak) -> bool:
    """kill -9 of the broker; it is away for a moment."""
    since = soak.logged()
    soak.rabbit.kill()
    gone = soak.until(lambda: soak.complained(since, "BrokerGone"), BITES_WITHIN)
    time.sleep(soak.chance.random())
    soak.rabbit.start()
    return gone


def kill_database(soak: Soak) -> bool:
    """kill -9 of the database server; it recovers what was committed."""
    since = soak.logged()
    soak.postgres.kill()
    gone = soak.until(lambda: soak.complained(since, "OperationalError", "AdminShutdown", "server closed"), BITES_WITHIN)
    for left in reversed(range(5)):
        try:
            soak.postgres.start()
            break
        except ServerFailed:  # those who served the old connections are not gone yet
            if not left:
                raise
            time.sleep(1)
    return gone


def cut_connections(soak: Soak) -> bool:
    """Database and broker close every connection."""
    since = soak.logged()
    with psycopg.connect(soak.postgres.url.replace("+psycopg", ""), autocommit=True) as connection:
        others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
        cut = connection.execute(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}").fetchone()
    run_control(soak.rabbit.control, "close_all_connections", "a soak")
    return bool(cut and cut[0]) and soak.until(lambda: soak.complained(since, "CONNECTION_FORCED", "BrokerGone"), BITES_WITHIN)


def memory_alarm(soak: Soak) -> bool:
    """The broker has no memory left for some seconds and reads nothing from publishers."""
    run_control(soak.rabbit.control, "set_vm_memory_high_watermark", LOW)
    try:
        return soak.until(lambda: "blocked" in run_control(soak.rabbit.control, "list_connections", "state", "-q"), BITES_WITHIN)
    finally:
        run_control(soak.rabbit.control, "set_vm_memory_high_watermark", HIGH)


def _readers(soak: Soak, name: str) -> int:
    try:
        connection = pika.BlockingConnection(pika.URLParameters(soak.rabbit.url))
    except pika.exceptions.AMQPError:
        return 0
    try:
        readers: int = connection.channel().queue_declare(topology.queue_of(name), passive=True).method.consumer_count
        return readers
    finally:
        connection.close()


FAULTS = (
    Fault("a worker killed with kill -9", kill_worker),
    Fault("a worker ended with SIGTERM", end_worker),
    Fault("two workers of one service", second_worker),
    Fault("a second relay", second_relay, needs_writers=True),
    Fault("the broker killed with kill -9", kill_broker),
    Fault("the database killed with kill -9", kill_database),
    Fault("all connections cut", cut_connections),
    Fault("a memory alarm of the broker", memory_alarm, needs_writers=True),
)
QUICK = tuple(fault for fault in FAULTS if fault.happen in (kill_worker, end_worker, second_relay, kill_database, cut_connections))
