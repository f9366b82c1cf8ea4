"""The first page, the languages, the menu, and who may open what."""

import pytest

from services.portal.pages.work import work_of
from shared.vocabulary import Role
from shared.web.access import declared_roles


def test_anyone_finds_the_certificate_check_and_the_way_in(portal):
    page = portal.browser().get("/").text
    for address in ("/certificates/check", "/portal/sign-in", "/portal/activate"):
        assert f'href="{address}"' in page


def test_the_language_is_remembered_and_leads_back(portal):
    browser = portal.browser()
    assert '<html lang="zh-CN">' in browser.get("/").text
    assert browser.get("/portal/language?lang=en&next=/portal/sign-in").location == "/portal/sign-in"
    assert '<html lang="en">' in browser.get("/portal/sign-in").text
    browser.get("/portal/language?lang=tlh")
    assert '<html lang="zh-CN">' in browser.get("/").text


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_work_with_a_door(role):
    assert work_of(role).doors


def test_every_route_of_the_portal_says_who_may_use_it(portal):
    for rule in portal.app.url_map.iter_rules():
        declared_roles(portal.app.view_functions[rule.endpoint])


def test_pages_that_are_not_public_send_strangers_to_the_sign_in(portal):
    for rule in portal.app.url_map.iter_rules():
        public = declared_roles(portal.app.view_functions[rule.endpoint]) is None
        if public or rule.arguments or "GET" not in rule.methods or rule.rule.startswith("/api/"):
            continue
        assert portal.browser().get(rule.rule).location.startswith("/portal/sign-in?next="), rule.rule


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_pages_and_no_others(make_service, role):
    portal = make_service("portal")
    client = portal.client(role)
    for rule in portal.app.url_map.iter_rules():
        allowed = declared_roles(portal.app.view_functions[rule.endpoint])
        if allowed is None or rule.arguments or "GET" not in rule.methods:
            continue
        assert (client.get(rule.rule).status_code == 403) == (role not in allowed), rule.rule


def test_an_address_that_does_not_exist_is_told_in_the_readers_language(portal):
    browser = portal.browser()
    assert "没有找到" in browser.get("/portal/nothing").text
    assert "Not found" in browser.get("/portal/nothing?lang=en").text


def test_no_page_carries_script_or_style_of_its_own(portal):
    portal.account("org", Role.ORGANIZER)
    browser = portal.signed_in("org")
    for path in ("/", "/portal/accounts", "/portal/accounts/new", "/portal/password"):
        answer = browser.get(path)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not any(part in answer.text for part in ("<script", "<style", ' style="', "onclick="))
