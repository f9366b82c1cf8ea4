"""R39, R40: who gets a certificate, with which number, and when it is taken back."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from services.certificates.domain.errors import NameUnprintable
from services.certificates.domain.standing import Standing
from services.certificates.storage.certificates import take_serial
from services.certificates.storage.tables import CERTIFICATES, SERIES
from shared.contracts.certificates import CERTIFICATE_ISSUED, CERTIFICATE_VOIDED
from shared.contracts.courses import TRAINING_COMPLETED
from shared.contracts.enrollment import PERSON_MERGED
from shared.messaging import dispatcher, inbox
from shared.vocabulary import Category, OrganizedBy


def test_who_completes_a_training_gets_the_next_number_of_the_intake(certificates: Any) -> None:
    certificates.complete("张卫国")
    certificates.complete("李建军")
    assert [row.number for row in certificates.certificates()] == ["LFJG-2023-12-GB-0001", "LFJG-2023-12-GB-0002"]


def test_the_others_are_told_of_the_number(certificates: Any) -> None:
    told = certificates.complete()
    (event,) = certificates.service.outbox(CERTIFICATE_ISSUED)
    assert event["data"]["number"] == "LFJG-2023-12-GB-0001"
    assert event["data"]["enrollment_id"] == str(told["enrollment_id"])


def test_r40_the_certificate_states_what_courses_said_and_nothing_later_changes_it(certificates: Any) -> None:
    told = certificates.complete("张卫国", earned_quarter_hours=158)
    certificates.complete("张为国", enrollment_id=told["enrollment_id"], person_id=told["person_id"], earned_quarter_hours=160)
    row = certificates.only()
    assert (row.content["name"], row.content["earned_quarter_hours"]) == ("张卫国", 158)


def test_an_event_delivered_twice_issues_one_certificate(certificates: Any) -> None:
    told = certificates.complete()
    certificates.service.deliver(TRAINING_COMPLETED, told["enrollment_id"], told, version=1)
    assert len(certificates.certificates()) == 1


def test_r39_each_intake_is_counted_by_itself(certificates: Any) -> None:
    certificates.complete()
    certificates.complete(intake_id=uuid4(), intake_number=13, category=Category.PRIVATE_SCHOOL, ends_on=date(2023, 5, 12))
    assert [row.number for row in certificates.certificates()] == ["LFJG-2023-12-GB-0001", "LFJG-2023-13-MB-0001"]


def test_r39_a_person_has_one_valid_certificate_per_intake(certificates: Any) -> None:
    told = certificates.complete()
    certificates.complete(person_id=told["person_id"])
    assert len(certificates.certificates()) == 1


def test_r39_the_database_itself_refuses_a_second_valid_one(certificates: Any) -> None:
    certificates.complete()
    row = dict(certificates.only()._mapping)
    second = {**row, "id": uuid4(), "number": "LFJG-2023-12-GB-0002", "token_hash": "another"}
    with pytest.raises(IntegrityError), certificates.service.database.writing() as connection:
        connection.execute(insert(CERTIFICATES).values(**second))


def test_r21_a_class_held_by_the_province_gets_no_number_of_the_city(certificates: Any) -> None:
    certificates.complete(organized_by=OrganizedBy.PROVINCE, intake_number=None)
    assert certificates.certificates() == []
    assert certificates.service.outbox() == []


def test_r40_an_attendance_correction_that_undoes_a_completion_voids_the_certificate(certificates: Any) -> None:
    told = certificates.complete()
    certificates.undo(told)
    assert certificates.only().standing is Standing.REVOKED
    (event,) = certificates.service.outbox(CERTIFICATE_VOIDED)
    assert event["data"]["superseded_by"] is None


def test_r39_completed_again_takes_a_new_number_and_the_void_one_is_never_used_again(certificates: Any) -> None:
    told = certificates.complete()
    certificates.undo(told)
    certificates.complete(**{**told, "name": "张卫国"})
    standings = {row.number: row.standing for row in certificates.certificates()}
    assert standings == {"LFJG-2023-12-GB-0001": Standing.REVOKED, "LFJG-2023-12-GB-0002": Standing.VALID}


def test_r39_a_name_that_cannot_be_printed_takes_no_number(certificates: Any) -> None:
    certificates.service.deliver(TRAINING_COMPLETED, uuid4(), _told(certificates, "王\U0003134a"), apply=False)
    dispatcher.Dispatcher(certificates.service.database, certificates.service.app.extensions["linghang"].listens).drain()
    with certificates.service.database.reading() as connection:
        error = connection.execute(select(inbox.INBOX.c.error).where(inbox.INBOX.c.error.is_not(None))).scalar_one()
        assert connection.execute(select(SERIES)).all() == []
    assert NameUnprintable.__name__ in error
    assert "U+3134A" in error


def test_r39_the_number_of_a_transaction_that_is_undone_goes_to_the_next(certificates: Any) -> None:
    certificates.complete()
    broken = RuntimeError("the power went out before the commit")

    def issue_and_fail(work: Any) -> None:
        assert take_serial(work.connection, "LFJG-2023-12-GB") == 2
        raise broken

    with pytest.raises(RuntimeError, match="power"):
        certificates.service.work(issue_and_fail)
    certificates.complete()
    assert [row.number[-4:] for row in certificates.certificates()] == ["0001", "0002"]


def test_r7_certificates_follow_a_person_whose_records_were_merged(certificates: Any) -> None:
    told = certificates.complete()
    kept = _merge(certificates, told["person_id"])
    assert certificates.only().person_id == kept


def test_r7_a_completion_heard_after_the_merge_belongs_to_the_kept_person(certificates: Any) -> None:
    merged = uuid4()
    kept = _merge(certificates, merged)
    certificates.complete(person_id=merged)
    assert certificates.only().person_id == kept


def test_r7_merges_heard_in_any_order_lead_to_the_same_person(certificates: Any) -> None:
    first, second, last = uuid4(), uuid4(), uuid4()
    certificates.complete(person_id=first)
    _merge(certificates, second, last)
    _merge(certificates, first, second)
    certificates.complete(person_id=second, intake_id=uuid4(), intake_number=14)
    assert {row.person_id for row in certificates.certificates()} == {last}


def test_r39_of_two_certificates_of_one_person_for_one_intake_the_first_issued_stands(certificates: Any) -> None:
    first = certificates.complete()
    second = certificates.complete()
    _merge(certificates, second["person_id"], first["person_id"])
    one, other = certificates.certificates()
    assert (one.standing, other.standing) == (Standing.VALID, Standing.SUPERSEDED)
    assert other.superseded_by == one.id


def test_r40_when_the_certified_place_is_undone_the_other_place_of_a_merged_person_is_certified(certificates: Any) -> None:
    first = certificates.complete()
    second = certificates.complete()
    _merge(certificates, second["person_id"], first["person_id"])
    certificates.undo(first)
    assert certificates.only(standing=Standing.VALID).enrollment_id == second["enrollment_id"]


def test_a_certificate_without_its_void_time_cannot_be_void(certificates: Any) -> None:
    certificates.complete()
    with pytest.raises(IntegrityError), certificates.service.database.writing() as connection:
        connection.execute(update(CERTIFICATES).values(standing=Standing.REVOKED))


def _merge(certificates: Any, merged: Any, kept: Any = None) -> Any:
    kept = kept or uuid4()
    certificates.service.deliver(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": merged})
    return kept


def _told(certificates: Any, name: str) -> dict[str, Any]:
    told = certificates.complete(organized_by=OrganizedBy.PROVINCE)
    return {**told, "organized_by": OrganizedBy.CITY, "name": name, "enrollment_id": uuid4()}
