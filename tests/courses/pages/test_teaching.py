"""The pages of organizers and class teachers: what they show and what their forms do."""

import re
from datetime import date

import pytest

from services.courses.storage import attendance
from shared.contracts.courses import ATTENDANCE_CORRECTED, ATTENDANCE_RECORDED
from shared.vocabulary import AttendanceStatus, Delivery, Role

CSRF = {"csrf_token": "csrf"}


@pytest.fixture
def browser(courses):
    return courses.client(Role.ORGANIZER, browser=True)


def read(client, path):
    answered = client.get(path)
    assert answered.status_code == 200, answered.get_data(as_text=True)
    return answered.get_data(as_text=True)


def submit(client, path, **fields):
    answered = client.post(path, data={**fields, **CSRF})
    assert answered.status_code == 302, answered.get_data(as_text=True)
    return read(client, answered.location)


def test_a_cohort_is_shown_with_its_four_modes_and_its_timetable_in_chinese_and_english(make_cohort, browser):
    cohort = make_cohort(4)
    assert "公办学校领导第14期" in read(browser, "/courses/cohorts")
    page = read(browser, f"/courses/cohorts/{cohort.id}")
    for text in ("专题授课", "现场教学", "交流研讨", "党建拉练", "2023年10月16日 上午", "可开课", "未开放", "第1组"):
        assert text in page
    english = read(browser, f"/courses/cohorts/{cohort.id}?lang=en")
    assert "Party-building observation tour" in english
    assert "课程表" not in english


def test_a_session_is_held_by_its_form_and_the_next_mode_tells_why_it_is_closed(make_cohort, browser):
    cohort = make_cohort(2)
    first, *_, tour = cohort.sessions()
    page = submit(browser, f"/courses/sessions/{first.id}/holding", held_on="2023-10-16")
    assert "课次已开课" in page
    assert "已开课" in page
    page = submit(browser, f"/courses/sessions/{tour.id}/holding", held_on="2023-10-20")
    assert "“专题授课”完成后才能进行“党建拉练”" in page
    assert cohort.sessions()[-1].state == "planned"


def test_a_mark_for_nobody_is_refused_as_such(make_cohort, browser):
    cohort = make_cohort(2)
    first = cohort.sessions()[0]
    answered = browser.post(f"/courses/sessions/{first.id}/attendance", data={"mark-somebody": "present", "held_on": "2023-10-16", **CSRF})
    assert answered.status_code == 422
    assert "请选择给出的选项之一" in answered.get_data(as_text=True)


def test_a_session_is_cancelled_with_a_reason_and_moved_by_forms(make_cohort, browser):
    cohort = make_cohort(2)
    first, second = cohort.sessions()[:2]
    assert "此项不能为空" in submit(browser, f"/courses/sessions/{first.id}/cancellation", reason=" ")
    assert "授课人生病" in submit(browser, f"/courses/sessions/{first.id}/cancellation", reason="授课人生病")
    moved = submit(browser, f"/courses/sessions/{second.id}/slot", planned_on="2023-10-16", half_day="morning")
    assert "2023年10月16日 上午" in moved
    assert "这不是有效日期" in submit(browser, f"/courses/sessions/{second.id}/slot", planned_on="gestern", half_day="morning")


def test_all_are_present_in_the_grid_until_the_absent_are_marked(courses, make_cohort, browser):
    cohort = make_cohort(3)
    session = cohort.sessions()[0]
    address = f"/courses/sessions/{session.id}/attendance"
    page = read(browser, address)
    assert page.count('value="present" checked') == 3
    assert "未报到" in page
    marks = {f"mark-{who}": "present" for who in cohort.ids} | {f"mark-{cohort.ids[1]}": "sick_leave"}
    page = submit(browser, address, **marks, held_on="2023-10-16", source="sheet")
    assert "已登记 3 条考勤" in page
    assert page.count('value="present" checked') == 0
    (event,) = courses.outbox(ATTENDANCE_RECORDED)
    assert [entry["status"] for entry in event["data"]["entries"]].count("sick_leave") == 1
    submit(browser, address, **marks, held_on="2023-10-16", source="sheet")
    assert len(courses.outbox(ATTENDANCE_RECORDED)) == 1


def test_the_online_grid_takes_minutes_and_leaves_empty_fields_open(courses, make_cohort, browser):
    cohort = make_cohort(2, delivery=Delivery.ONLINE)
    address = f"/courses/sessions/{cohort.sessions()[0].id}/attendance"
    marks = {f"mark-{cohort.ids[0]}": "20", f"mark-{cohort.ids[1]}": ""}
    page = submit(browser, address, **marks, held_on="2023-10-16", source="platform")
    assert "已登记 1 条考勤" in page
    assert "20 分钟" in page


def test_a_correction_shows_its_effect_before_it_is_confirmed(courses, make_cohort, browser):
    cohort = make_cohort(2)
    cohort.teach({cohort.ids[0]: {1: AttendanceStatus.SICK_LEAVE}})
    cohort.settle()
    session = cohort.sessions()[1]
    address = f"/courses/sessions/{session.id}/attendance/{cohort.ids[0]}"
    shown = browser.post(f"{address}/preview", data={"status": "absent", "reason": "签到表核对", **CSRF})
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200
    assert "将撤销结业，证书随之作废" in page
    assert "缺课超过七分之一，将按退学处理" in page
    assert courses.outbox(ATTENDANCE_CORRECTED) == []
    page = submit(browser, address, status="absent", reason="签到表核对")
    assert "更正已生效" in page
    assert "签到表核对" in page
    history = courses.look(attendance.entries_of, session.id, cohort.ids[0])
    assert [(row.revision, row.status) for row in history] == [(1, "present"), (2, "absent")]


def test_the_completion_list_says_who_is_done_and_what_the_others_miss(courses, make_cohort, browser):
    cohort = make_cohort(2)
    cohort.teach()
    cohort.settle(evaluations=False)
    page = read(browser, f"/courses/cohorts/{cohort.id}/completion")
    assert "还缺：培训评价。" in page
    assert "34.5" in page
    page = read(browser, f"/courses/cohorts/{cohort.id}/completion?outlook=done")
    assert "学员1" not in page


def test_assessment_and_pledge_are_entered_for_everyone(make_cohort, browser):
    cohort = make_cohort(3)
    address = f"/courses/cohorts/{cohort.id}"
    assert "已登记 3 人" in submit(browser, f"{address}/assessments", grade="excellent", assessed_on="2023-10-20")
    assert "已登记 0 人" in submit(browser, f"{address}/assessments", grade="qualified", assessed_on="2023-10-20")
    assert "已登记 3 人" in submit(browser, f"{address}/pledges", signed_on="2023-10-16")


def test_a_trainee_asks_for_leave_and_the_class_teacher_grants_it(courses, make_cohort):
    cohort = make_cohort(2)
    person = cohort.people[0]
    trainee = courses.client(Role.TRAINEE, browser=True, person_id=person["person_id"])
    teacher = courses.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset({cohort.id}))
    asked = {"kind": "official_leave", "first_day": "2023-10-16", "last_day": "2023-10-16", "last_half": "morning", "reason": "参加会议"}
    assert "已申请请假 4 学时" in submit(trainee, f"/courses/enrollments/{person['enrollment_id']}/leaves", **asked)
    page = read(teacher, f"/courses/cohorts/{cohort.id}")
    assert "参加会议" in page
    address = page.split(f'action="/courses/cohorts/{cohort.id}/leaves/')[1].split('"')[0]
    other = make_cohort(1)
    assert teacher.post(f"/courses/cohorts/{other.id}/leaves/{address}", data={"approved": "yes", "csrf_token": "csrf"}).status_code == 404
    assert "已批准请假" in submit(teacher, f"/courses/cohorts/{cohort.id}/leaves/{address}", approved="yes")
    grid = read(teacher, f"/courses/sessions/{cohort.sessions()[0].id}/attendance")
    assert grid.count('value="official_leave" checked') == 1
    assert grid.count('value="present" checked') == 1


def test_whoever_enters_a_sheet_is_offered_as_its_source(courses, make_cohort, browser):
    cohort = make_cohort(1)
    teacher = courses.client(Role.CLASS_TEACHER, browser=True, cohort_ids=frozenset({cohort.id}))
    sheet = f"/courses/sessions/{cohort.sessions()[0].id}/attendance"
    for reader, offered in ((teacher, "class_teacher"), (browser, "organizer")):
        assert set(re.findall('<option value="([^"]+)"', read(reader, sheet))) == {"sheet", offered, "group_leader"}


def test_a_class_is_called_a_cohort_as_everywhere_else(make_cohort, browser):
    cohort = make_cohort(1)
    assert "Cohort 1" in read(browser, f"/courses/cohorts/{cohort.id}?lang=en")


def test_a_trainee_sees_what_is_missing_and_hands_in_the_evaluation(courses, make_cohort):
    cohort = make_cohort(2)
    cohort.teach(leave_open=1)
    person = cohort.people[0]
    trainee = courses.client(Role.TRAINEE, browser=True, person_id=person["person_id"])
    page = read(trainee, "/courses/me")
    for text in ("还有 1 个课次未开课", "还缺：考核。", "36 / 40 学时", "党员集中培训", "尚未达到"):
        assert text in page
    address = f"/courses/cohorts/{cohort.id}/evaluations/{person['enrollment_id']}"
    assert "请选择给出的选项之一" in submit(trainee, address)
    assert "评价已提交" in submit(trainee, address, satisfied="yes", comment="很好")
    other = f"/courses/cohorts/{cohort.id}/evaluations/{cohort.ids[1]}"
    assert trainee.post(other, data={"satisfied": "yes", **CSRF}).status_code == 404


def test_a_form_without_its_csrf_value_is_refused(make_cohort, browser):
    cohort = make_cohort(1)
    session = cohort.sessions()[0]
    assert browser.post(f"/courses/sessions/{session.id}/holding", data={"held_on": "2023-10-16"}).status_code == 400
    assert cohort.sessions()[0].state == "planned"


def test_the_day_of_a_session_that_has_no_day_yet_must_be_given(make_cohort, browser):
    cohort = make_cohort(1, ends_on=date(2023, 10, 16))
    third = cohort.sessions()[2]
    assert "待定" in read(browser, f"/courses/sessions/{third.id}")
    assert "请填写日期" in submit(browser, f"/courses/sessions/{third.id}/holding", held_on="")
