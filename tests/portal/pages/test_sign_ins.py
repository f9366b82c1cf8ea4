"""Everyone sees where the own account is signed in and who has tried, and can sign out everywhere."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from services.portal.storage.keys import key_ring
from shared.domain import now
from shared.storage.work import Actor
from shared.vocabulary import Role
from shared.web import tokens
from tests.portal.conftest import PASSWORD, Portal


def cells(text: str, heading: str) -> list[str]:
    return re.findall(rf'data-label="{heading}"[^>]*>(?:<span[^>]*>)?([^<]*)<', text)


def end_all(browser, **form):
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/portal/sign-ins").text)
    return browser.post("/portal/sign-ins/end", data={"csrf_token": csrf[1], **form})


def test_sessions_in_force_and_the_last_tries_are_shown(portal: Portal):
    portal.account("wang", Role.FINANCE)
    other = portal.browser()
    other.post("/portal/sign-in", data={"login": "wang", "password": "wrong"}, environ_base={"REMOTE_ADDR": "203.0.113.5"})
    other.post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    shown = portal.signed_in("wang").get("/portal/sign-ins").text
    assert sorted(cells(shown, "位置")) == ["–", "本浏览器"]
    assert sorted(cells(shown, "状态")) == ["成功", "成功", "被拒绝"]
    assert "203.0.113.5" in shown
    assert "192.0.2.7" in shown


def test_a_session_that_has_run_out_is_not_shown_as_open(portal: Portal):
    portal.account("wang", Role.FINANCE)
    portal.signed_in("wang")
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert cells(portal.signed_in("wang").get("/portal/sign-ins").text, "位置") == ["本浏览器"]


def test_nobody_sees_another_accounts_sign_ins(portal: Portal):
    portal.account("wang", Role.FINANCE)
    portal.account("li", Role.AUDITOR)
    portal.browser().post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert "192.0.2.7" not in portal.signed_in("li").get("/portal/sign-ins").text


def test_signing_out_everywhere_ends_every_session_of_the_account_and_no_other(portal: Portal):
    portal.account("wang", Role.FINANCE)
    portal.account("li", Role.FINANCE)
    here, there, stranger = portal.signed_in("wang"), portal.signed_in("wang"), portal.signed_in("li")
    answer = end_all(here)
    assert (answer.status_code, answer.location) == (302, "/portal/sign-in")
    assert "已在所有设备退出登录" in here.get("/portal/sign-in").text
    for browser in (here, there):
        assert browser.get("/portal/sign-ins").status_code == 302
    assert stranger.get("/portal/sign-ins").status_code == 200


def test_a_second_click_does_no_harm(portal: Portal):
    portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/portal/sign-ins").text)[1]
    for _click in range(2):
        answer = browser.post("/portal/sign-ins/end", data={"csrf_token": csrf})
        assert (answer.status_code, answer.location) == (302, "/portal/sign-in")


def test_a_foreign_page_signs_nobody_out(portal: Portal):
    portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    assert end_all(browser, csrf_token="guessed").status_code == 400
    assert browser.get("/portal/sign-ins").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_the_page(portal: Portal, role: Role):
    somebody = uuid4()
    scope = {"county_code": "330200", "school_id": somebody, "cohort_ids": frozenset({somebody}), "person_id": somebody}
    portal.account("anyone", role, **scope)
    assert portal.signed_in("anyone").get("/portal/sign-ins").status_code == 200


def test_a_program_has_no_sign_ins(portal: Portal):
    """It comes with a token of its own, behind which there is no account."""
    program = Actor(account_id="client/reports", name="reports", roles=frozenset({Role.FINANCE}))
    token = tokens.mint(key_ring(portal.app.extensions["linghang"].settings.data_folder).signing_key(), program)
    client = portal.app.test_client()
    for answer in (
        client.get("/portal/sign-ins", headers={"Authorization": f"Bearer {token}"}),
        client.post("/portal/sign-ins/end", headers={"Authorization": f"Bearer {token}"}),
    ):
        assert answer.status_code == 404
