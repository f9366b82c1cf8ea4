"""R41: the public check gives four honest answers, and no more than it should."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from services.certificates.domain.errors import TooManyChecks
from services.certificates.domain.standing import Answer
from services.certificates.operations.checking import Question, Verdict, check_certificate
from services.certificates.operations.voiding import replace_certificate, void_certificate
from services.certificates.storage.tables import CERTIFICATES, CHECK_COUNTS, DOCUMENTS
from shared.domain import now


def test_r41_a_valid_certificate_checks_by_its_token(certificates: Any) -> None:
    certificates.complete("张卫国")
    verdict = _by_token(certificates, certificates.only().id)
    assert (verdict.answer, verdict.masked_name) == (Answer.VALID, "张*国")


def test_r41_a_valid_certificate_checks_by_number_and_check_code(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    verdict = _check(certificates, Question(number=row.number.lower(), check_code=certificates.office.check_code(row.id).replace("-", "")))
    assert verdict.answer is Answer.VALID


def test_r41_a_superseded_certificate_points_to_the_new_one(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    certificates.service.work(replace_certificate, certificates.office, row.id, reason="姓名有误", name="张卫民")
    verdict = _by_token(certificates, row.id)
    assert (verdict.answer, verdict.successor_number) == (Answer.SUPERSEDED, "LFJG-2023-12-GB-0002")


def test_r41_a_revoked_certificate_is_called_revoked_and_not_unknown(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    certificates.service.work(void_certificate, row.id, reason="印错")
    assert _by_token(certificates, row.id).answer is Answer.REVOKED


@pytest.mark.parametrize(
    "wrong",
    [
        lambda row, office: Question(number=row.number, check_code="0000-0000"),
        lambda row, office: Question(number="LFJG-2023-12-GB-0999", check_code=office.check_code(row.id)),
        lambda row, office: Question(token="A" * 26),
        lambda row, office: Question(token="no token"),
        lambda row, office: Question(),
    ],
)
def test_r41_unknown_and_wrong_look_alike(certificates: Any, wrong: Callable[..., Question]) -> None:
    certificates.complete()
    assert _check(certificates, wrong(certificates.only(), certificates.office)) == Verdict(Answer.UNKNOWN)


@pytest.mark.parametrize(("name", "answer"), [("张卫国", True), (" 张 卫国", True), ("张卫民", False), ("", None)])
def test_r41_a_full_name_typed_in_answers_only_matches_or_not(certificates: Any, name: str, answer: bool | None) -> None:
    certificates.complete("张卫国")
    token = certificates.office.token(certificates.only().id)
    assert _check(certificates, Question(token=token, name=name)).name_matches is answer


def test_r41_the_middle_of_a_name_cannot_be_found_by_trying(certificates: Any) -> None:
    certificates.complete("张卫国")
    token = certificates.office.token(certificates.only().id)
    guesses = [f"张{chr(0x4E00 + place)}国" for place in range(certificates.office.settings.name_checks_per_hour + 1)]
    with time_machine.travel(now().replace(minute=0), tick=False):
        for guess in guesses[:-1]:
            assert _check(certificates, Question(token=token, name=guess), address=guess).name_matches is False
        with pytest.raises(TooManyChecks):
            _check(certificates, Question(token=token, name=guesses[-1]))


def test_r41_one_address_cannot_try_codes_without_end(certificates: Any) -> None:
    limit = certificates.office.settings.checks_per_minute
    with time_machine.travel(now().replace(second=0), tick=False):
        for _ in range(limit):
            assert _check(certificates, Question(token="A" * 26)).answer is Answer.UNKNOWN
        with pytest.raises(TooManyChecks):
            _check(certificates, Question(token="A" * 26))
        assert _check(certificates, Question(token="A" * 26), address="192.0.2.99").answer is Answer.UNKNOWN
    with time_machine.travel(now() + timedelta(minutes=1)):
        assert _check(certificates, Question(token="A" * 26)).answer is Answer.UNKNOWN


def test_no_address_is_kept_where_checks_are_counted(certificates: Any) -> None:
    _check(certificates, Question(token="A" * 26), address="192.0.2.7")
    with certificates.service.database.reading() as connection:
        keys = connection.execute(select(CHECK_COUNTS.c.key)).scalars().all()
    assert len(keys) == 1
    assert "192.0.2.7" not in keys[0]


def test_is_this_the_file_is_answered_by_its_hash(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    token = certificates.office.token(row.id)
    assert _check(certificates, Question(token=token, sha256="0" * 64)).file_matches is None
    certificates.render()
    with certificates.service.database.reading() as connection:
        sha256 = connection.execute(select(DOCUMENTS.c.sha256)).scalar_one()
    assert _check(certificates, Question(token=token, sha256=sha256.upper())).file_matches is True
    assert _check(certificates, Question(token=token, sha256="0" * 64)).file_matches is False


def test_r41_whoever_reads_the_database_finds_no_token_and_no_check_code(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    with certificates.service.database.reading() as connection:
        stored = str(dict(connection.execute(select(CERTIFICATES)).one()._mapping))
    assert certificates.office.token(row.id) not in stored
    assert certificates.office.check_code(row.id) not in stored


def _by_token(certificates: Any, certificate_id: UUID) -> Verdict:
    return _check(certificates, Question(token=certificates.office.token(certificate_id)))


def _check(certificates: Any, question: Question, address: str = "192.0.2.1") -> Verdict:
    verdict: Verdict = certificates.service.work(check_certificate, certificates.office, question, address=address)
    return verdict
