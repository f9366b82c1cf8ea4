"""The attendance sheet of one slot: recorded once for everyone, safe to repeat (R14, R17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.courses.domain.attendance import Credit, Source, credit_for_minutes, credit_for_status, within_day
from services.courses.domain.errors import AlreadyRecorded, SessionIsCancelled
from services.courses.domain.place import PlaceState
from services.courses.domain.stages import SessionState, require_open
from services.courses.events.publishes import publish_attendance_recorded
from services.courses.operations.completion import Turns, judge_cohort
from services.courses.operations.sessions import settle_day
from services.courses.queries.reach import require_teaching
from services.courses.storage import attendance, cohorts, leaves, trainees
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork
from shared.vocabulary import AttendanceStatus, Delivery, HalfDay

NAMED = 5


@dataclass(frozen=True)
class Entry:
    """What the sheet says of one person: a status, or online the minutes watched."""

    enrollment_id: UUID
    status: AttendanceStatus | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Slot:
    """Which sheet is meant: a session by its id, or offline by day and half-day."""

    session_id: UUID | None = None
    held_on: date | None = None
    half_day: HalfDay | None = None


@dataclass(frozen=True)
class SheetResult:
    """What recording did: how many entries are new, how many stood already, and whose state turned."""

    sheet_id: UUID
    recorded: int
    unchanged: int
    completed: Sequence[UUID] = ()
    withdrawn: Sequence[UUID] = ()


@dataclass(frozen=True)
class _Sheet:
    cohort: Row[Any]
    session: Row[Any]
    day: date
    people: Mapping[UUID, Row[Any]]


def record_sheet(
    work: UnitOfWork,
    cohort_id: UUID,
    slot: Slot,
    entries: Sequence[Entry],
    *,
    source: Source,
    default: Entry | None = None,
) -> SheetResult:
    """Enter a sheet: everyone listed, and with `default` everyone in training who is not.

    The same sheet again changes nothing. A slot that stands with another value is refused; it takes a
    correction. A default leaves granted leave as leave, and people who left or were withdrawn unmarked.
    """
    require_teaching(work.actor, cohort_id)
    cohort = cohorts.locked(work.connection, cohort_id)
    sessions = cohorts.sessions(work.connection, cohort_id)
    session = _named(sessions, slot)
    if session.state == SessionState.CANCELLED:
        raise SessionIsCancelled(title=session.title)
    require_open(session.mode, cohorts.as_planned(sessions))
    people = {row.enrollment_id: row for row in trainees.trainees(work.connection, cohort_id)}
    sheet = _Sheet(cohort, session, settle_day(work, session, slot.held_on), people)
    _check(sheet, entries, default)
    wanted = {entry.enrollment_id: entry for entry in entries}
    defaulted = _defaulted(work, sheet, default, wanted) if default else {}
    stands: dict[UUID, list[Row[Any]]] = {}
    for row in attendance.sheet(work.connection, session.id):
        stands.setdefault(row.enrollment_id, []).append(row)
    _refuse_other_values(sheet, stands, wanted, defaulted, default)
    new = [entry for entry in (*wanted.values(), *defaulted.values()) if entry.enrollment_id not in stands]
    turns = _append(work, sheet, sessions, new, source) if new else Turns([], [], [], [])
    unchanged = len(wanted) + len(defaulted) - len(new)
    return SheetResult(session.id, len(new), unchanged, turns.completed, turns.withdrawn)


def credit_of(session: Row[Any], entry: Entry) -> Credit:
    """What an entry is worth in its session."""
    if entry.minutes is not None:
        return credit_for_minutes(entry.minutes, session.quarter_hours)
    if entry.status is None:
        raise Malformed([Problem("status_or_minutes", "status")])
    return credit_for_status(entry.status, session.quarter_hours)


def entry_problems(delivery: Delivery, entry: Entry, where: str) -> list[Problem]:
    """What is wrong with an entry by itself: a status or minutes, minutes online only."""
    if (entry.status is None) == (entry.minutes is None):
        return [Problem("status_or_minutes", f"{where}status")]
    if entry.minutes is not None and delivery == Delivery.OFFLINE:
        return [Problem("minutes_online_only", f"{where}minutes")]
    return []


def _named(sessions: Sequence[Row[Any]], slot: Slot) -> Row[Any]:
    for session in sessions:
        if slot.session_id is not None and session.id == slot.session_id:
            return session
        same_slot = slot.half_day is not None and (session.held_on or session.planned_on, session.half_day) == (slot.held_on, slot.half_day)
        if slot.session_id is None and same_slot and session.state != SessionState.CANCELLED:
            return session
    raise NotFound


def _check(sheet: _Sheet, entries: Sequence[Entry], default: Entry | None) -> None:
    problems: list[Problem] = []
    seen: set[UUID] = set()
    for index, entry in enumerate(entries):
        where = f"entries.{index}."
        problems += entry_problems(sheet.cohort.delivery, entry, where)
        trainee = sheet.people.get(entry.enrollment_id)
        if trainee is None:
            problems.append(Problem("not_in_cohort", f"{where}enrollment_id"))
        elif trainee.place == PlaceState.SUBSTITUTED:
            problems.append(Problem("was_substituted", f"{where}enrollment_id", {"name": trainee.name}))
        if entry.enrollment_id in seen:
            problems.append(Problem("listed_twice", f"{where}enrollment_id"))
        seen.add(entry.enrollment_id)
    if default is not None:
        problems += entry_problems(sheet.cohort.delivery, default, "default_")
    if not entries and default is None:
        problems.append(Problem("sheet_empty", "entries"))
    if problems:
        raise Malformed(problems)


def _defaulted(work: UnitOfWork, sheet: _Sheet, default: Entry, listed: Mapping[UUID, Entry]) -> dict[UUID, Entry]:
    on_leave = {
        who: kind.status
        for who, kind, span in leaves.approved(work.connection, sheet.cohort.id)
        if span.covers(sheet.day, sheet.session.half_day)
    }
    filled = {}
    for who, trainee in sheet.people.items():
        if who in listed or trainee.place != PlaceState.IN_TRAINING or trainee.withdrawn:
            continue
        filled[who] = Entry(who, on_leave[who]) if who in on_leave else Entry(who, default.status, default.minutes)
    return filled


def _refuse_other_values(
    sheet: _Sheet,
    stands: Mapping[UUID, Sequence[Row[Any]]],
    listed: Mapping[UUID, Entry],
    defaulted: Mapping[UUID, Entry],
    default: Entry | None,
) -> None:
    differing = [who for who, entry in listed.items() if who in stands and not _agrees(sheet, stands[who], entry)]
    for who, entry in defaulted.items():
        # Leave granted between two deliveries of one sheet is no contradiction to "all present".
        plain = Entry(who, default.status, default.minutes) if default else entry
        if who in stands and not _agrees(sheet, stands[who], entry) and not _agrees(sheet, stands[who], plain):
            differing.append(who)
    if differing:
        names = "、".join(sheet.people[who].name for who in differing[:NAMED])
        raise AlreadyRecorded(count=len(differing), names=names)


def _agrees(sheet: _Sheet, history: Sequence[Row[Any]], entry: Entry) -> bool:
    """Whether the entry is what was first recorded, or what stands after corrections."""
    wanted = (credit_of(sheet.session, entry).status, entry.minutes)
    return wanted in ((history[0].status, history[0].minutes), (history[-1].status, history[-1].minutes))


def _append(work: UnitOfWork, sheet: _Sheet, sessions: Sequence[Row[Any]], new: Sequence[Entry], source: Source) -> Turns:
    session, day = sheet.session, sheet.day
    people = [sheet.people[entry.enrollment_id].person_id for entry in new]
    earned = attendance.earned_on(work.connection, day, people, besides=session.id)
    rows = []
    for entry, person_id in zip(new, people, strict=True):
        credit = within_day(credit_of(session, entry), earned.get(person_id, 0))
        rows.append(ledger_row(work, session, day, entry, credit, source) | {"revision": 1, "reason": ""})
    attendance.add(work.connection, rows)
    if session.held_on is None and session.half_day is not None:
        cohorts.change_session(work.connection, session.id, held_on=day)
    told = [row | {"person_id": person_id} for row, person_id in zip(rows, people, strict=True)]
    publish_attendance_recorded(work, sheet.cohort, session, day, told)
    work.note("attendance.recorded", f"session/{session.id}", entries=len(rows), source=source)
    # Before the last session nobody completes, and only who missed something can be withdrawn.
    still_open = any(other.state == SessionState.PLANNED for other in sessions)
    if still_open and not any(row["missed"] for row in rows):
        return Turns([], [], [], [])
    return judge_cohort(work, sheet.cohort)


def ledger_row(work: UnitOfWork, session: Row[Any], day: date, entry: Entry, credit: Credit, source: Source) -> dict[str, Any]:
    """An entry as the ledger keeps it, but for its revision and reason."""
    return {
        "session_id": session.id,
        "enrollment_id": entry.enrollment_id,
        "cohort_id": session.cohort_id,
        "held_on": day,
        "status": credit.status,
        "minutes": entry.minutes,
        "attended": credit.attended,
        "quarter_hours": credit.quarter_hours,
        "missed": credit.missed,
        "unexcused": credit.unexcused,
        "source": source,
        "recorded_at": work.now,
        "recorded_by": work.actor.account_id,
        "recorded_by_name": work.actor.name,
    }
