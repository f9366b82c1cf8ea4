"""Somebody comes in by a real OpenID provider: there and back, and every way that must not open a door."""

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from services.portal.operations import external_identities as deeds
from services.portal.operations import identity_provider
from services.portal.pages.cookies import TRIP_COOKIE
from services.portal.settings import Settings
from services.portal.storage import accounts
from services.portal.storage.tables import PROVIDER_TRIPS, SESSIONS
from shared.domain import now
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from shared.web.gateway import SESSION_COOKIE
from shared.web.settings import SettingsWrong
from tests.portal.conftest import PASSWORD, Portal
from tests.portal.oidc.conftest import (
    CALLBACK,
    SIGN_IN,
    at_provider,
    audited,
    link,
    query_of,
    round_trip,
    set_out,
    settings_for,
    signed_in_as,
    tries,
)
from tests.portal.pages.test_second_factors import CODE, set_up
from tests.servers import OpenIdProvider


def rows_of(portal: Portal, table):
    return portal.look(lambda connection: connection.execute(select(table)).all())


def assert_refused(portal: Portal, browser, answer, status: int):
    """The page says so, no door is open, and nobody has a session."""
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert signed_in_as(browser) is None
    assert rows_of(portal, SESSIONS) == []


def test_a_linked_account_comes_in_by_the_round_trip(house: Portal):
    browser = house.browser()
    answer = round_trip(browser, "w.wang", next="/portal/sign-ins?x=1")
    assert (answer.status_code, answer.location) == (302, "/portal/sign-ins?x=1")
    assert signed_in_as(browser) == "wang"
    assert [succeeded for _account, succeeded in tries(house)] == [True]
    assert [action for action, _subject, _facts in audited(house)] == ["identity.linked", "identity.shown"]
    assert len(audited(house, "session.opened")) == 1


def test_the_button_leads_to_the_provider_with_all_that_protects_the_trip(house: Portal, provider: OpenIdProvider):
    browser = house.browser()
    assert 'href="/portal/oidc/sign-in?next=/portal/me"' in browser.get("/portal/sign-in?next=/portal/me").text
    address = set_out(browser)
    asked = query_of(address)
    assert address.startswith(f"{provider.issuer}/")
    assert (asked["response_type"], asked["code_challenge_method"], asked["redirect_uri"]) == ("code", "S256", CALLBACK)
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    cookie = browser.get_cookie(TRIP_COOKIE, path="/portal/oidc")
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", 600)
    assert cookie.value not in str(rows_of(house, PROVIDER_TRIPS))


def test_every_trip_has_words_of_its_own(house: Portal):
    first, second = (query_of(set_out(house.browser())) for _ in range(2))
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_somebody_unknown_here_is_told_how_to_link_and_opens_nothing(house: Portal):
    browser = house.browser()
    answer = round_trip(browser, "wang")  # the sign-in name here is nobody there
    assert_refused(house, browser, answer, 403)
    assert "尚未绑定" in answer.text
    assert tries(house) == [(None, False)]
    assert audited(house)[-1][0] == "identity.refused"


def test_a_closed_account_stays_closed(house: Portal, provider: OpenIdProvider):
    account_id = house.account("li", Role.FINANCE)
    link(house, account_id, "w.li", provider)
    with house.database.writing() as connection:
        accounts.close(connection, account_id)  # alone: the operation unlinks it as well
    browser = house.browser()
    assert_refused(house, browser, round_trip(browser, "w.li"), 403)


def test_a_forged_state_is_refused_and_counted(house: Portal):
    browser = house.browser()
    back = at_provider(set_out(browser), "w.wang")
    forged = back.replace(query_of(back)["state"], "A" * 43)
    assert_refused(house, browser, browser.get(forged, environ_base={"REMOTE_ADDR": "192.0.2.7"}), 400)
    assert tries(house) == [(None, False)]
    assert audited(house)[-1] == ("identity.refused", "account/unknown", '{"address": "192.0.2.7", "reason": "state"}')
    assert_refused(house, browser, browser.get(back), 400)  # the trip is used up


def test_an_answer_without_state_is_refused(house: Portal):
    browser = house.browser()
    back = at_provider(set_out(browser), "w.wang")
    assert_refused(house, browser, browser.get(f"/portal/oidc/callback?code={query_of(back)['code']}"), 400)


def test_the_answer_to_another_browser_is_refused(house: Portal):
    """Otherwise a stranger could sign somebody in as the stranger, and read what they then enter."""
    theirs, mine, bystander = house.browser(), house.browser(), house.browser()
    back = at_provider(set_out(theirs), "w.wang")
    set_out(mine)
    for browser in (mine, bystander):
        assert_refused(house, browser, browser.get(back), 400)
    assert len(tries(house)) == 1  # who has not set out at all fills no table


def test_an_answer_is_taken_once(house: Portal):
    browser, thief = house.browser(), house.browser()
    back = at_provider(set_out(browser), "w.wang")
    cookie = browser.get_cookie(TRIP_COOKIE, path="/portal/oidc").value
    assert browser.get(back).status_code == 302
    thief.set_cookie(TRIP_COOKIE, cookie, path="/portal/oidc")
    assert thief.get(back).status_code == 400
    assert signed_in_as(thief) is None
    assert browser.get(back).status_code == 400  # the back button
    assert signed_in_as(browser) == "wang"


def test_a_code_that_was_used_opens_nothing_on_another_trip(house: Portal):
    browser, thief = house.browser(), house.browser()
    back = at_provider(set_out(browser), "w.wang")
    assert browser.get(back).status_code == 302
    fresh = query_of(set_out(thief))["state"]
    answer = thief.get(back.replace(query_of(back)["state"], fresh))
    assert answer.status_code == 403
    assert signed_in_as(thief) is None
    assert '"reason": "token"' in audited(house)[-1][2]


def test_a_stolen_code_opens_nothing_on_another_trip(house: Portal):
    """The provider asks for the verifier of the trip that the code was given to."""
    back = at_provider(set_out(house.browser()), "w.wang")
    thief = house.browser()
    fresh = query_of(set_out(thief))["state"]
    assert_refused(house, thief, thief.get(back.replace(query_of(back)["state"], fresh)), 403)


def test_the_answer_of_another_provider_is_refused(house: Portal):
    browser = house.browser()
    back = at_provider(set_out(browser), "w.wang")
    assert "&iss=" in back
    assert_refused(house, browser, browser.get(back.partition("&iss=")[0] + "&iss=https://elsewhere.example"), 403)


def test_after_ten_minutes_one_begins_anew(house: Portal):
    browser = house.browser()
    back = at_provider(set_out(browser), "w.wang")
    cookie = browser.get_cookie(TRIP_COOKIE, path="/portal/oidc").value
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        browser.set_cookie(TRIP_COOKIE, cookie, path="/portal/oidc")  # a browser whose clock is slow
        assert_refused(house, browser, browser.get(back), 400)


def test_trips_that_nobody_came_back_from_are_forgotten(house: Portal):
    set_out(house.browser())
    with time_machine.travel(now() + timedelta(minutes=11)):
        set_out(house.browser())
        assert len(rows_of(house, PROVIDER_TRIPS)) == 1


def test_of_two_who_come_back_with_one_cookie_at_once_one_is_let_in(make_portal, provider: OpenIdProvider, both_databases):
    portal = make_portal(both_databases, **settings_for(provider))
    cookie, trip = portal.work(deeds.begin_trip, wanted="/", by=SYSTEM)
    let_in, ready = [], threading.Barrier(4)

    def come_back():
        ready.wait()
        let_in.append(portal.work(deeds.end_trip, cookie, trip.state, address="192.0.2.1", by=SYSTEM))

    threads = [threading.Thread(target=come_back) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found for found in let_in if found] == [trip]
    assert len(let_in) == 4


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"])
def test_the_trip_ends_on_this_host(house: Portal, wanted: str):
    assert round_trip(house.browser(), "w.wang", next=wanted).location == "/"


def test_who_turns_back_at_the_provider_is_no_failure(house: Portal):
    browser = house.browser()
    state = query_of(set_out(browser, next="/portal/me"))["state"]
    answer = browser.get(f"/portal/oidc/callback?error=access_denied&state={state}")
    assert answer.location == "/portal/sign-in?next=%2Fportal%2Fme"
    assert "未完成统一身份认证登录" in browser.get(answer.location).text
    assert tries(house) == []


def test_the_second_factor_is_asked_for_all_the_same(house: Portal, provider: OpenIdProvider):
    _phone, codes, account_id = set_up(house, "li")
    link(house, account_id, "w.li", provider)
    browser = house.browser()
    assert round_trip(browser, "w.li").status_code == 302
    assert browser.get("/").location == CODE
    assert signed_in_as(browser) is None
    csrf = browser.get(CODE).text.split('name="csrf_token" value="')[1].split('"')[0]
    browser.post(CODE, data={"csrf_token": csrf, "code": codes[0]})
    assert signed_in_as(browser) == "li"


def test_the_privacy_notice_is_asked_for_all_the_same(house: Portal, provider: OpenIdProvider):
    link(house, house.account("li", Role.FINANCE, accepted=False), "w.li", provider)
    browser = house.browser()
    assert round_trip(browser, "w.li").status_code == 302
    assert signed_in_as(browser) is None
    assert browser.get("/portal/sign-in").location.startswith("/portal/notice")


def test_the_session_that_this_browser_had_ends(house: Portal):
    house.account("li", Role.FINANCE)
    browser = house.browser()
    back = at_provider(set_out(browser), "w.wang")
    browser.post("/portal/sign-in", data={"login": "li", "password": PASSWORD})
    former = browser.get_cookie(SESSION_COOKIE).value
    assert browser.get(back).status_code == 302
    assert signed_in_as(browser) == "wang"
    other = house.browser()
    other.set_cookie(SESSION_COOKIE, former)
    assert signed_in_as(other) is None


def test_nothing_of_the_providers_words_is_kept(house: Portal, tmp_path):
    browser = house.browser()
    back = at_provider(set_out(browser), "w.wang")
    assert browser.get(back).status_code == 302
    house.database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("portal.db*"))
    assert b"provider_trips" in kept
    assert query_of(back)["code"].encode() not in kept
    assert b"eyJ" not in kept  # how every JWT begins


def test_a_provider_that_is_down_leaves_the_password(make_portal, make_openid_provider):
    gone = make_openid_provider(CALLBACK)
    portal = make_portal(**settings_for(gone))
    link(portal, portal.account("wang", Role.FINANCE), "w.wang", gone)
    browser = portal.browser()
    back = at_provider(set_out(browser), "w.wang")
    gone.stop()
    for path in (back, f"{SIGN_IN}?next=/portal/me"):
        answer = browser.get(path)
        assert_refused(portal, browser, answer, 503)
        assert "暂时无法连接" in answer.text
    assert 'name="next" value="/portal/me"' in answer.text
    assert signed_in_as(portal.signed_in("wang")) == "wang"


def test_a_provider_that_hangs_does_not_keep_all_threads(house: Portal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(identity_provider, "_SECONDS_IN_LINE", 0)
    for _talk in range(4):
        assert identity_provider._AT_A_TIME.acquire(blocking=False)
    try:
        assert house.browser().get(SIGN_IN).status_code == 503
    finally:
        identity_provider._AT_A_TIME.release(4)
    assert house.browser().get(SIGN_IN).status_code == 302


def test_an_address_with_too_many_wrong_tries_sets_out_no_more(make_portal, provider: OpenIdProvider):
    portal = make_portal(**settings_for(provider), wrong_tries_per_address=2)
    browser = portal.browser()
    for _try in range(2):
        assert round_trip(browser, "nobody").status_code == 403
    assert browser.get(SIGN_IN).status_code == 429


def test_without_a_provider_there_is_no_button_and_no_such_page(portal: Portal):
    portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    assert "/portal/oidc" not in portal.browser().get("/portal/sign-in").text + browser.get("/portal/sign-ins").text
    assert [portal.browser().get(path).status_code for path in (SIGN_IN, "/portal/oidc/callback?state=x&code=y")] == [404, 404]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PORTAL_OIDC_ISSUER": "https://id.example"}, "PORTAL_OIDC_CLIENT_ID, PORTAL_OIDC_CLIENT_SECRET is missing"),
        ({"PORTAL_OIDC_CLIENT_ID": "linghang", "PORTAL_OIDC_CLIENT_SECRET": "s"}, "PORTAL_OIDC_ISSUER is missing"),
        (
            {"PORTAL_OIDC_ISSUER": "http://id.example", "PORTAL_OIDC_CLIENT_ID": "linghang", "PORTAL_OIDC_CLIENT_SECRET": "s"},
            "must begin with https://",
        ),
    ],
)
def test_a_provider_that_is_set_by_halves_or_reached_in_the_open_is_refused_at_the_start(monkeypatch, given, said):
    monkeypatch.setenv("PORTAL_DATABASE_URL", "sqlite:///nowhere.db")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsWrong, match=said):
        Settings.from_environment()


def test_the_providers_secret_stands_in_no_log(provider: OpenIdProvider):
    assert provider.client_secret not in repr(Settings(database_url="sqlite://", **settings_for(provider)))
