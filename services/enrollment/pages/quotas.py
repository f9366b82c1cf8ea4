"""The quota grid: edited like a sheet, with the live progress of every cell (R4)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.enrollment.domain.register import Register
from services.enrollment.domain.roster_layout import plain
from services.enrollment.operations import quotas as operations
from services.enrollment.pages.door import CONTACTS, actor, found_cohort, told
from services.enrollment.queries import cohorts as queries
from shared.domain import Malformed, Problem, RuleBroken
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.language import ngettext

quotas = Blueprint("quotas", __name__, url_prefix="/enrollment/cohorts/<uuid:cohort_id>/quotas")
LONGEST_PASTE = 20_000


@quotas.get("")
@allow(*CONTACTS)
def show_grid(cohort_id: UUID) -> str:
    """The grid; with ``?proposal=1`` filled with the proposal, not yet saved. Contacts see their own county."""
    with reading() as connection:
        cohort = found_cohort(connection, cohort_id)
        proposed = queries.proposal(connection, cohort.intake_category, cohort.seats) if request.args.get("proposal") else None
    if proposed is not None:
        flash(_("The proposal is filled in. Nothing is saved until you save the grid."), "info")
    return _grid_page(cohort_id, typed=proposed)


@quotas.post("")
@allow(Role.ORGANIZER)
def save_grid(cohort_id: UUID) -> Response | str | tuple[str, int]:
    """Save the whole grid, or read what was pasted from a sheet into it."""
    typed = {name.removeprefix("seats-"): value.strip() for name, value in request.form.items() if name.startswith("seats-")}
    if "paste" in request.form:
        return _pasted(cohort_id, typed, request.form.get("sheet", "")[:LONGEST_PASTE])
    try:
        run(operations.set_grid, cohort_id, cells=_seats(typed))
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _grid_page(cohort_id, typed=typed, problems=problems), status
    flash(_("The quota grid is saved."), "success")
    return redirect(url_for("quotas.show_grid", cohort_id=cohort_id))


@quotas.post("/return")
@allow(Role.ORGANIZER)
def close_round_one(cohort_id: UUID) -> Response | tuple[str, int]:
    """Return the unused seats to the city's pool and open round 2."""
    try:
        returned = run(operations.close_round_one, cohort_id)
    except RuleBroken as error:
        problems, status = told(error)
        return _grid_page(cohort_id, problems=problems), status
    flash(ngettext("%(num)d seat has returned to the city's pool.", "%(num)d seats have returned to the city's pool.", returned), "success")
    return redirect(url_for("quotas.show_grid", cohort_id=cohort_id))


def _grid_page(cohort_id: UUID, typed: Mapping[str, Any] | None = None, problems: list[dict[str, Any]] | None = None) -> str:
    with reading() as connection:
        cohort = found_cohort(connection, cohort_id)
        grid = queries.quota_grid(connection, cohort_id, cohort.intake_category)
    if not actor().is_any(Role.ORGANIZER):
        grid = [cell for cell in grid if cell.county_code == actor().county_code]
    values = {cell.county_code: (typed or {}).get(cell.county_code, cell.seats) for cell in grid}
    total = sum(int(value) for value in values.values() if str(value).isascii() and str(value).isdigit())
    names = {cell.county_code: cell.county_name for cell in grid}
    shown = [{**problem, "where": names.get(problem["where"].removeprefix("cells."), problem["where"])} for problem in problems or []]
    may_edit = actor().is_any(Role.ORGANIZER)
    return render_template(
        "enrollment/quotas.html", cohort=cohort, grid=grid, values=values, total=total, may_edit=may_edit, problems=shown
    )


def _pasted(cohort_id: UUID, typed: dict[str, str], sheet: str) -> str:
    """The grid with the seats of a pasted sheet: a county and a number in each line."""
    with reading() as connection:
        cohort = found_cohort(connection, cohort_id)
        grid = queries.quota_grid(connection, cohort_id, cohort.intake_category)
    register = Register([], {cell.county_code: cell.county_name for cell in grid})
    problems = []
    for number, line in enumerate(sheet.splitlines(), start=1):
        cells = [plain(cell) for cell in line.split("\t") if plain(cell)]
        code = next((found for cell in cells if (found := register.county(cell))), None)
        seats = [cell for cell in cells if cell.isascii() and cell.isdigit() and register.county(cell) is None]
        if code and seats:
            typed[code] = seats[-1][:4]
        elif cells:
            problems.append(
                Problem("pasted_line_unreadable", _("Line %(number)d", number=number), {"line": line.strip()[:60]}, warning=True)
            )
    shown, _status = told(Malformed(problems))
    flash(_("What was pasted is filled in. Nothing is saved until you save the grid."), "info")
    return _grid_page(cohort_id, typed=typed, problems=shown)


def _seats(typed: Mapping[str, str]) -> dict[str, int]:
    wrong = [code for code, text in typed.items() if text and not (text.isascii() and text.isdigit() and len(text) <= 4)]
    if wrong:
        raise Malformed([Problem("number_unreadable", code, {"most": 9999}) for code in wrong])
    return {code: int(text or 0) for code, text in typed.items()}
