"""Puts a service together from its parts, the same way for each of the five."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_smorest import Api
from flask_smorest import Blueprint as ApiBlueprint
from joserfc.jwk import KeySet
from marshmallow import RAISE, Schema
from werkzeug.middleware.proxy_fix import ProxyFix

from shared.logs import configure_logs
from shared.messaging.dispatcher import Handler
from shared.storage.audit import seal
from shared.storage.database import Database
from shared.traces import send_traces
from shared.web.access import install_access, public
from shared.web.audit_log import audit_blueprint, note_refusal
from shared.web.language import install_language
from shared.web.look import install_look
from shared.web.operations import operations_blueprints
from shared.web.problems import install_problems
from shared.web.settings import ServiceSettings
from shared.web.tokens import TokenKeys, keys_over_http

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class ApiSchema(Schema):
    """A schema at the door: a field we do not know is an error, never silently dropped."""

    class Meta:
        unknown = RAISE


@dataclass(frozen=True)
class Surroundings:
    """What the embedded mode provides in place of settings: the portal's keys and the other services' apps.

    `peers` may be filled after the services are made, since they all need each other.
    """

    token_keys: TokenKeys
    peers: Mapping[str, Any]


@dataclass(frozen=True)
class ServiceParts:
    """A running service's parts, at ``app.extensions["linghang"]``."""

    name: str
    settings: ServiceSettings
    database: Database
    listens: Mapping[str, Handler]
    peers: Mapping[str, Any]
    background: Mapping[str, Callable[[], int]] = field(default_factory=dict)


def create_service(
    name: str,
    settings: ServiceSettings,
    *,
    database: Database,
    listens: Mapping[str, Handler],
    blueprints: Sequence[ApiBlueprint] = (),
    pages: Sequence[Blueprint] = (),
    messages: Mapping[str, str] | None = None,
    translations: Path | None = None,
    background: Mapping[str, Callable[[], int]] | None = None,
    surroundings: Surroundings | None = None,
) -> Flask:
    """The service as a Flask app.

    `messages` maps codes of rules and problems to English sentences, `translations` is the folder with
    their Chinese, `background` are steps the worker repeats (each answers how much it did).
    """
    if surroundings is None:
        configure_logs()  # a process of its own; in a shared one the one who opened it decides
        send_traces(name)
    app = Flask(f"services.{name}", static_folder=None, template_folder=str(Path("pages") / "templates"))
    app.config.update(
        MAX_CONTENT_LENGTH=settings.largest_upload,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        API_TITLE=f"Linghang {name}",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=f"/api/{name}",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    peers = surroundings.peers if surroundings else settings.peers
    app.extensions["linghang"] = ServiceParts(
        name, settings, database, listens, peers, {**(background or {}), "audit": partial(seal, database)}
    )
    install_access(app, surroundings.token_keys if surroundings else _keys(settings))
    install_language(app, [translations] if translations else [])
    install_look(app)
    api = Api(app)
    install_problems(app, messages or {})  # after the API, whose own error handler speaks another format
    for blueprint in (*blueprints, *operations_blueprints(name), audit_blueprint(name)):
        if isinstance(blueprint, ApiBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    for page in pages:
        app.register_blueprint(page)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("api-docs."):
            app.view_functions[endpoint] = public(_as_function(view))
    app.after_request(_secure)
    app.after_request(note_refusal)
    return app


def _keys(settings: ServiceSettings) -> TokenKeys:
    return keys_over_http(settings.token_keys_url) if settings.token_keys_url else lambda _anew: KeySet([])


def _as_function(view: Callable[..., Any]) -> Callable[..., Any]:
    def described(**arguments: Any) -> Any:
        return view(**arguments)

    return described


def _secure(response: Response) -> Response:
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not response.cache_control.max_age and "ETag" not in response.headers:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
