"""The second factor: shown on the way in, set up and switched off by its owner (R46)."""

from typing import Any
from uuid import UUID

import pyotp
import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.portal.domain.entry import Step
from services.portal.domain.errors import SecondFactorRefused, TooManyTries
from services.portal.operations import second_factors as deeds
from services.portal.operations.sessions import password_was_right
from services.portal.pages.cookies import DEVICE_COOKIE, SESSION_COOKIE, keys, local_path, settings
from services.portal.pages.entering import know_device, refuse_foreign_form, run_as, step_left, too_many
from services.portal.pages.own_account import own_account, own_login, own_password
from services.portal.storage import second_factors as stored
from shared.domain import RuleBroken
from shared.storage.work import UnitOfWork
from shared.vocabulary import Role
from shared.web.access import allow, public
from shared.web.doors import reading, run
from shared.web.language import gettext as _
from shared.web.problems import explain_error

second_factors = Blueprint("second_factors", __name__)
PAGE = "/portal/second-factor"


@second_factors.get("/portal/sign-in/code")
@public
def show_code_form() -> Response | str:
    """The form for the code, for whoever has given the right password."""
    wanted = local_path(request.args.get("next"))
    found = step_left(Step.SECOND_FACTOR)
    return _code_form(found.csrf, wanted) if found else redirect(f"/portal/sign-in?next={wanted}")


@second_factors.post("/portal/sign-in/code")
@public
def show_second_factor() -> Response | tuple[str, int]:
    """Let the session in if the code is right."""
    wanted = local_path(request.form.get("next"))
    found = step_left(Step.SECOND_FACTOR)
    if found is None:
        return redirect(wanted)
    refuse_foreign_form(found)
    if run_as(found, deeds.show, found, _shown_code(), **_limits()):
        return know_device(make_response(redirect(wanted)), request.cookies[SESSION_COOKIE])
    if step_left(Step.SECOND_FACTOR):
        return _code_form(found.csrf, wanted, explain_error(SecondFactorRefused())), 403
    flash(_("There were too many wrong codes. Wait fifteen minutes and sign in again."), "warning")
    return redirect("/portal/sign-in")


@second_factors.get(PAGE)
@allow(*Role)
def show_state() -> str:
    """Whether it is on, and how to switch it on or off."""
    return _page()


@second_factors.post(f"{PAGE}/begin")
@allow(*Role)
def begin() -> Response | tuple[str, int]:
    """Make a secret for an authenticator; the password is asked for, so that a stranger at this browser locks nobody out."""
    account_id = own_account()
    try:
        tried = own_password(request.form.get("present", ""))
    except TooManyTries as error:
        return too_many(_page(explain_error(error)))
    except RuleBroken as error:
        return _page(explain_error(error)), 409

    def proved(work: UnitOfWork) -> None:
        password_was_right(work, tried)
        deeds.begin(work, account_id, key=_key())

    run(proved)
    return redirect(PAGE)


@second_factors.post(f"{PAGE}/confirm")
@allow(*Role)
def confirm() -> str | tuple[str, int]:
    """Switch it on with a first code, and show the recovery codes this once."""
    try:
        codes = run(deeds.confirm, own_account(), _typed(), key=_key())
    except RuleBroken as error:
        return _page(explain_error(error)), 409
    return render_template("portal/recovery_codes.html", codes=codes)


@second_factors.post(f"{PAGE}/off")
@allow(*Role)
def switch_off() -> Response | tuple[str, int]:
    """Switch it off, with a code."""
    if not run(deeds.switch_off, own_account(), _shown_code(), **_limits()):
        return _page(explain_error(SecondFactorRefused())), 409
    flash(_("The second factor is off. From now on the password alone opens your account."), "success")
    return redirect(PAGE)


def _typed() -> str:
    return request.form.get("code", "")[:40]


def _key() -> bytes:
    return keys().secret("second-factors")


def _limits() -> dict[str, Any]:
    return {"key": _key(), "lock_minutes": settings().lock_minutes}


def _shown_code() -> deeds.Shown:
    return deeds.Shown(_typed(), request.remote_addr or "", request.cookies.get(DEVICE_COOKIE))


def _code_form(csrf: str, wanted: str, error: str | None = None) -> str:
    return render_template("portal/second_factor_code.html", csrf=csrf, next=wanted, error=error)


def _page(error: str | None = None) -> str:
    account_id: UUID = own_account()
    with reading() as connection:
        factor = stored.of_account(connection, account_id, _key())
        left = stored.recovery_codes_left(connection, account_id)
    return render_template("portal/second_factor.html", factor=factor, left=left, error=error, **(_shown(factor) if factor else {}))


def _shown(factor: stored.SecondFactor) -> dict[str, Any]:
    if factor.confirmed_at is not None:
        return {}
    address = pyotp.TOTP(factor.secret).provisioning_uri(name=own_login(), issuer_name="Linghang")
    groups = " ".join(factor.secret[start : start + 4] for start in range(0, len(factor.secret), 4))
    return {"picture": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=4), "groups": groups}
