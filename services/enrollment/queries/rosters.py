"""Rosters that were sent in: what was found, and the same workbook back with its problems marked (R5)."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any
from uuid import UUID

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import Connection

from services.enrollment.domain.errors import WorkbookErased
from services.enrollment.domain.roster_layout import find_layout
from services.enrollment.domain.roster_result import RosterProblem, RosterResult
from services.enrollment.storage import rosters, workbooks
from services.enrollment.storage.secrets import Secrets
from shared.domain import NotFound
from shared.storage.work import Actor
from shared.vocabulary import Role

Explain = Callable[[str, Mapping[str, Any]], str]

ERROR = PatternFill("solid", fgColor="FFF4B6B6")
WARNING = PatternFill("solid", fgColor="FFFFF2B3")
PLACE = re.compile(r"([A-Z]+)(\d+)")
# What Excel does not take in a cell.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class AnnotatedWorkbook:
    """An .xlsx file and the name to save it under."""

    file_name: str
    content: bytes


def roster(connection: Connection, actor: Actor, roster_id: UUID) -> RosterResult:
    """What was found in a roster; the organizer's to see, and that of who sent it."""
    found = _own(connection, actor, roster_id)
    outcome = rosters.outcome_of(found)
    return RosterResult(
        roster_id=found.id,
        cohort_id=found.cohort_id,
        file_name=found.file_name,
        mode=found.mode,
        rows=outcome["rows"],
        unchanged=outcome["unchanged"],
        updated=outcome["updated"],
        added=outcome["added"],
        problems=tuple(RosterProblem(**problem) for problem in outcome["problems"]),
        written=found.written,
    )


def annotated_workbook(connection: Connection, actor: Actor, roster_id: UUID, *, secrets: Secrets, explain: Explain) -> AnnotatedWorkbook:
    """The workbook as it was sent, with a colored problem column and every wrong cell marked; formulas are turned into their values."""
    found = _own(connection, actor, roster_id)
    result = roster(connection, actor, roster_id)
    if not found.content_cipher:
        raise WorkbookErased
    content = secrets.decrypt(found.content_cipher)
    place, rows = workbooks.read_rows(content, found.file_name, lambda rows: find_layout(rows) is not None)
    book, sheet = _opened(content, place, rows)
    _annotate(sheet, rows, result, explain)
    stream = BytesIO()
    book.save(stream)
    name = f"{PurePath(found.file_name).stem}-{explain('problems_heading', {})}.xlsx"
    return AnnotatedWorkbook(name, stream.getvalue())


def _own(connection: Connection, actor: Actor, roster_id: UUID) -> Any:
    found = rosters.by_id(connection, roster_id)
    if found is None or not (actor.is_any(Role.ORGANIZER) or found.uploaded_by == actor.account_id):
        raise NotFound
    return found


def _opened(content: bytes, place: int, rows: workbooks.Rows) -> tuple[Workbook, Worksheet]:
    """The workbook itself, or, when it is CSV or too odd to be written again, a new one with the same cells."""
    if content.startswith(b"PK"):
        try:
            book = load_workbook(BytesIO(content), data_only=True, keep_links=False)
            return book, book.worksheets[place]
        except (KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, SyntaxError):
            pass
    book = Workbook()
    sheet = book.worksheets[0]
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            if value not in (None, ""):
                _put(sheet, row, column, value)
    return book, sheet


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Any:
    cell: Any = sheet.cell(row, column)
    cell.value = _CONTROL.sub("", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with "=" stays a text
    return cell


def _annotate(sheet: Worksheet, rows: workbooks.Rows, result: RosterResult, explain: Explain) -> None:
    layout = find_layout(rows)
    heading_row = layout.heading_row + 1 if layout else 1
    heading = explain("problems_heading", {})
    column = _problem_column(rows, heading_row, heading)
    _put(sheet, heading_row, column, heading).font = Font(bold=True)
    sheet.column_dimensions[get_column_letter(column)].width = 60
    for row in range(heading_row + 1, len(rows) + 1):
        if sheet.cell(row, column).value is not None:
            _put(sheet, row, column, None)  # what an earlier answer said
    by_row: dict[int, list[RosterProblem]] = defaultdict(list)
    for problem in result.problems:
        by_row[problem.row].append(problem)
    for row, problems in by_row.items():
        errors = [problem for problem in problems if not problem.warning]
        text = "\n".join(f"{problem.cell} {explain(problem.code, problem.facts)}" for problem in problems)
        cell = _put(sheet, row, column, text)
        cell.fill = ERROR if errors else WARNING
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for problem in sorted(problems, key=lambda problem: not problem.warning):
            if PLACE.fullmatch(problem.cell):
                sheet[problem.cell].fill = WARNING if problem.warning else ERROR


def _problem_column(rows: workbooks.Rows, heading_row: int, heading: str) -> int:
    """The column of an earlier answer, else the first that is free from top to bottom."""
    headings = rows[heading_row - 1] if rows else []
    if heading in headings:
        return headings.index(heading) + 1
    return 1 + max((place for row in rows for place, value in enumerate(row, start=1) if value not in (None, "")), default=0)
