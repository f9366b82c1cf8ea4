"""The home page starts from the person's work: what waits in every service, in sentences, also when one is silent (R45)."""

import re
from dataclasses import asdict
from datetime import date, timedelta
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from flask import Flask, jsonify, request
from sqlalchemy import update

from services.enrollment.operations.intakes import correct_intake
from services.portal.operations.activation_codes import issue_slips
from services.portal.pages.task_sentences import SENTENCES
from services.portal.queries.tasks import tasks
from services.portal.storage.tables import ACCOUNTS
from shared.domain import now
from shared.storage.tables import INBOX
from shared.vocabulary import Role
from shared.web import tokens
from shared.web.access import TOKEN_HEADER
from tests.conftest import actor
from tests.enrollment.places import A, B, County
from tests.finance.hearing import hear
from tests.finance.history import a_random_history

ANSWERERS = ("enrollment", "courses", "certificates", "finance", "portal")


def task(code, count, url="/x", **facts):
    return {"code": code, "count": count, "facts": facts, "url": url}


def answering(path, answer, seen=None):
    """A service that answers one address, to whoever brings a token."""
    app = Flask("peer", static_folder=None)

    @app.get(path)
    def answers():
        if seen is not None:
            seen.append(request.headers[TOKEN_HEADER])
        return jsonify(answer)

    return app


def main_of(page):
    return re.sub(r"\s+", " ", page.partition("<main")[2].partition("</main>")[0])


def test_every_code_that_a_service_can_answer_has_a_sentence_and_no_sentence_is_idle():
    codes = [code for name in ANSWERERS for code in import_module(f"services.{name}.queries.tasks").TaskCode]
    assert len(codes) == len(set(codes))
    assert set(codes) == SENTENCES.keys()


@pytest.fixture
def city(make_portal, make_service):
    """A portal beside a real enrollment and courses, and an organizer signed in."""
    peers = {}
    portal = make_portal(peers=peers)
    county = County(make_service("enrollment"))
    for name, service in {
        "enrollment": county.service,
        "courses": make_service("courses"),
        "certificates": make_service("certificates"),
    }.items():
        service.app.extensions["linghang_token_keys"] = portal.app.extensions["linghang_token_keys"]
        peers[name] = service.app
    county.portal, county.peers = portal, peers
    return county


def open_city(county):
    """An open intake in the future: three of six seats taken, all of them in one county."""
    county.open(seats=6, cells={A: 4, B: 2})
    ahead = {"starts_on": date(2099, 5, 8), "ends_on": date(2099, 5, 12), "title": "第1期", "base": "", "planned": True, "approval": ""}
    county.service.work(correct_intake, county.intake_id, **ahead)
    for number in range(1, 4):
        county.nominate(number, f"{A}0001")


def test_the_organizers_list_is_counted_by_the_services_and_told_in_both_languages(city):
    open_city(city)
    city.portal.account("org", Role.ORGANIZER)
    browser = city.portal.signed_in("org")
    chinese, english = (main_of(browser.get(f"/?lang={language}").text) for language in ("zh", "en"))
    assert "名额未报满的单位" in chinese
    assert "还空 3 个名额，差得最多的：三河市 2 个；霸州市 1 个" in chinese
    assert "Units behind on their quota" in english
    assert "3 seats are still open. Furthest behind: 三河市 2; 霸州市 1" in english
    assert re.search(r'lh-task-count">2</span> <div><a class="stretched-link" href="/enrollment/tasks/units_behind_quota"', english)


def test_a_contact_never_sees_the_count_of_another_county(city):
    open_city(city)
    city.portal.account("contact-a", Role.COUNTY_CONTACT, county_code=A)
    city.portal.account("contact-b", Role.COUNTY_CONTACT, county_code=B)
    pages = {login: main_of(city.portal.signed_in(login).get("/?lang=en").text) for login in ("contact-a", "contact-b")}
    assert "3 of 4 places are used." in pages["contact-a"]
    assert "0 of 2 places are used." in pages["contact-b"]
    assert "Units behind" not in pages["contact-a"] + pages["contact-b"]


def test_an_empty_list_says_kindly_that_nothing_waits(city):
    city.portal.account("teacher", Role.CLASS_TEACHER, cohort_ids=frozenset([uuid4()]))
    browser = city.portal.signed_in("teacher")
    assert "目前没有待办，都办好了。" in browser.get("/").text
    assert "Nothing waits for you. All is done for the moment." in browser.get("/?lang=en").text


def test_a_silent_service_is_named_once_and_the_rest_is_shown(city):
    open_city(city)
    del city.peers["courses"]
    city.portal.account("org", Role.ORGANIZER)
    page = main_of(city.portal.signed_in("org").get("/?lang=en").text)
    assert page.count("Courses does not answer") == 1
    assert "Units behind on their quota" in page
    city.portal.account("teacher", Role.CLASS_TEACHER, cohort_ids=frozenset([uuid4()]))
    assert "Nothing waits for you in the services that answer." in city.portal.signed_in("teacher").get("/?lang=en").text


def test_a_silent_service_that_has_several_parts_of_the_page_is_waited_for_and_named_once(make_portal):
    portal = make_portal(peers={})
    portal.account("org", Role.ORGANIZER)
    page = main_of(portal.signed_in("org").get("/?lang=en").text)
    assert page.count("Enrollment does not answer") == 1


def test_a_code_that_the_portal_does_not_know_yet_is_left_out(make_portal):
    peers = {"finance": answering("/api/finance/me/tasks", [task("from_next_year", 3), task("places_without_roster", 4)])}
    portal = make_portal(peers=peers)
    portal.account("fin", Role.FINANCE)
    page = portal.signed_in("fin").get("/?lang=en").text
    assert "from_next_year" not in page
    assert "Places whose roster has not been heard yet" in page


EXAMPLES = {
    "intake_title": "公办学校领导第9期",
    "intake_number": 9,
    "cohort_number": 2,
    "starts_on": "2026-12-01",
    "ends_on": "2026-12-05",
    "day": "2026-12-01",
    "half_day": "morning",
    "title": "专题授课",
    "name": "王示例",
    "number": "LFJG-2026-12-GB-0001",
    "school_name": "三河市示例第一小学",
    "status": "sick_leave",
    "kind": "sick_leave",
    "first_day": "2026-12-01",
    "county_name": "三河市",
    "unit_name": "三河市示例第一小学",
    "deadline": "2026-11-30",
    "file_name": "三河市.xlsx",
    "login": "liu",
    "until": "2026-11-25T08:00:00+00:00",
    "address": "192.0.2.7",
    "service": "courses",
    "seconds": 600.0,
    **dict.fromkeys(("left", "wrong", "to_write", "taken", "seats", "people", "missing", "tries", "events"), 2),
}
TOTALS = {
    **dict.fromkeys(
        ("left", "seats", "used", "under_another_name", "failed", "pending", "parked", "events", "without_slip", "units", "addresses"), 3
    ),
    "cut_off": "2026-11-25T08:00:00+00:00",
    "finished_at": "2026-11-25T08:00:00+00:00",
    "services": {"courses": 5, "portal": 1000},
    "most": 1000,
    "first": [EXAMPLES, {**EXAMPLES, "deadline": None, "half_day": None, "intake_number": None, "seconds": None}],
}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_is_told_in_both_languages(make_portal, code):
    peers = {"finance": answering("/api/finance/me/tasks", [task(code, 3, f"/finance/{code}", **TOTALS)])}
    portal = make_portal(peers=peers)
    portal.account("fin", Role.FINANCE)
    browser = portal.signed_in("fin")
    for language in ("zh", "en"):
        page = main_of(browser.get(f"/?lang={language}").text)
        line = page.partition(f'href="/finance/{code}">')[2].partition("</li>")[0]
        assert len(line) > 10
        assert "%(" not in page
        assert "None" not in line


def test_services_are_asked_with_the_readers_own_token(make_portal):
    seen = []
    portal = make_portal(peers={"finance": answering("/api/finance/me/tasks", [], seen)})
    account = portal.account("fin", Role.FINANCE)
    portal.signed_in("fin").get("/")
    bearer = tokens.read(seen[0], portal.app.extensions["linghang_token_keys"])
    assert bearer.actor.account_id == str(account)


def test_accounts_without_a_password_wait_for_the_contact_of_their_own_unit_only(make_portal, both_databases):
    portal = make_portal(url=both_databases)
    slipped = portal.account("t1", Role.TRAINEE, password=None, person_id=uuid4(), county_code=A)
    portal.account("t2", Role.TRAINEE, password=None, person_id=uuid4(), county_code=A)
    portal.account("t3", Role.TRAINEE, person_id=uuid4(), county_code=A)
    portal.account("t4", Role.TRAINEE, password=None, person_id=uuid4(), county_code=B)
    portal.account("contact", Role.COUNTY_CONTACT, password=None, county_code=A)
    organizer = actor(Role.ORGANIZER)
    portal.work(issue_slips, [slipped], secret=b"s" * 32, days=30, by=organizer)
    (own,) = portal.look(tasks, actor(Role.COUNTY_CONTACT, county_code=A), now())
    assert (own.count, own.facts["without_slip"]) == (2, 1)
    (later,) = portal.look(tasks, actor(Role.COUNTY_CONTACT, county_code=A), now() + timedelta(days=31))
    assert later.facts["without_slip"] == 2
    assert [one.count for one in portal.look(tasks, organizer, now())] == [3]
    assert portal.look(tasks, actor(Role.FINANCE), now()) == []


def test_the_list_behind_that_line_shows_exactly_those(portal):
    for login, county, password in (("ta", A, None), ("tb", A, "Abendrot-7"), ("tc", B, None)):
        portal.account(login, Role.TRAINEE, password=password, person_id=uuid4(), county_code=county)
    portal.account("contact", Role.COUNTY_CONTACT, county_code=A)
    browser = portal.signed_in("contact")
    page = browser.get("/?lang=en").text
    url = re.search(r'href="(/portal/accounts\?state=not_activated)"', page)
    assert url
    listed = browser.get(url[1]).text
    assert [login for login in ("ta", "tb", "tc") if f">{login}<" in listed] == ["ta"]


def test_the_auditor_reads_failed_sign_ins_locked_accounts_and_todays_entries(portal):
    portal.account("eve", Role.ORGANIZER, name="李锁住")
    for _ in range(5):
        portal.browser().post("/portal/sign-in", data={"login": "eve", "password": "Falsch-99"}, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    portal.account("aud", Role.AUDITOR)
    page = main_of(portal.signed_in("aud").get("/?lang=en").text)
    assert "Accounts locked after wrong passwords" in page
    assert "李锁住 (eve) until" in page
    assert "From 1 address: 192.0.2.9 5" in page
    assert re.search(r"Portal \d+", page)
    assert "Enrollment does not answer" in page


def test_the_administrator_reads_backlog_and_parked_events_by_service(operated):
    page = main_of(operated.browser.get("/?lang=en").text)
    assert "Nothing waits for you in the services that answer." in page  # enrollment and certificates are not there
    hear(operated.services["finance"], a_random_history(4).told[:3])
    with operated.services["finance"].database.writing() as connection:
        connection.execute(update(INBOX).values(status="parked"))
    page = main_of(operated.browser.get("/?lang=en").text)
    assert "Parked events, which go no further by themselves" in page
    assert "Finance 3" in page


def test_no_role_but_those_sees_another_roles_lines(portal):
    with portal.database.writing() as connection:
        connection.execute(update(ACCOUNTS).values(locked_until=now() + timedelta(minutes=5)))
    for role in Role:
        scope = {"county_code": A, "school_id": UUID(int=1), "cohort_ids": frozenset([UUID(int=2)]), "person_id": UUID(int=3)}
        codes = {asdict(one)["code"] for one in portal.look(tasks, actor(role, **scope), now())}
        assert role is Role.AUDITOR or not codes
