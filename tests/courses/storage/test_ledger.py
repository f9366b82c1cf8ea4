"""What the database itself holds, on SQLite and PostgreSQL: the ledger is append-only, slots are single."""

import pytest
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.courses.storage.tables import ATTENDANCE, SESSIONS, TRAINEES
from shared.contracts.courses import TRAINING_COMPLETED
from shared.contracts.enrollment import PERSON_MERGED
from shared.vocabulary import AttendanceStatus, Delivery
from tests.courses.conftest import Cohort, place


@pytest.fixture
def cohort(make_service, both_databases):
    return Cohort(make_service("courses", both_databases), [place(number) for number in range(1, 4)]).confirm()


def write(cohort, statement):
    with cohort.service.database.writing() as connection:
        connection.execute(statement)


@pytest.mark.parametrize("statement", [update(ATTENDANCE).values(status="present"), delete(ATTENDANCE)], ids=["changed", "removed"])
def test_r14_an_entry_of_the_ledger_can_be_neither_changed_nor_removed(cohort, statement):
    cohort.record(cohort.sessions()[0], {cohort.ids[0]: AttendanceStatus.ABSENT})
    with pytest.raises(DBAPIError, match="append-only"):
        write(cohort, statement)


def test_r14_a_second_entry_for_one_slot_without_a_reason_is_refused_by_the_database(cohort):
    first = cohort.sessions()[0]
    cohort.record(first)
    with cohort.service.database.reading() as connection:
        row = connection.execute(ATTENDANCE.select().limit(1)).one()._asdict()
    with pytest.raises(IntegrityError):
        write(cohort, insert(ATTENDANCE).values(**row))
    with pytest.raises(IntegrityError):
        write(cohort, insert(ATTENDANCE).values(**{**row, "revision": 2, "reason": ""}))


def test_two_sessions_never_stand_in_one_half_day_unless_one_is_cancelled(cohort):
    first, second = cohort.sessions()[:2]
    same = {"planned_on": first.planned_on, "half_day": first.half_day}
    with pytest.raises(IntegrityError):
        write(cohort, update(SESSIONS).where(SESSIONS.c.id == second.id).values(**same))
    write(cohort, update(SESSIONS).where(SESSIONS.c.id == first.id).values(state="cancelled", reason="停电"))
    write(cohort, update(SESSIONS).where(SESSIONS.c.id == second.id).values(**same))


@pytest.mark.parametrize(
    "values", [{"state": "cancelled"}, {"state": "held"}, {"state": "lost"}], ids=["no reason", "no day", "no such state"]
)
def test_r10_the_database_refuses_half_told_sessions(cohort, values):
    with pytest.raises(IntegrityError):
        write(cohort, update(SESSIONS).where(SESSIONS.c.id == cohort.sessions()[0].id).values(**values))


def test_nobody_is_withdrawn_and_completed_at_once(cohort):
    with pytest.raises(IntegrityError):
        write(cohort, update(TRAINEES).values(withdrawn=True, completed_on=cohort.ends_on))


@pytest.mark.parametrize("delivery", list(Delivery))
def test_the_chain_stands_on_both_databases(make_service, both_databases, delivery):
    cohort = Cohort(make_service("courses", both_databases), [place(1), place(2)], delivery=delivery).confirm()
    cohort.teach()
    cohort.settle()
    kept, merged = (person["person_id"] for person in cohort.people)
    cohort.service.deliver(PERSON_MERGED, merged, {"kept_person_id": kept, "merged_person_id": merged})
    assert len(cohort.service.outbox(TRAINING_COMPLETED)) == 2
    person = cohort.service.work(lambda work: [row.person_id for row in work.connection.execute(TRAINEES.select())])
    assert set(person) == {kept}
