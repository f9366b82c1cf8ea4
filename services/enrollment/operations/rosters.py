"""Import a county's roster into a cohort: look first, then write all rows, or the valid ones (R5)."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from services.enrollment.domain.errors import CohortNotOpen, IntakeIsClosed
from services.enrollment.domain.judgment import Verdict, judge
from services.enrollment.domain.roster_layout import Layout, RawRow, find_layout, people_rows, require_columns
from services.enrollment.domain.roster_result import Mode, RosterResult, problems_of
from services.enrollment.domain.roster_row import RosterRow, read_row
from services.enrollment.domain.words import CohortState, IntakeState
from services.enrollment.operations.circumstances import gather, reach_of
from services.enrollment.operations.roster_changes import RosterChanges, RosterRecord, changes_of, write
from services.enrollment.storage import cohorts, data_keys, rosters, workbooks
from services.enrollment.storage.secrets import PersonalData, Secrets
from shared.domain import NotFound
from shared.logs import scrubbed
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role

TRIES = 3
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class _Sheet:
    layout: Layout
    rows: Sequence[RawRow]


def import_roster(
    work: UnitOfWork, cohort_id: UUID, *, content: bytes, file_name: str, mode: Mode, preview: bool, secrets: Secrets
) -> RosterResult:
    """Import a roster as it was sent, and keep the file (R43).

    Strict writes all rows or none, lenient the rows without errors; a preview writes nobody. Every problem of
    every row is in the result (R5). The same roster again changes nothing. Raises `Malformed` when the file
    cannot be read as a roster at all.
    """
    roster_id = uuid4()
    name = scrubbed(_CONTROL.sub("", PurePath(file_name.replace("\\", "/")).name)[-200:])
    key = data_keys.in_force(work.connection, secrets)
    result = _import(work, cohort_id, roster_id, content, name, mode, preview, key)
    rosters.add(
        work.connection,
        {
            "id": roster_id,
            "cohort_id": cohort_id,
            "uploaded_by": work.actor.account_id,
            "uploaded_at": work.now,
            "file_name": name,
            "content_cipher": key.encrypt(content),
            "mode": mode,
            "written": result.written,
            "outcome": _outcome(result),
        },
    )
    return result


def write_previewed(work: UnitOfWork, roster_id: UUID, *, mode: Mode, secrets: Secrets) -> RosterResult:
    """Write a roster that was looked at before; it is judged again, since others may have been faster meanwhile."""
    key = data_keys.in_force(work.connection, secrets)
    roster = rosters.by_id(work.connection, roster_id)
    if roster is None or not (work.actor.is_any(Role.ORGANIZER) or roster.uploaded_by == work.actor.account_id):
        raise NotFound
    content = secrets.decrypt(roster.content_cipher)
    result = _import(work, roster.cohort_id, roster_id, content, roster.file_name, mode, False, key)
    # What has been written once stays written, even if the same roster is refused now.
    rosters.change(work.connection, roster_id, mode=mode, written=roster.written or result.written, outcome=_outcome(result))
    return result


def _import(
    work: UnitOfWork, cohort_id: UUID, roster_id: UUID, content: bytes, file_name: str, mode: Mode, preview: bool, key: PersonalData
) -> RosterResult:
    reach_of(work.actor)
    if not preview:
        cohorts.lock(work.connection, cohort_id)
    cohort = cohorts.facts(work.connection, cohort_id)
    _require_open(cohort)
    sheet = _read(content, file_name)
    for left in range(TRIES - 1, -1, -1):
        verdicts, changes = _judge(work, cohort, sheet, key)
        wrong = any(verdict.row.is_wrong for verdict in verdicts)
        written = not preview and not (wrong and mode == "strict")
        if not written:
            break
        try:
            with work.connection.begin_nested():
                write(work, cohort_id, changes)
            break
        except IntegrityError:
            # Another roster has put one of these people on record, or into another cohort of the intake, meanwhile: judge again.
            if not left:
                raise
    result = _result(roster_id, cohort_id, file_name, mode, verdicts, changes, written)
    work.note("roster.imported" if written else "roster.checked", str(cohort_id), roster=roster_id, mode=mode, **_counts(result))
    return result


def _require_open(cohort: Any) -> None:
    if cohort is None:
        raise NotFound
    if cohort.intake_state is IntakeState.CLOSED:
        raise IntakeIsClosed
    if cohort.state is not CohortState.OPEN:
        raise CohortNotOpen


def _read(content: bytes, file_name: str) -> _Sheet:
    _, rows = workbooks.read_rows(content, file_name, lambda rows: find_layout(rows) is not None)
    layout = require_columns(find_layout(rows))
    return _Sheet(layout, people_rows(rows, layout))


def _judge(work: UnitOfWork, cohort: Any, sheet: _Sheet, key: PersonalData) -> tuple[Sequence[Verdict], RosterChanges]:
    rows: list[RosterRow] = [read_row(raw, sheet.layout, cohort.intake_starts_on) for raw in sheet.rows]
    hashes = {row.id_number.number: key.lookup_hash(row.id_number.number) for row in rows if row.id_number}
    circumstances, people, places = gather(work.connection, work.actor, cohort, rows, hashes)
    verdicts = judge(rows, circumstances)
    return verdicts, changes_of(work, verdicts, RosterRecord(cohort, people, places, hashes), key)


def _result(
    roster_id: UUID, cohort_id: UUID, file_name: str, mode: Mode, verdicts: Sequence[Verdict], changes: RosterChanges, written: bool
) -> RosterResult:
    return RosterResult(
        roster_id=roster_id,
        cohort_id=cohort_id,
        file_name=file_name,
        mode=mode,
        rows=len(verdicts),
        unchanged=changes.unchanged,
        updated=len(changes.updated),
        added=len(changes.new_places),
        problems=problems_of(verdicts),
        written=written,
    )


def _counts(result: RosterResult) -> dict[str, int]:
    counts = {name: getattr(result, name) for name in ("rows", "unchanged", "updated", "added")}
    return counts | {"wrong": result.wrong}


def _outcome(result: RosterResult) -> dict[str, Any]:
    return {**_counts(result), "problems": [asdict(problem) for problem in result.problems]}
