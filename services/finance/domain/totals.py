"""The totals of a report, counted from the facts alone: what every stored figure must agree with (R21–R31)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.finance.domain.facts import Facts, Intake, Place, Seats, Session, Slot
from services.finance.domain.figures import Figures
from services.finance.domain.participation import Participation, participation_of
from services.finance.domain.people import one_person
from services.finance.domain.period import Filters
from shared.vocabulary import OrganizedBy


@dataclass(frozen=True)
class Counted:
    """Every participation of the facts, by (intake, person)."""

    facts: Facts
    participations: dict[tuple[UUID, UUID], Participation]
    places: dict[UUID, Place]


def count(facts: Facts) -> Counted:
    """Work out every participation. A place whose intake is not known yet is not counted yet."""
    people = one_person(facts.merges)
    slots: dict[UUID, list[Slot]] = defaultdict(list)
    for slot in facts.slots:
        slots[slot.enrollment_id].append(slot)
    pairs: dict[tuple[UUID, UUID], list[Place]] = defaultdict(list)
    for place in facts.places:
        if place.intake_id in facts.intakes:
            pairs[place.intake_id, people.get(place.person_id, place.person_id)].append(place)
    billable = {cohort.id: cohort.billable_days for cohort in facts.cohorts.values()}
    participations = {}
    for (intake_id, person_id), places in pairs.items():
        theirs = [slot for place in places for slot in slots[place.enrollment_id]]
        participations[intake_id, person_id] = participation_of(facts.intakes[intake_id].delivery, places, theirs, billable)
    return Counted(facts, participations, {place.enrollment_id: place for place in facts.places})


def figures(counted: Counted, filters: Filters) -> Figures:
    """The figures of a report: heads by the intake's last day (R22), hours by the day attended (R19)."""
    intakes = {intake.id: intake for intake in counted.facts.intakes.values() if _asked_for(intake, filters)}
    ended = {intake_id for intake_id, intake in intakes.items() if filters.period.holds(intake.ends_on)}
    everyone = {pair: one for pair, one in counted.participations.items() if pair[0] in intakes and _fits(one, filters)}
    heads = {pair: one for pair, one in everyone.items() if pair[0] in ended}
    present = {pair: one for pair, one in heads.items() if one.counted}
    held = _cohorts_held(counted, filters, intakes, ended)
    return Figures(
        intakes=len({intake_id for intake_id, _ in held if intakes[intake_id].closed}),
        cohorts=len({cohort_id for _, cohort_id in held}),
        people=len({person_id for _, person_id in present}),
        offline=sum(one.delivery == "offline" for one in present.values()),
        online=sum(one.delivery == "online" for one in present.values()),
        half_days=sum(one.half_days for one in present.values()),
        billable_days=sum(one.billable_days for one in heads.values()),
        quarter_hours=sum(_hours(one, filters) for one in everyone.values()),
        taught_quarter_hours=None if filters.county_code else _taught(counted.facts.sessions, intakes, filters),
        quota=sum(seats.quota for seats in _seats(counted.facts, intakes, ended, filters)),
        nominated=sum(seats.nominated for seats in _seats(counted.facts, intakes, ended, filters)),
        confirmed=sum(one.confirmed for one in heads.values()),
        checked_in=sum(one.checked_in for one in heads.values()),
        completed=sum(one.completed for one in present.values()),
        certified=sum(one.certified for one in present.values()),
        answers=sum(one.answers for one in present.values()),
        satisfied=sum(one.satisfied for one in present.values()),
    )


def quarter_hours_of(counted: Counted, person_id: UUID) -> int:
    """All class hours of one person, those of higher levels included (R21); for no city total."""
    person_id = one_person(counted.facts.merges).get(person_id, person_id)
    return sum(one.quarter_hours for (_, who), one in counted.participations.items() if who == person_id)


def _asked_for(intake: Intake, filters: Filters) -> bool:
    # R21, R31: what another level holds never enters the city's totals.
    return (
        intake.organized_by is OrganizedBy.CITY and filters.category in (None, intake.category) and filters.intake_id in (None, intake.id)
    )


def _fits(one: Participation, filters: Filters) -> bool:
    return filters.delivery in (None, one.delivery) and filters.county_code in (None, one.county_code)


def _hours(one: Participation, filters: Filters) -> int:
    return sum(hours for day, hours in one.quarter_hours_by_day.items() if filters.period.holds(day))


def _cohorts_held(counted: Counted, filters: Filters, intakes: dict[UUID, Intake], ended: set[UUID]) -> set[tuple[UUID, UUID]]:
    """R22, R23: a cohort was really held when somebody attended it; intakes and cohorts have the intake's delivery."""
    attending = (
        counted.places[enrollment_id]
        for (intake_id, _), one in counted.participations.items()
        if intake_id in ended and filters.delivery in (None, intakes[intake_id].delivery)
        for enrollment_id in one.attending
    )
    return {(place.intake_id, place.cohort_id) for place in attending if filters.county_code in (None, place.county_code)}


def _taught(sessions: Iterable[Session], intakes: dict[UUID, Intake], filters: Filters) -> int:
    """R29: per cohort, but a lecture to several cohorts at once is paid once."""
    lectures: dict[UUID, int] = {}
    for session in sessions:
        fits = session.intake_id in intakes and filters.delivery in (None, session.delivery)
        if fits and filters.period.holds(session.held_on):
            key = session.joint_lecture_id or session.id
            lectures[key] = max(lectures.get(key, 0), session.quarter_hours)
    return sum(lectures.values())


def _seats(facts: Facts, intakes: dict[UUID, Intake], ended: set[UUID], filters: Filters) -> Iterable[Seats]:
    for seats in facts.seats:
        cohort = facts.cohorts.get(seats.cohort_id)
        if cohort is None or cohort.intake_id not in ended:
            continue
        if filters.delivery in (None, intakes[cohort.intake_id].delivery) and filters.county_code in (None, seats.county_code):
            yield seats
