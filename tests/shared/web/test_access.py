"""Every route declares who may use it, and nobody else gets in."""

import time

import pytest
from flask import Blueprint

from shared.storage.database import Database
from shared.storage.tables import service_metadata
from shared.vocabulary import Role
from shared.web import tokens
from shared.web.access import allow, current_actor, public
from shared.web.service import Surroundings, create_service
from shared.web.settings import ServiceSettings
from tests.conftest import KEYS, SIGNING_KEY, actor


@pytest.fixture
def app(tmp_path):
    page = Blueprint("page", __name__)

    @page.get("/things/open")
    @public
    def anyone() -> str:
        return "open"

    @page.get("/things/closed")
    @page.post("/things/closed", endpoint="post_closed")
    @page.get("/api/things/closed", endpoint="api_closed")
    @allow(Role.ORGANIZER)
    def closed() -> str:
        return current_actor().account_id

    @page.get("/things/forgotten")
    def forgotten() -> str:
        return "forgotten"

    database = Database(f"sqlite:///{tmp_path}/x.db", service_metadata())
    settings = ServiceSettings(database_url="")
    made = create_service("finance", settings, database=database, listens={}, pages=[page], surroundings=Surroundings(lambda _: KEYS, {}))
    yield made
    database.close()


def browser(app, *roles, csrf="value"):
    client = app.test_client()
    token = tokens.mint(SIGNING_KEY, actor(*roles, account_id="a-1"), csrf=csrf, session_id="s")
    client.environ_base["HTTP_X_LINGHANG_TOKEN"] = token
    return client


def test_a_public_route_is_open(app):
    assert app.test_client().get("/things/open").text == "open"


def test_an_anonymous_reader_is_sent_to_the_sign_in_and_comes_back(app):
    answer = app.test_client().get("/things/closed?a=1")
    assert (answer.status_code, answer.location) == (302, "/portal/sign-in?next=/things/closed%3Fa%3D1")


def test_an_anonymous_client_of_the_api_is_told_to_sign_in(app):
    answer = app.test_client().get("/api/things/closed")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_the_declared_role_gets_in_and_another_does_not(app):
    assert browser(app, Role.ORGANIZER).get("/things/closed").text == "a-1"
    assert browser(app, Role.FINANCE).get("/things/closed").status_code == 403


def test_a_route_that_declares_nothing_opens_to_nobody(app):
    app.testing = False
    assert browser(app, *Role).get("/things/forgotten").status_code == 500


def test_a_form_needs_the_sessions_own_value(app):
    client = browser(app, Role.ORGANIZER)
    assert client.post("/things/closed").status_code == 400
    assert client.post("/things/closed", data={"csrf_token": "another"}).status_code == 400
    assert client.post("/things/closed", data={"csrf_token": "value"}).status_code == 200


def test_a_form_from_another_site_is_refused(app):
    client = browser(app, Role.ORGANIZER)
    assert client.post("/things/closed", data={"csrf_token": "value"}, headers={"Origin": "http://elsewhere.example"}).status_code == 403
    assert client.post("/things/closed", data={"csrf_token": "value"}, headers={"Origin": "http://localhost"}).status_code == 200


def test_an_expired_token_is_refused(app):
    client = app.test_client()
    old = tokens.mint(SIGNING_KEY, actor(Role.ORGANIZER), at=time.time() - 400)
    assert client.get("/api/things/closed", headers={"Authorization": f"Bearer {old}"}).status_code == 401


def test_a_token_signed_by_a_stranger_is_refused(app):
    stranger = type(SIGNING_KEY).generate_key("Ed25519", parameters={"kid": "test"})
    forged = tokens.mint(stranger, actor(Role.ORGANIZER))
    assert app.test_client().get("/api/things/closed", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_token_without_signature_is_refused(app):
    import base64
    import json

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": "linghang", "sub": "x", "name": "x", "roles": ["organizer"], "exp": int(time.time()) + 60}
    unsigned = f"{part({'alg': 'none', 'kid': 'test'})}.{part(claims)}."
    assert app.test_client().get("/api/things/closed", headers={"Authorization": f"Bearer {unsigned}"}).status_code == 401


def test_every_answer_forbids_scripts_from_elsewhere(app):
    answer = app.test_client().get("/things/open")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
