"""The privacy notice stands before the work, once (R48)."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.portal.domain import notice
from services.portal.storage.tables import ACCOUNTS
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.portal.conftest import PASSWORD, Portal

SOMEBODY = uuid4()
SCOPE = {"county_code": "131082", "school_id": SOMEBODY, "cohort_ids": frozenset({SOMEBODY}), "person_id": SOMEBODY}


def accept(browser, **form):
    page = browser.get("/portal/notice").text
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return browser.post("/portal/notice", data={"csrf_token": csrf[1] if csrf else "", **form})


def test_anyone_may_read_the_notice_and_is_asked_for_nothing(portal: Portal):
    page = portal.browser().get("/portal/notice")
    assert page.status_code == 200
    assert "廊坊市教育工委" in page.text
    assert "我已阅读并同意" not in page.text


@pytest.mark.parametrize("role", list(Role))
def test_at_the_first_sign_in_everybody_reads_it_before_any_door_opens(portal: Portal, role: Role):
    portal.account("anyone", role, accepted=False, **SCOPE)
    browser = portal.signed_in("anyone")
    assert browser.get("/").location == "/portal/notice"
    answer = browser.get("/portal/sign-ins")
    assert (answer.status_code, answer.location) == (302, "/portal/sign-in?next=/portal/sign-ins")
    assert browser.get(answer.location).location == "/portal/notice?next=%2Fportal%2Fsign-ins"
    assert accept(browser, next="/portal/sign-ins").location == "/portal/sign-ins"
    assert browser.get("/portal/sign-ins").status_code == 200


def test_it_is_asked_for_once_and_the_acceptance_is_on_record(portal: Portal):
    account_id = portal.account("wang", Role.FINANCE, accepted=False)
    accept(portal.signed_in("wang"))
    assert portal.signed_in("wang").get("/").status_code == 200
    row = portal.look(lambda connection: connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account_id)).one())
    assert row.accepted_notice == notice.VERSION
    assert row.notice_accepted_at is not None
    entries = AUDIT_ENTRIES.c
    notes = portal.look(lambda connection: connection.execute(select(entries.account, entries.action, entries.subject)).all())
    assert (str(account_id), "notice.accepted", f"account/{account_id}") in notes


def test_a_new_wording_is_asked_for_in_the_midst_of_a_session(portal: Portal, monkeypatch: pytest.MonkeyPatch):
    portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    monkeypatch.setattr(notice, "VERSION", notice.VERSION + 1)
    assert browser.get("/").location == "/portal/notice"


def test_whoever_does_not_agree_signs_out_and_has_accepted_nothing(portal: Portal):
    portal.account("wang", Role.FINANCE, accepted=False)
    browser = portal.signed_in("wang")
    browser.post("/portal/sign-out")
    assert "我已阅读并同意" not in browser.get("/portal/notice").text
    assert portal.signed_in("wang").get("/").location == "/portal/notice"


def test_a_foreign_page_accepts_for_nobody(portal: Portal):
    portal.account("wang", Role.FINANCE, accepted=False)
    browser = portal.signed_in("wang")
    assert browser.post("/portal/notice", data={"csrf_token": "guessed"}).status_code == 400
    assert browser.get("/").location == "/portal/notice"


def test_a_second_click_goes_on_as_the_first(portal: Portal):
    portal.account("wang", Role.FINANCE, accepted=False)
    browser = portal.signed_in("wang")
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/portal/notice").text)[1]
    for _click in range(2):
        answer = browser.post("/portal/notice", data={"csrf_token": csrf, "next": "/portal/password"})
        assert (answer.status_code, answer.location) == (302, "/portal/password")


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_it_leads_to_no_other_site(portal: Portal, wanted: str):
    portal.account("wang", Role.FINANCE, accepted=False)
    assert accept(portal.signed_in("wang"), next=wanted).location == "/"


def test_after_a_slip_the_notice_comes_too(portal: Portal):
    portal.account("wang", Role.FINANCE, accepted=False, password=PASSWORD)
    browser = portal.browser()
    browser.post("/portal/sign-in", data={"login": "wang", "password": PASSWORD, "next": "/portal/password"})
    assert browser.get("/portal/password").status_code == 302


def test_the_notice_is_complete_in_english(portal: Portal):
    page = portal.browser().get("/portal/notice?lang=en").text
    main = page[page.index("<main") : page.index("</main>")]
    assert re.findall(r"[一-鿿]+", main) == ["廊坊市教育工委"]
