"""What waits in courses: sheets, leave, who cannot complete, who is away today, and nothing of anybody else's (R14, R16, R45)."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine

from services.courses.domain.leave import LeaveKind, Span
from services.courses.operations.leaves import decide_leave, request_leave
from services.courses.operations.sessions import cancel_session
from services.courses.queries.tasks import TaskCode
from shared.vocabulary import AttendanceStatus, HalfDay, Role
from tests.conftest import run_service
from tests.courses.conftest import COUNTIES

TASKS = "/api/courses/me/tasks"
BEFORE, SECOND, AFTER = "2023-10-10T04:00:00Z", "2023-10-17T04:00:00Z", "2023-10-30T04:00:00Z"
ABSENT, SICK = AttendanceStatus.ABSENT, AttendanceStatus.SICK_LEAVE


@pytest.fixture
def courses(both_databases, tmp_path):
    service = run_service("courses", both_databases, tmp_path)
    yield service
    service.database.close()


@pytest.fixture
def cohort(make_cohort):
    return make_cohort(4)


def told(courses, role, at, **scope):
    with time_machine.travel(at):
        answer = courses.client(role, **scope).get(TASKS)
    assert answer.status_code == 200, answer.text
    return {task["code"]: task for task in answer.json}


def test_a_session_waits_for_its_sheet_from_its_day_on_until_everyone_stands_on_it(courses, cohort):
    sessions = cohort.sessions()
    assert TaskCode.SHEETS_MISSING not in told(courses, Role.ORGANIZER, BEFORE)
    second_day = told(courses, Role.ORGANIZER, SECOND)[TaskCode.SHEETS_MISSING]
    assert (second_day["count"], second_day["facts"]["first"][0]["missing"]) == (2, 4)
    assert second_day["facts"]["first"][0] | {"day": "2023-10-16", "title": sessions[0].title} == second_day["facts"]["first"][0]
    cohort.hold(sessions[0])
    cohort.record(sessions[0], dict.fromkeys(cohort.ids[:3], ABSENT), default=None)
    assert told(courses, Role.ORGANIZER, SECOND)[TaskCode.SHEETS_MISSING]["facts"]["first"][0]["missing"] == 1
    cohort.record(sessions[0], {cohort.ids[3]: ABSENT}, default=None)
    assert told(courses, Role.ORGANIZER, SECOND)[TaskCode.SHEETS_MISSING]["count"] == 1


def test_a_cancelled_session_and_a_completed_cohort_wait_for_no_sheet(courses, cohort):
    cohort.teach(leave_open=1)
    assert told(courses, Role.ORGANIZER, AFTER)[TaskCode.SHEETS_MISSING]["count"] == 1
    courses.work(cancel_session, cohort.sessions()[-1].id, reason="大雪")
    assert told(courses, Role.ORGANIZER, AFTER) == {}


def test_leave_waits_until_it_is_decided(courses, cohort):
    span = Span(date(2023, 10, 18), HalfDay.MORNING, date(2023, 10, 18), HalfDay.AFTERNOON)
    asked = courses.work(request_leave, cohort.ids[0], LeaveKind.SICK, span, reason="发烧")
    task = told(courses, Role.CLASS_TEACHER, BEFORE, cohort_ids=frozenset([cohort.id]))[TaskCode.LEAVES_TO_DECIDE]
    assert (task["count"], task["facts"]["first"][0]["name"], task["facts"]["first"][0]["first_day"]) == (1, "学员1", "2023-10-18")
    assert TaskCode.LEAVES_TO_DECIDE not in told(courses, Role.CLASS_TEACHER, BEFORE, cohort_ids=frozenset([uuid4()]))
    courses.work(decide_leave, asked.leave_id, approved=False)
    assert TaskCode.LEAVES_TO_DECIDE not in told(courses, Role.ORGANIZER, BEFORE)


def test_a_teacher_decides_leave_on_the_list_and_comes_back_to_it(courses, cohort):
    span = Span(date(2023, 10, 18), HalfDay.MORNING, date(2023, 10, 18), HalfDay.AFTERNOON)
    asked = courses.work(request_leave, cohort.ids[0], LeaveKind.SICK, span, reason="发烧")
    address = f"/courses/tasks/leaves_to_decide/{asked.leave_id}"
    form = {"approved": "yes", "csrf_token": "csrf"}
    stranger = courses.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset([uuid4()]))
    assert stranger.post(address, data=form).status_code == 404
    teacher = courses.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset([cohort.id]))
    assert "学员1" in teacher.get("/courses/tasks/leaves_to_decide").text
    assert teacher.post(address, data=form).location == "/courses/tasks/leaves_to_decide"
    assert "学员1" not in teacher.get("/courses/tasks/leaves_to_decide").text


def test_a_teacher_is_told_who_cannot_complete_any_more(courses, cohort):
    sessions = cohort.sessions()
    for session in sessions[:2]:
        cohort.hold(session)
        cohort.record(session, {cohort.ids[1]: ABSENT})
    own = told(courses, Role.CLASS_TEACHER, SECOND, cohort_ids=frozenset([cohort.id]))
    assert [row["name"] for row in own[TaskCode.TRAINEES_UNREACHABLE]["facts"]["first"]] == ["学员2"]
    assert TaskCode.TRAINEES_UNREACHABLE not in told(courses, Role.CLASS_TEACHER, SECOND, cohort_ids=frozenset([uuid4()]))


def test_a_contact_counts_the_own_people_who_are_away_today_each_once(courses, cohort):
    sessions = cohort.sessions()
    for session in sessions[:4]:
        cohort.hold(session)
        marks = {cohort.ids[0]: SICK, cohort.ids[1]: SICK} if session.planned_on == date(2023, 10, 17) else {}
        cohort.record(session, marks)
    own, other = cohort.people[0], cohort.people[1]
    task = told(courses, Role.COUNTY_CONTACT, SECOND, county_code=own["county_code"])[TaskCode.AWAY_TODAY]
    assert (task["count"], {row["name"] for row in task["facts"]["first"]}) == (1, {own["name"]})
    school = told(courses, Role.SCHOOL_CONTACT, SECOND, county_code=other["county_code"], school_id=other["school_id"])
    assert {row["name"] for row in school[TaskCode.AWAY_TODAY]["facts"]["first"]} == {other["name"]}
    absent_from_both = (COUNTIES[3][0], COUNTIES[0][0])
    for code in absent_from_both:
        assert told(courses, Role.COUNTY_CONTACT, SECOND, county_code=code) == {}
    assert told(courses, Role.COUNTY_CONTACT, AFTER, county_code=own["county_code"]) == {}


def test_a_teacher_sees_the_sessions_of_today_and_of_the_next_teaching_day(courses, cohort):
    own = {"cohort_ids": frozenset([cohort.id])}
    today = told(courses, Role.CLASS_TEACHER, SECOND, **own)
    assert (today[TaskCode.SESSIONS_TODAY]["count"], today[TaskCode.SESSIONS_TODAY]["facts"]["first"][0]["day"]) == (2, "2023-10-17")
    assert {row["day"] for row in today[TaskCode.NEXT_SESSIONS]["facts"]["first"]} == {"2023-10-18"}
    assert told(courses, Role.CLASS_TEACHER, SECOND, cohort_ids=frozenset([uuid4()])) == {}


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.TRAINEE])
def test_nobody_else_has_tasks_in_courses(courses, role):
    assert courses.client(role).get(TASKS).status_code == 403


def test_every_task_leads_to_a_page_with_its_rows_and_kinds_of_others_do_not_exist(courses, cohort):
    own = {"cohort_ids": frozenset([cohort.id])}
    span = Span(date(2023, 10, 18), HalfDay.MORNING, date(2023, 10, 18), HalfDay.AFTERNOON)
    courses.work(request_leave, cohort.ids[2], LeaveKind.SICK, span, reason="发烧")
    for session in cohort.sessions()[:2]:
        cohort.hold(session)
        cohort.record(session, {cohort.ids[1]: ABSENT})
    found = told(courses, Role.CLASS_TEACHER, SECOND.replace("17", "18"), **own)
    assert found.keys() == set(TaskCode) - {TaskCode.AWAY_TODAY}
    with time_machine.travel(SECOND.replace("17", "18")):
        teacher = courses.client(Role.CLASS_TEACHER, browser=True, **own)
        contact = courses.client(Role.COUNTY_CONTACT, browser=True, county_code=cohort.people[0]["county_code"])
        for task in found.values():
            for language in ("zh", "en"):
                answer = teacher.get(f"{task['url']}?lang={language}")
                assert answer.status_code == 200
                assert 'class="lh-empty"' not in answer.text
            assert contact.get(task["url"]).status_code == 404
        assert 'class="lh-empty"' in contact.get("/courses/tasks/away_today").text
        assert teacher.get("/courses/tasks/something").status_code == 404
