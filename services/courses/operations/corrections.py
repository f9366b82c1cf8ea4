"""A correction supersedes one entry, keeps the old value, who and why, and shows its effect beforehand (R14, R40)."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.courses.domain.attendance import Credit, Source, within_day
from services.courses.domain.completion import ModeRecord, Standing, TraineeRecord, judge
from services.courses.domain.errors import NothingToCorrect
from services.courses.domain.place import PlaceState
from services.courses.events.publishes import publish_attendance_corrected
from services.courses.operations.completion import judge_cohort
from services.courses.operations.sessions import find_session, required_text
from services.courses.operations.sheets import Entry, credit_of, entry_problems, ledger_row
from services.courses.queries.standings import standings
from services.courses.storage import attendance, trainees
from shared.domain import Malformed, NotFound
from shared.storage.work import Actor, UnitOfWork
from shared.vocabulary import Role, TeachingMode, Word


class Effect(Word):
    """What a correction does to the completion of the person."""

    NONE = "none", "结业状态不变", "Completion stays as it is"
    COMPLETES = "completes", "将达到结业条件", "Completes the training"
    UNDOES = "undoes", "将撤销结业，证书随之作废", "Undoes the completion; the certificate becomes void"
    WITHDRAWS = "withdraws", "缺课超过七分之一，将按退学处理", "More than a seventh missed: withdrawn from training"
    RETURNS = "returns", "不再构成退学，恢复在训", "No longer withdrawn: back in training"


@dataclass(frozen=True)
class Correction:
    """What a correction changes, or would change."""

    session_id: UUID
    enrollment_id: UUID
    name: str
    old: Row[Any]
    new: Credit
    new_minutes: int | None
    changed: bool
    effects: tuple[Effect, ...]
    before: Standing
    after: Standing
    preview: bool


def correct_attendance(work: UnitOfWork, session_id: UUID, entry: Entry, *, reason: str, preview: bool = False) -> Correction:
    """Supersede what stands for one person in one slot. With `preview` nothing is written; sent twice it counts once.

    Its source is who corrects: an organizer or the class teacher (R14).
    """
    found = find_session(work, session_id)
    trainee = trainees.trainee(work.connection, entry.enrollment_id)
    if trainee.cohort_id != found.cohort.id:
        raise NotFound
    problems = entry_problems(found.cohort.delivery, entry, "")
    if problems:
        raise Malformed(problems)
    if not preview:
        reason = required_text("reason", reason)
    history = attendance.entries_of(work.connection, session_id, entry.enrollment_id)
    if not history:
        raise NothingToCorrect(name=trainee.name)
    old = history[-1]
    earned = attendance.earned_on(work.connection, old.held_on, [trainee.person_id], besides=session_id)
    new = within_day(credit_of(found.session, entry), earned.get(trainee.person_id, 0))
    changed = (old.status, old.minutes) != (new.status, entry.minutes)
    correction = _weigh(work, found, trainee, old, new, entry, changed, preview)
    if changed and not preview:
        row = ledger_row(work, found.session, old.held_on, entry, new, source_of(work.actor))
        attendance.add(work.connection, [row | {"revision": old.revision + 1, "reason": reason}])
        publish_attendance_corrected(work, found.cohort, found.session, old.held_on, row | {"person_id": trainee.person_id})
        facts = {"old": old.status, "new": new.status, "reason": reason}
        work.note("attendance.corrected", f"session/{session_id}/enrollment/{entry.enrollment_id}", **facts)
        judge_cohort(work, found.cohort, enrollment_id=entry.enrollment_id)
    return correction


def source_of(actor: Actor) -> Source:
    """What an actor enters by hand comes from the class teacher, unless an organizer does it."""
    return Source.CLASS_TEACHER if actor.is_any(Role.CLASS_TEACHER) and not actor.is_any(Role.ORGANIZER) else Source.ORGANIZER


def _weigh(
    work: UnitOfWork, found: Any, trainee: Row[Any], old: Row[Any], new: Credit, entry: Entry, changed: bool, preview: bool
) -> Correction:
    judged = standings(work.connection, found.cohort, found.sessions, entry.enrollment_id)
    if not judged.trainees:
        raise NotFound
    record = judged.trainees[0].record
    before = judge(judged.course, record)
    after = judge(judged.course, with_correction(record, found.session.mode, old, new)) if changed else before
    return Correction(
        session_id=found.session.id,
        enrollment_id=entry.enrollment_id,
        name=trainee.name,
        old=old,
        new=new,
        new_minutes=entry.minutes,
        changed=changed,
        effects=_effects(trainee, before, after),
        before=before,
        after=after,
        preview=preview,
    )


def with_correction(record: TraineeRecord, mode: TeachingMode, old: Any, new: Credit) -> TraineeRecord:
    """The record as it would be with one entry superseded."""
    there = record.modes.get(mode, ModeRecord())
    changed = replace(
        there, earned=there.earned - old.quarter_hours + new.quarter_hours, attended=there.attended - old.attended + new.attended
    )
    return replace(
        record,
        modes={**record.modes, mode: changed},
        missed=record.missed - old.missed + new.missed,
        unexcused=record.unexcused - old.unexcused + new.unexcused,
    )


def _effects(trainee: Row[Any], before: Standing, after: Standing) -> tuple[Effect, ...]:
    had, has = before.completed_on is not None, after.completed_on is not None
    effects = []
    if had and not has:
        effects.append(Effect.UNDOES)
    if has and not had:
        effects.append(Effect.COMPLETES)
    if trainee.place == PlaceState.IN_TRAINING and before.withdrawn != after.withdrawn:
        effects.append(Effect.WITHDRAWS if after.withdrawn else Effect.RETURNS)
    return tuple(effects) or (Effect.NONE,)
