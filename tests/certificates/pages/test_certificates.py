"""The pages of organizers, class teachers and trainees."""

import zipfile
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from services.certificates.domain.standing import Standing
from shared.contracts.enrollment import PERSON_MERGED
from shared.vocabulary import Role
from tests.certificates.conftest import COHORT


def test_the_organizer_sees_how_far_each_class_is(certificates: Any) -> None:
    certificates.complete("张卫国")
    certificates.complete("李建军")
    certificates.render()
    certificates.complete("王秀英")
    page = certificates.service.client(Role.ORGANIZER, browser=True).get("/certificates/certificates").text
    assert "第12期第1班" in page
    assert "2 / 3" in page


def test_the_organizer_sees_the_certificates_of_a_class_with_their_files(certificates: Any) -> None:
    certificates.complete("张卫国")
    certificates.render()
    certificates.complete("李建军")
    page = certificates.service.client(Role.ORGANIZER, browser=True).get(f"/certificates/certificates?cohort_id={COHORT}").text
    assert "张卫国" in page
    assert "LFJG-2023-12-GB-0002" in page
    assert "生成中" in page


def test_the_files_of_a_class_come_in_one_archive(certificates: Any) -> None:
    certificates.complete("张卫国")
    certificates.complete("阿卜杜热·买买提")
    certificates.render()
    answered = certificates.service.client(Role.ORGANIZER, browser=True).get(f"/certificates/cohorts/{COHORT}/certificates.zip")
    with zipfile.ZipFile(BytesIO(answered.data)) as archive:
        assert archive.namelist() == ["LFJG-2023-12-GB-0001-张卫国.pdf", "LFJG-2023-12-GB-0002-阿卜杜热·买买提.pdf"]
        assert archive.testzip() is None


def test_r40_the_organizer_corrects_a_name(certificates: Any) -> None:
    certificates.complete("张为国")
    client = certificates.service.client(Role.ORGANIZER, browser=True)
    address = f"/certificates/certificates/{certificates.only().id}"
    sent = client.post(f"{address}/replacement", data={"name": "张卫国", "reason": "姓名有误", "csrf_token": "csrf"}, follow_redirects=True)
    assert "LFJG-2023-12-GB-0002" in sent.text
    assert [row.standing for row in certificates.certificates()] == [Standing.SUPERSEDED, Standing.VALID]


def test_r40_the_organizer_voids_a_certificate_with_a_reason(certificates: Any) -> None:
    certificates.complete()
    client = certificates.service.client(Role.ORGANIZER, browser=True)
    address = f"/certificates/certificates/{certificates.only().id}"
    assert client.post(f"{address}/void", data={"reason": " ", "csrf_token": "csrf"}).status_code == 409
    assert certificates.only().standing is Standing.VALID
    page = client.post(f"{address}/void", data={"reason": "代替他人上课", "csrf_token": "csrf"}, follow_redirects=True).text
    assert "代替他人上课" in page
    assert certificates.only().standing is Standing.REVOKED


def test_a_name_with_a_character_that_no_font_has_is_answered_with_the_character(certificates: Any) -> None:
    certificates.complete()
    client = certificates.service.client(Role.ORGANIZER, browser=True)
    data = {"name": "王\U0003134a", "reason": "姓名有误", "csrf_token": "csrf"}
    answered = client.post(f"/certificates/certificates/{certificates.only().id}/replacement", data=data)
    assert answered.status_code == 409
    assert "U+3134A" in answered.text


def test_a_form_without_its_csrf_value_changes_nothing(certificates: Any) -> None:
    certificates.complete()
    client = certificates.service.client(Role.ORGANIZER, browser=True)
    assert client.post(f"/certificates/certificates/{certificates.only().id}/void", data={"reason": "印错"}).status_code == 400
    assert certificates.only().standing is Standing.VALID


def test_a_trainee_sees_and_downloads_the_own_certificate(certificates: Any) -> None:
    told = certificates.complete("张卫国")
    certificates.render()
    client = certificates.service.client(Role.TRAINEE, browser=True, person_id=told["person_id"])
    page = client.get("/certificates/mine").text
    assert "LFJG-2023-12-GB-0001" in page
    download = client.get(f"/certificates/certificates/{certificates.only().id}/pdf")
    assert download.data.startswith(b"%PDF-")
    assert "attachment" in download.headers["Content-Disposition"]
    detail = client.get(f"/certificates/certificates/{certificates.only().id}").text
    assert "作废并换发新证" not in detail


def test_a_class_teacher_sees_an_own_certificate_whose_successor_is_of_another_class(certificates: Any) -> None:
    other = uuid4()
    first = certificates.complete("张卫国")
    second = certificates.complete("张卫国", cohort_id=other)
    merged = {"kept_person_id": first["person_id"], "merged_person_id": second["person_id"]}
    certificates.service.deliver(PERSON_MERGED, first["person_id"], merged)
    void = next(row for row in certificates.certificates() if row.cohort_id == other)
    stands = next(row for row in certificates.certificates() if row.cohort_id == COHORT)
    teacher = certificates.service.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset({other}))
    page = teacher.get(f"/certificates/certificates/{void.id}")
    assert page.status_code == 200
    assert stands.number not in page.text


def test_a_failed_rendering_is_seen_on_the_page(certificates: Any) -> None:
    certificates.complete()
    certificates.office.__dict__["_secret"] = bytes(32)
    certificates.render()
    client = certificates.service.client(Role.ORGANIZER, browser=True)
    assert "生成失败" in client.get(f"/certificates/certificates?cohort_id={COHORT}").text
    assert "SecretLost" in client.get(f"/certificates/certificates/{certificates.only().id}").text


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT])
def test_r45_others_see_no_certificates(certificates: Any, role: Role) -> None:
    certificates.complete()
    client = certificates.service.client(role, browser=True)
    row = certificates.only()
    for path in ("certificates", f"certificates/{row.id}", f"certificates/{row.id}/pdf", f"cohorts/{COHORT}/certificates.zip", "mine"):
        assert client.get(f"/certificates/{path}").status_code == 403


def test_what_is_no_identifier_is_answered_with_what_is_wrong(certificates: Any) -> None:
    answered = certificates.service.client(Role.ORGANIZER, browser=True).get("/certificates/certificates?cohort_id=twelve")
    assert answered.status_code == 422


def test_a_class_without_files_has_no_archive(certificates: Any) -> None:
    client = certificates.service.client(Role.ORGANIZER, browser=True)
    assert client.get(f"/certificates/cohorts/{uuid4()}/certificates.zip").status_code == 404
