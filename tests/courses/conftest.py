"""Cohorts as enrollment would confirm them, and what happens to them day by day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.courses.domain.attendance import Source
from services.courses.domain.completion import Grade
from services.courses.operations.results import assess_trainees, take_evaluations, take_pledges
from services.courses.operations.sessions import hold_session
from services.courses.operations.sheets import Entry, Slot, record_sheet
from services.courses.storage import cohorts
from shared.contracts.enrollment import COHORT_CONFIRMED
from shared.vocabulary import AttendanceStatus, Category, Delivery, OrganizedBy, Post, TeachingMode

PRESENT = AttendanceStatus.PRESENT
COUNTIES = (("131082", "三河市"), ("131002", "安次区"), ("131022", "固安县"), ("131000", "市直"))


def place(number: int = 1, **changes: Any) -> dict[str, Any]:
    code, county = COUNTIES[number % len(COUNTIES)]
    return {
        "enrollment_id": uuid4(),
        "person_id": uuid4(),
        "name": f"学员{number}",
        "sex": "女",
        "county_code": code,
        "county_name": county,
        "school_id": uuid4(),
        "school_name": f"{county}示例第{number}小学",
        "post": Post.SECRETARY,
        "group_number": None,
        **changes,
    }


@dataclass
class Cohort:
    """One cohort in the courses service, and what a class teacher does with it."""

    service: Any
    people: list[dict[str, Any]]
    delivery: Delivery = Delivery.OFFLINE
    starts_on: date = date(2023, 10, 16)
    ends_on: date = date(2023, 10, 20)
    organized_by: OrganizedBy = OrganizedBy.CITY
    id: UUID = field(default_factory=uuid4)
    intake_id: UUID = field(default_factory=uuid4)

    def payload(self) -> dict[str, Any]:
        intake = {
            "intake_id": self.intake_id,
            "number": 14 if self.organized_by == OrganizedBy.CITY else None,
            "title": "公办学校领导第14期",
            "category": Category.PUBLIC_SCHOOL,
            "delivery": self.delivery,
            "organized_by": self.organized_by,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "planned": True,
        }
        head = {"cohort_id": self.id, "cohort_number": 1, "seats": 100, "intake": intake}
        return {**head, "roster": self.people, "funnel": []}

    def confirm(self, *, apply: bool = True) -> "Cohort":
        self.service.deliver(COHORT_CONFIRMED, self.id, self.payload(), apply=apply)
        return self

    @property
    def ids(self) -> list[UUID]:
        return [person["enrollment_id"] for person in self.people]

    def sessions(self) -> list[Any]:
        return list(self.service.look(cohorts.sessions, self.id))

    def hold(self, session: Any, **how: Any) -> Any:
        record = "研讨记录" if session.mode == TeachingMode.EXCHANGE_SEMINAR else ""
        return self.service.work(hold_session, session.id, **{"record": record, **how})

    def record(self, session: Any, marks: dict[UUID, AttendanceStatus] | None = None, **how: Any) -> Any:
        entries = [Entry(who, status) for who, status in (marks or {}).items()]
        options = {"source": Source.SHEET, "default": Entry(UUID(int=0), PRESENT), **how}
        return self.service.work(record_sheet, self.id, Slot(session.id), entries, **options)

    def teach(self, marks: dict[UUID, dict[int, AttendanceStatus]] | None = None, *, leave_open: int = 0) -> None:
        """Hold all sessions but the last few and mark all present, other than `marks` (person → position → status) say."""
        for session in self.sessions()[: -leave_open or None]:
            self.hold(session)
            self.record(session, {who: slots[session.position] for who, slots in (marks or {}).items() if session.position in slots})

    def settle(self, *, evaluations: bool = True) -> None:
        """Assessment, pledge and evaluation for everyone, on the last day."""
        self.service.work(assess_trainees, self.id, {}, default_grade=Grade.QUALIFIED, assessed_on=self.ends_on)
        self.service.work(take_pledges, self.id, [], everyone=True, signed_on=self.starts_on)
        if evaluations:
            self.evaluate()

    def evaluate(self) -> None:
        """Everyone hands in a satisfied evaluation on the last day."""
        self.service.work(take_evaluations, self.id, dict.fromkeys(self.ids, (True, "")), handed_in_on=self.ends_on)


@pytest.fixture
def courses(make_service: Any) -> Any:
    return make_service("courses")


@pytest.fixture
def make_cohort(courses: Any) -> Callable[..., Cohort]:
    """A cohort that is confirmed unless told otherwise: `people` is a number or a list of places."""

    def make(people: int | list[dict[str, Any]] = 4, *, confirmed: bool = True, **facts: Any) -> Cohort:
        roster = [place(number) for number in range(1, people + 1)] if isinstance(people, int) else people
        cohort = Cohort(courses, roster, **facts)
        return cohort.confirm() if confirmed else cohort

    return make
