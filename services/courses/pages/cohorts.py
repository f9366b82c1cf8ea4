"""Cohorts: the list, one cohort with its four modes, who completes; leave and results."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from services.courses.domain.completion import Grade, Outlook
from services.courses.operations.leaves import decide_leave
from services.courses.operations.results import ResultsTaken, assess_trainees, take_pledges
from services.courses.pages.forms import actor, carry_out, choice, day
from services.courses.pages.messages import missing_sentence
from services.courses.queries.appeals import count_open
from services.courses.queries.cohorts import cohort_groups, cohort_leaves, cohort_list, cohort_picture
from services.courses.queries.completion import completion_list
from services.courses.queries.reach import require_teaching
from services.courses.storage.trainees import trainees
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import gettext as _
from shared.web.language import ngettext

cohorts = Blueprint("cohorts", __name__, url_prefix="/courses")
TEACHERS = (Role.ORGANIZER, Role.CLASS_TEACHER)


@cohorts.get("/cohorts")
@allow(*TEACHERS)
def list_cohorts() -> str:
    """The cohorts you run."""
    with reading() as connection:
        lines, appeals = cohort_list(connection, actor()), count_open(connection, actor())
    return render_template("courses/cohorts.html", lines=lines, appeals=appeals)


@cohorts.get("/cohorts/<uuid:cohort_id>")
@allow(*TEACHERS)
def show_cohort(cohort_id: UUID) -> str:
    """One cohort: the four modes, the timetable, leave and results."""
    with reading() as connection:
        require_teaching(actor(), cohort_id)
        picture = cohort_picture(connection, actor(), cohort_id)
        leaves = cohort_leaves(connection, actor(), cohort_id)
        groups = cohort_groups(connection, actor(), cohort_id)
        names = {row.enrollment_id: row for row in trainees(connection, cohort_id)}
    return render_template("courses/cohort.html", picture=picture, leaves=leaves, groups=groups, names=names, grades=list(Grade))


@cohorts.get("/cohorts/<uuid:cohort_id>/completion")
@allow(*TEACHERS, Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT)
def show_completion(cohort_id: UUID) -> str:
    """Done, reachable, no longer reachable, with the reasons (R16)."""
    with reading() as connection:
        found = completion_list(connection, actor(), cohort_id)
    asked = request.args.get("outlook", "")
    outlook = Outlook(asked) if asked in list(Outlook) else None
    shown = [one for one in found.trainees if outlook in (None, one.standing.outlook)]
    return render_template(
        "courses/completion.html", found=found, shown=shown, outlook=outlook, outlooks=list(Outlook), why=missing_sentence
    )


@cohorts.post("/cohorts/<uuid:cohort_id>/assessments")
@allow(*TEACHERS)
def assess(cohort_id: UUID) -> Response:
    """One grade for everyone who has none yet."""
    return carry_out(
        _taken,
        url_for("cohorts.show_cohort", cohort_id=cohort_id),
        lambda work: assess_trainees(work, cohort_id, {}, default_grade=choice("grade", Grade), assessed_on=day("assessed_on")),
    )


@cohorts.post("/cohorts/<uuid:cohort_id>/pledges")
@allow(*TEACHERS)
def pledge(cohort_id: UUID) -> Response:
    """Everyone has signed the pledge."""
    return carry_out(
        _taken,
        url_for("cohorts.show_cohort", cohort_id=cohort_id),
        lambda work: take_pledges(work, cohort_id, [], everyone=True, signed_on=day("signed_on")),
    )


@cohorts.post("/cohorts/<uuid:cohort_id>/leaves/<uuid:leave_id>")
@allow(*TEACHERS)
def decide(cohort_id: UUID, leave_id: UUID) -> Response:
    """Grant or refuse leave."""
    approved = request.form.get("approved") == "yes"
    back = url_for("cohorts.show_cohort", cohort_id=cohort_id)
    said = _("The leave is granted.") if approved else _("The leave is refused.")
    return carry_out(lambda _outcome: said, back, lambda work: decide_leave(work, leave_id, approved=approved, cohort_id=cohort_id))


def _taken(result: ResultsTaken) -> str:
    return ngettext("Entered for %(num)d person.", "Entered for %(num)d people.", result.recorded)
