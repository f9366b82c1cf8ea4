"""Plays the history of the model city through the doors: plan, enroll, teach, complete, close."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from demo import teaching
from demo.city import CITY_CODE, COUNTIES, County, School, schools
from demo.doors import Doors
from demo.enrolling import Enrolling
from demo.nominees import Pool
from demo.people import staff
from demo.plan import INTAKES, PROVINCIAL, Cohort, Intake
from shared.vocabulary import Category

BASES = {"public_school": "浙江大学", "private_school": "成都非企业学院", "party_and_ideology": "廊坊市委党校"}
PROVINCIAL_SEATS = 12
APPROVAL = "市教育工委主要领导批示同意(计划外)"


class History:
    """The fourteen intakes in order, and the province's class.

    `settle` carries what the services tell each other until they are quiet; `step` is called after each cohort.
    """

    def __init__(
        self, doors: Doors, *, settle: Callable[[], Any], step: Callable[[str], Any], intakes: Iterable[Intake] = INTAKES, seats: int = 100
    ) -> None:
        self._doors = doors
        self._settle = settle
        self._step = step
        self._intakes = tuple(intakes)
        self._seats = seats
        self._schools = schools()
        people = staff(self._schools)
        self._pools = {category: Pool(found) for category, found in people.items()}
        self.cohorts: list[Cohort] = []

    @property
    def steps(self) -> int:
        """How often `step` will be called."""
        return 2 + sum(intake.cohorts for intake in self._intakes)

    def play(self) -> None:
        """Everything, from the register of schools to the last intake's closure."""
        self.register()
        self._step("学校名册")
        for intake in self._intakes:
            self.hold(intake, self._seats)
        self.hold(PROVINCIAL, PROVINCIAL_SEATS)
        self._step("省级调训")

    def register(self) -> None:
        """Enter the commission, the counties and every school."""
        entries = [_city(), *map(_county, COUNTIES), *map(_school, self._schools)]
        self._doors.post("/api/enrollment/organizations", {"organizations": entries})

    def hold(self, intake: Intake, seats: int) -> None:
        """Plan an intake, enroll its cohorts, teach them, and close it."""
        intake_id = self._plan(intake, seats)
        pool = self._pools[intake.category]
        pool.begin_intake()
        for number in range(1, intake.cohorts + 1):
            made = self._doors.post(f"/api/enrollment/intakes/{intake_id}/cohorts", {"number": number, "seats": seats})
            cohort = Cohort(made["id"], number, seats, intake, intake_id)
            Enrolling(self._doors, self._settle, pool, self._schools).enroll(cohort)
            self._settle()
            teaching.teach(self._doors, cohort)
            self._settle()
            self.cohorts.append(cohort)
            if intake.number is not None:
                self._step(f"第{intake.number}期 第{number}班")
        closed_on = intake.ends_on + timedelta(days=3)
        self._doors.post(f"/api/enrollment/intakes/{intake_id}/closure", {"closed_on": closed_on.isoformat()})
        self._settle()

    def _plan(self, intake: Intake, seats: int) -> str:
        name = Category(intake.category).zh
        number = f"第{intake.number}期" if intake.number else "省级调训"
        program_id = None
        if intake.planned and intake.number is not None:
            program = {
                "year": intake.starts_on.year,
                "title": f"{intake.starts_on.year}年{number}{name}培训",
                "category": intake.category,
                "planned_intakes": 1,
                "planned_people": seats * intake.cohorts,
                "funding": "市级财政",
            }
            program_id = self._doors.post("/api/enrollment/programs", program)["id"]
        body = {
            "number": intake.number,
            "title": f"{number}{name}培训班",
            "category": intake.category,
            "delivery": intake.delivery,
            "organized_by": intake.organized_by,
            "starts_on": intake.starts_on.isoformat(),
            "ends_on": intake.ends_on.isoformat(),
            "program_id": program_id,
            "base": BASES[intake.category] if intake.delivery == "offline" else "",
            "planned": intake.planned,
            "approval": "" if intake.planned else APPROVAL,
        }
        intake_id: str = self._doors.post("/api/enrollment/intakes", body)["id"]
        return intake_id


def _city() -> dict[str, Any]:
    return {"code": f"{CITY_CODE}-C", "name": "廊坊市教育工委(示例)", "kind": "city_commission", "county_code": CITY_CODE}


def _county(county: County) -> dict[str, Any]:
    place = {"code": county.code, "name": county.name, "kind": "county_commission", "county_code": county.code}
    return {**place, "parent_code": f"{CITY_CODE}-C"}


def _school(school: School) -> dict[str, Any]:
    return {
        "code": school.code,
        "name": school.name,
        "kind": "school",
        "county_code": school.county.code,
        "parent_code": school.county.code,
        "is_public": school.is_public,
        "school_level": school.level,
        "party_organization": school.party_organization,
        "stars": school.stars,
        "is_new": school.founded,
    }
