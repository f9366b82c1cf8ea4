"""The cookies of the front door, and where a page may lead back to."""

from urllib.parse import urlsplit

from flask import Response, current_app, request

from services.portal.domain.external_identity import TO_COME_BACK
from services.portal.operations.devices import KNOWN_FOR
from services.portal.settings import Settings
from services.portal.storage.keys import KeyRing, key_ring
from shared.web.language import LANGUAGE_COOKIE

SESSION_COOKIE = "linghang_session"
TRIP_COOKIE = "linghang_trip"
_TRIPS = "/portal/oidc"
DEVICE_COOKIE = "linghang_device"


def settings() -> Settings:
    """The settings of the portal that answers this request."""
    found: Settings = current_app.extensions["linghang"].settings
    return found


def limits() -> dict[str, int]:
    """How often may be tried (R46)."""
    return {"lock_minutes": settings().lock_minutes, "most_per_address": settings().wrong_tries_per_address}


def keys() -> KeyRing:
    """The keys and secrets of the portal that answers this request."""
    return key_ring(settings().data_folder)


def _secure() -> bool:
    return request.is_secure or settings().public_url.startswith("https:")


def give_session(response: Response, cookie: str) -> Response:
    """Hand the session's cookie to the browser; no script can read it, no foreign page can send it along."""
    response.set_cookie(SESSION_COOKIE, cookie, httponly=True, samesite="Lax", secure=_secure())
    return response


def take_session(response: Response) -> Response:
    """Take the session's cookie away."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", secure=_secure())
    return response


def give_trip(response: Response, cookie: str) -> Response:
    """Bind a trip to the provider to this browser; the cookie comes back with the browser's own way there only (Lax)."""
    seconds = int(TO_COME_BACK.total_seconds())
    response.set_cookie(TRIP_COOKIE, cookie, path=_TRIPS, max_age=seconds, httponly=True, samesite="Lax", secure=_secure())
    return response


def take_trip(response: Response) -> Response:
    """The trip is over."""
    response.delete_cookie(TRIP_COOKIE, path=_TRIPS, httponly=True, samesite="Lax", secure=_secure())
    return response


def give_device(response: Response, cookie: str) -> Response:
    """Let the browser be known again; the cookie opens nothing, it only keeps strangers' failures apart from this browser's."""
    response.set_cookie(DEVICE_COOKIE, cookie, max_age=KNOWN_FOR, path="/portal", httponly=True, samesite="Lax", secure=_secure())
    return response


def give_language(response: Response, language: str) -> Response:
    """Remember the reader's language for a year."""
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 24 * 3600, httponly=True, samesite="Lax", secure=_secure())
    return response


def local_path(wanted: str | None) -> str:
    """A path on this host, or the start page: a link to us must not lead a signed-in person to a stranger's site."""
    path = wanted or "/"
    if not path.isprintable() or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else path
