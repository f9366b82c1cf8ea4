"""Who may use a route: every route declares it, and one check before each request holds it."""

import hmac
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import Flask, abort, current_app, g, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web import tokens
from shared.web.tokens import Bearer, TokenKeys

View = TypeVar("View", bound=Callable[..., Any])

TOKEN_HEADER = "X-Linghang-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def allow(*roles: Role) -> Callable[[View], View]:
    """Declare that a route is for signed-in people who hold one of `roles`."""

    def declare(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that a route is for anyone."""
    view.allowed_roles = None  # type: ignore[attr-defined]
    return view


def declared_roles(view: Any) -> frozenset[Role] | None:
    """The roles a view declares; none for a public one. Raises `LookupError` when it declares nothing."""
    if not hasattr(view, "allowed_roles"):
        raise LookupError(f"{view!r} does not declare who may use it")
    roles: frozenset[Role] | None = view.allowed_roles
    return roles


def current_actor() -> Actor | None:
    """The signed-in person behind this request, if any."""
    bearer: Bearer | None = g.get("bearer")
    return bearer.actor if bearer else None


def csrf_field() -> Markup:
    """The hidden field that every form of a signed-in person carries."""
    bearer: Bearer | None = g.get("bearer")
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(bearer.csrf or "" if bearer else "")


def install_access(app: Flask, keys: TokenKeys) -> None:
    """Check token, declaration and CSRF before every request of `app`."""
    app.extensions["linghang_token_keys"] = keys
    app.before_request(_check)
    app.jinja_env.globals["csrf_field"] = csrf_field


def _check() -> Response | None:
    g.bearer = _bearer()
    if request.endpoint is None:
        return None  # no such route; the 404 follows
    view = current_app.view_functions[request.endpoint]
    roles = declared_roles(view)
    actor = current_actor()
    if request.method not in SAFE:
        _refuse_foreign_forms()
    if roles is None:
        return None
    if actor is None:
        if request.path.startswith("/api/") or request.method not in SAFE:
            abort(401)
        return redirect(f"/portal/sign-in?next={quote(request.full_path.rstrip('?'))}")
    if not actor.is_any(*roles):
        abort(403)
    return None


def _bearer() -> Bearer | None:
    token = request.headers.get(TOKEN_HEADER)
    authorization = request.headers.get("Authorization", "")
    from_browser = token is not None
    if token is None and authorization.startswith("Bearer "):
        token = authorization.removeprefix("Bearer ")
    if not token:
        return None
    try:
        bearer = tokens.read(token, current_app.extensions["linghang_token_keys"], address=request.remote_addr or "")
    except tokens.TokenRefused:
        abort(401)
    return bearer if from_browser else Bearer(actor=bearer.actor, csrf=None)


def _refuse_foreign_forms() -> None:
    """A form must come from our own pages: same origin, and for sessions the session's CSRF value."""
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        abort(403)
    if TOKEN_HEADER not in request.headers:
        return
    bearer: Bearer | None = g.bearer
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if bearer is None or not bearer.csrf or not hmac.compare_digest(sent.encode(), bearer.csrf.encode()):
        abort(400, "csrf")
