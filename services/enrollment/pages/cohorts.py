"""One cohort: its places and waiting list, nominate, confirm, check in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.enrollment.api.surroundings import secrets
from services.enrollment.domain.words import EnrollmentStatus
from services.enrollment.operations import cohorts as closing
from services.enrollment.operations import enrollments, nominations
from services.enrollment.pages import fields
from services.enrollment.pages.door import CONTACTS, READERS, actor, found_cohort, told
from services.enrollment.pages.nominees import offered_schools, typed_fields, typed_nominee
from services.enrollment.queries import cohorts as queries
from services.enrollment.queries import enrollments as places
from shared.domain import Malformed, Problem, RuleBroken
from shared.vocabulary import Post, Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.language import ngettext

cohorts = Blueprint("cohorts", __name__, url_prefix="/enrollment/cohorts/<uuid:cohort_id>")


@cohorts.get("")
@allow(*READERS)
def show_cohort(cohort_id: UUID) -> str:
    """The cohort with the places the reader may see."""
    return _cohort_page(cohort_id, [])


@cohorts.get("/nomination")
@allow(*CONTACTS)
def show_nomination(cohort_id: UUID) -> str:
    """The form to nominate one person."""
    return _nomination_page(cohort_id, {}, [])


@cohorts.post("/nomination")
@allow(*CONTACTS)
def nominate(cohort_id: UUID) -> Response | tuple[str, int]:
    """Nominate one person: a seat, or the next place of the waiting list."""
    form = typed_fields()
    try:
        nominee = typed_nominee(form)
        place = run(nominations.nominate, cohort_id, nominee=nominee, secrets=secrets())
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _nomination_page(cohort_id, form, problems), status
    if place.status is EnrollmentStatus.WAITING:
        flash(_("%(name)s is on the waiting list, number %(number)s.", name=nominee.name, number=place.waiting_number), "warning")
    else:
        flash(_("%(name)s is enrolled.", name=nominee.name), "success")
    return redirect(url_for("cohorts.show_cohort", cohort_id=cohort_id))


@cohorts.post("/confirmation")
@allow(Role.ORGANIZER)
def confirm(cohort_id: UUID) -> Response | tuple[str, int]:
    """Close the roster; groups are made and the other services are told."""
    try:
        people = run(closing.confirm_cohort, cohort_id)
    except RuleBroken as error:
        problems, status = told(error)
        return _cohort_page(cohort_id, problems), status
    flash(ngettext("The roster is confirmed: %(num)d person.", "The roster is confirmed: %(num)d people.", people), "success")
    return redirect(url_for("cohorts.show_cohort", cohort_id=cohort_id))


@cohorts.post("/check-ins")
@allow(Role.ORGANIZER, Role.CLASS_TEACHER)
def check_in(cohort_id: UUID) -> Response | tuple[str, int]:
    """Mark those chosen, or everyone, as reported (报到)."""
    try:
        chosen = _chosen(cohort_id)
        people = run(enrollments.check_in, cohort_id, enrollment_ids=chosen, at=fields.moment(request.form.get("at", ""), "at"))
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _cohort_page(cohort_id, problems), status
    flash(ngettext("%(num)d person is checked in.", "%(num)d people are checked in.", people), "success" if people else "warning")
    return redirect(url_for("cohorts.show_cohort", cohort_id=cohort_id))


def _chosen(cohort_id: UUID) -> list[UUID]:
    if "everyone" not in request.form:
        try:
            return [UUID(value) for value in request.form.getlist("enrollment_id")[:1000]]
        except ValueError as error:
            raise Malformed([Problem("choice_missing", "enrollment_ids")]) from error
    with reading() as connection:
        found = places.of_cohort(connection, cohort_id, actor())
    return [place.id for place in found if place.status is EnrollmentStatus.ENROLLED]


def _cohort_page(cohort_id: UUID, problems: list[dict[str, Any]]) -> str:
    with reading() as connection:
        cohort = found_cohort(connection, cohort_id)
        found = places.of_cohort(connection, cohort_id, actor())
        grid = queries.quota_grid(connection, cohort_id, cohort.intake_category)
    by_status = {status: [place for place in found if place.status is status] for status in EnrollmentStatus}
    gone = [place for place in found if place.status not in (EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING)]
    return render_template(
        "enrollment/cohort.html",
        cohort=cohort,
        enrolled=by_status[EnrollmentStatus.ENROLLED],
        waiting=by_status[EnrollmentStatus.WAITING],
        gone=gone,
        has_grid=any(cell.seats for cell in grid),
        may_plan=actor().is_any(Role.ORGANIZER),
        may_nominate=actor().is_any(*CONTACTS),
        may_check_in=actor().is_any(Role.ORGANIZER, Role.CLASS_TEACHER),
        problems=problems,
    )


def _nomination_page(cohort_id: UUID, form: dict[str, Any], problems: list[dict[str, Any]]) -> str:
    with reading() as connection:
        cohort = found_cohort(connection, cohort_id)
        schools = offered_schools(connection)
    may_override = actor().is_any(Role.ORGANIZER)
    facts = {"cohort": cohort, "form": form, "schools": schools, "posts": list(Post), "problems": problems, "may_override": may_override}
    return render_template("enrollment/nomination.html", **facts)
