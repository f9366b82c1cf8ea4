"""Changing the own password."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.errors import SignInRefused
from services.portal.operations import passwords as hashes
from services.portal.operations.accounts import set_password
from services.portal.operations.sessions import count_try, open_session
from services.portal.pages.cookies import give_session, settings
from services.portal.queries.accounts import login_of
from shared.domain import Malformed, Problem, RuleBroken
from shared.vocabulary import Role
from shared.web.access import allow, current_actor
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.problems import explain_error, explain_problem

passwords = Blueprint("passwords", __name__)


@passwords.get("/portal/password")
@allow(*Role)
def show_password_form() -> str:
    """The form."""
    return render_template("portal/password.html", problems=[], login=_login())


@passwords.post("/portal/password")
@allow(*Role)
def change_password() -> Response | tuple[str, int]:
    """Set a new password; the present one is asked for, and every other session of the account ends."""
    address = request.remote_addr or ""
    limits = {"lock_minutes": settings().lock_minutes, "most_per_address": settings().wrong_tries_per_address}
    login = _login()
    try:
        if request.form.get("password", "") != request.form.get("repeated", ""):
            raise Malformed([Problem("passwords_differ")])
        tried = run(count_try, login, address=address, **limits)
        right = hashes.matches(tried.password_hash, request.form.get("present", "")[:1000])
        if not right or tried.account_id is None:
            raise SignInRefused
        run(set_password, tried.account_id, request.form.get("password", "")[:200])
        cookie = run(open_session, tried.account_id, address=address, attempt_id=tried.id)
    except Malformed as error:
        problems = [{**explain_problem(problem), "where": ""} for problem in error.problems]
        return render_template("portal/password.html", problems=problems, login=login), 422
    except RuleBroken as error:
        return render_template("portal/password.html", problems=[{"where": "", "message": explain_error(error)}], login=login), 409
    flash(_("The new password is set. All your other sessions have ended."), "success")
    return give_session(make_response(redirect("/")), cookie)


def _login() -> str:
    actor = current_actor()
    with reading() as connection:
        return login_of(connection, actor.account_id) if actor else ""
