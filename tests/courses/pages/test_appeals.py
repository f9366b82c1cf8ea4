"""The pages of an appeal, and what courses tells a person of the own data (R14, R45, R48)."""

import re

import pytest

from services.courses.domain.leave import LeaveKind, Span
from services.courses.operations.corrections import correct_attendance
from services.courses.operations.leaves import request_leave
from services.courses.operations.sheets import Entry
from shared.vocabulary import AttendanceStatus, HalfDay, Role
from tests.conftest import actor

OWN, ALL = "/courses/me/appeals", "/courses/appeals"
CSRF = {"csrf_token": "csrf"}


@pytest.fixture
def cohort(make_cohort):
    cohort = make_cohort(3)
    first = cohort.sessions()[0]
    cohort.hold(first)
    cohort.record(first, {cohort.ids[0]: AttendanceStatus.ABSENT})
    return cohort


def trainee(cohort, number=0, **options):
    return cohort.service.client(Role.TRAINEE, person_id=cohort.people[number]["person_id"], **options)


def teacher(cohort, **options):
    return cohort.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset({cohort.id}), **options)


def file(cohort):
    entry = f"{cohort.sessions()[0].id}/{cohort.ids[0]}"
    return trainee(cohort, browser=True).post(OWN, data={"entry": entry, "text": "当天在场", **CSRF}, follow_redirects=True).text


def address(client):
    return re.search(rf'href="({ALL}/[0-9a-f-]{{36}})"', client.get(ALL).text)[1]


def test_an_appeal_goes_its_way_from_the_form_to_the_answer(cohort):
    assert "申诉已提交" in file(cohort)
    browser = teacher(cohort, browser=True)
    assert "考勤申诉 (1)" in browser.get("/courses/cohorts").text
    page = browser.get(address(browser)).text
    assert "当天在场" in page
    assert 'value="granted"' not in page  # nothing is corrected yet
    correction = re.search(r'href="(/courses/sessions/[^"]+/attendance/[^"]+)"', page)[1]
    browser.post(correction, data={"status": "present", "reason": "核实在场", **CSRF})
    where = address(browser)
    assert 'value="granted"' in browser.get(where).text
    assert "已处理" in browser.post(f"{where}/decision", data={"outcome": "granted", **CSRF}, follow_redirects=True).text
    assert "没有待处理的申诉" in browser.get(ALL).text
    assert "已更正" in trainee(cohort, browser=True).get(OWN).text


def test_r45_who_does_not_run_the_class_sees_no_appeal_of_it(cohort, make_cohort):
    file(cohort)
    where = address(teacher(cohort))
    other = cohort.service.client(Role.CLASS_TEACHER, cohort_ids=frozenset({make_cohort(1).id}))
    assert "当天在场" not in other.get(ALL).text
    assert other.get(f"/api{ALL}").json == []
    assert other.get(where).status_code == 404
    assert other.post(f"/api{where}/decision", json={"granted": False, "answer": "x"}).status_code == 404
    for role in set(Role) - {Role.ORGANIZER, Role.CLASS_TEACHER}:
        client = cohort.service.client(role, county_code=cohort.people[0]["county_code"], school_id=cohort.people[0]["school_id"])
        assert {client.get(url).status_code for url in (ALL, where, f"/api{ALL}")} == {403}
    assert "当天在场" not in trainee(cohort, 1).get(OWN).text
    assert "当天在场" in cohort.service.client(Role.ORGANIZER).get(ALL).text


def test_the_machines_door_files_lists_and_decides(cohort):
    client, entry = trainee(cohort), {"session_id": str(cohort.sessions()[0].id), "enrollment_id": str(cohort.ids[0])}
    assert client.post(f"/api{OWN}", json={**entry, "text": "当天在场"}).status_code == 201
    assert client.post(f"/api{OWN}", json={**entry, "text": "再说一次"}).json["code"] == "appeal_open"
    foreign = {**entry, "enrollment_id": str(cohort.ids[1]), "text": "别人的"}
    assert client.post(f"/api{OWN}", json=foreign).status_code == 404
    (waiting,) = teacher(cohort).get(f"/api{ALL}").json
    decision = f"/api{ALL}/{waiting['appeal_id']}/decision"
    assert teacher(cohort).post(decision, json={"granted": True}).json["code"] == "not_corrected_yet"
    assert teacher(cohort).post(decision, json={"granted": False, "answer": "无签名"}).status_code == 200
    (own,) = client.get(f"/api{OWN}").json
    assert (own["state"], own["answer"], own["status"]) == ("refused", "无签名", "absent")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_speak_both_languages(cohort, lang):
    file(cohort)
    words = {"zh": "考勤申诉", "en": "Appeals against attendance"}[lang]
    for client, url in ((trainee(cohort), OWN), (teacher(cohort), ALL), (teacher(cohort), address(teacher(cohort)))):
        page = client.get(f"{url}?lang={lang}")
        assert page.status_code == 200
        assert words in page.text


def test_the_own_data_hold_the_ledger_with_corrections_leave_results_and_appeals(cohort):
    session = cohort.sessions()[0]
    file(cohort)
    teacher_one = actor(Role.CLASS_TEACHER, account_id="teacher-1", cohort_ids=frozenset({cohort.id}))
    fix = Entry(cohort.ids[0], AttendanceStatus.LATE)
    cohort.service.work(correct_attendance, session.id, fix, reason="迟到二十分钟", by=teacher_one)
    span = Span(cohort.starts_on, HalfDay.AFTERNOON, cohort.starts_on, HalfDay.AFTERNOON)
    cohort.service.work(request_leave, cohort.ids[0], LeaveKind.SICK, span, reason="就医")
    cohort.settle()
    told = trainee(cohort).get("/api/courses/me/data").json
    rows = {section["code"]: section["rows"] for section in told["sections"]}
    assert [(row["revision"], row["status"], row["reason"]) for row in rows["attendance"]] == [
        (1, "absent", ""),
        (2, "late", "迟到二十分钟"),
    ]
    assert rows["leaves"][0]["reason"] == "就医"
    assert (rows["assessments"][0]["grade"], len(rows["pledges"]), rows["evaluations"][0]["satisfied"]) == ("qualified", 1, True)
    assert rows["appeals"][0]["text"] == "当天在场"
    assert rows["places"][0]["school_name"] == cohort.people[0]["school_name"]
    entries = {(entry["account"], entry["action"], entry["reason"]) for entry in told["entries"]}
    assert ("teacher-1", "attendance.corrected", "迟到二十分钟") in entries
    assert {"leave.requested", "appeal.filed"} <= {entry["action"] for entry in told["entries"]}


def test_nothing_of_a_classmate_is_in_the_own_data(cohort):
    file(cohort)
    cohort.service.work(correct_attendance, cohort.sessions()[0].id, Entry(cohort.ids[0], AttendanceStatus.LATE), reason="迟到")
    told = trainee(cohort, 1).get("/api/courses/me/data").json
    assert [row["status"] for section in told["sections"] if section["code"] == "attendance" for row in section["rows"]] == ["present"]
    assert told["entries"] == []
    assert cohort.people[0]["name"] not in str(told)
    for role in set(Role) - {Role.TRAINEE}:
        client = cohort.service.client(role, person_id=cohort.people[0]["person_id"])
        assert client.get("/api/courses/me/data").status_code == client.post("/api/courses/me/exports", json={}).status_code == 403
