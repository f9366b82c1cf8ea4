"""Plays the history of the model city through the doors: plan, enroll, teach, complete, close."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from demo import rosters
from demo.city import CITY_CODE, COUNTIES, County, School, schools
from demo.doors import Doors
from demo.nominees import Pool
from demo.people import Person, staff
from demo.plan import INTAKES, PROVINCIAL, Intake

from shared.domain import CITY_TIME
from shared.vocabulary import Category

TITLES = {category.value: category.zh for category in Category}
BASES = {"public_school": "浙江大学", "private_school": "成都非企业学院", "party_and_ideology": "廊坊市委党校"}
PROVINCIAL_SEATS = 12
WAITING = 3


@dataclass(frozen=True)
class Class:
    """A cohort as the history goes along: its id and the intake it belongs to."""

    id: str
    number: int
    intake: Intake
    intake_id: str


class History:
    """The fourteen intakes, in order. `settle` carries what the services tell each other; `step` reports progress."""

    def __init__(self, doors: Doors, *, settle: Callable[[], Any], step: Callable[[str], Any], intakes: Iterable[Intake] = INTAKES) -> None:
        self._doors = doors
        self._settle = settle
        self._step = step
        self._intakes = tuple(intakes)
        everyone = schools()
        self._schools = everyone
        self._pools = {category: Pool(people) for category, people in staff(everyone).items()}
        self.cohorts: list[Class] = []

    @property
    def steps(self) -> int:
        """How often `step` will be called."""
        return 2 + sum(intake.cohorts for intake in self._intakes)

    def play(self) -> None:
        """Everything, from the register of schools to the last intake's closure."""
        self.register()
        self._step("学校名册")
        for intake in self._intakes:
            self.hold(intake)
        self.hold(PROVINCIAL, seats=PROVINCIAL_SEATS)
        self._step("省级调训班")

    def register(self) -> None:
        """Enter the commission, the counties and every school."""
        self._doors.post("/api/enrollment/organizations", {"organizations": [_city(), *map(_county, COUNTIES), *map(_school, self._schools)]})

    def hold(self, intake: Intake, seats: int = 100) -> None:
        """Plan an intake, enroll its cohorts, teach them, and close it."""
        intake_id = self._plan(intake)
        pool = self._pools[intake.category]
        pool.begin_intake()
        taught = []
        for number in range(1, intake.cohorts + 1):
            cohort = self._doors.post(f"/api/enrollment/intakes/{intake_id}/cohorts", {"number": number, "seats": seats})
            taught.append(Class(cohort["id"], number, intake, intake_id))
        for cohort in taught:
            self._enroll(cohort, pool, seats)
            self._teach(cohort)
            self.cohorts.append(cohort)
            if intake.number is not None:
                self._step(f"第{intake.number}期 {cohort.number}班")
        self._doors.post(f"/api/enrollment/intakes/{intake_id}/closure", {"closed_on": (intake.ends_on + timedelta(days=3)).isoformat()})
        self._settle()
