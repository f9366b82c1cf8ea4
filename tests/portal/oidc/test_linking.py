"""An account is linked with an identity by its owner or the operator, never by likeness, and with one only."""

import threading
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from services.portal.__main__ import command
from services.portal.domain.errors import IdentityTaken
from services.portal.domain.external_identity import Identity
from services.portal.operations import external_identities as deeds
from services.portal.operations.accounts import close_account
from services.portal.pages.cookies import TRIP_COOKIE
from services.portal.storage.keys import key_ring
from services.portal.storage.tables import EXTERNAL_IDENTITIES
from shared.domain import NotFound
from shared.storage.work import SYSTEM, Actor
from shared.vocabulary import Role
from shared.web import tokens
from tests.portal.conftest import PASSWORD, Portal
from tests.portal.oidc.conftest import at_provider, audited, link, query_of, round_trip, send, settings_for, signed_in_as, tries
from tests.servers import OpenIdProvider

LINK, UNLINK = "/portal/oidc/link", "/portal/oidc/unlink"
PAGE = "/portal/sign-ins"


def set_out_to_link(browser, password=PASSWORD) -> str:
    """Give the password; answers the address at the provider that the page leads to."""
    answer = send(browser, LINK, present=password)
    assert answer.status_code == 200, answer.text
    return answer.text.split('btn-primary" href="')[1].split('"')[0].replace("&amp;", "&")


def linked(portal: Portal) -> list[str]:
    rows = portal.look(lambda connection: connection.execute(select(EXTERNAL_IDENTITIES)).all())
    return sorted(row.subject for row in rows)


@pytest.fixture
def li(house: Portal):
    """Somebody who is signed in with a password and not linked."""
    house.account("li", Role.FINANCE)
    return house.signed_in("li")


def test_the_owner_links_the_own_account_and_comes_in_by_it(house: Portal, li):
    answer = li.get(at_provider(set_out_to_link(li), "w.li"))
    assert answer.location == PAGE
    page = li.get(PAGE).text
    assert "绑定成功" in page
    assert "<code>w.li</code>" in page
    browser = house.browser()
    round_trip(browser, "w.li")
    assert signed_in_as(browser) == "li"
    told = [(action, facts) for action, _subject, facts in audited(house) if action == "identity.linked"]
    assert len(told) == 2
    assert "w.li" not in str(told)  # it may be a staff or ID number


def test_one_shows_anew_who_one_is_there(house: Portal, li):
    """On a shared computer somebody else may still be signed in at the provider."""
    assert query_of(set_out_to_link(li))["prompt"] == "login"


def test_no_form_of_ours_ends_at_the_provider(house: Portal, li):
    """Browsers refuse that (form-action 'self'), also by a redirect: the page has a link."""
    answer = send(li, LINK, present=PASSWORD)
    assert (answer.status_code, answer.location) == (200, None)


def test_a_wrong_password_links_nothing_and_counts(house: Portal, li):
    for _wrong in range(5):
        answer = send(li, LINK, present="wrong")
        assert answer.status_code == 409
        assert li.get_cookie(TRIP_COOKIE, path="/portal/oidc") is None
    assert send(li, LINK, present=PASSWORD).status_code == 409  # locked
    assert linked(house) == ["w.wang"]
    assert [succeeded for _account, succeeded in tries(house)].count(False) == 6


@pytest.mark.parametrize("path", [LINK, UNLINK])
def test_a_foreign_page_links_and_unlinks_nothing(house: Portal, li, path):
    assert li.post(path, data={"csrf_token": "guessed", "present": PASSWORD}).status_code == 400
    assert house.browser().post(path, data={"present": PASSWORD}).status_code == 401


def test_one_identity_opens_one_account(house: Portal, li):
    answer = li.get(at_provider(set_out_to_link(li), "w.wang"))
    assert answer.status_code == 409
    assert "已绑定其他账号" in answer.text
    assert linked(house) == ["w.wang"]
    browser = house.browser()
    round_trip(browser, "w.wang")
    assert signed_in_as(browser) == "wang"
    assert '"reason": "taken"' in str(audited(house))


def test_of_two_accounts_that_link_one_identity_at_once_one_has_it(make_portal, both_databases):
    portal = make_portal(both_databases)
    accounts = [portal.account(f"trainee{number}", Role.FINANCE) for number in range(4)]
    said, ready = [], threading.Barrier(len(accounts))

    def link_it(account_id):
        ready.wait()
        try:
            portal.work(deeds.link, account_id, Identity("https://id.example", "1001"), by=SYSTEM)
            said.append("linked")
        except IdentityTaken:
            said.append("taken")

    threads = [threading.Thread(target=link_it, args=(account_id,)) for account_id in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["linked", "taken", "taken", "taken"]
    assert linked(portal) == ["1001"]


def test_a_refused_link_leaves_the_one_before(house: Portal, provider: OpenIdProvider, li):
    house.work(deeds.link, house.account("zhao", Role.FINANCE), Identity(provider.issuer, "w.zhao"), by=SYSTEM)
    zhao = house.signed_in("zhao")
    zhao.get(at_provider(set_out_to_link(zhao), "w.wang"))
    assert linked(house) == ["w.wang", "w.zhao"]


@pytest.mark.parametrize("meanwhile", ["wang", None])
def test_whoever_is_signed_in_meanwhile_is_not_linked(house: Portal, li, meanwhile):
    back = at_provider(set_out_to_link(li), "w.li")
    li.post("/portal/sign-out", data={"csrf_token": li.get(PAGE).text.split('name="csrf_token" value="')[1].split('"')[0]})
    if meanwhile:
        li.post("/portal/sign-in", data={"login": meanwhile, "password": PASSWORD})
    assert li.get(back).status_code == 403
    assert linked(house) == ["w.wang"]


def test_a_trip_to_sign_in_links_nothing_and_a_trip_to_link_signs_nobody_in(house: Portal, li):
    back = at_provider(set_out_to_link(li), "w.wang")
    trip = li.get_cookie(TRIP_COOKIE, path="/portal/oidc").value
    thief = house.browser()
    thief.set_cookie(TRIP_COOKIE, trip, path="/portal/oidc")
    assert thief.get(back).status_code == 403
    assert signed_in_as(thief) is None
    assert linked(house) == ["w.wang"]


def test_who_turns_back_at_the_provider_stays_unlinked(house: Portal, li):
    state = query_of(set_out_to_link(li))["state"]
    assert li.get(f"/portal/oidc/callback?error=access_denied&state={state}").location == PAGE
    assert linked(house) == ["w.wang"]


def test_the_owner_unlinks_with_the_password(house: Portal):
    browser = house.signed_in("wang")
    assert send(browser, UNLINK, present="wrong").status_code == 409
    assert linked(house) == ["w.wang"]
    for _click in range(2):
        assert send(browser, UNLINK, present=PASSWORD).location == PAGE
    assert linked(house) == []
    assert round_trip(house.browser(), "w.wang").status_code == 403
    assert [action for action, _subject, _facts in audited(house)].count("identity.unlinked") == 1


def test_a_closed_accounts_identity_is_free_for_the_next(house: Portal, provider: OpenIdProvider):
    li = house.account("li", Role.FINANCE)
    with pytest.raises(IdentityTaken):
        link(house, li, "w.wang", provider)
    house.work(lambda work: close_account(work, deeds.external_identities.account_of(work.connection, Identity(provider.issuer, "w.wang"))))
    link(house, li, "w.wang", provider)
    browser = house.browser()
    round_trip(browser, "w.wang")
    assert signed_in_as(browser) == "li"


def test_a_closed_account_is_linked_with_nobody(house: Portal, provider: OpenIdProvider):
    li = house.account("li", Role.FINANCE)
    house.work(close_account, li, by=SYSTEM)
    with pytest.raises(NotFound):
        link(house, li, "w.li", provider)


def test_the_operator_links_and_unlinks(house: Portal, provider: OpenIdProvider, monkeypatch):
    house.account("li", Role.FINANCE)
    settings = house.app.extensions["linghang"].settings
    given = {"DATABASE_URL": settings.database_url, "DATA_FOLDER": str(settings.data_folder)}
    given |= {name.upper(): value for name, value in settings_for(provider).items()}
    for name, value in given.items():
        monkeypatch.setenv(f"PORTAL_{name}", value)

    def told(*words):
        done = CliRunner().invoke(command, ["account", *words])
        return done.exit_code, done.output.strip()

    assert told("link", "li", "w.wang")[0] == 1
    assert told("link", "li", "w.li") == (0, f"li: linked with w.li at {provider.issuer}")
    browser = house.browser()
    round_trip(browser, "w.li")
    assert signed_in_as(browser) == "li"
    assert told("unlink", "li") == (0, "li: the password alone opens it")
    assert told("unlink", "li")[0] == 1
    assert linked(house) == ["w.wang"]
    for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.delenv(f"PORTAL_OIDC_{name}")
    assert "no OpenID provider is set" in told("link", "li", "w.li")[1]


def test_a_program_has_nothing_to_link(house: Portal):
    program = Actor(account_id="client/reports", name="reports", roles=frozenset({Role.FINANCE}))
    token = tokens.mint(key_ring(house.app.extensions["linghang"].settings.data_folder).signing_key(), program)
    for path in (LINK, UNLINK):
        assert house.app.test_client().post(path, headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_ones_own_data_tell_whom_one_is_known_as(house: Portal, provider: OpenIdProvider):
    link(house, house.account("li", Role.TRAINEE, person_id=uuid4()), "w.li", provider)
    told = house.signed_in("li").get("/api/portal/me/data").json
    rows = next(section["rows"] for section in told["sections"] if section["code"] == "identities")
    assert [(row["issuer"], row["subject"]) for row in rows] == [(provider.issuer, "w.li")]
