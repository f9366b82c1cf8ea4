"""The database is killed, read-only or full while people work: they are told to come back, and nothing is half-written."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.faults.city import ACCOUNT, City
from tests.faults.disks import limited_files, small_disk
from tests.faults.stream import Stream
from tests.servers.processes import as_account, own_folder, unprivileged

ENDED = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname LIKE 'linghang%%' AND application_name <> %s"
ROUNDS = int(os.environ.get("LINGHANG_FAULT_ROUNDS", "1"))


def test_killed_and_started_again(city: City, stream: Stream):
    for _ in range(ROUNDS):
        stream.answers.failed.clear()
        city.kill_database()
        city.until(lambda: stream.answers.failed[503], "somebody is told to come back")
        assert set(stream.answers.failed) == {503}
        city.postgres.start()
        stream.goes_on(20)


def test_every_connection_is_ended_by_the_database(city: City, stream: Stream):
    for _ in range(3 * ROUNDS):
        assert city.rows("portal", ENDED, ACCOUNT)[0][0] > 5
        stream.goes_on(10)


def test_the_database_is_read_only(city: City, stream: Stream):
    """As a standby that has not been promoted yet."""
    stream.answers.failed.clear()
    set_everywhere(city, "ALTER SYSTEM SET default_transaction_read_only = on")
    try:
        city.until(lambda: stream.answers.failed[503], "somebody is told to come back")
        city.until(lambda: city.says("finance worker", "read-only transaction"), "a worker says what keeps it from its work")
    finally:
        set_everywhere(city, "ALTER SYSTEM RESET default_transaction_read_only")
    stream.goes_on(20)
    assert set(stream.answers.failed) == {503}


def test_the_disk_of_a_database_is_full(city: City, stream: Stream):
    """First at the one whom people tell, then at the one who only listens."""
    for service, who in (("enrollment", "enrollment web"), ("finance", "finance worker")):
        since = city.said(who)
        with full_disk(city, service):
            city.until(lambda who=who, since=since: city.says(who, "could not extend file", since), f"{who} meets the full disk", 120)
            if service == "enrollment":
                city.until(lambda: stream.answers.failed[503], "somebody is told to come back")
        stream.goes_on(10)


def set_everywhere(city: City, statement: str) -> None:
    """Change a setting of the whole server, for transactions to come."""
    with psycopg.connect(city.postgres.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute(statement)  # type: ignore[call-overload]
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def full_disk(city: City, service: str) -> Iterator[None]:
    """A database whose files cannot grow: on a small file system of its own, or by the limit of its processes' files."""
    account = unprivileged("postgres")
    folder = own_folder("disk", account)
    with small_disk(folder, megabytes=128) as disk:
        if disk is None:
            with limited_files(*files_of(city, service), as_account(account)):
                yield
            return
        if account:
            shutil.chown(disk.place, account)
        move(city, service, disk.place)
        try:
            with disk.full():
                yield
        finally:
            move(city, service, None)
    folder.rmdir()


def move(city: City, service: str, place: Path | None) -> None:
    """Move a service's database to a file system, or back; its processes stand still meanwhile."""
    mine = [name for name in city.everyone if name.split()[0] == service]
    for name in mine:
        city.processes[name].kill()
    database = city.databases[service].rsplit("/", 1)[1]
    with psycopg.connect(city.postgres.url.replace("+psycopg", ""), autocommit=True) as connection:
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        connection.execute(ending, (database,))
        if place is not None:
            connection.execute(f"CREATE TABLESPACE small_{service} LOCATION '{place}'")  # type: ignore[call-overload]
        where = f"small_{service}" if place is not None else "pg_default"
        connection.execute(f'ALTER DATABASE "{database}" SET TABLESPACE {where}')  # type: ignore[call-overload]
        if place is None:
            connection.execute(f"DROP TABLESPACE small_{service}")  # type: ignore[call-overload]
    for name in mine:
        city.run(name)
    city.await_webs()


def files_of(city: City, service: str) -> tuple[list[int], int]:
    """The processes that serve a database, and how long its longest file is."""
    database = city.databases[service].rsplit("/", 1)[1]
    longest = city.rows(service, "SELECT max(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r'")[0][0]
    return [row[0] for row in city.rows("portal", "SELECT pid FROM pg_stat_activity WHERE datname = %s", database)], longest
