"""A unit of work commits change, event and audit entry together, or nothing."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError

from shared.contracts.enrollment import PERSON_MERGED
from shared.contracts.event_type import ContractBroken
from shared.logs import scrubbed
from shared.storage.database import Database
from shared.storage.tables import AUDIT_ENTRIES, OUTBOX, UtcDateTime, service_metadata
from shared.storage.work import SYSTEM, UnitOfWork, transact


@pytest.fixture
def metadata() -> MetaData:
    made = service_metadata()
    Table("things", made, Column("name", String(20), primary_key=True), Column("at", UtcDateTime))
    return made


@pytest.fixture
def database(both_databases, metadata):
    made = Database(both_databases, metadata)
    metadata.create_all(made.engine)
    yield made
    made.close()


def count(database, table) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(table)).all())


def merge(work: UnitOfWork, kept, *, name: str, fail: bool = False) -> str:
    work.connection.execute(insert(work_things(work)).values(name=name, at=work.now))
    work.emit(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": uuid4()})
    work.note("person.merged", str(kept), name=name)
    if fail:
        raise ValueError("the operation failed after it wrote")
    return name


def work_things(work: UnitOfWork) -> Table:
    return Table("things", MetaData(), Column("name", String(20)), Column("at", UtcDateTime))


def test_change_event_and_audit_entry_are_committed_together(database, metadata):
    assert transact(database, SYSTEM, merge, uuid4(), name="one") == "one"
    assert [count(database, table) for table in (metadata.tables["things"], OUTBOX, AUDIT_ENTRIES)] == [1, 1, 1]


def test_a_failed_operation_leaves_nothing_behind(database, metadata):
    with pytest.raises(ValueError, match="after it wrote"):
        transact(database, SYSTEM, merge, uuid4(), name="one", fail=True)
    assert [count(database, table) for table in (metadata.tables["things"], OUTBOX, AUDIT_ENTRIES)] == [0, 0, 0]


def test_versions_of_a_subject_follow_each_other_without_gaps(database):
    kept, other = uuid4(), uuid4()
    for name, subject in (("a", kept), ("b", other), ("c", kept)):
        transact(database, SYSTEM, merge, subject, name=name)
    with database.reading() as connection:
        rows = connection.execute(select(OUTBOX.c.stream, OUTBOX.c.version).order_by(OUTBOX.c.id)).all()
    assert [(row.stream.rsplit("/")[-1], row.version) for row in rows] == [(str(kept), 1), (str(other), 1), (str(kept), 2)]


def test_an_event_that_breaks_its_contract_is_refused_where_it_is_emitted(database, metadata):
    def emit_badly(work: UnitOfWork) -> None:
        work.connection.execute(insert(work_things(work)).values(name="x", at=work.now))
        work.emit(PERSON_MERGED, uuid4(), {"kept_person_id": uuid4()})

    with pytest.raises(ContractBroken, match="merged_person_id"):
        transact(database, SYSTEM, emit_badly)
    assert count(database, metadata.tables["things"]) == 0


def test_a_writer_that_lost_the_race_for_a_stream_runs_again(database):
    kept, tries = uuid4(), []

    def merge_while_another_does(work: UnitOfWork) -> None:
        tries.append(1)
        work.emit(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": uuid4()})
        if len(tries) == 1:
            work.flush()
            work.connection.execute(
                insert(OUTBOX).values(stream=f"enrollment/person/{kept}", version=1, type="x", body="{}", created_at=work.now)
            )

    transact(database, SYSTEM, merge_while_another_does)
    assert len(tries) == 2
    assert count(database, OUTBOX) == 1


def test_the_relay_is_woken_after_the_commit_and_not_by_a_failure(database):
    woken = []
    database.woken.append(lambda: woken.append(count(database, OUTBOX)))
    transact(database, SYSTEM, merge, uuid4(), name="a")
    with pytest.raises(ValueError, match="after it wrote"):
        transact(database, SYSTEM, merge, uuid4(), name="b", fail=True)
    assert woken == [1]


def test_a_moment_without_its_zone_is_refused(database, metadata):
    with pytest.raises(Exception, match="a moment needs its zone"), database.writing() as connection:
        connection.execute(insert(metadata.tables["things"]).values(name="x", at=datetime(2023, 5, 9)))


def test_a_moment_comes_back_with_its_zone(database, metadata):
    transact(database, SYSTEM, merge, uuid4(), name="a")
    with database.reading() as connection:
        at = connection.execute(select(metadata.tables["things"].c.at)).scalar_one()
    assert at.utcoffset().total_seconds() == 0


def test_an_error_of_the_database_does_not_quote_the_statements_values(database, metadata):  # R43
    things = metadata.tables["things"]
    with pytest.raises(IntegrityError) as refused:
        transact(database, SYSTEM, lambda work: [work.connection.execute(insert(things).values(name="王小明", at=work.now)) for _ in "12"])
    assert "王小明" not in scrubbed(str(refused.value))
