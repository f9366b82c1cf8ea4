"""Changing the own password."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.errors import TooManyTries
from services.portal.operations.accounts import set_password
from services.portal.operations.sessions import open_session
from services.portal.pages.entering import let_in, too_many
from services.portal.pages.own_account import own_account, own_login, own_password
from shared.domain import Malformed, Problem, RuleBroken
from shared.vocabulary import Role
from shared.web.access import allow
from shared.web.doors import run
from shared.web.language import gettext as _
from shared.web.problems import explain_error, explain_problem

passwords = Blueprint("passwords", __name__)


@passwords.get("/portal/password")
@allow(*Role)
def show_password_form() -> str:
    """The form."""
    return render_template("portal/password.html", problems=[], login=own_login())


@passwords.post("/portal/password")
@allow(*Role)
def change_password() -> Response | tuple[str, int]:
    """Set a new password; the present one is asked for, and every other session of the account ends."""
    account_id, login = own_account(), own_login()
    try:
        if request.form.get("password", "") != request.form.get("repeated", ""):
            raise Malformed([Problem("passwords_differ")])
        tried = own_password(request.form.get("present", ""))
        run(set_password, account_id, request.form.get("password", "")[:200])
        cookie = run(open_session, account_id, address=request.remote_addr or "", tried=tried)
    except Malformed as error:
        problems = [{**explain_problem(problem), "where": ""} for problem in error.problems]
        return render_template("portal/password.html", problems=problems, login=login), 422
    except TooManyTries as error:
        return too_many(render_template("portal/password.html", problems=[{"where": "", "message": explain_error(error)}], login=login))
    except RuleBroken as error:
        return render_template("portal/password.html", problems=[{"where": "", "message": explain_error(error)}], login=login), 409
    flash(_("The new password is set. All your other sessions have ended."), "success")
    return let_in(make_response(redirect("/")), cookie)
