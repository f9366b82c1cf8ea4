"""What waits in enrollment: the organizer's list, a contact's own unit, and nothing of anybody else's (R4, R5, R7, R45)."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from openpyxl import Workbook

from services.enrollment.operations import cohorts, intakes, quotas
from services.enrollment.queries.tasks import TaskCode
from shared.vocabulary import Role
from tests.conftest import run_service
from tests.enrollment.places import A, B, County, resident_id

TASKS = "/api/enrollment/me/tasks"
TODAY = date(2023, 4, 20)
HEADINGS = ["序号", "县(市、区)", "单位全称", "姓名", "性别", "职务", "身份证号", "手机"]


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(f"{TODAY}T04:00:00Z"):
        yield


@pytest.fixture
def county(both_databases, tmp_path):
    county = County(run_service("enrollment", both_databases, tmp_path))
    county.open(seats=6, cells={A: 4, B: 2})
    yield county
    county.service.database.close()


def told(county, role, **scope):
    answer = county.service.client(role, **scope).get(TASKS)
    assert answer.status_code == 200, answer.text
    return {task["code"]: task for task in answer.json}


def roster(*people):
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    for number, (name, id_number) in enumerate(people, start=1):
        sex = "男" if int(id_number[16]) % 2 else "女"
        sheet.append([number, "霸州市", "霸州市示例第一小学", name, sex, "书记", id_number, "13100000001"])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def send(county, content, role=Role.ORGANIZER, preview="true", **scope):
    form = {"file": (BytesIO(content), "霸州市.xlsx"), "mode": "lenient", "preview": preview}
    answer = county.service.client(role, **scope).post(f"/api/enrollment/cohorts/{county.cohort_id}/rosters", data=form)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_units_behind_on_their_quota_are_counted_with_seats_and_the_nearest_deadline(county):
    later = county.service.work(intakes.open_cohort, county.intake_id, seats=9, round_deadline=date(2023, 4, 25))
    county.service.work(quotas.set_grid, later, cells={A: 2, B: 7})
    county.nominate(1, f"{B}0001")
    county.nominate(2, f"{B}0002")
    task = told(county, Role.ORGANIZER)[TaskCode.UNITS_BEHIND_QUOTA]
    assert (task["count"], task["facts"]["left"], task["facts"]["used"], task["facts"]["seats"]) == (2, 13, 0, 13)
    assert [(row["county_name"], row["left"], row["deadline"]) for row in task["facts"]["first"]] == [
        ("三河市", 7, "2023-04-25"),
        ("霸州市", 6, "2023-04-25"),
    ]


def test_the_citys_pool_is_no_unit_and_a_filled_or_past_intake_is_nobodys_backlog(county):
    county.service.work(quotas.close_round_one, county.cohort_id)
    assert TaskCode.UNITS_BEHIND_QUOTA not in told(county, Role.ORGANIZER)
    contact = told(county, Role.COUNTY_CONTACT, county_code=A)
    assert contact[TaskCode.POOL_PLACES]["count"] == 6
    with time_machine.travel("2023-06-01T04:00:00Z"):
        assert told(county, Role.COUNTY_CONTACT, county_code=A) == {}


def test_a_contact_counts_only_the_own_unit(county):
    county.nominate(1, f"{B}0001")
    county.nominate(2, f"{B}0001")
    county.nominate(3, f"{B}0002")
    own = told(county, Role.COUNTY_CONTACT, county_code=A)
    other = told(county, Role.COUNTY_CONTACT, county_code=B)
    assert (own[TaskCode.OPEN_PLACES]["count"], own[TaskCode.OPEN_PLACES]["facts"]["used"]) == (4, 0)
    assert TaskCode.PEOPLE_WAITING not in own
    assert TaskCode.OPEN_PLACES not in other
    assert other[TaskCode.PEOPLE_WAITING]["count"] == 1
    for task in own.values():
        assert {row.get("county_name") for row in task["facts"]["first"]} <= {"霸州市"}
    mine = told(county, Role.SCHOOL_CONTACT, county_code=B, school_id=county.schools[f"{B}0002"])
    assert mine[TaskCode.PEOPLE_WAITING]["count"] == 1
    assert TaskCode.PEOPLE_WAITING not in told(county, Role.SCHOOL_CONTACT, county_code=B, school_id=county.schools[f"{B}0001"])


def test_a_roster_waits_until_it_is_written_and_only_the_last_of_its_sender(county):
    first, last = roster(("王小明", resident_id(1))), roster(("王小明", resident_id(1)), ("李小红", resident_id(2)))
    send(county, first)
    send(county, last)
    task = told(county, Role.ORGANIZER)[TaskCode.ROSTERS_TO_CHECK]
    assert (task["count"], task["facts"]["first"][0]["to_write"]) == (1, 2)
    send(county, last, preview="false")
    assert TaskCode.ROSTERS_TO_CHECK not in told(county, Role.ORGANIZER)


def test_a_known_id_under_another_name_is_to_be_checked_even_when_the_rest_is_written(county):
    county.nominate(1)
    send(county, roster(("赵另名", resident_id(1)), ("李小红", resident_id(2))), preview="false")
    task = told(county, Role.ORGANIZER)[TaskCode.ROSTERS_TO_CHECK]
    assert (task["count"], task["facts"]["under_another_name"], task["facts"]["first"][0]["to_write"]) == (1, 1, 0)


def test_a_contact_sees_the_rosters_they_sent_and_no_other(county):
    send(county, roster(("王小明", resident_id(1))), Role.COUNTY_CONTACT, county_code=A, account_id="contact-a")
    assert told(county, Role.COUNTY_CONTACT, county_code=A, account_id="contact-a")[TaskCode.ROSTERS_TO_CHECK]["count"] == 1
    assert TaskCode.ROSTERS_TO_CHECK not in told(county, Role.COUNTY_CONTACT, county_code=A, account_id="another")
    assert TaskCode.ROSTERS_TO_CHECK in told(county, Role.ORGANIZER)


def test_full_cohorts_wait_to_be_confirmed_then_people_to_check_in_then_the_intake_to_be_closed(county):
    places = [county.nominate(number, f"{A if number < 5 else B}0001") for number in range(1, 7)]
    assert told(county, Role.ORGANIZER)[TaskCode.COHORTS_TO_CONFIRM]["facts"]["first"][0]["taken"] == 6
    county.service.work(cohorts.confirm_cohort, county.cohort_id)
    assert told(county, Role.ORGANIZER) == {}
    with time_machine.travel("2023-05-09T04:00:00Z"):
        county.check_in(places[0].enrollment_id)
        assert told(county, Role.ORGANIZER)[TaskCode.NOT_CHECKED_IN]["count"] == 5
        own = told(county, Role.CLASS_TEACHER, cohort_ids=frozenset([county.cohort_id]))
        assert {code: task["count"] for code, task in own.items()} == {TaskCode.NOT_CHECKED_IN: 5}
        assert told(county, Role.CLASS_TEACHER, cohort_ids=frozenset([uuid4()])) == {}
    with time_machine.travel("2023-05-20T04:00:00Z"):
        over = told(county, Role.ORGANIZER)
        assert over.keys() == {TaskCode.INTAKES_TO_CLOSE}
        county.service.work(intakes.close_intake, county.intake_id)
        assert told(county, Role.ORGANIZER) == {}


def test_an_open_cohort_whose_first_day_has_come_is_to_be_confirmed_though_it_is_not_full(county):
    county.nominate(1)
    assert TaskCode.COHORTS_TO_CONFIRM not in told(county, Role.ORGANIZER)
    with time_machine.travel("2023-05-08T04:00:00Z"):
        assert told(county, Role.ORGANIZER)[TaskCode.COHORTS_TO_CONFIRM]["count"] == 1


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR, Role.TRAINEE])
def test_nobody_else_has_tasks_in_enrollment(county, role):
    assert county.service.client(role).get(TASKS).status_code == 403


def test_every_task_leads_to_a_page_with_its_rows(county):
    send(county, roster(("王小明", resident_id(1))))
    county.open_intake(number=2, starts_on=TODAY - timedelta(days=30))
    browser = county.service.client(Role.ORGANIZER, browser=True)
    found = told(county, Role.ORGANIZER)
    assert found.keys() == {TaskCode.UNITS_BEHIND_QUOTA, TaskCode.ROSTERS_TO_CHECK, TaskCode.INTAKES_TO_CLOSE}
    for task in found.values():
        for language in ("zh", "en"):
            answer = browser.get(f"{task['url']}?lang={language}")
            assert answer.status_code == 200
            assert 'class="lh-empty"' not in answer.text
    assert "霸州市.xlsx" in browser.get(found[TaskCode.ROSTERS_TO_CHECK]["url"]).text


def test_the_page_of_a_task_shows_no_other_county_and_does_not_exist_for_other_roles(county):
    contact = county.service.client(Role.COUNTY_CONTACT, browser=True, county_code=A)
    page = contact.get(f"/enrollment/tasks/{TaskCode.OPEN_PLACES}").text
    assert "霸州市" in page
    assert "三河市" not in page
    assert contact.get(f"/enrollment/tasks/{TaskCode.UNITS_BEHIND_QUOTA}").status_code == 404
    assert contact.get("/enrollment/tasks/something_else").status_code == 404
    for code in TaskCode:
        assert county.service.client(Role.ORGANIZER, browser=True).get(f"/enrollment/tasks/{code}").status_code in (200, 404)
