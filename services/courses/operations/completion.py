"""Completion is judged anew after each change, and told exactly when it changes (R15, R16, R40)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.courses.domain.completion import Course
from services.courses.domain.place import PlaceState
from services.courses.events.publishes import (
    publish_completion_withdrawn,
    publish_trainee_reinstated,
    publish_trainee_withdrawn,
    publish_training_completed,
)
from services.courses.queries.standings import TraineeStanding, standings
from services.courses.storage import trainees
from shared.storage.work import UnitOfWork


@dataclass
class Turns:
    """Whose state has changed: who has completed, lost completion, been withdrawn, or come back."""

    completed: list[UUID]
    undone: list[UUID]
    withdrawn: list[UUID]
    returned: list[UUID]


def judge_cohort(
    work: UnitOfWork, cohort: Row[Any], sessions: Sequence[Row[Any]] | None = None, enrollment_id: UUID | None = None
) -> Turns:
    """Judge everyone of a cohort, or one person; store and tell what has changed, in a fixed number of statements."""
    found = standings(work.connection, cohort, sessions, enrollment_id)
    turns = Turns([], [], [], [])
    outcomes = [outcome for one in found.trainees if (outcome := _turn(work, cohort, found.course, one, turns))]
    trainees.set_outcomes(work.connection, outcomes)
    return turns


def _turn(work: UnitOfWork, cohort: Row[Any], course: Course, one: TraineeStanding, turns: Turns) -> dict[str, Any] | None:
    trainee, standing = one.trainee, one.standing
    in_training = trainee.place == PlaceState.IN_TRAINING
    withdrawn = standing.withdrawn if in_training else trainee.withdrawn
    had_completed, has_completed = trainee.completed_on is not None, standing.completed_on is not None
    if (had_completed, trainee.withdrawn) == (has_completed, withdrawn):
        return None
    who = trainee.enrollment_id
    if had_completed and not has_completed:
        publish_completion_withdrawn(work, cohort, trainee, standing)
        work.note("completion.withdrawn", f"enrollment/{who}", missing=[item.code for item in standing.missing])
        turns.undone.append(who)
    if withdrawn and not trainee.withdrawn:
        publish_trainee_withdrawn(work, cohort, trainee, one.record.missed)
        work.note("trainee.withdrawn", f"enrollment/{who}", missed=one.record.missed)
        turns.withdrawn.append(who)
    if trainee.withdrawn and not withdrawn:
        publish_trainee_reinstated(work, cohort, trainee)
        work.note("trainee.returned", f"enrollment/{who}", missed=one.record.missed)
        turns.returned.append(who)
    if has_completed and not had_completed:
        publish_training_completed(work, cohort, course, trainee, standing)
        turns.completed.append(who)
    completed_on = trainee.completed_on if had_completed and has_completed else standing.completed_on
    return {"row": who, "is_withdrawn": withdrawn, "day": completed_on}
