"""Coming in by an OpenID provider, and linking the own account with it: to the provider and back."""

from urllib.parse import urlencode

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.errors import IdentityRefused, IdentityTaken, IdentityUnknown, ProviderDown, TooManyTries
from services.portal.domain.external_identity import Identity, Trip
from services.portal.operations import external_identities as deeds
from services.portal.operations.identity_provider import Provider
from services.portal.operations.sessions import Try, check_address, password_was_right
from services.portal.pages.cookies import SESSION_COOKIE, TRIP_COOKIE, give_trip, local_path, settings, take_trip
from services.portal.pages.entering import let_in
from services.portal.pages.own_account import own_account, own_password
from services.portal.pages.sessions import sign_in_page
from services.portal.pages.sign_ins import sign_ins_page
from shared.domain import NotFound, RuleBroken
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, current_actor, public
from shared.web.doors import run
from shared.web.language import gettext as _
from shared.web.problems import explain_error

oidc = Blueprint("oidc", __name__, url_prefix="/portal/oidc")
SIGN_INS = "/portal/sign-ins"


@oidc.get("/sign-in")
@public
def set_out() -> Response:
    """Send the browser to the provider. A link leads here and no form: browsers let no form of ours end at a foreign host."""
    provider, wanted = _provider(), local_path(request.args.get("next"))
    if current_actor():
        return redirect(wanted)
    try:
        run(check_address, request.remote_addr or "", most=settings().wrong_tries_per_address)
        cookie, trip = run(deeds.begin_trip, wanted=wanted)
        return give_trip(make_response(redirect(provider.address(trip))), cookie)
    except (TooManyTries, ProviderDown) as error:
        return _refused(error, wanted, 429 if isinstance(error, TooManyTries) else 503)


@oidc.post("/link")
@allow(*Role)
def set_out_to_link() -> Response | tuple[str, int]:
    """Set out to link the own account; the password is asked for, so that a stranger at this browser makes no way in."""
    provider, account_id = _provider(), own_account()

    def proved(work: UnitOfWork, tried: Try) -> tuple[str, Trip]:
        password_was_right(work, tried)
        return deeds.begin_trip(work, wanted=SIGN_INS, account_id=account_id)

    try:
        cookie, trip = run(proved, own_password(request.form.get("present", "")))
        page = render_template("portal/provider_trip.html", address=provider.address(trip), provider=settings().oidc_name)
    except RuleBroken as error:
        return sign_ins_page(explain_error(error)), 503 if isinstance(error, ProviderDown) else 409
    return give_trip(make_response(page), cookie)


@oidc.post("/unlink")
@allow(*Role)
def unlink() -> Response | tuple[str, int]:
    """Let the own account be opened by the password alone again; a second click finds nothing to unlink and does no harm."""
    _provider()
    account_id = own_account()

    def proved(work: UnitOfWork, tried: Try) -> None:
        password_was_right(work, tried)
        try:
            deeds.unlink(work, account_id)
        except NotFound:
            return

    try:
        run(proved, own_password(request.form.get("present", "")))
    except RuleBroken as error:
        return sign_ins_page(explain_error(error)), 409
    flash(_("%(name)s opens your account no more.", name=settings().oidc_name), "success")
    return redirect(SIGN_INS)


@oidc.get("/callback")
@public
def come_back() -> Response:
    """The provider sends the browser back: open a session, or link the account, by what it says of who came."""
    provider, address = _provider(), request.remote_addr or ""
    trip = run(deeds.end_trip, request.cookies.get(TRIP_COOKIE, ""), request.args.get("state", ""), address=address)
    if trip is None:
        return _refused(IdentityRefused(), "/", 400)
    if trip.account_id and not _is_signed_in_as(trip):
        return _counted(IdentityRefused(), trip, "another_account", 403)
    if request.args.get("error"):
        flash(_("You have not signed in with %(name)s.", name=settings().oidc_name), "warning")
        return take_trip(make_response(redirect(trip.wanted if trip.account_id else f"/portal/sign-in?{urlencode({'next': trip.wanted})}")))
    try:
        identity = _identity(provider, trip)
    except ProviderDown as error:
        return _refused(error, trip.wanted, 503)
    except IdentityRefused as error:
        return _counted(error, trip, "token", 403)
    return _link(trip, identity) if trip.account_id else _sign_in(trip, identity)


def _provider() -> Provider:
    """The provider that people may sign in with; without one there are no such pages (404)."""
    found = settings()
    if not found.oidc_issuer:
        abort(404)
    back = f"{found.public_url.rstrip('/')}/portal/oidc/callback"
    return Provider(found.oidc_issuer, found.oidc_client_id, found.oidc_client_secret, back)


def _identity(provider: Provider, trip: Trip) -> Identity:
    code, named = request.args.get("code", ""), request.args.get("iss", provider.issuer)
    if not code or named != provider.issuer:
        raise IdentityRefused
    return provider.identity(code, trip)


def _is_signed_in_as(trip: Trip) -> bool:
    actor = current_actor()
    return actor is not None and actor.account_id == str(trip.account_id)


def _sign_in(trip: Trip, identity: Identity) -> Response:
    former = request.cookies.get(SESSION_COOKIE)
    cookie = run(deeds.sign_in, trip, identity, address=request.remote_addr or "", former_cookie=former)
    if cookie is None:
        return _refused(IdentityUnknown(), trip.wanted, 403)
    return take_trip(let_in(make_response(redirect(trip.wanted)), cookie))


def _link(trip: Trip, identity: Identity) -> Response:
    try:
        run(deeds.link, own_account(), identity)
    except IdentityTaken as error:
        return _counted(error, trip, "taken", 409)
    flash(_("From now on %(name)s opens your account too.", name=settings().oidc_name), "success")
    return take_trip(make_response(redirect(trip.wanted)))


def _counted(error: RuleBroken, trip: Trip, reason: str, status: int) -> Response:
    run(deeds.refuse, trip, reason, address=request.remote_addr or "")
    return _refused(error, trip.wanted, status)


def _refused(error: RuleBroken, wanted: str, status: int) -> Response:
    """The page that says why, and from which one goes on: with the password, or, signed in already, from the own sign-ins."""
    page = sign_ins_page(explain_error(error)) if current_actor() else sign_in_page(wanted, error=error)
    return take_trip(make_response(page, status))
