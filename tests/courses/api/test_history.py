"""A cohort of the past, entered through the machines' door as the demo does it."""

from uuid import uuid4

import pytest

from shared.contracts.courses import TRAINING_COMPLETED
from shared.vocabulary import Delivery, Role


def post(client, path, body, status=200):
    answered = client.post(f"/api/courses{path}", json=body)
    assert answered.status_code == status, answered.get_data(as_text=True)
    return answered.json


def test_an_organizer_enters_an_offline_cohort_of_the_past(courses, make_cohort):
    cohort = make_cohort(3)
    organizer = courses.client(Role.ORGANIZER)
    for session in organizer.get(f"/api/courses/cohorts/{cohort.id}/sessions").json:
        record = "分组研讨记录" if session["mode"] == "exchange_seminar" else ""
        held = post(organizer, f"/sessions/{session['session_id']}/holding", {"held_on": session["planned_on"], "record": record})
        assert held["state"] == "held"
        sheet = {"held_on": session["planned_on"], "half_day": session["half_day"], "default_status": "present", "source": "sheet"}
        assert post(organizer, f"/cohorts/{cohort.id}/attendance", sheet)["recorded"] == 3
    post(organizer, f"/cohorts/{cohort.id}/assessments", {"default_grade": "qualified", "assessed_on": "2023-10-20"})
    post(organizer, f"/cohorts/{cohort.id}/pledges", {"everyone": True, "signed_on": "2023-10-16"})
    entries = [{"enrollment_id": str(who), "satisfied": True} for who in cohort.ids]
    done = post(organizer, f"/cohorts/{cohort.id}/evaluations", {"entries": entries, "handed_in_on": "2023-10-20"})
    assert (done["recorded"], len(done["completed"])) == (3, 3)
    assert {event["data"]["completed_on"] for event in courses.outbox(TRAINING_COMPLETED)} == {"2023-10-20"}
    completion = organizer.get(f"/api/courses/cohorts/{cohort.id}/completion").json
    assert completion["counts"] == {"done": 3, "reachable": 0, "unreachable": 0}


def test_an_organizer_enters_an_online_cohort_by_minutes(courses, make_cohort):
    cohort = make_cohort(2, delivery=Delivery.ONLINE)
    organizer = courses.client(Role.ORGANIZER)
    for session in organizer.get(f"/api/courses/cohorts/{cohort.id}/sessions").json:
        body = {"record": "线上研讨记录"} if session["mode"] == "exchange_seminar" else {}
        post(organizer, f"/sessions/{session['session_id']}/holding", body)
        entries = [{"enrollment_id": str(cohort.ids[0]), "minutes": 20 if session["position"] == 1 else 45}]
        sheet = {"session_id": session["session_id"], "entries": entries, "default_minutes": 40, "source": "platform"}
        post(organizer, f"/cohorts/{cohort.id}/attendance", sheet)
    record = organizer.get(f"/api/courses/people/{cohort.people[0]['person_id']}/record").json
    assert record["trainings"][0]["earned_quarter_hours"] == 126
    assert [(item["year"], item["ledger"], item["quarter_hours"]) for item in record["hours"]] == [
        (2023, "online_study", 126),
        (2023, "teacher_education", 126),
    ]
    assert record["trainings"][0]["missing"][0]["message"] == "还缺：考核。"


def test_the_same_request_with_its_key_gets_the_same_answer(courses, make_cohort):
    cohort = make_cohort(2)
    organizer = courses.client(Role.ORGANIZER)
    body = {"session_id": str(cohort.sessions()[0].id), "default_status": "present"}
    answers = [
        organizer.post(f"/api/courses/cohorts/{cohort.id}/attendance", json=body, headers={"Idempotency-Key": "sheet-1"}).json
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["recorded"] == 2


def test_all_problems_of_a_sheet_come_at_once_with_their_places(courses, make_cohort):
    cohort = make_cohort(2)
    who = str(cohort.ids[0])
    entries = [
        {"enrollment_id": who, "minutes": 30},
        {"enrollment_id": who, "status": "present"},
        {"enrollment_id": str(uuid4()), "status": "late"},
    ]
    body = {"session_id": str(cohort.sessions()[0].id), "entries": entries}
    answered = courses.client(Role.ORGANIZER).post(f"/api/courses/cohorts/{cohort.id}/attendance", json=body)
    assert answered.status_code == 422
    assert answered.content_type == "application/problem+json"
    assert [(error["where"], error["code"]) for error in answered.json["errors"]] == [
        ("entries.0.minutes", "minutes_online_only"),
        ("entries.1.enrollment_id", "listed_twice"),
        ("entries.2.enrollment_id", "not_in_cohort"),
    ]
    assert "线上" in answered.json["errors"][0]["message"]


@pytest.mark.parametrize("body", [{"surprise": 1}, {"entries": [{"status": "present"}]}, {"session_id": "x"}, {"default_status": "asleep"}])
def test_unknown_and_wrong_fields_are_errors(courses, make_cohort, body):
    cohort = make_cohort(1)
    answered = courses.client(Role.ORGANIZER).post(f"/api/courses/cohorts/{cohort.id}/attendance", json=body)
    assert answered.status_code == 422


def test_a_sheet_that_names_no_slot_is_told_so(courses, make_cohort):
    cohort = make_cohort(1)
    answered = courses.client(Role.ORGANIZER).post(f"/api/courses/cohorts/{cohort.id}/attendance", json={"default_status": "present"})
    assert [error["code"] for error in answered.json["errors"]] == ["slot_unnamed"]


def test_attendance_of_a_cohort_that_is_not_known_yet_is_not_found_and_can_be_sent_again(courses, make_cohort):
    cohort = make_cohort(2, confirmed=False)
    organizer = courses.client(Role.ORGANIZER)
    body = {"held_on": "2023-10-16", "half_day": "morning", "default_status": "present"}
    assert organizer.post(f"/api/courses/cohorts/{cohort.id}/attendance", json=body).status_code == 404
    cohort.confirm()
    assert post(organizer, f"/cohorts/{cohort.id}/attendance", body)["recorded"] == 2
