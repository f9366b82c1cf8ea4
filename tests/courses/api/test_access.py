"""R45: who may do what at the machines' door and on the pages, role by role and object by object."""

from uuid import uuid4

import pytest

from shared.vocabulary import Role

NOTHING = (Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR)
READ = ["/api/courses/cohorts/{cohort}", "/api/courses/cohorts/{cohort}/completion", "/api/courses/people/{person}/record"]
TEACH = [
    "/api/courses/sessions/{session}/holding",
    "/api/courses/cohorts/{cohort}/attendance",
    "/api/courses/cohorts/{cohort}/pledges",
    "/api/courses/cohorts/{cohort}/assessments",
]


@pytest.fixture
def cohort(make_cohort):
    return make_cohort(2)


def fill(path, cohort):
    return path.format(cohort=cohort.id, session=cohort.sessions()[0].id, person=cohort.people[0]["person_id"])


def body_for(path, cohort):
    return {"session_id": str(cohort.sessions()[0].id), "default_status": "present"} if path.endswith("attendance") else {}


@pytest.mark.parametrize("role", NOTHING)
def test_finance_auditor_and_administrator_have_nothing_here(courses, cohort, role):
    client = courses.client(role)
    for path in [*READ, "/api/courses/curricula", "/courses/cohorts", "/courses/cohorts/{cohort}/completion"]:
        assert client.get(fill(path, cohort)).status_code == 403
    for path in TEACH:
        assert client.post(fill(path, cohort), json=body_for(path, cohort)).status_code == 403


@pytest.mark.parametrize("role", [Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.TRAINEE])
def test_contacts_and_trainees_teach_nothing(courses, cohort, role):
    person = cohort.people[0]
    scope = {"county_code": person["county_code"], "school_id": person["school_id"], "person_id": person["person_id"]}
    client = courses.client(role, **scope)
    for path in TEACH:
        assert client.post(fill(path, cohort), json=body_for(path, cohort)).status_code == 403


def test_a_class_teacher_has_the_own_cohorts_and_no_others(courses, make_cohort):
    own, other = make_cohort(2), make_cohort(2)
    teacher = courses.client(Role.CLASS_TEACHER, cohort_ids=frozenset({own.id}))
    for path in READ:
        assert teacher.get(fill(path, own)).status_code == 200
        assert teacher.get(fill(path, other)).status_code == 404
    for path in TEACH:
        assert teacher.post(fill(path, own), json=body_for(path, own)).status_code == 200
        assert teacher.post(fill(path, other), json=body_for(path, other)).status_code == 404
    assert [line["cohort_id"] for line in teacher.get("/api/courses/cohorts").json] == [str(own.id)]
    assert teacher.put("/api/courses/curricula/public_school/offline", json={}).status_code == 403


def test_a_trainee_reads_the_own_record_and_nobody_elses(courses, cohort):
    person, other = cohort.people
    trainee = courses.client(Role.TRAINEE, person_id=person["person_id"])
    assert trainee.get("/api/courses/me/record").json["person_id"] == str(person["person_id"])
    assert trainee.get(f"/api/courses/people/{person['person_id']}/record").status_code == 200
    assert trainee.get(f"/api/courses/people/{other['person_id']}/record").status_code == 404
    assert trainee.get(f"/api/courses/cohorts/{cohort.id}").status_code == 200
    assert trainee.get(f"/api/courses/cohorts/{cohort.id}/completion").status_code == 403


def test_a_contact_reads_the_own_people_only(courses, cohort):
    mine, other = cohort.people
    contact = courses.client(Role.COUNTY_CONTACT, county_code=mine["county_code"])
    shown = contact.get(f"/api/courses/cohorts/{cohort.id}/completion").json
    assert [line["enrollment_id"] for line in shown["trainees"]] == [str(mine["enrollment_id"])]
    assert contact.get(f"/api/courses/people/{other['person_id']}/record").status_code == 404
    stranger = courses.client(Role.COUNTY_CONTACT, county_code="131071")
    for path in READ:
        assert stranger.get(fill(path, cohort)).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in_or_refused(courses, cohort):
    anyone = courses.client()
    assert anyone.get(fill(READ[0], cohort)).status_code == 401
    assert anyone.get("/courses/cohorts").status_code == 302


def test_r43_answers_hold_no_id_number_and_no_phone(courses, cohort):
    organizer = courses.client(Role.ORGANIZER)
    for path in READ:
        text = organizer.get(fill(path, cohort)).get_data(as_text=True)
        assert "phone" not in text
        assert "id_number" not in text


def test_what_does_not_exist_is_not_found(courses):
    organizer = courses.client(Role.ORGANIZER)
    assert organizer.get(f"/api/courses/cohorts/{uuid4()}").status_code == 404
    assert organizer.post(f"/api/courses/sessions/{uuid4()}/holding", json={}).status_code == 404
    assert organizer.put("/api/courses/curricula/nobody/offline", json={"units": [], "ledgers": []}).status_code in (404, 422)
