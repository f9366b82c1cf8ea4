"""The session of this browser on its way in: what it has still to pass, and the forms that it passes by."""

import hmac

from flask import abort, request

from services.portal.domain.entry import Step
from services.portal.pages.cookies import SESSION_COOKIE, settings
from services.portal.queries.sessions import SignedIn, signed_in
from shared.domain import now
from shared.web.doors import reading

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
