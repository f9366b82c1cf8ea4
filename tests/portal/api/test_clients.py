"""Programs exchange their key for a token."""

import pytest

from demo.doors import Doors, inside
from services.portal.domain.account import Scope
from services.portal.operations.clients import add_client
from services.portal.storage.keys import key_ring
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from shared.web import tokens


def test_a_key_gives_a_five_minute_token_with_the_programs_roles_and_unit(portal):
    key = portal.work(add_client, "county import", [Role.COUNTY_CONTACT], Scope("131082"), by=SYSTEM)
    answer = portal.browser().post("/api/portal/tokens", json={"key": key})
    assert (answer.status_code, answer.json["expires_in"]) == (201, 300)
    ring = key_ring(portal.app.extensions["linghang"].settings.data_folder)
    actor = tokens.read(answer.json["token"], ring.public_keys).actor
    assert (actor.account_id, actor.roles, actor.county_code) == ("client:county import", {Role.COUNTY_CONTACT}, "131082")


def test_a_program_whose_token_has_run_out_asks_for_another(portal):
    doors = Doors(inside(portal.browser().application), portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM))
    doors._token = "run out"
    assert doors.get("/api/portal/keys")["keys"]


def test_the_token_opens_pages_without_a_cookie_and_forms_without_csrf(portal):
    key = portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM)
    browser = portal.browser()
    headers = {"Authorization": f"Bearer {browser.post('/api/portal/tokens', json={'key': key}).json['token']}"}
    assert browser.get("/portal/accounts", headers=headers).status_code == 200
    form = {"name": "周示例", "login": "zhou", "role": "finance"}
    assert browser.post("/portal/accounts/new", data=form, headers=headers).status_code == 302


def test_a_wrong_key_is_a_401_problem(portal):
    answer = portal.browser().post("/api/portal/tokens", json={"key": "lh_guess"})
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


@pytest.mark.parametrize("body", [{}, {"key": ""}, {"key": 5}, {"key": "k", "role": "organizer"}, [], "key"])
def test_a_malformed_request_is_a_422_problem_that_names_the_field(portal, body):
    answer = portal.browser().post("/api/portal/tokens", json=body)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json["errors"]


def test_wrong_keys_from_one_address_are_stopped_and_the_right_one_is_taken_all_the_same(make_portal):
    portal = make_portal(wrong_tries_per_address=3)
    key = portal.work(add_client, "import", [Role.ORGANIZER], Scope(), by=SYSTEM)
    answers = [portal.browser().post("/api/portal/tokens", json={"key": f"lh_guess{number}"}) for number in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert (answers[3].content_type, answers[3].headers["Retry-After"]) == ("application/problem+json", "900")
    assert portal.browser().post("/api/portal/tokens", json={"key": key}).status_code == 201
