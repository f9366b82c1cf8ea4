"""What became of a roster: counts, and every problem of every row (R5)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from services.enrollment.domain.judgment import Verdict

Mode = Literal["strict", "lenient"]
_PERSONAL = re.compile(r"\d(?:[\s-]?\d){10,}[\s-]?[\dXx]?")


@dataclass(frozen=True)
class RosterProblem:
    """One problem of one row, at its cell; a warning does not keep the row out."""

    row: int
    cell: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True)
class RosterResult:
    """A roster's rows, counted by what they lead to. Unless `written`, that is what they would lead to in lenient mode."""

    roster_id: UUID
    cohort_id: UUID
    file_name: str
    mode: str
    rows: int
    unchanged: int
    updated: int
    added: int
    problems: tuple[RosterProblem, ...]
    written: bool
    # A roster never puts anyone on the waiting list: beyond the quota rows are wrong (R4). Single nominations do.
    waiting: int = 0

    @property
    def wrong(self) -> int:
        """How many rows something other than a warning stands against."""
        return len({problem.row for problem in self.problems if not problem.warning})


def problems_of(verdicts: Sequence[Verdict]) -> tuple[RosterProblem, ...]:
    """Every problem, in the order of the sheet and its columns. What looks like an ID number or a phone is not repeated (R43)."""
    return tuple(
        RosterProblem(verdict.row.number, problem.where, problem.code, _without_ids(problem.facts), problem.warning)
        for verdict in verdicts
        for problem in sorted(verdict.row.problems, key=lambda problem: (len(problem.where), problem.where))
    )


def _without_ids(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _PERSONAL.sub("…", fact) if type(fact) is str else fact for name, fact in facts.items()}
