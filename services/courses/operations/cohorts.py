"""Cohorts as enrollment confirms them: the timetable is made, places come and go, people turn out to be one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.courses.domain.curriculum import Curriculum
from services.courses.domain.groups import DEFAULT_GROUPS, Member, deal, smallest_group
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState
from services.courses.domain.timetable import Slot, timetable, used_days
from services.courses.events.publishes import publish_cohort_scheduled
from services.courses.operations.completion import judge_cohort
from services.courses.storage import cohorts, curricula, trainees
from shared.storage.work import UnitOfWork


def schedule_cohort(work: UnitOfWork, cohort_id: UUID, number: int, intake: Mapping[str, Any], roster: Sequence[Mapping[str, Any]]) -> None:
    """Make the timetable of a confirmed cohort from its curriculum, and take its people in; heard twice it changes nothing."""
    if cohorts.is_known(work.connection, cohort_id):
        return
    plan = curricula.curriculum(work.connection, intake["category"], intake["delivery"])
    slots = timetable(plan, intake["starts_on"], intake["ends_on"])
    values = _cohort_values(cohort_id, number, intake, plan, work.now)
    cohorts.add(work.connection, values, [_session_values(cohort_id, index, plan, slot) for index, slot in enumerate(slots)])
    _take_in(work, cohort_id, roster)
    publish_cohort_scheduled(work, values, used_days(slots))


def admit_trainee(work: UnitOfWork, cohort_id: UUID, place: Mapping[str, Any]) -> None:
    """Somebody from the waiting list has taken a free seat; they join the smallest seminar group (R13)."""
    sizes = _group_sizes(work, cohort_id)
    group_number = place["group_number"] or (smallest_group(sizes) if sizes else None)
    trainees.add(work.connection, [_trainee_values(work, cohort_id, {**place, "group_number": group_number})])


def substitute_trainee(work: UnitOfWork, cohort_id: UUID, substituted_id: UUID, place: Mapping[str, Any]) -> None:
    """Another person has taken a place over before check-in, seminar group included (R9)."""
    before = trainees.change_place(work.connection, substituted_id, place=PlaceState.SUBSTITUTED)
    group_number = place["group_number"] or (before.group_number if before else None)
    trainees.add(work.connection, [_trainee_values(work, cohort_id, {**place, "group_number": group_number})])


def release_trainee(work: UnitOfWork, cohort_id: UUID, enrollment_id: UUID) -> None:
    """Somebody has given the place up; what was attended stays in the ledger (R25)."""
    cohort = cohorts.locked(work.connection, cohort_id)
    trainees.change_place(work.connection, enrollment_id, place=PlaceState.LEFT)
    judge_cohort(work, cohort, enrollment_id=enrollment_id)


def remember_check_in(work: UnitOfWork, cohort_id: UUID, enrollment_id: UUID, at: datetime) -> None:
    """Somebody has reported; perhaps before the cohort is known here."""
    trainees.check_in(work.connection, enrollment_id, cohort_id, at)


def merge_people(work: UnitOfWork, kept_id: UUID, merged_id: UUID) -> None:
    """Two records are one person: hours and trainings come together under the one that is kept (R7)."""
    trainees.merge(work.connection, kept_id, merged_id)


def _take_in(work: UnitOfWork, cohort_id: UUID, roster: Sequence[Mapping[str, Any]]) -> None:
    if roster and all(place["group_number"] is None for place in roster):
        groups = deal([Member(place["enrollment_id"], place["county_code"]) for place in roster])
        roster = [{**place, "group_number": groups[place["enrollment_id"]]} for place in roster]
    trainees.await_merges(work.connection)
    kept = trainees.kept_people(work.connection, [place["person_id"] for place in roster])
    trainees.add(work.connection, [_place_values(cohort_id, place, kept) for place in roster])


def _group_sizes(work: UnitOfWork, cohort_id: UUID) -> list[int]:
    rows = trainees.trainees(work.connection, cohort_id)
    numbers = [row.group_number for row in rows if row.place == PlaceState.IN_TRAINING and row.group_number]
    if not numbers:
        return []
    return [numbers.count(number) for number in range(1, max(DEFAULT_GROUPS, *numbers) + 1)]


def _trainee_values(work: UnitOfWork, cohort_id: UUID, place: Mapping[str, Any]) -> dict[str, Any]:
    trainees.await_merges(work.connection)
    return _place_values(cohort_id, place, trainees.kept_people(work.connection, [place["person_id"]]))


def _place_values(cohort_id: UUID, place: Mapping[str, Any], kept: Mapping[UUID, UUID]) -> dict[str, Any]:
    names = ("enrollment_id", "name", "county_code", "county_name", "school_id", "school_name", "post", "group_number")
    return {
        **{name: place[name] for name in names},
        "cohort_id": cohort_id,
        "person_id": kept.get(place["person_id"], place["person_id"]),
        "place": PlaceState.IN_TRAINING,
        "withdrawn": False,
        "completed_on": None,
    }


def _cohort_values(cohort_id: UUID, number: int, intake: Mapping[str, Any], plan: Curriculum, at: datetime) -> dict[str, Any]:
    return {
        "id": cohort_id,
        "cohort_number": number,
        "intake_id": intake["intake_id"],
        "intake_number": intake["number"],
        "intake_title": intake["title"],
        "category": intake["category"],
        "delivery": intake["delivery"],
        "organized_by": intake["organized_by"],
        "starts_on": intake["starts_on"],
        "ends_on": intake["ends_on"],
        "planned_quarter_hours": plan.total_quarter_hours,
        "required_numerator": plan.required_numerator,
        "required_denominator": plan.required_denominator,
        "evaluation_required": plan.evaluation_required,
        "waived": sorted(mode.value for mode in plan.waived),
        "ledgers": [ledger.value for ledger in plan.ledgers],
        "scheduled_at": at,
    }


def _session_values(cohort_id: UUID, index: int, plan: Curriculum, slot: Slot) -> dict[str, Any]:
    unit = plan.units[index]
    return {
        "id": uuid4(),
        "cohort_id": cohort_id,
        "position": index + 1,
        "mode": unit.mode,
        "title": unit.title,
        "quarter_hours": unit.quarter_hours,
        "virtual": unit.virtual,
        "state": SessionState.PLANNED,
        "planned_on": slot.day,
        "half_day": slot.half_day,
    }
