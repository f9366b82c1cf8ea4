"""A report as an Excel workbook, with its filters, cut-off and definitions printed in it."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from services.finance.domain.figures import Figures
from services.finance.pages.wording import GROUPING_NAMES, LINE, LINES, SCOPE, Line, filters_in_words
from services.finance.queries.report import Report
from services.finance.queries.totals import Grouping
from shared.vocabulary import Delivery
from shared.web.language import city_moment, gettext, word

GROUP_LINES = tuple(
    LINE[code]
    for code in (
        "intakes",
        "cohorts",
        "people",
        "participations",
        "offline",
        "online",
        "person_days",
        "billable_person_days",
        "person_hours",
        "taught_hours",
        "confirmed",
        "checked_in",
        "completed",
        "certified",
    )
)

SHEETS = (Grouping.CATEGORY, Grouping.COUNTY, Grouping.YEAR, Grouping.INTAKE)


def sheets_of(by: Grouping | None) -> tuple[Grouping, ...]:
    """What a workbook breaks its totals down by: the usual ones, and the one asked for."""
    return SHEETS if by is None or by in SHEETS else (*SHEETS, by)


def workbook(report: Report, broken_down: Sequence[Report]) -> bytes:
    """The totals of `report` on the first sheet, a sheet for each of `broken_down`, and the definitions."""
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    look = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bg_color": "#EAF1F8", "bottom": 1, "text_wrap": True, "valign": "top"}),
        "number": book.add_format({"num_format": "#,##0.##"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.00%"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _totals_sheet(book.add_worksheet(gettext("Totals")), look, report)
    for one in broken_down:
        if one.by is not None:
            _groups_sheet(book.add_worksheet(gettext(GROUPING_NAMES[one.by])), look, one, one.by)
    _definitions_sheet(book.add_worksheet(gettext("Definitions")), look)
    book.close()
    return file.getvalue()


def _heading(sheet: Any, look: dict[str, Any], report: Report, title: str) -> int:
    sheet.write_string(0, 0, title, look["title"])
    basis = [
        (gettext("Rule version"), report.rules),
        (gettext("Figures as of"), city_moment(report.cut_off) or "–"),
        (gettext("Drawn up"), city_moment(report.drawn_at)),
        *filters_in_words(report),
    ]
    for row, (name, value) in enumerate(basis, start=1):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.write_string(len(basis) + 1, 0, gettext(SCOPE))
    return len(basis) + 3


def _totals_sheet(sheet: Any, look: dict[str, Any], report: Report) -> None:
    top = _heading(sheet, look, report, gettext("Participation totals"))
    columns: list[tuple[str, Figures]] = [(gettext("Total"), report.totals)]
    columns += [(word(delivery), report.by_delivery[delivery]) for delivery in Delivery]
    for column, name in enumerate((gettext("Figure"), *(name for name, _ in columns), gettext("Rule"))):
        sheet.write_string(top, column, name, look["head"])
    for row, line in enumerate(LINES, start=top + 1):
        sheet.write_string(row, 0, gettext(line.name))
        for column, (_, figures) in enumerate(columns, start=1):
            _write(sheet, row, column, line, figures, look)
        sheet.write_string(row, len(columns) + 1, line.rule)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 4, 18)
    sheet.freeze_panes(top + 1, 1)


def _groups_sheet(sheet: Any, look: dict[str, Any], report: Report, by: Grouping) -> None:
    name = gettext(GROUPING_NAMES[by])
    top = _heading(sheet, look, report, f"{gettext('Participation totals')} · {name}")
    for column, title in enumerate((name, *(gettext(line.name) for line in GROUP_LINES))):
        sheet.write_string(top, column, title, look["head"])
    rows = [(word(group.name), group.figures) for group in report.groups]
    for row, (title, figures) in enumerate([*rows, (gettext("Total"), report.totals)], start=top + 1):
        sheet.write_string(row, 0, title)
        for column, line in enumerate(GROUP_LINES, start=1):
            _write(sheet, row, column, line, figures, look)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(GROUP_LINES), 12)
    sheet.freeze_panes(top + 1, 1)


def _definitions_sheet(sheet: Any, look: dict[str, Any]) -> None:
    for column, name in enumerate((gettext("Figure"), gettext("Rule"), gettext("Definition"))):
        sheet.write_string(0, column, name, look["head"])
    for row, line in enumerate(LINES, start=1):
        sheet.write_string(row, 0, gettext(line.name))
        sheet.write_string(row, 1, line.rule)
        sheet.write_string(row, 2, gettext(line.meaning), look["wrap"])
    sheet.set_column(0, 0, 24)
    sheet.set_column(2, 2, 90)


def _write(sheet: Any, row: int, column: int, line: Line, figures: Figures, look: dict[str, Any]) -> None:
    value = line.value(figures)
    if value is None:
        sheet.write_string(row, column, "–")
    else:
        form = "share" if line.share else "whole" if value == int(value) else "number"
        sheet.write_number(row, column, float(value), look[form])
