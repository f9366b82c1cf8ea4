"""One place in a cohort: what became of it, withdrawal, substitution before check-in (R9)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from services.enrollment.api.surroundings import secrets
from services.enrollment.domain.errors import ReasonMissing
from services.enrollment.domain.words import EnrollmentStatus, PlaceChange
from services.enrollment.operations import enrollments as operations
from services.enrollment.operations import people
from services.enrollment.pages.door import CONTACTS, READERS, actor, found_cohort, told
from services.enrollment.pages.nominees import offered_schools, typed_fields, typed_nominee
from services.enrollment.queries import enrollments as queries
from shared.domain import Malformed, NotFound, RuleBroken
from shared.vocabulary import Post, Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _

enrollments = Blueprint("enrollments", __name__, url_prefix="/enrollment/enrollments/<uuid:enrollment_id>")


@enrollments.get("")
@allow(*READERS)
def show_enrollment(enrollment_id: UUID) -> str:
    """The place with its history and what can be done with it."""
    return _page(enrollment_id, {}, [])


@enrollments.post("/withdrawal")
@allow(*CONTACTS)
def withdraw(enrollment_id: UUID) -> Response | tuple[str, int]:
    """Give up the place; the first who waits for the cell moves up."""
    form = typed_fields()
    try:
        moved_up = run(operations.withdraw, enrollment_id, reason=_reason(form))
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _page(enrollment_id, {**form, "action": "withdrawal"}, problems), status
    if moved_up:
        flash(_("The place is given up, and the first of the waiting list has moved up."), "success")
        return redirect(url_for("enrollments.show_enrollment", enrollment_id=moved_up))
    flash(_("The place is given up."), "success")
    return redirect(url_for("enrollments.show_enrollment", enrollment_id=enrollment_id))


@enrollments.post("/substitution")
@allow(*CONTACTS)
def substitute(enrollment_id: UUID) -> Response | tuple[str, int]:
    """Let another person take the place."""
    form = typed_fields()
    try:
        reason = _reason(form)
        place = run(operations.substitute, enrollment_id, nominee=typed_nominee(form), reason=reason, secrets=secrets())
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _page(enrollment_id, {**form, "action": "substitution"}, problems), status
    flash(_("The place has changed hands; seat, group and quota cell stay."), "success")
    return redirect(url_for("enrollments.show_enrollment", enrollment_id=place.enrollment_id))


@enrollments.post("/identity")
@allow(*CONTACTS)
def show_identity(enrollment_id: UUID) -> str | tuple[str, int]:
    """ID number and phone in full, this once; the reason stays in the audit log (R44)."""
    form = typed_fields()
    try:
        shown = run(people.show_in_full, enrollment_id, reason=_reason(form), secrets=secrets())
    except RuleBroken as error:
        problems, status = told(error)
        return _page(enrollment_id, {**form, "action": "identity"}, problems), status
    return _page(enrollment_id, {}, [], in_full=shown)


def _reason(form: dict[str, str]) -> str:
    if not form["reason"]:
        raise ReasonMissing
    return form["reason"][:200]


def _page(enrollment_id: UUID, form: dict[str, Any], problems: list[dict[str, Any]], in_full: tuple[str, str] | None = None) -> str:
    with reading() as connection:
        place = queries.place(connection, enrollment_id, actor())
        if place is None:
            raise NotFound
        cohort = found_cohort(connection, place.cohort_id)
        history = queries.history(connection, enrollment_id)
        schools = offered_schools(connection)
        contact = in_full
        if contact is None and actor().is_any(*CONTACTS):
            contact = queries.masked_contact(connection, place.person_id, secrets())
    holds_place = place.status in (EnrollmentStatus.ENROLLED, EnrollmentStatus.WAITING)
    may_act = actor().is_any(*CONTACTS) and holds_place
    return render_template(
        "enrollment/enrollment.html",
        place=place,
        cohort=cohort,
        history=[(PlaceChange(line.change), line) for line in history],
        contact=contact,
        is_masked=in_full is None,
        form=form,
        problems=problems,
        schools=schools,
        posts=list(Post),
        may_withdraw=may_act,
        may_substitute=may_act and place.status is EnrollmentStatus.ENROLLED and place.checked_in_at is None,
        may_override=actor().is_any(Role.ORGANIZER),
    )
