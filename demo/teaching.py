"""Teaches one cohort of the model city: sessions in order, attendance half-day by half-day, results at the end."""

from datetime import date
from typing import Any

from demo.doors import Doors
from demo.plan import Cohort

MINUTES = 45


def teach(doors: Doors, cohort: Cohort) -> None:
    """Hold every session in the order of the modes, take attendance, and enter the results."""
    people = _people(doors, cohort)
    last_day = cohort.intake.ends_on
    for number, session in enumerate(doors.get(f"/api/courses/cohorts/{cohort.id}/sessions")):
        record = {"record": "各组围绕议题交流,形成研讨纪要。"} if session["mode"] == "exchange_seminar" else {}
        doors.post(f"/api/courses/sessions/{session['session_id']}/holding", record)
        doors.post(f"/api/courses/cohorts/{cohort.id}/attendance", _sheet(cohort, session, number, people))
    _results(doors, cohort, people, last_day)


def _sheet(cohort: Cohort, session: dict[str, Any], number: int, people: list[str]) -> dict[str, Any]:
    if cohort.intake.delivery == "online":
        # One in every cohort has watched too little of one unit; the ladder gives half an hour for it (R17).
        entries = [{"enrollment_id": people[7 % len(people)], "minutes": 20}] if number == 5 else []
        return {"session_id": session["session_id"], "default_minutes": MINUTES, "entries": entries, "source": "import"}
    entries = [{"enrollment_id": person, "status": status} for person, status in _exceptions(cohort, number, people).items()]
    return {"session_id": session["session_id"], "default_status": "present", "entries": entries, "source": "sheet"}


def _exceptions(cohort: Cohort, number: int, people: list[str]) -> dict[str, str]:
    """Who was not simply there: someone late, someone on leave, and in the first cohort someone who left after three days."""
    found = {}
    if number == 2:
        found[people[11 % len(people)]] = "late"
    if number == 4:
        found[people[12 % len(people)]] = "sick_leave"
    if cohort.is_first and number in (6, 7):
        found[people[20]] = "absent"  # by the second half-day more than a seventh is missed (R15)
    return found


def _results(doors: Doors, cohort: Cohort, people: list[str], on: date) -> None:
    day = on.isoformat()
    failed = [{"enrollment_id": people[30], "grade": "unqualified"}] if cohort.is_first else []
    doors.post(f"/api/courses/cohorts/{cohort.id}/assessments", {"default_grade": "qualified", "entries": failed, "assessed_on": day})
    doors.post(f"/api/courses/cohorts/{cohort.id}/pledges", {"everyone": True, "signed_on": day})
    answers = [{"enrollment_id": person, "satisfied": number % 25 != 0} for number, person in enumerate(people)]
    doors.post(f"/api/courses/cohorts/{cohort.id}/evaluations", {"entries": answers, "handed_in_on": day})


def _people(doors: Doors, cohort: Cohort) -> list[str]:
    places = doors.get(f"/api/enrollment/cohorts/{cohort.id}/enrollments")
    return [place["id"] for place in places if place["status"] == "enrolled"]
