"""The training plan: its lines, year by year."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.enrollment.operations import intakes as operations
from services.enrollment.pages import fields
from services.enrollment.pages.door import told
from services.enrollment.queries import cohorts as queries
from shared.domain import Malformed, Problem, RuleBroken
from shared.vocabulary import Category, Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _

programs = Blueprint("programs", __name__, url_prefix="/enrollment/programs")
FIELDS = ("year", "title", "category", "planned_intakes", "planned_people", "funding")


@programs.get("")
@allow(Role.ORGANIZER)
def list_programs() -> str:
    """The plan, latest year first, with the form for one more line."""
    return _page({}, [])


@programs.post("")
@allow(Role.ORGANIZER)
def plan_program() -> Response | tuple[str, int]:
    """Enter a line of the year's plan."""
    form = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    try:
        if not form["title"] or len(form["title"]) > 100:
            raise Malformed([Problem("title_missing", "title")])
        run(
            operations.plan_program,
            year=fields.whole(form["year"] or "0", "year", most=2200) or 0,
            title=form["title"],
            category=fields.code(Category, form["category"], "category"),
            planned_intakes=fields.whole(form["planned_intakes"] or "0", "planned_intakes", most=1000) or 0,
            planned_people=fields.whole(form["planned_people"] or "0", "planned_people", most=1_000_000) or 0,
            funding=form["funding"],
        )
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _page(form, problems), status
    flash(_("The program is in the plan."), "success")
    return redirect(url_for("programs.list_programs"))


def _page(form: dict[str, str], problems: list[dict[str, object]]) -> str:
    with reading() as connection:
        found = queries.programs(connection)
    return render_template("enrollment/programs.html", programs=found, categories=list(Category), form=form, problems=problems)
