"""R40: a correction is void and new; void without a new one is revoked."""

from typing import Any
from uuid import uuid4

import pytest

from services.certificates.domain.errors import CertificateVoid, NameRefused, NameUnprintable, ReasonMissing
from services.certificates.domain.standing import Standing
from services.certificates.operations.voiding import replace_certificate, void_certificate
from shared.contracts.certificates import CERTIFICATE_ISSUED, CERTIFICATE_VOIDED
from shared.domain import NotFound


def test_r40_a_corrected_name_voids_the_old_certificate_and_issues_a_new_one(certificates: Any) -> None:
    certificates.complete("张为国")
    old = certificates.only()
    _replace(certificates, old.id, name="张卫国")
    voided, new = certificates.certificates()
    assert (voided.standing, voided.superseded_by, voided.content["name"]) == (Standing.SUPERSEDED, new.id, "张为国")
    assert (new.standing, new.replaces, new.number) == (Standing.VALID, old.id, "LFJG-2023-12-GB-0002")
    assert (new.content["name"], new.content["replaces_number"]) == ("张卫国", "LFJG-2023-12-GB-0001")


def test_r40_the_others_hear_of_the_void_one_before_the_new_one(certificates: Any) -> None:
    certificates.complete()
    _replace(certificates, certificates.only().id, name="张卫民")
    assert [event["type"] for event in certificates.service.outbox()][1:] == [CERTIFICATE_VOIDED.name, CERTIFICATE_ISSUED.name]


def test_r40_void_without_a_new_one_is_revoked_and_keeps_its_reason(certificates: Any) -> None:
    certificates.complete()
    certificates.service.work(void_certificate, certificates.only().id, reason="代替他人上课")
    row = certificates.only()
    assert (row.standing, row.void_reason, row.superseded_by) == (Standing.REVOKED, "代替他人上课", None)


def test_r39_a_void_certificate_stays_void(certificates: Any) -> None:
    certificates.complete()
    row = certificates.only()
    certificates.service.work(void_certificate, row.id, reason="印错")
    with pytest.raises(CertificateVoid):
        certificates.service.work(void_certificate, row.id, reason="印错")
    with pytest.raises(CertificateVoid):
        _replace(certificates, row.id, name="张卫国")
    assert len(certificates.certificates()) == 1


def test_r40_nothing_is_voided_without_a_reason(certificates: Any) -> None:
    certificates.complete()
    with pytest.raises(ReasonMissing):
        certificates.service.work(void_certificate, certificates.only().id, reason="  ")
    assert certificates.only().standing is Standing.VALID


@pytest.mark.parametrize(("name", "error"), [("王\U0003134a", NameUnprintable), ("王5", NameRefused), ("王\u202e五", NameRefused)])
def test_a_new_name_that_cannot_stand_on_a_certificate_leaves_the_old_one_valid(certificates: Any, name: str, error: type) -> None:
    certificates.complete()
    with pytest.raises(error):
        _replace(certificates, certificates.only().id, name=name)
    assert certificates.only().standing is Standing.VALID


def test_what_does_not_exist_cannot_be_voided(certificates: Any) -> None:
    with pytest.raises(NotFound):
        certificates.service.work(void_certificate, uuid4(), reason="印错")


def test_r40_the_new_one_states_what_courses_said_last(certificates: Any) -> None:
    told = certificates.complete(earned_quarter_hours=150)
    certificates.complete(**{**told, "earned_quarter_hours": 160})
    _replace(certificates, certificates.only().id)
    assert [row.content["earned_quarter_hours"] for row in certificates.certificates()] == [150, 160]


def test_r40_after_a_replacement_an_undone_completion_voids_the_new_one(certificates: Any) -> None:
    told = certificates.complete()
    _replace(certificates, certificates.only().id, name="张卫民")
    certificates.undo(told)
    assert [row.standing for row in certificates.certificates()] == [Standing.SUPERSEDED, Standing.REVOKED]


def _replace(certificates: Any, certificate_id: Any, name: str | None = None) -> Any:
    return certificates.service.work(replace_certificate, certificates.office, certificate_id, reason="姓名有误", name=name)
