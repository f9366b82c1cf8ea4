"""The machines' door, and who may see whose certificates (R45)."""

from typing import Any
from uuid import uuid4

import pytest

from services.certificates.domain.standing import Standing
from shared.contracts.enrollment import PERSON_MERGED
from shared.vocabulary import Role
from tests.certificates.conftest import COHORT

CERTIFICATES = "/api/certificates/certificates"


def test_the_certificates_of_a_class_are_listed_by_number(certificates: Any) -> None:
    certificates.complete("张卫国")
    certificates.complete("李建军")
    listed = certificates.service.client(Role.ORGANIZER).get(f"{CERTIFICATES}?cohort_id={COHORT}").json
    assert [each["name"] for each in listed] == ["张卫国", "李建军"]
    assert listed[0]["training"]["earned_quarter_hours"] == 160
    assert listed[0]["pdf_url"] is None


def test_downloading_again_gives_the_same_bytes(certificates: Any) -> None:
    certificates.complete()
    client = certificates.service.client(Role.ORGANIZER)
    address = f"{CERTIFICATES}/{certificates.only().id}/pdf"
    waiting = client.get(address)
    assert (waiting.status_code, waiting.json["code"]) == (409, "not_rendered")
    certificates.render()
    first = client.get(address)
    certificates.render()
    assert first.content_type == "application/pdf"
    assert first.headers["Cache-Control"] == "no-store"
    assert client.get(address).data == first.data


def test_r40_a_replacement_comes_back_with_its_own_number(certificates: Any) -> None:
    certificates.complete("张为国")
    body = {"name": "张卫国", "reason": "姓名有误"}
    answered = certificates.service.client(Role.ORGANIZER).post(f"{CERTIFICATES}/{certificates.only().id}/replacement", json=body)
    assert answered.status_code == 201
    assert (answered.json["name"], answered.json["number"]) == ("张卫国", "LFJG-2023-12-GB-0002")


def test_r40_the_same_request_sent_twice_issues_one_new_certificate(certificates: Any) -> None:
    certificates.complete()
    client = certificates.service.client(Role.ORGANIZER)
    address = f"{CERTIFICATES}/{certificates.only().id}/replacement"
    answers = [client.post(address, json={"reason": "印错"}, headers={"Idempotency-Key": "once"}).json["number"] for _ in range(2)]
    assert answers == ["LFJG-2023-12-GB-0002"] * 2
    assert len(certificates.certificates()) == 2


def test_r39_voiding_a_void_certificate_breaks_a_rule(certificates: Any) -> None:
    certificates.complete()
    client = certificates.service.client(Role.ORGANIZER)
    address = f"{CERTIFICATES}/{certificates.only().id}/void"
    assert client.post(address, json={"reason": "印错"}).json["standing"] == "revoked"
    again = client.post(address, json={"reason": "印错"})
    assert (again.status_code, again.json["code"]) == (409, "certificate_void")


def test_unknown_fields_are_errors(certificates: Any) -> None:
    certificates.complete()
    body = {"reason": "印错", "number": "LFJG-2023-12-GB-0009"}
    answered = certificates.service.client(Role.ORGANIZER).post(f"{CERTIFICATES}/{certificates.only().id}/void", json=body)
    assert answered.status_code == 422
    assert certificates.only().standing is Standing.VALID


def test_r45_a_trainee_reaches_the_own_certificates_only(certificates: Any) -> None:
    told = certificates.complete("张卫国")
    own = certificates.only()
    certificates.complete("李建军")
    (other,) = [row for row in certificates.certificates() if row.id != own.id]
    client = certificates.service.client(Role.TRAINEE, person_id=told["person_id"])
    assert [each["number"] for each in client.get("/api/certificates/me/certificates").json] == [own.number]
    assert client.get(f"{CERTIFICATES}/{own.id}").status_code == 200
    assert client.get(f"{CERTIFICATES}/{other.id}").status_code == 404
    assert client.get(f"{CERTIFICATES}/{other.id}/pdf").status_code == 404
    assert client.get(f"/api/certificates/people/{other.person_id}/certificates").json == []
    assert client.get(f"{CERTIFICATES}?cohort_id={COHORT}").status_code == 403
    assert client.post(f"{CERTIFICATES}/{own.id}/void", json={"reason": "印错"}).status_code == 403


def test_r45_a_class_teacher_reaches_the_own_class_only(certificates: Any) -> None:
    certificates.complete("张卫国")
    certificates.complete("李建军", cohort_id=uuid4(), cohort_number=2)
    own, other = certificates.certificates()
    client = certificates.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset({COHORT}))
    assert [each["number"] for each in client.get(f"{CERTIFICATES}?cohort_id={COHORT}").json] == [own.number]
    assert client.get(f"{CERTIFICATES}?cohort_id={other.cohort_id}").json == []
    assert client.get(f"{CERTIFICATES}/{other.id}").status_code == 404
    assert client.post(f"{CERTIFICATES}/{own.id}/replacement", json={"reason": "印错"}).status_code == 403


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT])
def test_r45_others_reach_nothing(certificates: Any, role: Role) -> None:
    certificates.complete()
    row = certificates.only()
    client = certificates.service.client(role)
    for path in (f"certificates?cohort_id={COHORT}", f"certificates/{row.id}", f"certificates/{row.id}/pdf", "me/certificates"):
        assert client.get(f"/api/certificates/{path}").status_code == 403


def test_nobody_lists_certificates_without_signing_in(certificates: Any) -> None:
    assert certificates.service.client().get(f"{CERTIFICATES}?cohort_id={COHORT}").status_code == 401


def test_r41_programs_check_without_signing_in(certificates: Any) -> None:
    certificates.complete("张卫国")
    token = certificates.office.token(certificates.only().id)
    answered = certificates.service.client().post("/api/certificates/checks", json={"token": token, "name": "张卫国"})
    assert (answered.json["answer"], answered.json["masked_name"], answered.json["name_matches"]) == ("valid", "张*国", True)
    assert "张卫国" not in answered.text
    assert str(certificates.only().person_id) not in answered.text


def test_r41_programs_learn_nothing_of_an_unknown_certificate(certificates: Any) -> None:
    answered = certificates.service.client().post("/api/certificates/checks", json={"number": "LFJG-2023-12-GB-0001", "check_code": "0"})
    assert answered.status_code == 200
    known = {name: value for name, value in answered.json.items() if value not in (None, "")}
    assert known == {"answer": "unknown"}
    assert answered.headers["Referrer-Policy"] == "no-referrer"


def test_a_merged_person_still_reaches_the_certificate(certificates: Any) -> None:
    told = certificates.complete()
    kept = uuid4()
    certificates.service.deliver(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": told["person_id"]})
    for person in (kept, told["person_id"]):
        client = certificates.service.client(Role.TRAINEE, person_id=person)
        assert len(client.get("/api/certificates/me/certificates").json) == 1


def _told(certificates: Any, person_id: Any) -> dict[str, Any]:
    answered = certificates.service.client(Role.TRAINEE, person_id=person_id).get("/api/certificates/me/data")
    assert answered.status_code == 200
    told: dict[str, Any] = answered.json
    return told


def test_r48_the_own_data_hold_void_certificates_too_and_nothing_of_others(certificates: Any) -> None:
    own, other = certificates.complete("张卫国"), certificates.complete("李建军")
    void = {"reason": "姓名有误"}
    number = certificates.only(person_id=own["person_id"]).id
    certificates.service.client(Role.ORGANIZER, account_id="voider").post(f"{CERTIFICATES}/{number}/void", json=void)
    told = _told(certificates, own["person_id"])
    (row,) = told["sections"][0]["rows"]
    assert (row["number"], row["standing"], row["void_reason"]) == ("LFJG-2023-12-GB-0001", "revoked", "姓名有误")
    assert told["sections"][1]["rows"] == [{"name": "张卫国", "intake_title": own["intake_title"], "stands": True}]
    assert ("voider", "certificate.voided", "姓名有误") in {(e["account"], e["action"], e["reason"]) for e in told["entries"]}
    assert "李建军" not in str(told)
    assert [entry["action"] for entry in _told(certificates, other["person_id"])["entries"]] == ["certificate.issued"]


def test_r47_a_file_that_others_take_away_is_told_to_whom_it_is_about(certificates: Any) -> None:
    own, other = certificates.complete("张卫国"), certificates.complete("李建军")
    certificates.render()
    mine = certificates.only(person_id=own["person_id"]).id
    trainee = certificates.service.client(Role.TRAINEE, person_id=own["person_id"])
    assert trainee.get(f"{CERTIFICATES}/{mine}/pdf").status_code == 200
    assert "certificate.downloaded" not in {entry["action"] for entry in _told(certificates, own["person_id"])["entries"]}
    taker = certificates.service.client(Role.ORGANIZER, account_id="taker")
    for url in (f"{CERTIFICATES}/{mine}/pdf", f"/certificates/certificates/{mine}/pdf", f"/certificates/cohorts/{COHORT}/certificates.zip"):
        assert taker.get(url).status_code == 200
    for told, times in ((own, 3), (other, 1)):
        takers = [e["account"] for e in _told(certificates, told["person_id"])["entries"] if e["action"] == "certificate.downloaded"]
        assert takers == ["taker"] * times
