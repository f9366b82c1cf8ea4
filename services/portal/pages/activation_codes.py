"""First sign-in with a slip: the code opens the account, the person chooses the password."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.errors import CodeRefused, TooManyTries
from services.portal.operations.activation_codes import activate, check_code
from services.portal.operations.sessions import open_session
from services.portal.pages.cookies import SESSION_COOKIE, keys, settings
from services.portal.pages.entering import let_in, too_many
from shared.domain import Malformed, Problem, RuleBroken
from shared.web.access import public
from shared.web.doors import run
from shared.web.language import gettext as _
from shared.web.problems import explain_error, explain_problem

activation_codes = Blueprint("activation_codes", __name__)


@activation_codes.get("/portal/activate")
@public
def show_activation() -> str:
    """The form; the QR on the slip brings the code along."""
    return render_template("portal/activate.html", code=request.args.get("code", "")[:20], login="", problems=[])


@activation_codes.post("/portal/activate")
@public
def use_code() -> Response | tuple[str, int]:
    """Set the password of the code's account and sign in."""
    form = {name: request.form.get(name, "")[:200] for name in ("code", "login", "password", "repeated")}
    address = request.remote_addr or ""
    secret = keys().secret("activation-codes")
    try:
        if form["password"] != form["repeated"]:
            raise Malformed([Problem("passwords_differ", "repeated")])
        known = run(check_code, form["code"], secret=secret, address=address, most_per_address=settings().wrong_tries_per_address)
        if known is None:
            raise CodeRefused
        account_id = run(activate, form["code"], login=form["login"], password=form["password"], secret=secret)
    except Malformed as error:
        return _again(form, [explain_problem(problem) for problem in error.problems]), 422
    except TooManyTries as error:
        return too_many(_again(form, [_without_place(error)]))
    except RuleBroken as error:
        return _again(form, [_without_place(error)]), 409
    cookie = run(open_session, account_id, address=address, former_cookie=request.cookies.get(SESSION_COOKIE))
    flash(_("Your account is open. From now on sign in with your name and password."), "success")
    return let_in(make_response(redirect("/")), cookie)


def _without_place(error: RuleBroken) -> dict[str, object]:
    return {"where": "", "message": explain_error(error)}


def _again(form: dict[str, str], problems: list[dict[str, object]]) -> str:
    return render_template("portal/activate.html", code=form["code"], login=form["login"], problems=_named(problems))


def _named(problems: list[dict[str, object]]) -> list[dict[str, object]]:
    """Problems under the names that the form shows, not its field names."""
    names = {"password": _("Password"), "repeated": _("Password again"), "login": _("Sign-in name")}
    return [{**problem, "where": names.get(str(problem["where"]), problem["where"])} for problem in problems]
