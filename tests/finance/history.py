"""A made-up history of a city: the events as the publishers tell them, and the facts they amount to."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.finance.domain.facts import Cohort, Facts, Intake, Outcome, Place, Seats, Session, Slot, Standing
from shared.contracts import certificates, courses, enrollment
from shared.contracts.event_type import EventType
from shared.messaging import envelope
from shared.messaging.envelope import Received
from shared.vocabulary import AttendanceStatus, Category, Delivery, HalfDay, OrganizedBy, Post, TeachingMode

COUNTIES = {"131002": "安次区", "131003": "广阳区", "131082": "三河市"}
START = datetime(2023, 1, 1, tzinfo=UTC)


@dataclass
class History:
    """Tells events one by one, in the order of their streams, and keeps what they amount to."""

    seed: int = 1
    title: str = "培训班"
    told: list[Received] = field(default_factory=list)
    intakes: dict[UUID, Intake] = field(default_factory=dict)
    cohorts: dict[UUID, Cohort] = field(default_factory=dict)
    places: dict[UUID, Place] = field(default_factory=dict)
    slots: dict[tuple[UUID, UUID], Slot] = field(default_factory=dict)
    sessions: dict[UUID, Session] = field(default_factory=dict)
    seats: list[Seats] = field(default_factory=list)
    merges: list[tuple[UUID, UUID]] = field(default_factory=list)
    _versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def tell(self, event_type: EventType, subject_id: UUID, **data: Any) -> None:
        stream = event_type.stream(subject_id)
        self._versions[stream] += 1
        at = START + timedelta(seconds=len(self.told))
        raw = envelope.write(event_type, subject_id, self._versions[stream], at, event_type.dump(data))
        self.told.append(envelope.receive(raw, without_personal=True))

    @property
    def facts(self) -> Facts:
        """What all events together amount to, kept without any handler."""
        slots, sessions = list(self.slots.values()), list(self.sessions.values())
        return Facts(self.intakes, self.cohorts, list(self.places.values()), slots, sessions, self.seats, self.merges)

    # What publishers tell

    def plan_intake(self, delivery: Delivery, ends_on: date, *, category: Category, organized_by: OrganizedBy) -> Intake:
        intake = Intake(self.id(), category, delivery, organized_by, ends_on, closed=False)
        self.intakes[intake.id] = intake
        return intake

    def confirm(self, intake: Intake, people: Iterable[UUID]) -> tuple[Cohort, list[Place]]:
        cohort = Cohort(self.id(), intake.id, billable_days=3 if intake.delivery is Delivery.OFFLINE else 0)
        self.cohorts[cohort.id] = cohort
        places = [Place(self.id(), person_id, cohort.id, intake.id, self.chance.choice(list(COUNTIES))) for person_id in people]
        self.places.update({place.enrollment_id: place for place in places})
        funnel = []
        for code, name in COUNTIES.items():
            quota, nominated = self.chance.randint(1, 9), self.chance.randint(0, 12)
            self.seats.append(Seats(cohort.id, code, quota, nominated))
            funnel.append({"county_code": code, "county_name": name, "quota": quota, "nominated": nominated, "confirmed": 0})
        facts = {
            "intake_id": intake.id,
            "number": len(self.intakes),
            "title": self.title,
            "category": intake.category,
            "delivery": intake.delivery,
            "organized_by": intake.organized_by,
            "starts_on": intake.ends_on - timedelta(days=4),
            "ends_on": intake.ends_on,
            "planned": True,
        }
        roster = [self.place_facts(place) for place in places]
        self.tell(
            enrollment.COHORT_CONFIRMED,
            cohort.id,
            cohort_id=cohort.id,
            cohort_number=1,
            seats=100,
            intake=facts,
            roster=roster,
            funnel=funnel,
        )
        days = [intake.ends_on - timedelta(days=number) for number in range(cohort.billable_days)]
        self.tell(courses.COHORT_SCHEDULED, cohort.id, cohort_id=cohort.id, intake_id=intake.id, teaching_days=days, total_quarter_hours=96)
        return cohort, places

    def place_facts(self, place: Place) -> dict[str, Any]:
        return {
            "enrollment_id": place.enrollment_id,
            "person_id": place.person_id,
            "name": "张三",
            "sex": "男",
            "county_code": place.county_code,
            "county_name": COUNTIES[place.county_code],
            "school_id": UUID(int=7),
            "school_name": "三河市示例第一小学",
            "post": Post.PRINCIPAL,
        }

    def admit(self, cohort: Cohort, person_id: UUID) -> Place:
        place = Place(self.id(), person_id, cohort.id, cohort.intake_id, self.chance.choice(list(COUNTIES)))
        self.places[place.enrollment_id] = place
        self.tell(enrollment.TRAINEE_ADMITTED, cohort.id, cohort_id=cohort.id, place=self.place_facts(place))
        return place

    def substitute(self, place: Place, person_id: UUID) -> Place:
        new = replace(place, enrollment_id=self.id(), person_id=person_id)
        self.places[new.enrollment_id] = new
        self._now(place, standing=Standing.SUBSTITUTED)
        self.tell(
            enrollment.TRAINEE_SUBSTITUTED,
            place.cohort_id,
            cohort_id=place.cohort_id,
            substituted_enrollment_id=place.enrollment_id,
            place=self.place_facts(new),
        )
        return new

    def leave(self, place: Place, checked_in: bool = False) -> None:
        self._now(place, standing=Standing.LEFT)
        self.tell(enrollment.TRAINEE_LEFT, place.cohort_id, **self._who(place), checked_in=checked_in)

    def check_in(self, place: Place) -> None:
        self._now(place, checked_in=True)
        self.tell(enrollment.TRAINEE_CHECKED_IN, place.enrollment_id, **self._who(place), checked_in_at=START)

    def close(self, intake: Intake) -> None:
        self.intakes[intake.id] = replace(intake, closed=True)
        cohort_ids = [cohort.id for cohort in self.cohorts.values() if cohort.intake_id == intake.id]
        self.tell(enrollment.INTAKE_CLOSED, intake.id, intake_id=intake.id, cohort_ids=cohort_ids, closed_on=intake.ends_on)

    def merge(self, kept: UUID, merged: UUID) -> None:
        self.merges.append((kept, merged))
        self.tell(enrollment.PERSON_MERGED, kept, kept_person_id=kept, merged_person_id=merged)

    def hold(self, cohort: Cohort, held_on: date, *, joint: UUID | None = None, session_id: UUID | None = None) -> UUID:
        delivery = self.intakes[cohort.intake_id].delivery
        session = Session(session_id or self.id(), cohort.id, cohort.intake_id, delivery, held_on, 16, joint)
        self.sessions[session.id] = session
        self.tell(
            courses.SESSION_HELD,
            cohort.id,
            session_id=session.id,
            cohort_id=cohort.id,
            intake_id=cohort.intake_id,
            title="专题一",
            mode=TeachingMode.THEMED_LECTURE,
            delivery=delivery,
            held_on=held_on,
            quarter_hours=16,
            joint_lecture_id=joint,
        )
        return session.id

    def cancel(self, session_id: UUID) -> None:
        session = self.sessions.pop(session_id)
        self.tell(courses.SESSION_CANCELLED, session.cohort_id, session_id=session_id, cohort_id=session.cohort_id, reason="停电")

    def record(
        self, cohort: Cohort, held_on: date, attended: dict[UUID, int], half_day: HalfDay | None = None, delivery: Delivery | None = None
    ) -> UUID:
        """One sheet: enrollment → quarter-hours earned, 0 for who was absent."""
        delivery = delivery or (Delivery.OFFLINE if half_day else Delivery.ONLINE)
        sheet_id = self.id()
        entries = [self._entry(sheet_id, delivery, held_on, half_day, one, hours) for one, hours in attended.items()]
        self.tell(courses.ATTENDANCE_RECORDED, cohort.id, **self._sheet(sheet_id, cohort, delivery, held_on, half_day), entries=entries)
        return sheet_id

    def correct(self, sheet_id: UUID, enrollment_id: UUID, quarter_hours: int) -> None:
        before = self.slots[sheet_id, enrollment_id]
        cohort = self.cohorts[self.places[enrollment_id].cohort_id]
        entry = self._entry(sheet_id, before.delivery, before.held_on, before.half_day, enrollment_id, quarter_hours)
        sheet = self._sheet(sheet_id, cohort, before.delivery, before.held_on, before.half_day)
        self.tell(courses.ATTENDANCE_CORRECTED, cohort.id, **sheet, entry=entry)

    def complete(self, place: Place) -> None:
        self._now(place, outcome=Outcome.COMPLETED)
        intake = self.intakes[place.intake_id]
        self.tell(
            courses.TRAINING_COMPLETED,
            place.enrollment_id,
            **self._who(place),
            cohort_number=1,
            intake_id=intake.id,
            intake_title="第一期培训班",
            category=intake.category,
            delivery=intake.delivery,
            organized_by=intake.organized_by,
            name="张三",
            starts_on=intake.ends_on,
            ends_on=intake.ends_on,
            earned_quarter_hours=96,
            total_quarter_hours=96,
            completed_on=intake.ends_on,
        )

    def undo_completion(self, place: Place) -> None:
        self._now(place, outcome=Outcome.UNDONE)
        self.tell(
            courses.COMPLETION_WITHDRAWN, place.enrollment_id, **self._who(place), intake_id=place.intake_id, missing=["hours_missing"]
        )

    def withdraw(self, place: Place) -> None:
        self._now(place, outcome=Outcome.WITHDRAWN)
        self.tell(courses.TRAINEE_WITHDRAWN, place.enrollment_id, **self._who(place), missed_quarter_hours=24, total_quarter_hours=96)

    def reinstate(self, place: Place) -> None:
        self.tell(courses.TRAINEE_REINSTATED, place.enrollment_id, **self._who(place))

    def evaluate(self, place: Place, satisfied: bool) -> None:
        self._now(place, satisfied=satisfied)
        what = {"cohort_id": place.cohort_id, "intake_id": place.intake_id, "enrollment_id": place.enrollment_id}
        self.tell(courses.EVALUATION_HANDED_IN, place.enrollment_id, **what, satisfied=satisfied)

    def issue(self, place: Place, replaces: UUID | None = None) -> UUID:
        self._now(place, certified=True)
        certificate_id = self.id()
        what = {**self._who(place), "intake_id": place.intake_id, "certificate_id": certificate_id, "number": f"N-{certificate_id.hex[:8]}"}
        self.tell(certificates.CERTIFICATE_ISSUED, place.enrollment_id, **what, issued_on=date(2023, 6, 1), replaces=replaces)
        return certificate_id

    def void(self, place: Place, certificate_id: UUID) -> None:
        self._now(place, certified=False)
        what = {**self._who(place), "intake_id": place.intake_id, "certificate_id": certificate_id, "number": f"N-{certificate_id.hex[:8]}"}
        self.tell(certificates.CERTIFICATE_VOIDED, place.enrollment_id, **what, voided_on=date(2023, 7, 1))

    # Pieces

    def _now(self, place: Place, **what: Any) -> None:
        self.places[place.enrollment_id] = replace(self.places[place.enrollment_id], **what)

    def _who(self, place: Place) -> dict[str, Any]:
        return {"cohort_id": place.cohort_id, "enrollment_id": place.enrollment_id, "person_id": place.person_id}

    def _sheet(self, sheet_id: UUID, cohort: Cohort, delivery: Delivery, held_on: date, half_day: HalfDay | None) -> dict[str, Any]:
        what = {"sheet_id": sheet_id, "cohort_id": cohort.id, "intake_id": cohort.intake_id}
        return {**what, "delivery": delivery, "held_on": held_on, "half_day": half_day}

    def _entry(
        self, sheet_id: UUID, delivery: Delivery, held_on: date, half_day: HalfDay | None, enrollment_id: UUID, quarter_hours: int
    ) -> dict[str, Any]:
        slot = Slot(sheet_id, enrollment_id, delivery, held_on, half_day, quarter_hours > 0, quarter_hours)
        self.slots[sheet_id, enrollment_id] = slot
        return {
            "enrollment_id": enrollment_id,
            "person_id": self.places[enrollment_id].person_id,
            "status": AttendanceStatus.PRESENT if quarter_hours else AttendanceStatus.ABSENT,
            "attended": slot.attended,
            "quarter_hours": quarter_hours,
        }


def a_random_history(seed: int) -> History:
    """Several intakes with everything that happens to places: leaving, substitution, corrections, merges, void certificates."""
    history = History(seed)
    chance = history.chance
    people = [history.id() for _ in range(14)]
    joint = history.id()
    for number in range(5):
        intake = history.plan_intake(
            chance.choice(list(Delivery)),
            date(2022, 12, 28) + timedelta(days=chance.randint(0, 12)),
            category=chance.choice(list(Category)),
            organized_by=OrganizedBy.PROVINCE if number == 4 else OrganizedBy.CITY,
        )
        taught = chance.sample(people, 10)
        cohorts = [history.confirm(intake, taught[:4]), history.confirm(intake, taught[4:7])]
        for cohort, places in cohorts:
            _happenings(history, cohort, [*places], taught[7:], joint)
        if chance.random() < 0.7:
            history.close(intake)
    for _ in range(3):
        history.merge(*chance.sample(people, 2))
    return history


def _happenings(history: History, cohort: Cohort, places: list[Place], others: list[UUID], joint: UUID) -> None:
    chance, intake = history.chance, history.intakes[cohort.intake_id]
    gone = places[0]
    if chance.random() < 0.5:
        places.append(history.substitute(gone, others[0]))
    elif chance.random() < 0.5:
        history.leave(gone)
        places.append(history.admit(cohort, others[1]))
    for place in places:
        if place is not gone and chance.random() < 0.8:
            history.check_in(place)
    sheets = []
    for number in range(chance.randint(0, 5)):
        held_on = intake.ends_on - timedelta(days=number // 2)
        half_day = list(HalfDay)[number % 2] if chance.random() < 0.2 or intake.delivery is Delivery.OFFLINE else None
        session_id = history.hold(cohort, held_on, joint=joint if number == 0 else None)
        if chance.random() < 0.2:
            history.cancel(session_id)
        here = {place.enrollment_id: chance.choice([0, 1, 4, 16]) for place in places}
        sheets.append((history.record(cohort, held_on, here, half_day), list(here)))
    for sheet_id, here in sheets:
        for enrollment_id in here:
            if chance.random() < 0.2:
                history.correct(sheet_id, enrollment_id, chance.choice([0, 4, 16]))
    for place in places:
        _ending(history, place)


def _ending(history: History, place: Place) -> None:
    chance = history.chance
    end = chance.random()
    if end < 0.15:
        history.withdraw(place)
        if end < 0.05:
            history.reinstate(place)
            history.complete(place)
        else:
            history.leave(place, checked_in=True)
    elif end < 0.8:
        history.complete(place)
        certificate_id = history.issue(place)
        if chance.random() < 0.3:
            history.void(place, certificate_id)
            if chance.random() < 0.5:
                history.issue(place, replaces=certificate_id)
            else:
                history.undo_completion(place)
    for _ in range(chance.randint(0, 2)):
        history.evaluate(place, chance.random() < 0.8)
