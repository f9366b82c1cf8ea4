"""Corrections of the own data: the trainee asks and reads the answer, the organizer decides (R44, R48)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.enrollment.api.surroundings import secrets
from services.enrollment.domain.correction import LONGEST_TEXT
from services.enrollment.domain.words import CorrectionField
from services.enrollment.operations import correction_requests as operations
from services.enrollment.pages import fields
from services.enrollment.pages.door import actor, told
from services.enrollment.queries import correction_requests as queries
from shared.domain import Malformed, NotFound, RuleBroken
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import reading, run
from shared.web.language import gettext as _

correction_requests = Blueprint("correction_requests", __name__, url_prefix="/enrollment")
# Whatever is typed beyond this is refused, not cut.
MOST_TYPED = LONGEST_TEXT * 4


@correction_requests.get("/me/correction-requests")
@allow(Role.TRAINEE)
def show_own() -> str:
    """The own requests with their answers, and the form for a new one."""
    return _own_page({}, [])


@correction_requests.post("/me/correction-requests")
@allow(Role.TRAINEE)
def ask() -> Response | tuple[str, int]:
    """Ask for a correction."""
    form = {name: request.form.get(name, "")[:MOST_TYPED] for name in ("field", "stated", "text")}

    def ask_for_it(work: UnitOfWork) -> UUID:
        field = fields.code(CorrectionField, form["field"], "field")
        return operations.request_correction(work, field, stated=form["stated"], text=form["text"], secrets=secrets())

    try:
        run(ask_for_it)
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _own_page(form, problems), status
    flash(_("Your request is with the city's organizers. Their answer will stand here."), "success")
    return redirect(url_for("correction_requests.show_own"))


@correction_requests.get("/correction-requests")
@allow(Role.ORGANIZER)
def list_requests() -> str:
    """What waits for a decision, and what was decided last."""
    with reading() as connection:
        waiting, decided = queries.open_requests(connection, secrets()), queries.decided_requests(connection, secrets())
    return render_template("enrollment/correction_requests.html", waiting=waiting, decided=decided)


@correction_requests.get("/correction-requests/<uuid:request_id>")
@allow(Role.ORGANIZER)
def show_request(request_id: UUID) -> str:
    """One request with the person's places, and the form to decide it."""
    return _request_page(request_id, {}, [])


@correction_requests.post("/correction-requests/<uuid:request_id>/value")
@allow(Role.ORGANIZER)
def show_value(request_id: UUID) -> str | tuple[str, int]:
    """The stated ID number or phone in full, this once; the reason stays in the audit log (R44)."""
    reason = request.form.get("reason", "").strip()[:200]
    try:
        value = run(operations.show_stated_value, request_id, reason=reason, secrets=secrets())
    except RuleBroken as error:
        problems, status = told(error)
        return _request_page(request_id, {}, problems), status
    return _request_page(request_id, {}, [], in_full=value)


@correction_requests.post("/correction-requests/<uuid:request_id>/decision")
@allow(Role.ORGANIZER)
def decide(request_id: UUID) -> Response | tuple[str, int]:
    """Say what came of the request, once."""
    form = {"answer": request.form.get("answer", "").strip()[: operations.LONGEST_ANSWER], "outcome": request.form.get("outcome", "")}
    try:
        run(operations.decide_correction, request_id, done=form["outcome"] == "done", answer=form["answer"], secrets=secrets())
    except (Malformed, RuleBroken) as error:
        problems, status = told(error)
        return _request_page(request_id, form, problems), status
    flash(_("The request is decided; the person reads your answer."), "success")
    return redirect(url_for("correction_requests.list_requests"))


def _own_page(form: dict[str, Any], problems: list[dict[str, Any]]) -> str:
    person_id = actor().person_id
    if person_id is None:
        raise NotFound
    with reading() as connection:
        own = queries.of_person(connection, person_id, secrets())
    open_fields = {each.field for each in own if each.is_open}
    offered = [field for field in CorrectionField if field not in open_fields]
    return render_template(
        "enrollment/own_correction_requests.html", own=own, offered=offered, form=form, problems=problems, longest=LONGEST_TEXT
    )


def _request_page(request_id: UUID, form: dict[str, Any], problems: list[dict[str, Any]], in_full: str | None = None) -> str:
    with reading() as connection:
        found, places = queries.request(connection, actor(), request_id, secrets())
    return render_template(
        "enrollment/correction_request.html",
        found=found,
        places=places,
        form=form,
        problems=problems,
        in_full=in_full,
        is_masked=found.is_open and found.field in (CorrectionField.ID_NUMBER, CorrectionField.PHONE) and in_full is None,
        is_phone=found.field is CorrectionField.PHONE,
        longest=operations.LONGEST_ANSWER,
    )
