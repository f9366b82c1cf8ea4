"""When the units of a curriculum are taught: half-days offline, days online, always in the order of the plan (R10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.courses.domain.curriculum import Curriculum
from shared.vocabulary import Delivery, HalfDay

SATURDAY = 5


@dataclass(frozen=True)
class Slot:
    """The day of a unit and, offline, its half-day; no day when the cohort's days do not suffice."""

    day: date | None
    half_day: HalfDay | None = None


def timetable(curriculum: Curriculum, starts_on: date, ends_on: date) -> list[Slot]:
    """A slot for every unit of the plan, in its order."""
    count = len(curriculum.units)
    if curriculum.delivery == Delivery.ONLINE:
        return _online(count, starts_on, ends_on)
    return _offline(count, starts_on, ends_on)


def teaching_days(starts_on: date, ends_on: date, needed: int) -> list[date]:
    """The first `needed` days of the span; weekends are taught only when the working days do not suffice."""
    days = [starts_on + timedelta(days=offset) for offset in range((ends_on - starts_on).days + 1)]
    working = [day for day in days if day.weekday() < SATURDAY]
    return (working if len(working) >= needed else days)[:needed]


def used_days(slots: Sequence[Slot]) -> list[date]:
    """The distinct days on which something is taught, in order."""
    return sorted({slot.day for slot in slots if slot.day is not None})


def _offline(count: int, starts_on: date, ends_on: date) -> list[Slot]:
    days = teaching_days(starts_on, ends_on, (count + 1) // 2)
    slots = [Slot(day, half_day) for day in days for half_day in HalfDay][:count]
    return slots + [Slot(None)] * (count - len(slots))


def _online(count: int, starts_on: date, ends_on: date) -> list[Slot]:
    span = max((ends_on - starts_on).days + 1, 1)
    return [Slot(starts_on + timedelta(days=index * span // count)) for index in range(count)]
