"""Changing the own password."""

import pytest

from shared.vocabulary import Role
from tests.portal.conftest import PASSWORD
from tests.portal.pages.test_sessions import csrf_of


def change(browser, present=PASSWORD, password="Morgenrot-8", repeated=None):
    form = {"present": present, "password": password, "repeated": repeated or password, "csrf_token": csrf_of(browser)}
    return browser.post("/portal/password", data=form)


def test_the_new_password_opens_and_the_old_one_does_not(portal):
    portal.account("wang", Role.ORGANIZER)
    browser, elsewhere = portal.signed_in("wang"), portal.signed_in("wang")
    assert change(browser).status_code == 302
    assert browser.get("/portal/accounts").status_code == 200
    assert elsewhere.get("/portal/accounts").status_code == 302
    assert portal.signed_in("wang", "Morgenrot-8")
    assert portal.browser().post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"present": "Wrong-guess-1"}, 409),
        ({"password": "weak"}, 422),
        ({"repeated": "Other-word-1"}, 422),
        ({"password": "My-wang-88"}, 422),
    ],
)
def test_a_mistake_leaves_the_password_as_it_was(portal, typed, status):
    portal.account("wang", Role.ORGANIZER)
    assert change(portal.signed_in("wang"), **typed).status_code == status
    assert portal.signed_in("wang")


def test_guessing_the_present_password_in_an_open_browser_locks_this_browser_and_not_the_owner_elsewhere(portal):
    portal.account("wang", Role.ORGANIZER)
    browser = portal.signed_in("wang")
    for _ in range(5):
        change(browser, present="Wrong-guess-1")
    assert change(browser).status_code == 409
    assert portal.browser().post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}).status_code == 302
