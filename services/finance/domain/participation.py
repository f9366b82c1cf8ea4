"""One person in one intake: whether it counts, how it was taken, and what it comes to (R25–R29)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.finance.domain.facts import Outcome, Place, Slot, Standing
from shared.vocabulary import Delivery

HALF_DAYS_TO_COUNT = 1
ONLINE_QUARTER_HOURS_TO_COUNT = 4


@dataclass(frozen=True)
class Participation:
    """What one person's part in one intake comes to; places of merged records are one participation.

    `counted` is R25; `attending` are the enrollments that attended; everything below is zero or false unless it counts,
    except the funnel up to check-in (R24) and the billable days, which follow the check-in (R28).
    """

    cohort_id: UUID
    county_code: str
    delivery: Delivery
    counted: bool
    half_days: int = 0
    confirmed: bool = False
    checked_in: bool = False
    billable_days: int = 0
    completed: bool = False
    certified: bool = False
    answers: int = 0
    satisfied: int = 0
    attending: frozenset[UUID] = frozenset()
    quarter_hours_by_day: Mapping[date, int] = field(default_factory=dict)

    @property
    def quarter_hours(self) -> int:
        """Class hours earned, times four (R29)."""
        return sum(self.quarter_hours_by_day.values())


def participation_of(
    intake_delivery: Delivery, places: Sequence[Place], slots: Sequence[Slot], billable_days: Mapping[UUID, int]
) -> Participation:
    """Count one person's places in one intake, with the slots that stand of them; `places` is not empty.

    Substituted places are nobody's (R9, R25). Several places (merged records) are one participation, shown under the
    place that attended most.
    """
    standing = {place.enrollment_id: place for place in places if place.standing is not Standing.SUBSTITUTED}
    attended = [slot for slot in slots if slot.attended and slot.enrollment_id in standing]
    half_days, hours = _half_days_and_hours(attended)
    online = sum(slot.quarter_hours for slot in attended if slot.delivery is Delivery.ONLINE)
    attending = frozenset(slot.enrollment_id for slot in attended)
    offline_counts = half_days >= HALF_DAYS_TO_COUNT
    online_counts = online >= ONLINE_QUARTER_HOURS_TO_COUNT
    counted = offline_counts or online_counts
    shown = _shown(list(standing.values()) or list(places), attended)
    seated = Participation(
        cohort_id=shown.cohort_id,
        county_code=shown.county_code,
        delivery=_delivery(intake_delivery, offline_counts, online_counts, len(attending)) if counted else intake_delivery,
        counted=counted,
        half_days=half_days if counted else 0,
        attending=attending if counted else frozenset(),
        quarter_hours_by_day=hours if counted else {},
    )
    return retold(seated, places, billable_days)


def retold(one: Participation, places: Sequence[Place], billable_days: Mapping[UUID, int]) -> Participation:
    """The same participation after news of its places that changed neither attendance nor who holds them.

    Completion, certificate and answers count only for who attended (R24, R25, R30); billable days follow the check-in (R28).
    """
    standing = [place for place in places if place.standing is not Standing.SUBSTITUTED]
    checked_in = any(place.checked_in for place in standing)
    present = standing if one.counted else []
    return replace(
        one,
        confirmed=bool(standing),
        checked_in=checked_in,
        billable_days=billable_days.get(one.cohort_id, 0) if checked_in else 0,
        completed=any(has_completed(place) for place in present),
        certified=any(place.certified for place in present),
        answers=sum(place.satisfied is not None for place in present),
        satisfied=sum(place.satisfied is True for place in present),
    )


def has_completed(place: Place) -> bool:
    """Whether a place counts as completed: who withdrew or left after attending has not (R25)."""
    return place.outcome is Outcome.COMPLETED and place.standing is Standing.TAKEN


def _half_days_and_hours(attended: Sequence[Slot]) -> tuple[int, dict[date, int]]:
    # Nobody sits in two places in one half-day: two records of one person give that half-day once.
    slots: dict[object, tuple[date, int]] = {}
    for slot in attended:
        key = (slot.held_on, slot.half_day) if slot.delivery is Delivery.OFFLINE else (slot.sheet_id, slot.enrollment_id)
        known = slots.get(key, (slot.held_on, 0))[1]
        slots[key] = (slot.held_on, max(known, slot.quarter_hours))
    hours: dict[date, int] = defaultdict(int)
    for held_on, quarter_hours in slots.values():
        hours[held_on] += quarter_hours
    half_days = len({(slot.held_on, slot.half_day) for slot in attended if slot.delivery is Delivery.OFFLINE})
    return half_days, {day: hours[day] for day in sorted(hours) if hours[day]}


def _delivery(enrolled: Delivery, offline: bool, online: bool, places: int) -> Delivery:
    """R26: one delivery each. Mixed within one enrollment is the enrollment's; a class and a replay by two places is offline."""
    if offline and online:
        return enrolled if places == 1 else Delivery.OFFLINE
    return Delivery.OFFLINE if offline else Delivery.ONLINE


def _shown(places: Sequence[Place], attended: Sequence[Slot]) -> Place:
    slots: dict[UUID, int] = defaultdict(int)
    for slot in attended:
        slots[slot.enrollment_id] += 1
    return min(places, key=lambda place: (-slots[place.enrollment_id], place.enrollment_id))
