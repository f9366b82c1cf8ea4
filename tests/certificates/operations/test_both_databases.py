"""What the database itself must hold, on SQLite and on PostgreSQL: numbers without gaps, one valid certificate, one file."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from services.certificates.domain.standing import Answer, Standing
from services.certificates.events.listens import LISTENS
from services.certificates.operations.checking import Question, check_certificate
from services.certificates.operations.issuing import Completed, Place, record_completion
from services.certificates.operations.voiding import replace_certificate
from services.certificates.storage import check_counts
from services.certificates.storage.tables import CERTIFICATES, DOCUMENTS
from shared.contracts.courses import TRAINING_COMPLETED
from shared.domain import now
from shared.storage.work import UnitOfWork
from shared.vocabulary import Category, Delivery, OrganizedBy
from tests.certificates.conftest import COHORT, INTAKE

WRITERS = 8
EACH = 6


class PowerCut(Exception):
    """The transaction ends here."""


def test_r39_eight_writers_and_some_rollbacks_leave_no_gap_in_the_numbers(certificates_anywhere: Any) -> None:
    with ThreadPoolExecutor(WRITERS) as writers:
        issued = sum(writers.map(lambda number: _write(certificates_anywhere, random.Random(number)), range(WRITERS)))
    serials = [int(row.number[-4:]) for row in certificates_anywhere.certificates()]
    assert 0 < issued < WRITERS * EACH, "some must have been issued, and some rolled back"
    assert serials == list(range(1, issued + 1))


def test_r39_one_person_completing_in_two_places_at_once_gets_one_certificate(certificates_anywhere: Any) -> None:
    person_id = uuid4()

    def complete(_number: int) -> None:
        with suppress(IntegrityError):
            _issue(certificates_anywhere, person_id=person_id)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(complete, range(4)))
    assert [row.number[-4:] for row in certificates_anywhere.certificates()] == ["0001"]


def test_the_whole_life_of_a_certificate(certificates_anywhere: Any) -> None:
    told = certificates_anywhere.complete("张为国")
    certificates_anywhere.render()
    old = certificates_anywhere.only()
    certificates_anywhere.service.work(replace_certificate, certificates_anywhere.office, old.id, reason="姓名有误", name="张卫国")
    assert certificates_anywhere.render() == 1
    assert _answer(certificates_anywhere, old.id) is Answer.SUPERSEDED
    new = certificates_anywhere.only(standing=Standing.VALID)
    assert _answer(certificates_anywhere, new.id) is Answer.VALID
    certificates_anywhere.undo(told)
    assert _answer(certificates_anywhere, new.id) is Answer.REVOKED


def test_workers_side_by_side_make_each_file_once(certificates_anywhere: Any) -> None:
    for number in range(12):
        _issue(certificates_anywhere, name="张王李赵刘陈杨黄周吴徐孙"[number] + "明")
    with ThreadPoolExecutor(3) as workers:
        taken = sum(workers.map(lambda _: certificates_anywhere.render(), range(3)))
    with certificates_anywhere.service.database.reading() as connection:
        assert taken == len(connection.execute(select(DOCUMENTS.c.sha256)).all()) == 12


@pytest.mark.parametrize("change", [{"pdf": b"another"}, {"sha256": "0" * 64}])
def test_r40_the_database_refuses_to_change_a_file(certificates_anywhere: Any, change: dict[str, Any]) -> None:
    certificates_anywhere.complete()
    certificates_anywhere.render()
    with pytest.raises(DatabaseError, match="frozen"), certificates_anywhere.service.database.writing() as connection:
        connection.execute(update(DOCUMENTS).values(**change))


@pytest.mark.parametrize("change", [{"content": {}}, {"number": "LFJG-2023-12-GB-0009"}, {"enrollment_id": uuid4()}])
def test_r40_the_database_refuses_to_change_what_a_certificate_states(certificates_anywhere: Any, change: dict[str, Any]) -> None:
    certificates_anywhere.complete()
    with pytest.raises(DatabaseError, match="frozen"), certificates_anywhere.service.database.writing() as connection:
        connection.execute(update(CERTIFICATES).values(**change))


def test_r39_the_database_refuses_to_make_a_void_certificate_valid_again(certificates_anywhere: Any) -> None:
    certificates_anywhere.undo(certificates_anywhere.complete())
    with pytest.raises(DatabaseError, match="frozen"), certificates_anywhere.service.database.writing() as connection:
        connection.execute(update(CERTIFICATES).values(standing=Standing.VALID, voided_at=None))


@pytest.mark.parametrize("table", [CERTIFICATES, DOCUMENTS])
def test_r39_the_database_refuses_to_forget_a_certificate(certificates_anywhere: Any, table: Any) -> None:
    certificates_anywhere.complete()
    certificates_anywhere.render()
    with pytest.raises(DatabaseError, match="frozen"), certificates_anywhere.service.database.writing() as connection:
        connection.execute(table.delete())


def test_r41_checks_are_counted_to_the_limit_and_no_further(certificates_anywhere: Any) -> None:
    moment = now()

    def ask(_number: int) -> bool:
        with certificates_anywhere.service.database.writing() as connection:
            return check_counts.count(connection, "somebody", at=moment, window=timedelta(minutes=1), limit=10)

    with ThreadPoolExecutor(4) as askers:
        assert sum(askers.map(ask, range(25))) == 10


def test_every_event_it_hears_changes_nothing_when_delivered_again(certificates_anywhere: Any) -> None:
    told = certificates_anywhere.complete()
    certificates_anywhere.undo(told)
    certificates_anywhere.complete(**told)
    before = [dict(row._mapping) for row in certificates_anywhere.certificates()]
    certificates_anywhere.service.deliver(TRAINING_COMPLETED, told["enrollment_id"], told, version=3)
    certificates_anywhere.service.deliver(TRAINING_COMPLETED, told["enrollment_id"], told, version=1)
    assert [dict(row._mapping) for row in certificates_anywhere.certificates()] == before
    assert TRAINING_COMPLETED.name in LISTENS


def _write(certificates: Any, chance: random.Random) -> int:
    issued = 0
    for _ in range(EACH):
        try:
            _issue(certificates, fail=chance.random() < 0.2)
            issued += 1
        except PowerCut:
            continue
    return issued


def _issue(certificates: Any, *, name: str = "张卫国", person_id: Any = None, fail: bool = False) -> None:
    training = {
        "cohort_number": 1,
        "intake_number": 12,
        "intake_title": "公办学校领导能力提升培训班",
        "category": Category.PUBLIC_SCHOOL,
        "delivery": Delivery.OFFLINE,
        "starts_on": "2023-03-13",
        "ends_on": "2023-03-17",
        "earned_quarter_hours": 160,
        "total_quarter_hours": 160,
        "completed_on": "2023-03-17",
    }
    place = Place(person_id=person_id or uuid4(), enrollment_id=uuid4(), cohort_id=COHORT, intake_id=INTAKE)
    completed = Completed(place=place, name=name, organized_by=OrganizedBy.CITY, training=training)

    def issue(work: UnitOfWork) -> None:
        record_completion(work, certificates.office, completed)
        if fail:
            raise PowerCut

    certificates.service.work(issue)


def _answer(certificates: Any, certificate_id: Any) -> Answer:
    question = Question(token=certificates.office.token(certificate_id))
    answer: Answer = certificates.service.work(check_certificate, certificates.office, question, address="192.0.2.1").answer
    return answer
