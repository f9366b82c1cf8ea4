"""The dispatcher, the inbox and the outbox on both databases: races, faults and the operator's hand."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import insert, select, text, update
from sqlalchemy.event import listen
from sqlalchemy.exc import IntegrityError, OperationalError

from shared.contracts.enrollment import TRAINEE_LEFT
from shared.contracts.event_type import ContractBroken
from shared.domain import now
from shared.messaging import dispatcher, envelope, inbox, outbox
from shared.storage.tables import INBOX, OUTBOX
from shared.storage.work import SYSTEM, UnitOfWork, transact
from tests.shared.messaging.house import HEARD, House, arrive, open_database, run_together, stream
from tests.shared.messaging.made_up import body_of, fail_for


def test_storing_answers_how_many_were_new(house: House):
    subject = arrive(house, times=3)
    received = [envelope.receive(body_of(subject, version, {})) for version in (2, 3, 4)]
    with house.databases["courses"].writing() as connection:
        assert inbox.store(connection, received) == 1
        assert inbox.store(connection, []) == 0


def test_a_batch_of_ten_thousand_is_stored_and_marked(house: House):
    subjects = [uuid4() for _ in range(10_000)]
    with house.databases["courses"].writing() as connection:
        assert inbox.store(connection, [envelope.receive(body_of(subject, 1, {})) for subject in subjects]) == 10_000
        rows = [{"stream": stream(s), "version": 1, "type": "t", "body": "{}", "created_at": now()} for s in subjects]
        connection.execute(insert(OUTBOX), rows)
        outbox.mark_sent(connection, [row.id for row in outbox.unsent(connection, 20_000)])
        assert outbox.backlog(connection) == (0, None)


def test_a_fault_of_the_database_is_held_against_no_event(house: House):
    subject = arrive(house)

    def fail(event) -> None:
        class Full(Exception):
            sqlstate = "53100"
            sqlite_errorcode = 13

        raise OperationalError("INSERT", {}, Full("disk full"))

    house.failing["courses"] = fail
    for _ in range(dispatcher.ATTEMPTS + 1):
        with pytest.raises(OperationalError):
            house.apply("courses")
    row = house.inbox("courses")[stream(subject), 1]
    assert (row.status, row.attempts, row.error) == ("pending", 0, None)


def test_a_handlers_own_mistake_in_sql_is_its_event_s_fault(house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", timedelta(0))
    bad, good = arrive(house), arrive(house)

    def write_down(work: UnitOfWork, event) -> None:
        work.connection.execute(insert(HEARD).values(stream=event.stream, version=event.version))
        if event.subject_id == bad:
            work.connection.execute(text("SELECT no_such_column FROM heard"))

    dispatcher.Dispatcher(house.databases["courses"], {TRAINEE_LEFT.name: write_down}).drain()
    assert house.heard("courses") == [(stream(good), 1)]
    assert house.inbox("courses")[stream(bad), 1].status == "parked"


def test_a_race_that_a_handler_lost_is_not_counted_as_a_failure(house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", timedelta(0))
    subject = arrive(house)
    tries = []

    def lose(event) -> None:
        tries.append(event)
        if len(tries) <= 2 * dispatcher.ATTEMPTS:
            raise IntegrityError("INSERT", {}, Exception('duplicate key value violates "uq_outbox_stream_version"'))

    house.failing["courses"] = lose
    house.apply("courses")
    assert house.heard("courses") == [(stream(subject), 1)]


def test_waits_between_tries_grow_and_end(house: House):
    subject = arrive(house)
    house.failing["courses"] = fail_for(subject)
    waits = []
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(dispatcher.ATTEMPTS):
            assert house.apply("courses") == 1
            row = house.inbox("courses")[stream(subject), 1]
            if row.status == "pending":
                waits.append(row.retry_at - now())
                clock.move_to(row.retry_at)
    assert row.status == "parked"
    assert waits == sorted(waits)
    assert waits[0] == dispatcher.SHORTEST_WAIT
    assert sum(waits, timedelta()) < timedelta(minutes=10)


@pytest.mark.parametrize("jump", [timedelta(hours=-3), timedelta(hours=3)])
def test_a_clock_that_jumps_puts_no_retry_off_for_hours(house: House, jump: timedelta):
    subject = arrive(house)
    house.failing["courses"] = fail_for(subject)
    start = now()
    with time_machine.travel(start, tick=False):
        house.apply("courses")
    house.failing.clear()
    with time_machine.travel(start + jump, tick=False):
        house.apply("courses")
    assert house.heard("courses") == [(stream(subject), 1)]


def test_an_error_whose_words_no_database_can_store_is_still_noted(house: House, monkeypatch):
    subject = arrive(house)

    def fail(event) -> None:
        raise ValueError("no name like \0 or \ud83d")

    house.failing["courses"] = fail
    house.apply("courses")
    assert house.inbox("courses")[stream(subject), 1].error == "ValueError: no name like  or ?"


def test_an_error_that_quotes_a_row_is_noted_without_it(postgres_house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "SHORTEST_WAIT", timedelta(0))
    subject = arrive(postgres_house)
    database = postgres_house.databases["courses"]
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE people (id_number text PRIMARY KEY, name text NOT NULL)"))
        connection.execute(text("INSERT INTO people VALUES ('131099199001011234', '王小明')"))

    def write(work: UnitOfWork, event) -> None:
        work.connection.execute(text("INSERT INTO people VALUES ('131099199001011234', '王小红')"))

    dispatcher.Dispatcher(database, {TRAINEE_LEFT.name: write}).drain()
    error = postgres_house.inbox("courses")[stream(subject), 1].error
    assert error.startswith("IntegrityError: duplicate key value violates")
    assert not [word for word in ("131099", "王小", "INSERT", "DETAIL") if word in error]


def test_many_waiting_events_do_not_starve_the_others(house: House):
    parked = arrive(house, times=300)
    gap = arrive(house, versions=range(2, 302))
    with house.databases["courses"].writing() as connection:
        connection.execute(update(INBOX).where(INBOX.c.stream == stream(parked), INBOX.c.version == 1).values(status="parked"))
    good = arrive(house, times=3)
    house.apply("courses")
    assert house.heard("courses") == [(stream(good), version) for version in (1, 2, 3)]
    with house.databases["courses"].reading() as connection:
        standing = inbox.backlog(connection)
        assert [row.waiting_behind for row in inbox.parked(connection)] == [299]
    assert (standing.pending, standing.parked, standing.gaps) == (299 + 300, 1, 1)
    arrive(house, subject=gap, versions=[1])
    house.apply("courses")
    assert len(house.heard("courses")) == 3 + 301


def test_only_what_comes_after_a_parked_event_waits_behind_it(house: House):
    arrive(house, times=5)
    arrive(house, times=5)
    with house.databases["courses"].writing() as connection:
        connection.execute(update(INBOX).where(INBOX.c.version == 3).values(status="parked"))
        assert [(row.version, row.waiting_behind) for row in inbox.parked(connection)] == [(3, 2), (3, 2)]


def test_a_long_batch_ends_early_and_the_rest_follows(house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "LONGEST_BATCH", 0.0)
    subject = arrive(house, times=5)
    applying = dispatcher.Dispatcher(house.databases["courses"], house.listens("courses"))
    assert [applying.dispatch() for _ in range(6)] == [1, 1, 1, 1, 1, 0]
    assert house.heard("courses") == [(stream(subject), version) for version in range(1, 6)]


def test_events_that_do_not_fail_share_one_savepoint(house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "LONGEST_LOCK", 60.0)  # on a busy machine a batch ends earlier
    savepoints: list[str] = []
    listen(house.databases["courses"].engine, "savepoint", lambda _connection, name: savepoints.append(name))
    for _ in range(3):
        arrive(house, times=4)
    assert dispatcher.Dispatcher(house.databases["courses"], house.listens("courses")).dispatch() == 12
    assert len(savepoints) == 1


def test_one_that_fails_among_many_is_tried_once_and_the_others_are_applied_once(house: House, monkeypatch):
    monkeypatch.setattr(dispatcher, "LONGEST_LOCK", 60.0)
    before, bad, after = arrive(house, times=2), arrive(house, times=2), arrive(house, times=2)
    tried = []

    def fail(event) -> None:
        tried.append((event.subject_id, event.version))
        fail_for(bad)(event)

    house.failing["courses"] = fail
    assert dispatcher.Dispatcher(house.databases["courses"], house.listens("courses")).dispatch() == 5
    assert tried.count((bad, 1)) == 1
    assert sorted(house.heard("courses")) == sorted((stream(subject), version) for subject in (before, after) for version in (1, 2))
    assert house.inbox("courses")[stream(bad), 1].attempts == 1


def test_a_long_batch_on_sqlite_lets_other_writers_have_their_turn(tmp_path, monkeypatch):
    house = House({"courses": open_database(f"sqlite:///{tmp_path}/courses.db")})
    monkeypatch.setattr(dispatcher, "LONGEST_LOCK", 0.0)
    arrive(house, times=2)
    assert dispatcher.Dispatcher(house.databases["courses"], house.listens("courses")).dispatch() == 1
    house.close()


def test_an_event_too_long_to_travel_is_refused_where_it_is_told(house: House):
    with pytest.raises(ContractBroken, match="too long"):
        envelope.write(TRAINEE_LEFT, uuid4(), 1, now(), {"reason": "长" * 3_000_000})


def test_two_writers_of_one_subject_leave_no_gap_and_no_double(house: House):
    subject = uuid4()
    data = {"cohort_id": subject, "enrollment_id": subject, "person_id": subject, "checked_in": False}

    def tell() -> None:
        for _ in range(10):
            transact(house.databases["courses"], SYSTEM, lambda work: work.emit(TRAINEE_LEFT, subject, data))

    run_together(tell, tell)
    with house.databases["courses"].reading() as connection:
        assert connection.execute(select(OUTBOX.c.version).order_by(OUTBOX.c.version)).scalars().all() == list(range(1, 21))


def test_dispatchers_at_once_apply_everything_once_and_in_order(house: House):
    for _ in range(25):
        arrive(house, times=12)

    def dispatch() -> None:
        applying = dispatcher.Dispatcher(house.databases["courses"], house.listens("courses"))
        while len(house.heard("courses")) < 300:
            applying.dispatch()

    run_together(dispatch, dispatch, dispatch)
    heard = house.heard("courses")
    assert len(heard) == len(set(heard)) == 300
    for name in {name for name, _ in heard}:
        assert [version for other, version in heard if other == name] == list(range(1, 13))


def test_two_dispatchers_work_at_the_same_time_on_postgresql(postgres_house: House):
    one, two = arrive(postgres_house, times=2), arrive(postgres_house, times=2)
    both = threading.Barrier(2, timeout=20)
    database = postgres_house.databases["courses"]
    applied = []

    def meet(work: UnitOfWork, event) -> None:
        applied.append((event.subject_id, event.version))
        if event.version == 1:
            both.wait()  # breaks when the second dispatcher has to wait for the first

    first = dispatcher.ready(1)
    inbox_ready = dispatcher.ready
    try:
        dispatcher.ready = lambda limit=1: first
        run_together(*(lambda: dispatcher.Dispatcher(database, {TRAINEE_LEFT.name: meet}).dispatch() for _ in range(2)))
    finally:
        dispatcher.ready = inbox_ready
    assert sorted(applied) == sorted((subject, version) for subject in (one, two) for version in (1, 2))


def test_a_cursor_over_the_feed_sees_no_later_position_before_an_earlier_one(postgres_house: House):
    database = postgres_house.databases["courses"]
    rows = [{"stream": stream(uuid4()), "version": 1, "type": "t", "body": "{}", "created_at": now()} for _ in range(4)]
    with database.writing() as connection:
        connection.execute(insert(OUTBOX), rows)
    with database.reading() as connection:
        ids = [row.id for row in outbox.unsent(connection, 4)]
    marked = threading.Event()

    def mark_later() -> None:
        with database.writing() as connection:
            outbox.mark_sent(connection, ids[2:])
        marked.set()

    with database.writing() as connection:
        outbox.mark_sent(connection, ids[:2])
        other = threading.Thread(target=mark_later)
        other.start()
        assert not marked.wait(0.3)
    other.join(20)
    with database.reading() as connection:
        assert [row.position for row in outbox.since(connection, 0, 10)] == [1, 2, 3, 4]
