"""Intakes, in the order of their life: list, open, clone, show with cohorts, correct, close."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.enrollment.operations import intakes as operations
from services.enrollment.pages import fields
from services.enrollment.pages.door import READERS, actor, told
from services.enrollment.queries import cohorts as queries
from services.enrollment.queries.correction_requests import count_open
from shared.domain import Malformed, NotFound, Problem, RuleBroken
from shared.storage.work import UnitOfWork
from shared.vocabulary import Category, Delivery, OrganizedBy, Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _

intakes = Blueprint("intakes", __name__, url_prefix="/enrollment")
CORRECTED = ("title", "starts_on", "ends_on", "base", "approval")
FIELDS = ("number", "title", "category", "delivery", "organized_by", "starts_on", "ends_on", "base", "approval", "program_id", "cohorts")


@intakes.get("/intakes")
@allow(*READERS)
def list_intakes() -> str:
    """All intakes, latest first, with how full they are."""
    with reading() as connection:
        found = queries.intakes(connection, before=_before(), limit=51)
        waiting = count_open(connection) if actor().is_any(Role.ORGANIZER) else 0
    shown, more = found[:50], len(found) > 50
    following = url_for("intakes.list_intakes", before=f"{shown[-1].starts_on}/{shown[-1].id}") if more else None
    return render_template("enrollment/intakes.html", intakes=shown, next_url=following, waiting=waiting)


@intakes.get("/intakes/new")
@allow(Role.ORGANIZER)
def show_new_intake() -> str:
    """The form for a new intake."""
    return _new_form({"planned": True, "cohorts": "1"}, [])


@intakes.post("/intakes/new")
@allow(Role.ORGANIZER)
def open_intake() -> Response | tuple[str, int]:
    """Open an intake with its cohorts."""
    form = _typed(FIELDS)
    try:
        intake_id = run(_open_with_cohorts, **_read(form))
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _new_form(form, problems), status
    flash(_("The intake is open. Next: split the seats of each cohort."), "success")
    return redirect(url_for("intakes.show_intake", intake_id=intake_id))


@intakes.post("/intakes/clone")
@allow(Role.ORGANIZER)
def clone_intake() -> Response | tuple[str, int]:
    """Open an intake like the last one of its category."""
    try:
        number = fields.whole(request.form.get("number", ""), "number", most=9999)
        starts_on = fields.day(request.form.get("starts_on", ""), "starts_on")
        category = fields.code(Category, request.form.get("category", ""), "category")
        if number is None:
            raise Malformed([Problem("number_missing", "number")])
        intake_id = run(operations.clone_last_intake, category=category, number=number, starts_on=starts_on)
    except NotFound:
        flash(_("There is no earlier intake of this category to take over."), "warning")
        return redirect(url_for("intakes.show_new_intake"))
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _new_form({"planned": True, "cohorts": "1"}, problems), status
    flash(_("The intake is open, like the last one of its category. Check dates and place."), "success")
    return redirect(url_for("intakes.show_intake", intake_id=intake_id))


@intakes.get("/intakes/<uuid:intake_id>")
@allow(*READERS)
def show_intake(intake_id: UUID) -> str:
    """One intake with its cohorts."""
    return _intake_page(intake_id, [])


@intakes.get("/intakes/<uuid:intake_id>/correction")
@allow(Role.ORGANIZER)
def show_correction(intake_id: UUID) -> str:
    """The form to correct an intake, with what stands."""
    intake = _found(intake_id)
    return _correction_form(intake, {name: getattr(intake, name) for name in (*CORRECTED, "planned")}, [])


@intakes.post("/intakes/<uuid:intake_id>/correction")
@allow(Role.ORGANIZER)
def correct_intake(intake_id: UUID) -> Response | tuple[str, int]:
    """Correct an open intake none of whose cohorts is confirmed."""
    form = _typed(CORRECTED)
    try:
        run(operations.correct_intake, intake_id, **_read(form))
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _correction_form(_found(intake_id), form, problems), status
    flash(_("The intake is corrected."), "success")
    return redirect(url_for("intakes.show_intake", intake_id=intake_id))


@intakes.post("/intakes/<uuid:intake_id>/cohorts")
@allow(Role.ORGANIZER)
def open_cohort(intake_id: UUID) -> Response | tuple[str, int]:
    """Open one more cohort."""
    try:
        seats = fields.whole(request.form.get("seats", ""), "seats", most=1000) or operations.SEATS
        cohort_id = run(operations.open_cohort, intake_id, seats=seats)
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _intake_page(intake_id, problems), status
    flash(_("The cohort is open. Next: split its seats."), "success")
    return redirect(url_for("quotas.show_grid", cohort_id=cohort_id))


@intakes.post("/intakes/<uuid:intake_id>/closure")
@allow(Role.ORGANIZER)
def close_intake(intake_id: UUID) -> Response | tuple[str, int]:
    """Close an intake after its last day (R22)."""
    try:
        run(operations.close_intake, intake_id)
    except RuleBroken as error:
        problems, status = told(error)
        return _intake_page(intake_id, problems), status
    flash(_("The intake is closed and counts as held."), "success")
    return redirect(url_for("intakes.show_intake", intake_id=intake_id))


def _open_with_cohorts(work: UnitOfWork, /, *, cohorts: int | None, **values: Any) -> UUID:
    intake_id = operations.open_intake(work, **values)
    for number in range(1, (cohorts or 0) + 1):
        operations.open_cohort(work, intake_id, number=number)
    return intake_id


def _intake_page(intake_id: UUID, problems: list[dict[str, Any]]) -> str:
    with reading() as connection:
        intake = queries.intake(connection, intake_id)
        if intake is None:
            raise NotFound
        cohorts = queries.cohorts(connection, intake_id)
        if not actor().is_any(Role.ORGANIZER, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT):
            cohorts = [cohort for cohort in cohorts if cohort.id in actor().cohort_ids]
        grids = {cohort.id: queries.quota_grid(connection, cohort.id, intake.category) for cohort in cohorts}
    own = {id: next((cell for cell in grid if cell.county_code == actor().county_code), None) for id, grid in grids.items()}
    unfilled = {id: [cell for cell in grid if cell.left > 0] for id, grid in grids.items()}
    return render_template("enrollment/intake.html", intake=intake, cohorts=cohorts, own=own, unfilled=unfilled, problems=problems)


def _found(intake_id: UUID) -> Any:
    with reading() as connection:
        intake = queries.intake(connection, intake_id)
    if intake is None:
        raise NotFound
    return intake


def _correction_form(intake: Any, form: dict[str, Any], problems: list[dict[str, Any]]) -> str:
    return render_template("enrollment/intake_form.html", intake=intake, form=form, problems=problems)


def _new_form(form: dict[str, Any], problems: list[dict[str, Any]]) -> str:
    with reading() as connection:
        programs = queries.programs(connection)
    words = {"categories": list(Category), "deliveries": list(Delivery), "levels": list(OrganizedBy)}
    return render_template("enrollment/intake_form.html", intake=None, form=form, problems=problems, programs=programs, **words)


def _typed(names: tuple[str, ...]) -> dict[str, Any]:
    return {"planned": "planned" in request.form} | {name: request.form.get(name, "").strip()[:200] for name in names}


def _read(form: dict[str, Any]) -> dict[str, Any]:
    problems: list[Problem] = []
    values: dict[str, Any] = {"planned": form["planned"], "approval": form["approval"], "base": form["base"][:100]}
    if not form["title"] or len(form["title"]) > 100:
        problems.append(Problem("title_missing", "title"))
    readers: dict[str, Callable[[str], Any]] = {
        "number": lambda text: fields.whole(text, "number", most=9999),
        "category": lambda text: fields.code(Category, text, "category"),
        "delivery": lambda text: fields.code(Delivery, text, "delivery"),
        "organized_by": lambda text: fields.code(OrganizedBy, text, "organized_by"),
        "starts_on": lambda text: fields.day(text, "starts_on"),
        "ends_on": lambda text: fields.day(text, "ends_on"),
        "program_id": _program,
        "cohorts": lambda text: fields.whole(text, "cohorts", most=60),
    }
    for name in [name for name in readers if name in form]:
        try:
            values[name] = readers[name](form[name])
        except Malformed as error:
            problems.extend(error.problems)
    if problems:
        raise Malformed(problems)
    return {**values, "title": form["title"]}


def _program(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Malformed([Problem("program_unknown", "program_id")]) from error


def _before() -> tuple[date, UUID] | None:
    day, _slash, last = request.args.get("before", "").partition("/")
    try:
        return (date.fromisoformat(day), UUID(last)) if last else None
    except ValueError:
        return None
