"""Rosters: send one in, look at every problem, write it, take the marked workbook back (R5–R8)."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from services.enrollment.api.surroundings import secrets
from services.enrollment.domain.roster_result import Mode
from services.enrollment.operations import roster_downloads
from services.enrollment.operations.rosters import import_roster, write_previewed
from services.enrollment.pages.door import CONTACTS, actor, found_cohort, told
from services.enrollment.queries import rosters as queries
from shared.domain import Malformed, Problem, RuleBroken
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.language import ngettext
from shared.web.problems import explain

rosters = Blueprint("rosters", __name__, url_prefix="/enrollment")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@rosters.get("/cohorts/<uuid:cohort_id>/rosters/new")
@allow(*CONTACTS)
def show_upload(cohort_id: UUID) -> str:
    """The form to send a roster in."""
    return _upload_page(cohort_id, [])


@rosters.post("/cohorts/<uuid:cohort_id>/rosters")
@allow(*CONTACTS)
def look_at(cohort_id: UUID) -> Response | tuple[str, int]:
    """Read a roster and show what it would do; nobody is written yet."""
    file = request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Malformed([Problem("file_missing", "file")])
        options: dict[str, Any] = {"content": file.read(), "file_name": file.filename, "secrets": secrets()}
        found = run(import_roster, cohort_id, mode="strict", preview=True, **options)
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _upload_page(cohort_id, problems), status
    return redirect(url_for("rosters.show_roster", roster_id=found.roster_id))


@rosters.get("/rosters/<uuid:roster_id>")
@allow(*CONTACTS)
def show_roster(roster_id: UUID) -> str:
    """What was found in a roster: the counts, every problem with its cell, and the button that writes it."""
    return _roster_page(roster_id, [])


@rosters.post("/rosters/<uuid:roster_id>/writing")
@allow(*CONTACTS)
def write(roster_id: UUID) -> Response | tuple[str, int]:
    """Write the roster: all rows, or those without errors."""
    mode: Mode = "lenient" if request.form.get("mode") == "lenient" else "strict"
    try:
        result = run(write_previewed, roster_id, mode=mode, secrets=secrets())
    except RuleBroken as error:
        problems, status = told(error)
        return _roster_page(roster_id, problems), status
    if not result.written:
        flash(_("Nothing was written: there are errors by now that were not there before. They are listed below."), "warning")
        return redirect(url_for("rosters.show_roster", roster_id=roster_id))
    counts = {"unchanged": result.unchanged, "updated": result.updated, "added": result.added}
    flash(
        ngettext("%(num)d row: ", "%(num)d rows: ", result.rows)
        + _("%(unchanged)d unchanged, %(updated)d updated, %(added)d new.", **counts),
        "success",
    )
    return redirect(url_for("rosters.show_roster", roster_id=roster_id))


@rosters.get("/rosters/<uuid:roster_id>/workbook")
@allow(*CONTACTS)
def download_workbook(roster_id: UUID) -> Response:
    """The same workbook back, with a colored problem column."""
    found = run(roster_downloads.download_workbook, roster_id, secrets=secrets(), explain=explain)
    return send_file(BytesIO(found.content), XLSX, as_attachment=True, download_name=found.file_name)


def _upload_page(cohort_id: UUID, problems: list[dict[str, Any]]) -> str:
    with reading() as connection:
        cohort = found_cohort(connection, cohort_id)
    return render_template("enrollment/roster_upload.html", cohort=cohort, problems=problems)


def _roster_page(roster_id: UUID, refusals: list[dict[str, Any]]) -> str:
    with reading() as connection:
        roster = queries.roster(connection, actor(), roster_id)
        cohort = found_cohort(connection, roster.cohort_id)
    shown = [(problem, explain(problem.code, problem.facts)) for problem in roster.problems]
    writable = roster.rows - roster.wrong - roster.unchanged
    return render_template("enrollment/roster.html", roster=roster, cohort=cohort, problems=shown, refusals=refusals, writable=writable)
