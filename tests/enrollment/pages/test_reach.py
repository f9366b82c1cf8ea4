"""Who sees and does what on the pages: contacts their own county or school, teachers their own classes (R45)."""

import re
from uuid import uuid4

import pytest

from shared.vocabulary import Role
from tests.enrollment.places import A, B, County, resident_id

OTHERS = (Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.TRAINEE)


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    county.mine = county.nominate(1, f"{A}0001", name="霸州人").enrollment_id
    county.theirs = county.nominate(2, f"{B}0001", name="三河人").enrollment_id
    return county


def urls(county):
    return {
        "intakes": "/enrollment/intakes",
        "new intake": "/enrollment/intakes/new",
        "intake": f"/enrollment/intakes/{county.intake_id}",
        "programs": "/enrollment/programs",
        "organizations": "/enrollment/organizations",
        "cohort": f"/enrollment/cohorts/{county.cohort_id}",
        "nomination": f"/enrollment/cohorts/{county.cohort_id}/nomination",
        "quotas": f"/enrollment/cohorts/{county.cohort_id}/quotas",
        "upload": f"/enrollment/cohorts/{county.cohort_id}/rosters/new",
        "enrollment": f"/enrollment/enrollments/{county.mine}",
    }


OPEN_TO_CONTACTS = {"intakes", "intake", "organizations", "cohort", "nomination", "quotas", "upload", "enrollment"}


@pytest.mark.parametrize("role", OTHERS)
def test_finance_auditors_administrators_and_trainees_have_no_page_here(county, role):
    browser = county.service.client(role, browser=True, person_id=uuid4(), cohort_ids=frozenset([county.cohort_id]))
    assert {name: browser.get(url).status_code for name, url in urls(county).items()} == dict.fromkeys(urls(county), 403)


def test_nobody_enters_without_signing_in(county):
    browser = county.service.client()
    assert {browser.get(url).status_code for url in urls(county).values()} == {302}


def test_a_county_contact_sees_the_pages_for_contacts_and_only_the_own_people(county):
    browser = county.service.client(Role.COUNTY_CONTACT, browser=True, county_code=A)
    answers = {name: browser.get(url) for name, url in urls(county).items()}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == OPEN_TO_CONTACTS
    for answer in answers.values():
        assert "三河人" not in answer.text
    assert "霸州人" in answers["cohort"].text
    assert "三河市" not in answers["quotas"].text
    assert "三河市示例第一小学" not in answers["organizations"].text


def test_a_school_contact_sees_only_the_own_school(county):
    browser = county.service.client(Role.SCHOOL_CONTACT, browser=True, county_code=A, school_id=county.schools[f"{A}0002"])
    answers = {name: browser.get(url) for name, url in urls(county).items()}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == OPEN_TO_CONTACTS - {"enrollment"}
    assert "霸州人" not in answers["cohort"].text
    assert re.findall(r"示例\w+小学", answers["organizations"].text) == ["示例第二小学"]


def test_a_class_teacher_sees_the_own_class_and_no_other(county):
    own = county.service.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset([county.cohort_id]))
    other = county.service.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset([uuid4()]))
    cohort, place = urls(county)["cohort"], urls(county)["enrollment"]
    assert [own.get(cohort).status_code, own.get(place).status_code] == [200, 200]
    assert [other.get(cohort).status_code, other.get(place).status_code] == [404, 404]
    assert "withdrawal-reason" not in own.get(place).text
    assert str(county.cohort_id) not in other.get(urls(county)["intake"]).text


def test_programs_ask_for_a_class_teachers_own_classes_only(county):
    own = county.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset([county.cohort_id]))
    other = county.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset([uuid4()]))
    of_intake, one = f"/api/enrollment/intakes/{county.intake_id}/cohorts", f"/api/enrollment/cohorts/{county.cohort_id}"
    assert [len(own.get(of_intake).json), own.get(one).status_code] == [1, 200]
    assert [len(other.get(of_intake).json), other.get(one).status_code] == [0, 404]


def test_what_is_anothers_does_not_exist(county):
    browser = county.service.client(Role.COUNTY_CONTACT, browser=True, county_code=A)
    form = {"csrf_token": "csrf", "reason": "不该成功"}
    theirs = f"/enrollment/enrollments/{county.theirs}"
    assert browser.get(theirs).status_code == 404
    assert browser.post(f"{theirs}/withdrawal", data=form).status_code == 404
    assert browser.post(f"{theirs}/identity", data=form).status_code == 404
    nominee = {"name": "李雅楠", "id_number": resident_id(9), "school": "三河市示例第二小学", "post": "secretary", **form}
    assert browser.post(f"{theirs}/substitution", data=nominee).status_code in (404, 422)
    nominated = browser.post(f"/enrollment/cohorts/{county.cohort_id}/nomination", data=nominee)
    assert nominated.status_code == 422
    assert len(county.places()) == 2
    assert all(status == "enrolled" for _, status, _ in county.places())


@pytest.mark.parametrize("role", [Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.CLASS_TEACHER])
def test_only_the_organizer_plans_splits_and_confirms(county, role):
    browser = county.service.client(role, browser=True, county_code=A, cohort_ids=frozenset([county.cohort_id]))
    form = {"csrf_token": "csrf"}
    doors = [
        "/enrollment/intakes/new", "/enrollment/intakes/clone", "/enrollment/programs", f"/enrollment/intakes/{county.intake_id}/closure",
        f"/enrollment/intakes/{county.intake_id}/cohorts", f"/enrollment/cohorts/{county.cohort_id}/quotas",
        f"/enrollment/cohorts/{county.cohort_id}/quotas/return", f"/enrollment/cohorts/{county.cohort_id}/confirmation",
    ]  # fmt: skip
    assert {browser.post(url, data=form).status_code for url in doors} == {403}


def test_an_id_number_is_on_no_page(county):
    browser = county.service.client(Role.ORGANIZER, browser=True)
    for url in urls(county).values():
        assert not re.search(r"\b131099\d{11}[\dX]\b", browser.get(url).text), url
