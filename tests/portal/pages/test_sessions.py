"""The sign-in page, the session's cookie, and what the gateway makes of it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from joserfc import jwt
from sqlalchemy import update

from services.portal.storage.keys import key_ring
from services.portal.storage.tables import ACCOUNTS, SESSIONS
from shared.domain import now
from shared.vocabulary import Role
from shared.web import tokens
from shared.web.access import TOKEN_HEADER
from shared.web.gateway import SESSION_COOKIE
from tests.portal.conftest import PASSWORD


def sign_in(browser, login, password, **more):
    return browser.post("/portal/sign-in", data={"login": login, "password": password, **more})


def csrf_of(browser, path="/portal/password"):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)[1]


def test_the_right_password_opens_the_persons_own_work(portal):
    portal.account("wang", Role.ORGANIZER, name="王组织")
    browser = portal.signed_in("wang")
    page = browser.get("/").text
    assert "王组织" in page
    assert "/enrollment/intakes" in page


def test_a_trainee_is_led_to_the_own_record(portal):
    portal.account("li", Role.TRAINEE, person_id=uuid4())
    answer = portal.signed_in("li").get("/")
    assert (answer.status_code, answer.location) == (302, "/portal/me")


def test_the_cookie_is_out_of_reach_of_scripts_and_foreign_pages(portal):
    portal.account("wang", Role.ORGANIZER)
    cookie = sign_in(portal.browser(), "wang", PASSWORD).headers["Set-Cookie"]
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_behind_https_the_cookie_never_travels_in_the_clear(make_portal):
    portal = make_portal(public_url="https://linghang.example")
    portal.account("wang", Role.ORGANIZER)
    assert "Secure" in sign_in(portal.browser(), "wang", PASSWORD).headers["Set-Cookie"].split("; ")


def test_wrong_unknown_locked_closed_and_not_yet_activated_answer_alike(portal):  # R46
    portal.account("wang", Role.ORGANIZER)
    portal.account("fresh", Role.ORGANIZER, password=None)
    portal.account("locked", Role.ORGANIZER)
    for _ in range(5):
        sign_in(portal.browser(), "locked", "Wrong-guess-1")
    cases = {"wrong": ("wang", "Wrong-guess-1"), "unknown": ("nobody", PASSWORD), "locked": ("locked", PASSWORD), "fresh": ("fresh", "")}
    answers = {case: sign_in(portal.browser(), *typed) for case, typed in cases.items()}
    pages = {answer.text.replace(cases[case][0], "NAME") for case, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {403}
    assert len(pages) == 1
    assert not any(SESSION_COOKIE in answer.headers.get("Set-Cookie", "") for answer in answers.values())


def test_five_wrong_passwords_lock_the_account_for_fifteen_minutes_and_no_other(portal):  # R46
    portal.account("wang", Role.ORGANIZER)
    portal.account("li", Role.ORGANIZER)
    for _ in range(5):
        assert sign_in(portal.browser(), "wang", "Wrong-guess-1").status_code == 403
    assert sign_in(portal.browser(), "wang", PASSWORD).status_code == 403
    assert sign_in(portal.browser(), "li", PASSWORD).status_code == 302
    with portal.database.writing() as connection:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.login == "wang").values(locked_until=now()))
    assert sign_in(portal.browser(), "wang", PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\tevil",
        "/\r\nevil",
        "/\x00",
        "/\u2028evil",
        " //evil.example",
        "javascript:alert(1)",
        "evil",
        "///x",
        "/\\/evil.example",
        "//[evil",
        "／／evil.example",
    ],
)
def test_sign_in_leads_back_to_this_host_only(portal, elsewhere):
    portal.account("wang", Role.ORGANIZER)
    assert sign_in(portal.browser(), "wang", PASSWORD, next=elsewhere).location == "/"
    assert portal.browser().get("/portal/language", query_string={"lang": "en", "next": elsewhere}).location == "/"


def test_sign_in_leads_back_to_where_the_person_wanted_to_go(portal):
    portal.account("wang", Role.ORGANIZER)
    browser = portal.browser()
    answer = browser.get("/portal/accounts?search=li")
    assert answer.location == "/portal/sign-in?next=/portal/accounts%3Fsearch%3Dli"
    assert 'value="/portal/accounts?search=li"' in browser.get(answer.location).text
    assert sign_in(browser, "wang", PASSWORD, next="/portal/accounts?search=li").location == "/portal/accounts?search=li"


def test_a_planted_cookie_is_worth_nothing_after_sign_in(portal):
    portal.account("wang", Role.ORGANIZER)
    planted = portal.browser()
    planted.set_cookie(SESSION_COOKIE, "planted")
    sign_in(planted, "wang", PASSWORD)
    assert planted.get_cookie(SESSION_COOKIE).value != "planted"
    stranger = portal.browser()
    stranger.set_cookie(SESSION_COOKIE, "planted")
    assert stranger.get("/portal/accounts").status_code == 302


def test_signing_in_again_ends_the_browsers_former_session(portal):
    portal.account("wang", Role.ORGANIZER)
    browser = portal.signed_in("wang")
    former = browser.get_cookie(SESSION_COOKIE).value
    sign_in(browser, "wang", PASSWORD, csrf_token=csrf_of(browser))
    assert browser.get_cookie(SESSION_COOKIE).value != former
    copy = portal.browser()
    copy.set_cookie(SESSION_COOKIE, former)
    assert copy.get("/portal/accounts").status_code == 302


def test_sign_out_ends_the_session_for_every_copy_of_the_cookie(portal):
    portal.account("wang", Role.ORGANIZER)
    browser = portal.signed_in("wang")
    copy = portal.browser()
    copy.set_cookie(SESSION_COOKIE, browser.get_cookie(SESSION_COOKIE).value)
    assert copy.get("/portal/accounts").status_code == 200
    answer = browser.post("/portal/sign-out", data={"csrf_token": csrf_of(browser)})
    assert (answer.status_code, browser.get_cookie(SESSION_COOKIE)) == (302, None)
    assert "您已退出登录" in browser.get("/").text
    assert copy.get("/portal/accounts").status_code == 302


def test_a_form_without_the_sessions_csrf_value_changes_nothing(portal):
    portal.account("wang", Role.ORGANIZER)
    portal.account("li", Role.ORGANIZER)
    browser, other = portal.signed_in("wang"), portal.signed_in("li")
    for value in ("", "guess", csrf_of(other)):
        assert browser.post("/portal/sign-out", data={"csrf_token": value}).status_code == 400
        form = {"login": "mine", "name": "某人", "role": "organizer", "csrf_token": value}
        assert browser.post("/portal/accounts/new", data=form).status_code == 400
    assert browser.get("/portal/accounts").status_code == 200


def test_a_foreign_page_cannot_sign_anyone_in(portal):
    portal.account("wang", Role.ORGANIZER)
    answer = portal.browser().post(
        "/portal/sign-in", data={"login": "wang", "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert SESSION_COOKIE not in answer.headers.get("Set-Cookie", "")


def test_the_exchange_answers_the_gateway_and_nobody_outside(portal):
    portal.account("wang", Role.ORGANIZER, county_code="131082")
    browser = portal.signed_in("wang")
    assert browser.get("/portal/exchange").status_code == 404
    cookie = browser.get_cookie(SESSION_COOKIE).value
    inside = portal.app.test_client()
    assert TOKEN_HEADER not in inside.get("/portal/exchange").headers
    inside.set_cookie(SESSION_COOKIE, cookie)
    answer = inside.get("/portal/exchange")
    assert answer.status_code == 204
    ring = key_ring(portal.app.extensions["linghang"].settings.data_folder)
    bearer = tokens.read(answer.headers[TOKEN_HEADER], ring.public_keys)
    assert (bearer.actor.roles, bearer.actor.county_code) == ({Role.ORGANIZER}, None)
    claims = jwt.decode(answer.headers[TOKEN_HEADER], ring.public_keys(), algorithms=["Ed25519"]).claims
    assert claims["exp"] - claims["iat"] == 300
    assert claims["sid"]


def test_an_ended_idle_or_forged_session_gets_no_token(portal):
    portal.account("wang", Role.ORGANIZER)
    browser = portal.signed_in("wang")
    with portal.database.writing() as connection:
        connection.execute(update(SESSIONS).values(seen_at=now() - timedelta(minutes=31)))
    assert browser.get("/portal/accounts").status_code == 302
    for cookie in ("", "x", "a" * 3000, "'; DROP TABLE sessions"):
        stranger = portal.browser()
        stranger.set_cookie(SESSION_COOKIE, cookie)
        assert stranger.get("/portal/accounts").status_code == 302


def test_too_many_wrong_tries_from_one_address_answer_429(make_portal):
    portal = make_portal(wrong_tries_per_address=3)
    portal.account("wang", Role.ORGANIZER)
    for number in range(3):
        assert sign_in(portal.browser(), f"guess{number}", "Wrong-guess-1").status_code == 403
    answer = sign_in(portal.browser(), "wang", PASSWORD)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
