"""A trainee's own training: where am I, what is missing, leave and evaluation."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from services.courses.domain.leave import LeaveKind, Span
from services.courses.operations.leaves import LeaveOutcome, request_leave
from services.courses.operations.results import ResultsTaken, take_evaluations
from services.courses.pages.forms import actor, carry_out, choice, day
from services.courses.pages.messages import missing_sentence
from services.courses.queries.records import person_record
from shared.domain import Malformed, NotFound, Problem
from shared.storage.work import UnitOfWork
from shared.vocabulary import HalfDay, Role
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import class_hours
from shared.web.language import gettext as _

records = Blueprint("records", __name__, url_prefix="/courses")


@records.get("/me")
@allow(Role.TRAINEE)
def show_own_record() -> str:
    """Your trainings, your hours, and what is still missing."""
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    with reading() as connection:
        record = person_record(connection, actor(), person_id)
    return render_template("courses/record.html", record=record, why=missing_sentence, kinds=list(LeaveKind), half_days=list(HalfDay))


@records.post("/enrollments/<uuid:enrollment_id>/leaves")
@allow(Role.TRAINEE)
def ask_for_leave(enrollment_id: UUID) -> Response:
    """Ask for leave."""

    def ask(work: UnitOfWork) -> LeaveOutcome:
        kind, first_day = choice("kind", LeaveKind), day("first_day")
        if kind is None or first_day is None:
            raise Malformed([Problem("day_missing" if kind else "not_a_choice", "first_day")])
        return request_leave(work, enrollment_id, kind, _span(first_day), reason=request.form.get("reason", ""))

    return carry_out(_asked, url_for("records.show_own_record"), ask)


@records.post("/cohorts/<uuid:cohort_id>/evaluations/<uuid:enrollment_id>")
@allow(Role.TRAINEE)
def hand_in_evaluation(cohort_id: UUID, enrollment_id: UUID) -> Response:
    """Hand in your evaluation of the training."""
    answer = (request.form.get("satisfied") == "yes", request.form.get("comment", "")[:2000])

    def hand_in(work: UnitOfWork) -> ResultsTaken:
        if request.form.get("satisfied") not in ("yes", "no"):
            raise Malformed([Problem("not_a_choice", "satisfied")])
        return take_evaluations(work, cohort_id, {enrollment_id: answer})

    return carry_out(lambda _taken: _("Thank you; your evaluation is in."), url_for("records.show_own_record"), hand_in)


def _span(first_day: date) -> Span:
    first, last = choice("first_half", HalfDay) or HalfDay.MORNING, choice("last_half", HalfDay) or HalfDay.AFTERNOON
    return Span(first_day, first, day("last_day") or first_day, last)


def _asked(outcome: LeaveOutcome) -> str:
    hours = class_hours(outcome.quarter_hours)
    if outcome.would_withdraw:
        return _("Asked for %(hours)s class hours of leave. Taken, it exceeds a seventh of the hours and ends the training.", hours=hours)
    return _("Asked for %(hours)s class hours of leave.", hours=hours)
