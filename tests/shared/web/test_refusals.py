"""Every refusal is a page for people and a problem for programs, in both languages, and every answer carries the same safeguards."""

import pytest
from flask import Blueprint, abort, request
from werkzeug.exceptions import TooManyRequests

from shared.domain import RuleBroken
from shared.storage.database import Database
from shared.storage.tables import service_metadata
from shared.web.access import public
from shared.web.problems import TITLES
from shared.web.service import Surroundings, create_service
from shared.web.settings import ServiceSettings
from tests.conftest import KEYS

REFUSALS = (400, 403, 404, 405, 409, 413, 429, 500, 503)
SMALL = 1000


class SeatTaken(RuleBroken):
    code = "seat_taken"


@pytest.fixture
def app(tmp_path):
    pages = Blueprint("refusing", __name__)

    def refuse(status: int) -> str:
        if status == 409:
            raise SeatTaken
        if status == 429:
            raise TooManyRequests(retry_after=60)
        if status == 500:
            raise ZeroDivisionError("a secret of the inside")
        abort(status)

    def take() -> str:
        return f"{len(request.form)} {len(request.get_data())}"

    for prefix in ("/things", "/api/finance/things"):
        name = prefix.replace("/", "-")
        pages.add_url_rule(f"{prefix}/refused/<int:status>", f"refuse{name}", public(lambda status: refuse(status)))
        pages.add_url_rule(f"{prefix}/taken", f"take{name}", public(lambda: take()), methods=["POST"])
    database = Database(f"sqlite:///{tmp_path}/x.db", service_metadata())
    settings = ServiceSettings(database_url="", largest_upload=SMALL)
    messages = {"seat_taken": "This seat is taken."}
    around = Surroundings(lambda _: KEYS, {})
    yield create_service("finance", settings, database=database, listens={}, pages=[pages], messages=messages, surroundings=around)
    database.close()


def ask(app, path, status, language):
    client, headers = app.test_client(), {"Accept-Language": language}
    if status == 413:
        return client.post(f"{path}/taken", data={"x": "y" * 2 * SMALL}, headers=headers)
    if status == 404:
        return client.get(f"{path}/nowhere", headers=headers)
    if status == 405:
        return client.get(f"{path}/taken", headers=headers)
    return client.get(f"{path}/refused/{status}", headers=headers)


@pytest.mark.parametrize("status", REFUSALS)
def test_a_refusal_is_a_page_in_the_readers_language_and_says_nothing_of_the_inside(app, status):
    chinese, english = (ask(app, "/things", status, language) for language in ("zh", "en"))
    assert {chinese.status_code, english.status_code} == {status}
    assert {chinese.mimetype, english.mimetype} == {"text/html"}
    assert (TITLES[status] in english.text, TITLES[status] in chinese.text) == (True, False)
    assert ('lang="en"' in english.text, 'lang="zh' in chinese.text) == (True, True)
    for page in (chinese.text, english.text):
        assert not any(inside in page for inside in ("ZeroDivision", "a secret of the inside", "Traceback", "Werkzeug"))


@pytest.mark.parametrize("status", REFUSALS)
def test_the_same_refusal_is_a_problem_for_programs(app, status):
    chinese, english = (ask(app, "/api/finance/things", status, language) for language in ("zh", "en"))
    for answer in (chinese, english):
        assert (answer.status_code, answer.content_type, answer.json["status"]) == (status, "application/problem+json", status)
    assert english.json["title"] == TITLES[status] != chinese.json["title"]
    assert "a secret of the inside" not in english.text


@pytest.mark.parametrize("path", ["/things", "/api/finance/things"])
def test_too_often_says_when_to_come_again_and_a_wrong_method_which_are_right(app, path):
    assert ask(app, path, 429, "en").headers["Retry-After"] == "60"
    assert "POST" in ask(app, path, 405, "en").headers["Allow"]


@pytest.mark.parametrize("status", [200, *REFUSALS])
def test_every_answer_carries_the_safeguards(app, status):
    answer = app.test_client().post("/things/taken") if status == 200 else ask(app, "/things", status, "en")
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert all(part in policy for part in ("default-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"))
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_under_https_browsers_are_told_never_to_come_in_the_clear_again(app):
    assert app.test_client().get("/things/nowhere", base_url="https://x").headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in app.test_client().get("/things/nowhere").headers


def test_a_form_of_too_many_fields_is_refused(app):
    app.config["MAX_CONTENT_LENGTH"] = None
    many = {f"field{number}": (None, "x") for number in range(1001)}
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n' for name in many) + "--b--\r\n"
    assert app.test_client().post("/things/taken", data=body, content_type="multipart/form-data; boundary=b").status_code == 413
