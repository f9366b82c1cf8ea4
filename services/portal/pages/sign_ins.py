"""Where the own account is signed in, who has tried, and signing out everywhere."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.operations.sessions import end_every_session
from services.portal.pages.cookies import SESSION_COOKIE, settings, take_session
from services.portal.pages.own_account import own_account
from services.portal.queries.sessions import sign_ins
from services.portal.storage.external_identities import of_account
from shared.domain import now
from shared.vocabulary import Role
from shared.web.access import allow, current_actor, public
from shared.web.doors import reading, run
from shared.web.language import gettext as _

blueprint = Blueprint("sign_ins", __name__, url_prefix="/portal/sign-ins")


def sign_ins_page(error: str | None = None) -> str:
    """The page about the own sign-ins, with what went wrong in linking the account."""
    cookie, limits, account_id = request.cookies.get(SESSION_COOKIE, ""), settings(), own_account()
    with reading() as connection:
        found = sign_ins(connection, account_id, cookie, now(), idle_minutes=limits.idle_minutes, session_hours=limits.session_hours)
        linked = of_account(connection, account_id, limits.oidc_issuer)
    return render_template("portal/sign_ins.html", found=found, provider=limits.provider, linked=linked, error=error)


@blueprint.get("")
@allow(*Role)
def show_sign_ins() -> str:
    """Sessions in force and the last tries, so that a stranger's shows."""
    return sign_ins_page()


@blueprint.post("/end")
@public
def sign_out_everywhere() -> Response:
    """End every session of the account; a second click finds nobody signed in and does no harm."""
    if current_actor():
        own_account()
        run(end_every_session)
    flash(_("You are signed out on every device."), "success")
    return take_session(make_response(redirect("/portal/sign-in")))
