"""Made-up events for the tests of the event backbone."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.enrollment import TRAINEE_LEFT
from shared.contracts.event_type import EventType
from shared.domain import now
from shared.messaging import envelope
from shared.messaging.envelope import Event
from shared.vocabulary import Category, Delivery, OrganizedBy, Post

NAME = "欧阳𠮷"


def place() -> dict[str, Any]:
    return {
        "enrollment_id": uuid4(),
        "person_id": uuid4(),
        "name": NAME,
        "sex": "男",
        "county_code": "330102",
        "county_name": "上城区",
        "school_id": uuid4(),
        "school_name": "实验小学",
        "post": Post.PRINCIPAL,
        "group_number": None,
    }


def body_of(subject: UUID, version: int, data: dict[str, Any], event_type: EventType = TRAINEE_LEFT) -> str:
    return envelope.write(event_type, subject, version, now(), data)


def scheduled() -> dict[str, Any]:
    return {"cohort_id": uuid4(), "intake_id": uuid4(), "teaching_days": [now().date()], "total_quarter_hours": 128}


def intake() -> dict[str, Any]:
    today = now().date()
    kinds = {"category": Category.PUBLIC_SCHOOL, "delivery": Delivery.OFFLINE, "organized_by": OrganizedBy.CITY}
    return {"intake_id": uuid4(), "title": "第一期", "number": 1, "planned": True, "starts_on": today, "ends_on": today, **kinds}


def fail_for(subject: UUID, version: int = 1) -> Callable[[Event], None]:
    def fail(event: Event) -> None:
        if event.subject_id == subject and event.version == version:
            raise ValueError("no such school")

    return fail
