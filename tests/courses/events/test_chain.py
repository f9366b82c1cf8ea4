"""From the confirmed roster to the completion event: the chain this service stands for."""

from datetime import date

from shared.contracts.courses import ATTENDANCE_RECORDED, COHORT_SCHEDULED, SESSION_HELD, TRAINING_COMPLETED


def test_a_confirmed_cohort_is_scheduled_taught_attended_and_completed(courses, make_cohort):
    cohort = make_cohort(4)
    (scheduled,) = courses.outbox(COHORT_SCHEDULED)
    assert scheduled["data"]["teaching_days"] == [f"2023-10-{day}" for day in range(16, 21)]
    assert scheduled["data"]["total_quarter_hours"] == 160
    cohort.teach()
    cohort.settle()
    assert len(courses.outbox(SESSION_HELD)) == 10
    assert len(courses.outbox(ATTENDANCE_RECORDED)) == 10
    completed = courses.outbox(TRAINING_COMPLETED)
    assert {event["data"]["enrollment_id"] for event in completed} == {str(who) for who in cohort.ids}
    assert completed[0]["data"] | {"enrollment_id": "", "person_id": "", "name": ""} == {
        "enrollment_id": "",
        "person_id": "",
        "cohort_id": str(cohort.id),
        "cohort_number": 1,
        "intake_id": str(cohort.intake_id),
        "intake_number": 14,
        "intake_title": "公办学校领导第14期",
        "category": "public_school",
        "delivery": "offline",
        "organized_by": "city",
        "name": "",
        "starts_on": "2023-10-16",
        "ends_on": "2023-10-20",
        "earned_quarter_hours": 160,
        "total_quarter_hours": 160,
        "completed_on": date(2023, 10, 20).isoformat(),
    }
