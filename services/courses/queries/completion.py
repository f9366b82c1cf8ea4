"""The completion list of a cohort: done, reachable, no longer reachable, each with its reasons (R16)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.courses.domain.completion import Course, Outlook
from services.courses.queries.reach import teaches, within_reach
from services.courses.queries.standings import TraineeStanding, standings
from services.courses.storage import cohorts
from services.courses.storage.tables import TRAINEES
from shared.domain import NotFound
from shared.storage.work import Actor


@dataclass(frozen=True)
class CompletionList:
    """Where each trainee stands whom the actor may see, and the counts of what is shown."""

    cohort: Row[Any]
    course: Course
    trainees: list[TraineeStanding]
    counts: dict[Outlook, int]


def completion_list(connection: Connection, actor: Actor, cohort_id: UUID) -> CompletionList:
    """The list of a cohort; contacts see their own people only, and nothing of a cohort without any (R45)."""
    cohort = cohorts.cohort(connection, cohort_id)
    found = standings(connection, cohort)
    shown = found.trainees
    if not teaches(actor, cohort_id):
        own = select(TRAINEES.c.enrollment_id).where(TRAINEES.c.cohort_id == cohort_id, within_reach(actor))
        visible = set(connection.execute(own).scalars())
        shown = [one for one in shown if one.trainee.enrollment_id in visible]
        if not shown:
            raise NotFound
    counts = {outlook: sum(1 for one in shown if one.standing.outlook == outlook) for outlook in Outlook}
    return CompletionList(cohort, found.course, shown, counts)
