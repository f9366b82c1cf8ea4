"""A read model is filled anew, or compared with the log, while it is read and while events go on arriving."""

import threading

import pytest
from sqlalchemy import delete, func, insert, select, update

from shared.contracts.enrollment import TRAINEE_LEFT
from shared.messaging import dispatcher, rebuilding
from shared.messaging.rebuilding import ReadModel, TellsOthers, compare, rebuild
from shared.storage.tables import AUDIT_ENTRIES, OUTBOX
from shared.storage.work import UnitOfWork
from tests.shared.messaging.house import HEARD, HEARD_MODEL, SUMS, SUMS_MODEL, Crash, House, arrive, run_together, stream
from tests.shared.messaging.made_up import fail_for


def test_a_read_model_that_lost_rows_and_holds_too_many_is_made_right(house: House):
    subjects = [arrive(house, times=3) for _ in range(3)]
    house.apply("courses")
    before = sorted(house.heard("courses"))
    with house.databases["courses"].writing() as connection:
        connection.execute(delete(HEARD).where(HEARD.c.stream == stream(subjects[0])))
        connection.execute(insert(HEARD).values(stream="made/up", version=1))
    assert rebuild(house.databases["courses"], house.listens("courses"), HEARD_MODEL) == 9
    assert sorted(house.heard("courses")) == before


def test_events_are_applied_in_the_order_of_each_subject_though_they_arrived_in_another(house: House):
    subject = arrive(house, versions=(4, 3, 2, 1))
    house.apply("courses")
    house.forget("courses")
    assert house.heard("courses") == [(stream(subject), version) for version in (1, 2, 3, 4)]


def test_readers_see_the_old_rows_until_the_new_ones_stand(house: House):
    arrive(house, times=5)
    house.apply("courses")
    seen = []
    house.failing["courses"] = lambda event: seen.append(len(house.heard("courses")))
    house.forget("courses")
    assert seen == [5] * 5


def test_a_rebuild_that_is_killed_leaves_the_read_model_as_it_was(house: House):
    subject = arrive(house, times=3)
    house.apply("courses")
    before = house.heard("courses")

    def die(event) -> None:
        if event.version == 3:
            raise Crash

    house.failing["courses"] = die
    house.crash(lambda: house.forget("courses"))
    house.failing.clear()
    assert house.heard("courses") == before
    arrive(house, subject=subject, versions=[4])
    house.apply("courses")
    assert house.heard("courses")[-1] == (stream(subject), 4)


def test_a_rebuild_that_fails_says_so_and_leaves_everything_as_it_was(house: House):
    subject = arrive(house, times=3)
    house.apply("courses")
    before = house.heard("courses")
    house.failing["courses"] = fail_for(subject, version=2)
    with pytest.raises(ValueError, match="no such school"):
        house.forget("courses")
    assert house.heard("courses") == before


def test_what_is_not_applied_yet_waits_for_the_dispatcher(house: House):
    subject = arrive(house, times=2)
    house.apply("courses")
    arrive(house, subject=subject, versions=[3])
    assert rebuild(house.databases["courses"], house.listens("courses"), HEARD_MODEL) == 2
    house.apply("courses")
    assert [version for _, version in house.heard("courses")] == [1, 2, 3]


def test_a_read_model_that_tells_others_is_not_filled_anew(house: House):
    arrive(house)
    house.apply("courses")

    def tell(work: UnitOfWork, event) -> None:
        work.emit(TRAINEE_LEFT, event.subject_id, event.data)

    with pytest.raises(TellsOthers):
        rebuild(house.databases["courses"], {TRAINEE_LEFT.name: tell}, HEARD_MODEL)
    with house.databases["courses"].reading() as connection:
        assert connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one() == 0
    assert len(house.heard("courses")) == 1


def test_what_agrees_with_the_log_passes(house: House):
    house_compares(house, ends=[])


def test_what_the_log_does_not_give_and_what_is_missing_is_told_row_by_row(house: House):
    with house.databases["courses"].writing() as connection:
        connection.execute(insert(SUMS).values(stream="made/up", total=1))
    house_compares(house, ends=["sums made/up: stands, the log does not give it"])


def test_a_row_that_differs_is_told_from_both_sides(house: House):
    subject = arrive(house, times=2)
    apply_sums(house)
    with house.databases["courses"].writing() as connection:
        connection.execute(update(SUMS).values(total=5))
    found = compare(house.databases["courses"], {TRAINEE_LEFT.name: add_up}, SUMS_MODEL)
    assert found.differences == [
        f"sums {stream(subject)}: stands, the log does not give it",
        f"sums {stream(subject)}: the log gives it, it does not stand",
    ]


def test_of_very_many_differences_the_first_are_told(house: House, monkeypatch):
    monkeypatch.setattr(rebuilding, "NAMED", 2)
    with house.databases["courses"].writing() as connection:
        connection.execute(insert(SUMS), [{"stream": f"made/{number}", "total": 1} for number in range(5)])
    assert len(compare(house.databases["courses"], {TRAINEE_LEFT.name: add_up}, SUMS_MODEL).differences) == 3


def test_comparing_changes_nothing_and_leaves_no_note(house: House):
    arrive(house, times=2)
    apply_sums(house)
    with house.databases["courses"].writing() as connection:
        connection.execute(update(SUMS).values(total=7))
    for _ in range(2):
        compare(house.databases["courses"], {TRAINEE_LEFT.name: add_up}, noting_model())
    with house.databases["courses"].reading() as connection:
        assert connection.execute(select(SUMS.c.total)).scalars().all() == [7]
        assert connection.execute(select(func.count()).select_from(AUDIT_ENTRIES)).scalar_one() == 0


def test_a_rebuild_waits_for_the_dispatcher_at_work(postgres_house: House):
    house, database = postgres_house, postgres_house.databases["courses"]
    subject = arrive(house, times=2)
    at_work, go_on = threading.Event(), threading.Event()

    def linger(event) -> None:
        at_work.set()
        assert go_on.wait(20)

    house.failing["courses"] = linger
    dispatch = threading.Thread(target=lambda: dispatcher.Dispatcher(database, house.listens("courses")).dispatch())
    dispatch.start()
    assert at_work.wait(20)
    filling = threading.Thread(target=lambda: house.forget("courses"))
    filling.start()
    filling.join(0.3)
    assert filling.is_alive()
    go_on.set()
    for thread in (dispatch, filling):
        thread.join(20)
    assert house.heard("courses") == [(stream(subject), 1), (stream(subject), 2)]


def test_what_arrives_during_a_rebuild_is_stored_at_once_and_applied_after_it(postgres_house: House):
    house, database = postgres_house, postgres_house.databases["courses"]
    arrive(house)
    house.apply("courses")
    arrived = []

    def meanwhile(event) -> None:
        if not arrived:
            arrived.append(arrive(house))
            arrived.append(dispatcher.Dispatcher(database, house.listens("courses")).dispatch())

    house.failing["courses"] = meanwhile
    run_together(lambda: house.forget("courses"))
    assert arrived[1] == 0
    assert len(house.heard("courses")) == 1
    house.apply("courses")
    assert len(house.heard("courses")) == len(set(house.heard("courses"))) == 2


def house_compares(house: House, *, ends: list[str]) -> None:
    for _ in range(3):
        arrive(house, times=2)
    apply_sums(house)
    found = compare(house.databases["courses"], {TRAINEE_LEFT.name: add_up}, SUMS_MODEL)
    assert (found.events, found.differences) == (6, ends)
    with house.databases["courses"].reading() as connection:
        assert connection.execute(select(func.sum(SUMS.c.total))).scalar_one() == 6 + len(ends)


def apply_sums(house: House) -> None:
    dispatcher.Dispatcher(house.databases["courses"], {TRAINEE_LEFT.name: add_up}).drain()


def add_up(work: UnitOfWork, event) -> None:
    more = update(SUMS).where(SUMS.c.stream == event.stream).values(total=SUMS.c.total + 1)
    if not work.connection.execute(more).rowcount:
        work.connection.execute(insert(SUMS).values(stream=event.stream, total=1))


def noting_model() -> ReadModel:
    def empty(work: UnitOfWork) -> None:
        work.note("emptied", "sums")
        work.connection.execute(delete(SUMS))

    return ReadModel([SUMS], empty)
