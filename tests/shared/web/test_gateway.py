"""The gateway gives each request to its service and lets no token in from outside."""

import pytest
from flask import Flask, request
from werkzeug.test import Client

from shared.web.access import TOKEN_HEADER
from shared.web.gateway import Gateway


def service(name: str) -> Flask:
    app = Flask(name, static_folder=None)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
    @app.route("/<path:path>", methods=["GET", "POST"])
    def any_page(path):
        return {"service": name, "path": request.path, "token": request.headers.get(TOKEN_HEADER)}

    if name == "portal":

        @app.get("/portal/exchange")
        def exchange():
            known = request.cookies.get("linghang_session") == "good"
            return "", 204, {TOKEN_HEADER: "signed"} if known else {}

    return app


@pytest.fixture
def browser() -> Client:
    return Client(Gateway({name: service(name) for name in ("portal", "enrollment", "courses", "certificates", "finance")}))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "portal"),
        ("/portal/me", "portal"),
        ("/enrollment/intakes", "enrollment"),
        ("/api/enrollment/cohorts", "enrollment"),
        ("/courses/", "courses"),
        ("/api/finance/totals", "finance"),
        ("/C/abc", "certificates"),
        ("/certificates/check", "certificates"),
        ("/static/linghang/linghang.css", "portal"),
        ("/enrollments", "portal"),
        ("/api", "portal"),
        ("/api/unknown/x", "portal"),
        ("/health", "portal"),
    ],
)
def test_each_address_has_its_service(browser, path, name):
    assert browser.get(path).json == {"service": name, "path": path, "token": None}


@pytest.mark.parametrize("spelling", [TOKEN_HEADER, TOKEN_HEADER.lower(), TOKEN_HEADER.upper(), "X_Linghang_Token"])
def test_a_token_from_outside_is_dropped(browser, spelling):
    assert browser.get("/courses/x", headers={spelling: "forged"}).json["token"] is None
    browser.set_cookie("linghang_session", "good")
    assert browser.get("/courses/x", headers={spelling: "forged"}).json["token"] == "signed"


def test_a_session_becomes_a_token_and_a_wrong_one_nothing(browser):
    browser.set_cookie("linghang_session", "bad")
    assert browser.get("/courses/x").json["token"] is None
    browser.set_cookie("linghang_session", "good")
    assert browser.get("/courses/x").json["token"] == "signed"
    assert browser.post("/api/courses/x").json["token"] == "signed"


@pytest.mark.parametrize(
    "cookie", ["linghang_session", "linghang_session=", "a=linghang_session", 'linghang_session="x; y"', "=;=;", "\x7f"]
)
def test_a_broken_cookie_header_harms_nobody(browser, cookie):
    answer = browser.get("/courses/x", headers={"Cookie": cookie})
    assert (answer.status_code, answer.json["token"]) == (200, None)


def test_an_address_without_a_slash_goes_to_the_front():
    given = []
    gateway = Gateway({"portal": lambda environ, _start: given.append(environ["PATH_INFO"]) or []})
    gateway({"PATH_INFO": "*", "REQUEST_METHOD": "OPTIONS"}, lambda *_: None)
    assert given == ["*"]


@pytest.mark.parametrize("path", ["/portal/exchange", "/portal/%65xchange", "/metrics", "/%6Detrics"])
def test_what_is_meant_for_inside_is_not_there_from_outside(browser, path):
    browser.set_cookie("linghang_session", "good")
    answer = browser.get(path)
    assert answer.status_code == 404
    assert TOKEN_HEADER not in answer.headers
