"""The one address in front of the services, inside one process; nginx does the same in a deployment."""

from collections.abc import Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Response

from shared.web.access import TOKEN_HEADER

FRONT = "portal"
SESSION_COOKIE = "linghang_session"
EXCHANGE = "/portal/exchange"
# For the gateway and the operator inside; nobody outside has business there.
INSIDE_ONLY = frozenset({EXCHANGE, "/metrics"})
SHORT_ADDRESSES = {"C": "certificates"}
_TOKEN_KEY = "HTTP_" + TOKEN_HEADER.upper().replace("-", "_")


class Gateway:
    """A WSGI app that gives each request to its service, with a token in place of the session's cookie.

    Token headers from outside are dropped: a service trusts the header because only the gateway sets it.
    """

    def __init__(self, services: Mapping[str, WSGIApplication]) -> None:
        self._services = services

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Strip, exchange, dispatch."""
        path = environ.get("PATH_INFO") or "/"
        environ.pop(_TOKEN_KEY, None)
        if path in INSIDE_ONLY:
            return Response("", status=404)(environ, start_response)
        name = self._service_of(path)
        cookie = _session_cookie(environ.get("HTTP_COOKIE", ""))
        if cookie and not path.startswith("/static/"):
            token = self._exchange(cookie, environ)
            if token:
                environ[_TOKEN_KEY] = token
        return self._services[name](environ, start_response)

    def _service_of(self, path: str) -> str:
        parts = f"{path}/".split("/")  # "*" has no slash of its own
        first = parts[2] if parts[1] == "api" and len(parts) > 2 else parts[1]
        name = SHORT_ADDRESSES.get(first, first)
        return name if name in self._services else FRONT

    def _exchange(self, cookie: str, environ: WSGIEnvironment) -> str | None:
        asked = EnvironBuilder(path=EXCHANGE, headers=[("Cookie", f"{SESSION_COOKIE}={cookie}")])
        asked.environ_base = {"REMOTE_ADDR": environ.get("REMOTE_ADDR", "")}
        answered = Client(self._services[FRONT], use_cookies=False).open(asked)
        return answered.headers.get(TOKEN_HEADER)


def _session_cookie(header: str) -> str | None:
    if SESSION_COOKIE not in header:
        return None
    try:
        found = SimpleCookie(header).get(SESSION_COOKIE)
    except CookieError:
        return None
    value = found.value if found else ""
    return value if value.isascii() and value.isprintable() and ";" not in value else None
