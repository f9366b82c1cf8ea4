"""The account of the person behind a page, and proof that it is the person: the present password."""

from uuid import UUID

from flask import abort, request

from services.portal.domain.errors import SignInRefused
from services.portal.operations import passwords
from services.portal.operations.sessions import Try, count_try
from services.portal.pages.cookies import DEVICE_COOKIE, limits
from services.portal.queries.accounts import login_of
from shared.web.access import current_actor
from shared.web.doors import reading, run


def own_account() -> UUID:
    """The account's id; a program has none, and for it there is no such page (404)."""
    actor = current_actor()
    try:
        return UUID(actor.account_id if actor else "")
    except ValueError:
        abort(404)


def own_login() -> str:
    """The own sign-in name."""
    actor = current_actor()
    with reading() as connection:
        return login_of(connection, actor.account_id) if actor else ""


def own_password(typed: str) -> Try:
    """Prove to be the owner by the present password; a wrong one counts like one at the sign-in.

    Raises `SignInRefused` or `TooManyTries`. The caller says that it was right in the transaction of what it was asked for.
    """
    device_cookie = request.cookies.get(DEVICE_COOKIE)
    tried = run(count_try, own_login(), address=request.remote_addr or "", device_cookie=device_cookie, **limits())
    if not passwords.matches(tried.password_hash, typed[:1000]) or tried.account_id is None:
        raise SignInRefused
    return tried
