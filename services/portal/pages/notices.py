"""The privacy notice: for anyone to read, and to be accepted at the first sign-in (R48)."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.entry import Step
from services.portal.operations.notices import accept_notice
from services.portal.pages.cookies import local_path, settings
from services.portal.pages.entering import refuse_foreign_form, run_as, step_left
from shared.web.access import public

notices = Blueprint("notices", __name__, url_prefix="/portal/notice")


@notices.get("")
@public
def show_notice() -> str:
    """The notice; for whoever has signed in and not accepted it yet, with the form to do so."""
    wanted = local_path(request.args.get("next"))
    return render_template("portal/notice.html", asked=step_left(Step.NOTICE), next=wanted, responsible=settings().responsible)


@notices.post("")
@public
def accept() -> Response:
    """Accept it and go on; a second click finds it accepted and goes on as well."""
    found = step_left(Step.NOTICE)
    if found:
        refuse_foreign_form(found)
        run_as(found, accept_notice, found.account.id)
    return redirect(local_path(request.form.get("next")))
