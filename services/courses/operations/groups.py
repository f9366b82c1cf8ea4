"""Seminar groups: dealt evenly with counties spread, each with a leader and a recorder (R13)."""

from collections.abc import Mapping
from uuid import UUID

from services.courses.domain.groups import DEFAULT_GROUPS, Member, deal
from services.courses.domain.place import PlaceState
from services.courses.queries.reach import require_teaching
from services.courses.storage import cohorts, trainees
from shared.domain import Malformed, Problem
from shared.storage.work import UnitOfWork


def deal_groups(work: UnitOfWork, cohort_id: UUID, groups: int = DEFAULT_GROUPS) -> dict[UUID, int]:
    """Deal everyone in training anew into so many groups."""
    require_teaching(work.actor, cohort_id)
    cohorts.locked(work.connection, cohort_id)
    people = [row for row in trainees.trainees(work.connection, cohort_id) if row.place == PlaceState.IN_TRAINING]
    if not 1 <= groups <= max(1, len(people)):
        raise Malformed([Problem("group_count", "groups", {"most": len(people)})])
    numbers = deal([Member(row.enrollment_id, row.county_code) for row in people], groups)
    trainees.set_groups(work.connection, numbers)
    work.note("groups.dealt", f"cohort/{cohort_id}", groups=groups)
    return numbers


def name_officers(work: UnitOfWork, cohort_id: UUID, officers: Mapping[int, tuple[UUID, UUID]]) -> None:
    """Name leader and recorder of groups: two different members of the group."""
    require_teaching(work.actor, cohort_id)
    cohorts.locked(work.connection, cohort_id)
    group_of = {row.enrollment_id: row.group_number for row in trainees.trainees(work.connection, cohort_id)}
    problems = []
    for index, (number, pair) in enumerate(officers.items()):
        if any(group_of.get(who) != number for who in pair) or pair[0] == pair[1]:
            problems.append(Problem("officers_of_group", f"officers.{index}", {"group": number}))
    if problems:
        raise Malformed(problems)
    trainees.set_officers(work.connection, cohort_id, officers)
    work.note("groups.officers", f"cohort/{cohort_id}", groups=len(officers))
