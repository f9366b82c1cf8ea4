"""Sign-in, the exchange of the cookie for a token, sign-out."""

from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.errors import SignInRefused, TooManyTries
from services.portal.operations import passwords
from services.portal.operations.sessions import count_try, end_session, keep_session, open_session
from services.portal.pages.cookies import DEVICE_COOKIE, SESSION_COOKIE, keys, limits, local_path, settings, take_session
from services.portal.pages.entering import ADDRESSES, actor_of, entering, let_in, step_left, too_many
from services.portal.queries.sessions import SignedIn
from shared.domain import RuleBroken
from shared.web import tokens
from shared.web.access import TOKEN_HEADER, current_actor, public
from shared.web.doors import run
from shared.web.language import gettext as _
from shared.web.problems import explain_error

sessions = Blueprint("sessions", __name__)


@sessions.get("/portal/sign-in")
@public
def show_sign_in() -> Response | str:
    """The sign-in form; whoever is signed in already goes on."""
    wanted = local_path(request.args.get("next"))
    if current_actor():
        return redirect(wanted)
    if (found := step_left()) and found.step:
        return redirect(f"{ADDRESSES[found.step]}?{urlencode({'next': wanted})}")
    return sign_in_page(wanted)


@sessions.post("/portal/sign-in")
@public
def sign_in() -> Response | tuple[str, int]:
    """Open a session for the right name and password (R46)."""
    login, password = request.form.get("login", "")[:200], request.form.get("password", "")[:1000]
    wanted = local_path(request.form.get("next"))
    address = request.remote_addr or ""
    try:
        tried = run(count_try, login, address=address, device_cookie=request.cookies.get(DEVICE_COOKIE), **limits())
    except TooManyTries as error:
        return too_many(sign_in_page(wanted, login=login, error=error))
    right = passwords.matches(tried.password_hash, password)
    if not right or tried.account_id is None:
        return sign_in_page(wanted, login=login, error=SignInRefused()), 403
    cookie = run(open_session, tried.account_id, address=address, tried=tried, former_cookie=request.cookies.get(SESSION_COOKIE))
    return let_in(make_response(redirect(wanted)), cookie)


@sessions.post("/portal/sign-out")
@public
def sign_out() -> Response:
    """End the session; a second click finds nothing to end and does no harm."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if cookie:
        run(end_session, cookie)
    flash(_("You are signed out."), "success")
    return take_session(make_response(redirect("/")))


@sessions.get("/portal/exchange")
@public
def exchange() -> Response:
    """For the gateway only: the session's cookie becomes a five-minute token in the answer's header.

    Without a session in force, or while a step is left before it, the answer is as empty and has no such header.
    """
    response = make_response("", 204)
    found = entering()
    if found is None or found.step:
        return response
    if found.needs_note:
        run(keep_session, found.session_id)
    response.headers[TOKEN_HEADER] = _token(found)
    return response


def _token(found: SignedIn) -> str:
    return tokens.mint(keys().signing_key(), actor_of(found), csrf=found.csrf, session_id=str(found.session_id))


def sign_in_page(wanted: str, *, login: str = "", error: RuleBroken | None = None) -> str:
    """The ways to sign in, with why the last try failed."""
    said = explain_error(error) if error else None
    return render_template("portal/sign_in.html", next=wanted, login=login, error=said, provider=settings().provider)
