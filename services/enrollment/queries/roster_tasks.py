"""Rosters that somebody still has to look at: not written, or with a known ID number under another name (R5, R7)."""

import json
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.enrollment.domain.errors import KnownUnderAnotherName
from services.enrollment.domain.words import CohortState, IntakeState
from services.enrollment.storage.tables import COHORTS, INTAKES, ROSTERS
from shared.storage.work import Actor
from shared.vocabulary import Role


class RosterToCheck(NamedTuple):
    """A roster, how many of its rows are wrong or not yet written, and how many ID numbers are known under another name."""

    roster_id: UUID
    file_name: str
    uploaded_at: datetime
    cohort_id: UUID
    cohort_number: int
    intake_number: int | None
    intake_title: str
    rows: int
    wrong: int
    to_write: int
    under_another_name: int


def rosters_to_check(connection: Connection, actor: Actor, _today: date) -> list[RosterToCheck]:
    """Of every sender the last roster for each cohort that takes rosters, if it is not done with; contacts see those they sent."""
    last = func.row_number().over(
        partition_by=(ROSTERS.c.cohort_id, ROSTERS.c.uploaded_by), order_by=(ROSTERS.c.uploaded_at.desc(), ROSTERS.c.id)
    )
    columns = [ROSTERS.c[name] for name in ("id", "cohort_id", "file_name", "uploaded_at", "uploaded_by", "written", "outcome")]
    cohort = (COHORTS.c.number.label("cohort_number"), INTAKES.c.number.label("intake_number"), INTAKES.c.title.label("intake_title"))
    sent = (
        select(*columns, *cohort, last.label("place"))
        .join(COHORTS, COHORTS.c.id == ROSTERS.c.cohort_id)
        .join(INTAKES, INTAKES.c.id == COHORTS.c.intake_id)
        .where(COHORTS.c.state == CohortState.OPEN, INTAKES.c.state == IntakeState.OPEN)
    ).subquery()
    to_check = sent.c.written.is_(False) | sent.c.outcome.contains(f'"{KnownUnderAnotherName.code}"')
    wanted = select(sent).where(sent.c.place == 1, to_check)
    if not actor.is_any(Role.ORGANIZER):
        wanted = wanted.where(sent.c.uploaded_by == actor.account_id)
    found = [_read(row) for row in connection.execute(wanted.order_by(sent.c.uploaded_at, sent.c.id))]
    return [roster for roster in found if roster.wrong or roster.to_write or roster.under_another_name]


def _read(row: Any) -> RosterToCheck:
    outcome = json.loads(row.outcome)
    other_name = {problem["row"] for problem in outcome["problems"] if problem["code"] == KnownUnderAnotherName.code}
    to_write = 0 if row.written else outcome["updated"] + outcome["added"]
    place = (row.id, row.file_name, row.uploaded_at, row.cohort_id, row.cohort_number, row.intake_number, row.intake_title)
    return RosterToCheck(*place, outcome["rows"], outcome["wrong"], to_write, len(other_name))
