"""Assessment, pledge and evaluation: plain records, entered for many at once, safe to repeat (R16, R30)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table

from services.courses.domain.completion import Grade
from services.courses.domain.errors import EvaluationHandedIn, InTheFuture
from services.courses.domain.place import PlaceState
from services.courses.events.publishes import publish_evaluation_handed_in
from services.courses.operations.completion import judge_cohort
from services.courses.queries.reach import is_self, require_teaching, teaches
from services.courses.storage import cohorts, results, trainees
from services.courses.storage.tables import ASSESSMENTS, EVALUATIONS, PLEDGES
from shared.domain import Malformed, NotFound, Problem, city_date
from shared.storage.work import UnitOfWork


@dataclass(frozen=True)
class ResultsTaken:
    """How many records are new or changed, how many stood already, and who has completed by them."""

    recorded: int
    unchanged: int
    completed: Sequence[UUID] = ()


def assess_trainees(
    work: UnitOfWork, cohort_id: UUID, grades: Mapping[UUID, Grade], *, assessed_on: date | None = None, default_grade: Grade | None = None
) -> ResultsTaken:
    """Enter the results of the assessment; with `default_grade` also for everyone in training who has none yet."""
    require_teaching(work.actor, cohort_id)
    day = _day(work, assessed_on)
    cohort, people = _opened(work, cohort_id, grades)
    there = results.results(work.connection, ASSESSMENTS, cohort_id)
    wanted = dict(grades)
    if default_grade is not None:
        wanted |= dict.fromkeys(_unmarked(people, there, wanted), default_grade)
    new = {who: {"grade": grade, "assessed_on": day} for who, grade in wanted.items() if who not in there or there[who].grade != grade}
    return _store(work, cohort, ASSESSMENTS, new, len(wanted) - len(new))


def take_pledges(
    work: UnitOfWork, cohort_id: UUID, signers: Sequence[UUID], *, signed_on: date | None = None, everyone: bool = False
) -> ResultsTaken:
    """Note who has signed the discipline pledge; with `everyone` all in training."""
    require_teaching(work.actor, cohort_id)
    day = _day(work, signed_on)
    cohort, people = _opened(work, cohort_id, signers)
    there = results.results(work.connection, PLEDGES, cohort_id)
    wanted = [*dict.fromkeys(signers)]
    wanted += _unmarked(people, there, signers) if everyone else []
    new = {who: {"signed_on": day} for who in wanted if who not in there}
    return _store(work, cohort, PLEDGES, new, len(wanted) - len(new))


def take_evaluations(
    work: UnitOfWork, cohort_id: UUID, answers: Mapping[UUID, tuple[bool, str]], *, handed_in_on: date | None = None
) -> ResultsTaken:
    """Take evaluations as (satisfied, comment): a trainee's own, or a stack of papers. Each is handed in once."""
    if not teaches(work.actor, cohort_id):
        own = [trainees.trainee(work.connection, who) for who in answers]
        if not own or not all(row.cohort_id == cohort_id and is_self(work.actor, row.person_id) for row in own):
            raise NotFound
    day = _day(work, handed_in_on)
    cohort, people = _opened(work, cohort_id, answers)
    there = results.results(work.connection, EVALUATIONS, cohort_id)
    for who, (satisfied, _comment) in answers.items():
        if who in there and there[who].satisfied != satisfied:
            raise EvaluationHandedIn(name=people[who].name)
    new = {
        who: {"satisfied": satisfied, "comment": comment, "handed_in_on": day}
        for who, (satisfied, comment) in answers.items()
        if who not in there
    }
    for who, values in new.items():
        publish_evaluation_handed_in(work, cohort, who, bool(values["satisfied"]))
    return _store(work, cohort, EVALUATIONS, new, len(answers) - len(new))


def _day(work: UnitOfWork, day: date | None) -> date:
    today = city_date(work.now)
    if day is not None and day > today:
        raise InTheFuture(day=day)
    return day or today


def _opened(work: UnitOfWork, cohort_id: UUID, named: Sequence[UUID] | Mapping[UUID, Any]) -> tuple[Row[Any], dict[UUID, Row[Any]]]:
    cohort = cohorts.locked(work.connection, cohort_id)
    people = {row.enrollment_id: row for row in trainees.trainees(work.connection, cohort_id) if row.place != PlaceState.SUBSTITUTED}
    problems = [Problem("not_in_cohort", f"entries.{index}.enrollment_id") for index, who in enumerate(named) if who not in people]
    if problems:
        raise Malformed(problems)
    return cohort, people


def _unmarked(people: Mapping[UUID, Row[Any]], there: Mapping[UUID, Any], named: Sequence[UUID] | Mapping[UUID, Any]) -> list[UUID]:
    in_training = (who for who, row in people.items() if row.place == PlaceState.IN_TRAINING and not row.withdrawn)
    return [who for who in in_training if who not in there and who not in named]


def _store(work: UnitOfWork, cohort: Row[Any], table: Table, new: Mapping[UUID, Mapping[str, Any]], unchanged: int) -> ResultsTaken:
    if not new:
        return ResultsTaken(0, unchanged)
    who_and_when = {"cohort_id": cohort.id, "recorded_at": work.now, "recorded_by": work.actor.account_id}
    results.put(work.connection, table, [{"enrollment_id": who, **who_and_when, **values} for who, values in new.items()])
    work.note(f"{table.name}.recorded", f"cohort/{cohort.id}", entries=len(new))
    turns = judge_cohort(work, cohort)
    return ResultsTaken(len(new), unchanged, turns.completed)
