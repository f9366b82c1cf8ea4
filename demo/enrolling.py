"""Enrolls one cohort of the model city: seats split, rosters sent county by county, places changed, people checked in."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from demo import rosters
from demo.city import COUNTIES, School
from demo.doors import Doors
from demo.nominees import Pool
from demo.people import Person
from demo.plan import Cohort
from shared.domain import CITY_TIME

WAITING = 3


class Enrolling:
    """One cohort on its way from quota to check-in."""

    def __init__(self, doors: Doors, settle: Callable[[], Any], pool: Pool, schools: list[School]) -> None:
        self._doors = doors
        self._settle = settle
        self._pool = pool
        self._schools = schools

    def enroll(self, cohort: Cohort) -> None:
        """From the split of the seats to everyone who comes having checked in."""
        seats = self._split(cohort)
        for county in COUNTIES:
            if people := self._pool.take(county.code, seats[county.code]):
                content = rosters.workbook(county, people, cohort.intake.starts_on - timedelta(days=10))
                name = f"{county.name}-{cohort.intake.number or '省'}-{cohort.number}.xlsx"
                self._doors.post(f"/api/enrollment/cohorts/{cohort.id}/rosters", files={"file": (content, name)}, mode="strict")
        largest = max(COUNTIES, key=lambda county: seats[county.code])
        if cohort.is_first:
            for person in self._pool.take(largest.code, WAITING):
                self._doors.post(f"/api/enrollment/cohorts/{cohort.id}/enrollments", self._nominee(person))
        self._doors.post(f"/api/enrollment/cohorts/{cohort.id}/confirmation")
        if cohort.is_first:
            self._change_places(cohort, largest.code)
        self._check_in(cohort)

    def _split(self, cohort: Cohort) -> dict[str, int]:
        proposed = self._doors.get(f"/api/enrollment/cohorts/{cohort.id}/quotas/proposal")
        self._doors.put(f"/api/enrollment/cohorts/{cohort.id}/quotas", proposed)
        return {cell["county_code"]: cell["seats"] for cell in proposed["cells"]}

    def _change_places(self, cohort: Cohort, county_code: str) -> None:
        """One person withdraws, one does not come, one is substituted; the waiting list fills the two free seats."""
        places = [place for place in self._places(cohort) if place["county_code"] == county_code]
        withdrawn, absent, substituted = places[3], places[4], places[5]
        for place, reason in ((withdrawn, "本人申请退出"), (absent, "未报到")):
            self._doors.post(f"/api/enrollment/enrollments/{place['id']}/withdrawal", {"reason": reason})
        (other,) = self._pool.take(county_code, 1)
        body = {"reason": "因公务换人", "nominee": self._nominee(other)}
        self._doors.post(f"/api/enrollment/enrollments/{substituted['id']}/substitution", body)
        self._settle()

    def _check_in(self, cohort: Cohort) -> None:
        at = datetime.combine(cohort.intake.starts_on, time(8, 10), CITY_TIME).isoformat()
        ids = [place["id"] for place in self._places(cohort)]
        self._doors.post(f"/api/enrollment/cohorts/{cohort.id}/check-ins", {"enrollment_ids": ids, "checked_in_at": at})

    def _places(self, cohort: Cohort) -> list[dict[str, Any]]:
        everyone = self._doors.get(f"/api/enrollment/cohorts/{cohort.id}/enrollments")
        return [place for place in everyone if place["status"] == "enrolled"]

    def _nominee(self, person: Person) -> dict[str, Any]:
        return {
            "name": person.name,
            "id_number": person.resident_id,
            "phone": person.phone,
            "post": person.post,
            "school_id": self._school_id(person.school),
            "nation": person.nation,
            "political_status": "中共党员",
        }

    def _school_id(self, school: School) -> str:
        found = self._doors.get("/api/enrollment/organizations", name=school.name, kind="school")
        (only,) = [organization for organization in found if organization["name"] == school.name]
        school_id: str = only["id"]
        return school_id
