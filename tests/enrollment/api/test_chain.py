"""The chain through the API, as machines play it, and who may enter which door (R45)."""

from uuid import uuid4

import pytest

from shared.contracts.enrollment import COHORT_CONFIRMED, INTAKE_CLOSED, TRAINEE_CHECKED_IN
from shared.vocabulary import Role
from tests.enrollment.places import A, B, County, register_entries, resident_id

INTAKE = {
    "number": 1, "title": "第1期", "category": "public_school", "delivery": "offline",
    "starts_on": "2023-05-08", "ends_on": "2023-05-12", "base": "浙江大学",
}  # fmt: skip


@pytest.fixture
def service(make_service):
    return make_service("enrollment")


@pytest.fixture
def api(service):
    client = service.client(Role.ORGANIZER)

    def call(method, path, status=200, **options):
        answer = client.open(f"/api/enrollment{path}", method=method, **options)
        assert answer.status_code == status, answer.text
        return answer.json

    return call


def nominee(number, school_id, **changes):
    return {"name": "王小明", "id_number": resident_id(number), "phone": "13100000001", "post": "书记", "school_id": school_id, **changes}


def test_from_the_register_to_the_closed_intake(service, api):
    assert api("POST", "/organizations", json={"organizations": register_entries()}) == {"added": 9, "updated": 0}
    assert api("POST", "/organizations", json={"organizations": register_entries()}) == {"added": 0, "updated": 9}
    schools = {found["code"]: found["id"] for found in api("GET", "/organizations?kind=school")}
    intake = api("POST", "/intakes", 201, json=INTAKE)["id"]
    cohort = api("POST", f"/intakes/{intake}/cohorts", 201, json={"number": 1, "seats": 3})["id"]
    proposal = api("GET", f"/cohorts/{cohort}/quotas/proposal")
    assert sum(cell["seats"] for cell in proposal["cells"]) == 3
    api("PUT", f"/cohorts/{cohort}/quotas", json={"cells": [{"county_code": A, "seats": 2}, {"county_code": B, "seats": 1}]})
    answers = [api("POST", f"/cohorts/{cohort}/enrollments", 201, json=nominee(number, schools[f"{A}0001"])) for number in range(3)]
    assert [(answer["status"], answer["waiting_number"]) for answer in answers] == [("enrolled", None), ("enrolled", None), ("waiting", 1)]
    assert api("POST", f"/cohorts/{cohort}/confirmation") == {"people": 2}
    moved = api("POST", f"/enrollments/{answers[0]['enrollment_id']}/withdrawal", json={"reason": "工作冲突"})
    assert moved == {"moved_up": answers[2]["enrollment_id"]}
    came = {"reason": "生病", "nominee": nominee(9, schools[f"{A}0002"])}
    substitute = api("POST", f"/enrollments/{answers[1]['enrollment_id']}/substitution", 201, json=came)
    chosen = {"enrollment_ids": [substitute["enrollment_id"]], "checked_in_at": "2023-05-08T08:00:00+08:00"}
    assert api("POST", f"/cohorts/{cohort}/check-ins", json=chosen) == {"people": 1}
    assert api("POST", f"/enrollments/{answers[2]['enrollment_id']}/check-in", json={}) == {"people": 1}
    api("POST", f"/intakes/{intake}/closure", json={"closed_on": "2023-05-15"})
    counts = {kind.name: len(service.outbox(kind)) for kind in (COHORT_CONFIRMED, TRAINEE_CHECKED_IN, INTAKE_CLOSED)}
    assert list(counts.values()) == [1, 2, 1]
    (found,) = api("GET", f"/cohorts?intake_id={intake}")
    assert (found["taken"], found["checked_in"], found["state"]) == (2, 2, "confirmed")
    (own,) = api("GET", f"/people/{answers[2]['person_id']}/enrollments")
    assert own["status"] == "enrolled"


def test_unknown_fields_and_everything_wrong_are_named_at_once(api):
    problem = api("POST", "/intakes", 422, json={**INTAKE, "category": "pupils", "ends_on": "soon", "color": "red"})
    assert {error["where"] for error in problem["errors"]} == {"category", "ends_on", "color"}


def test_a_second_answer_to_the_same_key_changes_nothing(service, api):
    headers = {"Idempotency-Key": "once"}
    first = api("POST", "/intakes", 201, json=INTAKE, headers=headers)
    assert api("POST", "/intakes", 201, json=INTAKE, headers=headers) == first
    assert api("POST", "/intakes", 409, json=INTAKE)["code"] == "number_taken"


def test_an_intake_is_corrected_until_the_others_know_it(make_service):
    county = County(make_service("enrollment"))
    county.open()
    client = county.service.client(Role.ORGANIZER)
    path = f"/api/enrollment/intakes/{county.intake_id}"
    corrected = {"title": "第1期", "starts_on": "2023-05-09", "ends_on": "2023-05-13", "base": "北戴河", "planned": True}
    assert client.put(path, json=corrected).json == {"id": str(county.intake_id)}
    found = client.get(path).json
    assert {name: found[name] for name in corrected} == corrected
    assert {error["where"] for error in client.put(path, json={**corrected, "category": "private_school"}).json["errors"]} == {"category"}
    county.nominate(1)
    county.confirm()
    refused = client.put(path, json=corrected)
    assert (refused.status_code, refused.json["code"]) == (409, "intake_already_told")


def test_nobody_reports_weeks_before_the_first_day(make_service):
    county = County(make_service("enrollment"))
    county.open()
    place = county.nominate(1)
    county.confirm()
    client = county.service.client(Role.ORGANIZER)
    path = f"/api/enrollment/enrollments/{place.enrollment_id}/check-in"
    refused = client.post(path, json={"checked_in_at": "2023-04-30T23:00:00+08:00"})
    assert refused.status_code == 422
    assert [error["code"] for error in refused.json["errors"]] == ["too_early"]
    assert client.post(path, json={"checked_in_at": "2023-05-01T00:30:00+08:00"}).json == {"people": 1}


OPEN = {
    ("GET", "/organizations"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT},
    ("POST", "/organizations"): set(),
    ("GET", "/programs"): set(),
    ("POST", "/programs"): set(),
    ("GET", "/intakes"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER},
    ("POST", "/intakes"): set(),
    ("GET", "/cohorts"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER},
    ("PUT", "/intakes/ID"): set(),
    ("POST", "/intakes/ID/closure"): set(),
    ("POST", "/intakes/ID/cohorts"): set(),
    ("GET", "/cohorts/ID/quotas"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT},
    ("PUT", "/cohorts/ID/quotas"): set(),
    ("POST", "/cohorts/ID/quotas/return"): set(),
    ("POST", "/cohorts/ID/enrollments"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT},
    ("GET", "/cohorts/ID/enrollments"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER},
    ("POST", "/cohorts/ID/confirmation"): set(),
    ("POST", "/cohorts/ID/check-ins"): {Role.CLASS_TEACHER},
    ("POST", "/enrollments/ID/check-in"): {Role.CLASS_TEACHER},
    ("POST", "/enrollments/ID/withdrawal"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT},
    ("POST", "/enrollments/ID/substitution"): {Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT},
    ("POST", "/people/ID/merge"): set(),
    ("GET", "/people/ID/enrollments"): set(),
    ("GET", "/me/enrollments"): {Role.TRAINEE},
}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ORGANIZER])
def test_every_door_is_open_to_its_roles_only(service, role):
    client = service.client(role, county_code=A, school_id=uuid4(), person_id=uuid4())
    for (method, path), roles in OPEN.items():
        status = client.open(
            f"/api/enrollment{path.replace('ID', str(uuid4()))}", method=method, json={} if method != "GET" else None
        ).status_code
        assert (status != 403) is (role in roles), (method, path, status)


def test_a_trainee_sees_the_own_places_and_no_others(make_service):
    county = County(make_service("enrollment"))
    county.open()
    mine, other = county.nominate(1), county.nominate(2)
    client = county.service.client(Role.TRAINEE, person_id=mine.person_id)
    found = client.get("/api/enrollment/me/enrollments").json
    assert [place["id"] for place in found] == [str(mine.enrollment_id)]
    assert other.person_id != mine.person_id


def test_a_class_teacher_checks_in_the_own_class_only(make_service):
    county = County(make_service("enrollment"))
    county.open()
    place = county.nominate(1)
    county.confirm()
    path = f"/api/enrollment/enrollments/{place.enrollment_id}/check-in"
    stranger = county.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset([uuid4()]))
    teacher = county.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset([county.cohort_id]))
    assert stranger.post(path, json={}).status_code == 404
    assert stranger.get("/api/enrollment/cohorts").json == []
    assert teacher.post(path, json={}).json == {"people": 1}
    assert [cohort["id"] for cohort in teacher.get("/api/enrollment/cohorts").json] == [str(county.cohort_id)]
