"""The session of this browser on its way in: what it has still to pass, and the forms that it passes by."""

import hmac
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from flask import Response, abort, current_app, make_response, request

from services.portal.domain.entry import Step
from services.portal.operations.devices import remember_device
from services.portal.operations.sessions import WINDOW
from services.portal.pages.cookies import DEVICE_COOKIE, SESSION_COOKIE, give_device, give_session, settings
from services.portal.queries.sessions import SignedIn, signed_in
from shared.domain import now
from shared.storage.work import Actor, UnitOfWork, transact
from shared.web.doors import reading, run

P = ParamSpec("P")
Result = TypeVar("Result")
ADDRESSES = {Step.SECOND_FACTOR: "/portal/sign-in/code", Step.NOTICE: "/portal/notice"}


def entering() -> SignedIn | None:
    """The session behind this browser's cookie, whether or not it opens doors yet."""
    cookie = request.cookies.get(SESSION_COOKIE)
    if not cookie:
        return None
    with reading() as connection:
        limits = {"idle_minutes": settings().idle_minutes, "session_hours": settings().session_hours}
        return signed_in(connection, cookie, now(), **limits)


def step_left(step: Step | None = None) -> SignedIn | None:
    """The session that still has a step before it, or `step` if given."""
    found = entering()
    return found if found and found.step and step in (None, found.step) else None


def refuse_foreign_form(found: SignedIn) -> None:
    """A form of a session without a token carries the session's CSRF value all the same."""
    sent = request.form.get("csrf_token", "")
    if not hmac.compare_digest(sent.encode(), found.csrf.encode()):
        abort(400, "csrf")


def actor_of(found: SignedIn) -> Actor:
    """Who acts in a session, and how far the account's roles reach."""
    account, scope = found.account, found.account.token_scope
    return Actor(
        account_id=str(account.id),
        name=account.name,
        roles=account.roles,
        county_code=scope.county_code,
        school_id=scope.school_id,
        cohort_ids=scope.cohort_ids,
        person_id=scope.person_id,
        address=request.remote_addr or "",
    )


def run_as(found: SignedIn, operation: Callable[Concatenate[UnitOfWork, P], Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
    """Run an operation as the owner of a session that has no token yet: the audit log names whoever did it (R47)."""
    return transact(current_app.extensions["linghang"].database, actor_of(found), operation, *args, **kwargs)


def let_in(response: Response, cookie: str) -> Response:
    """Give the browser its session, and let it be known again."""
    return know_device(give_session(response, cookie), cookie)


def know_device(response: Response, cookie: str) -> Response:
    """Let the browser of this session be known again, once the session awaits no second factor."""
    device = run(remember_device, cookie, former=request.cookies.get(DEVICE_COOKIE))
    return give_device(response, device) if device else response


def too_many(page: str) -> Response:
    """A page for an address that has tried too often: it also says to programs when to come again."""
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
    return response
