"""Gives a service the common look: layout and macros, style sheets, the menu, and notices that survive a redirect."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Blueprint, Flask, Request, Response, request, send_from_directory
from flask.sessions import SecureCookieSession, SessionInterface

from shared.web.access import current_actor, public
from shared.web.navigation import entries_for

NOTICE_COOKIE = "linghang_notice"
NOTICE_SECONDS = 60
_ONE_YEAR = 365 * 24 * 3600
_FOLDERS = {
    "linghang": Path(__file__).parent / "static" / "linghang",
    "bootstrap": Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5",
}

look = Blueprint("look", __name__, template_folder="templates")


@look.get("/static/<any(linghang, bootstrap):folder>/<path:name>")
@public
def static_file(folder: str, name: str) -> Response:
    """A style sheet or picture; addresses carry the content's hash, so they may be kept for a year."""
    kept_for = _ONE_YEAR if request.args.get("v") else 3600
    return send_from_directory(_FOLDERS[folder], name, max_age=kept_for)


def install_look(app: Flask) -> None:
    """Give `app` the layout, the static files and the menu. The app itself must have no static folder."""
    app.register_blueprint(look)
    app.session_interface = NoticeCookies()
    app.jinja_env.globals["asset"] = asset
    app.context_processor(_around_the_page)


def asset(path: str) -> str:
    """The address of ``linghang/linghang.css`` or ``bootstrap/css/bootstrap.min.css``, with its content's hash."""
    return f"/static/{path}?v={_content_hash(path)}"


@lru_cache
def _content_hash(path: str) -> str:
    folder, name = path.split("/", 1)
    return hashlib.sha256((_FOLDERS[folder] / name).read_bytes()).hexdigest()[:12]


def _around_the_page() -> dict[str, Any]:
    actor = current_actor()
    roles = actor.roles if actor else frozenset()
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return {"viewer": actor, "navigation": entries_for(roles), "here": here, "here_path": request.path}


class NoticeSession(SecureCookieSession):
    """Holds nothing but the notices of `flask.flash`: services keep no other state in the browser."""


class NoticeCookies(SessionInterface):
    """Carries notices to the next page in a cookie of their own.

    It is not signed, because five services would have to share a secret for it; it holds only text that is shown,
    escaped, to the browser that sent it.
    """

    def open_session(self, app: Flask, request: Request) -> NoticeSession:
        """The notices that came along, or none when they cannot be read."""
        return NoticeSession({"_flashes": notices} if (notices := _read(request.cookies.get(NOTICE_COOKIE, ""))) else {})

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Send the notices that have not been shown yet; forget those that have."""
        others = session.keys() - {"_flashes"}
        if others:
            raise RuntimeError(f"Only notices travel in the browser, not {sorted(others)}")
        if notices := session.get("_flashes"):
            value = urlsafe_b64encode(json.dumps(notices).encode()).decode()
            response.set_cookie(NOTICE_COOKIE, value, max_age=NOTICE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure)
        elif session.modified and request.cookies.get(NOTICE_COOKIE):
            response.delete_cookie(NOTICE_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)


def _read(value: str) -> list[tuple[str, str]]:
    try:
        notices = json.loads(urlsafe_b64decode(value.encode()))
        return [(str(category), str(text)) for category, text in notices]
    except (ValueError, TypeError):
        return []
