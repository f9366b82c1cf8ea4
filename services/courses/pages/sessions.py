"""A session: hold it, cancel it, move it."""

from datetime import date
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from services.courses.operations.sessions import cancel_session, hold_session, move_session
from services.courses.pages.forms import actor, carry_out, day
from services.courses.pages.forms import choice as choice_in
from services.courses.queries.sheets import sheet
from shared.domain import Malformed, Problem
from shared.vocabulary import HalfDay, Role, TeachingMode
from shared.web.access import allow
from shared.web.doors import reading
from shared.web.language import gettext as _

sessions = Blueprint("sessions", __name__, url_prefix="/courses")
TEACHERS = (Role.ORGANIZER, Role.CLASS_TEACHER)


@sessions.get("/sessions/<uuid:session_id>")
@allow(*TEACHERS)
def show_session(session_id: UUID) -> str:
    """One session with what can be done with it."""
    with reading() as connection:
        found = sheet(connection, actor(), session_id)
    seminar = found.session.mode == TeachingMode.EXCHANGE_SEMINAR
    return render_template("courses/session.html", found=found, session=found.session, seminar=seminar, half_days=list(HalfDay))


@sessions.post("/sessions/<uuid:session_id>/holding")
@allow(*TEACHERS)
def hold(session_id: UUID) -> Response:
    """The session has been taught."""
    record = request.form.get("record", "")
    return carry_out(
        lambda _row: _("The session is held."),
        url_for("sessions.show_session", session_id=session_id),
        lambda work: hold_session(work, session_id, held_on=day("held_on"), record=record),
    )


@sessions.post("/sessions/<uuid:session_id>/cancellation")
@allow(*TEACHERS)
def cancel(session_id: UUID) -> Response:
    """The session will not be taught."""
    reason = request.form.get("reason", "")
    return carry_out(
        lambda _row: _("The session is cancelled."),
        url_for("sessions.show_session", session_id=session_id),
        lambda work: cancel_session(work, session_id, reason=reason),
    )


@sessions.post("/sessions/<uuid:session_id>/slot")
@allow(*TEACHERS)
def move(session_id: UUID) -> Response:
    """The session gets another day or half-day."""
    return carry_out(
        lambda _row: _("The session is moved."),
        url_for("sessions.show_session", session_id=session_id),
        lambda work: move_session(work, session_id, planned_on=_given_day(), half_day=choice_in("half_day", HalfDay)),
    )


def _given_day() -> date:
    planned_on = day("planned_on")
    if planned_on is None:
        raise Malformed([Problem("day_missing", "planned_on")])
    return planned_on
