"""The slip in hand: the activation page."""

import re

import pytest

from services.portal.operations.activation_codes import issue_codes
from services.portal.storage.keys import key_ring
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from shared.web.gateway import SESSION_COOKIE

PASSWORD = "Abendrot-7"


@pytest.fixture
def code(portal):
    account_id = portal.account("123456789", Role.ORGANIZER, password=None, name="王组织")
    secret = key_ring(portal.app.extensions["linghang"].settings.data_folder).secret("activation-codes")
    return portal.work(issue_codes, [account_id], secret=secret, days=30, by=SYSTEM)[account_id]


def use(browser, code, **form):
    return browser.post("/portal/activate", data={"code": code, "login": "", "password": PASSWORD, "repeated": PASSWORD, **form})


def test_the_slip_opens_the_account_and_signs_in(portal, code):
    browser = portal.browser()
    assert f'value="{code}"' in browser.get(f"/portal/activate?code={code}").text
    answer = use(browser, code.lower())
    assert answer.status_code == 302
    page = browser.get("/").text
    assert "王组织" in page
    assert "账号已激活" in page
    assert "账号已激活" not in browser.get("/").text
    assert portal.signed_in("123456789")


def test_a_wrong_used_and_malformed_code_answer_alike(portal, code):
    use(portal.browser(), code)
    answers = [use(portal.browser(), wrong) for wrong in (code, "2222-2222-2222", "hello", "")]
    assert {answer.status_code for answer in answers} == {409}
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}) == 1
    assert not any(SESSION_COOKIE in answer.headers.get("Set-Cookie", "") for answer in answers)


def test_every_fault_is_shown_at_once_and_the_code_stays_good(portal, code):
    browser = portal.browser()
    answer = use(browser, code, login="x y", password="weak", repeated="weak")
    assert answer.status_code == 422
    assert answer.text.count("<li><strong>") == 3
    assert use(browser, code, repeated="Other-word-1").status_code == 422
    assert use(browser, code).status_code == 302


def test_what_was_typed_is_shown_escaped(portal):
    answer = use(portal.browser(), '"><script>alert(1)</script>')
    assert "<script>alert" not in answer.text


def test_guesses_from_one_address_are_stopped(make_portal):
    portal = make_portal(wrong_tries_per_address=3)
    portal.account("wang", Role.ORGANIZER, password=None)
    for _ in range(3):
        use(portal.browser(), "2222-2222-2222")
    answer = use(portal.browser(), "2222-2222-2222")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "错误次数过多" in answer.text
