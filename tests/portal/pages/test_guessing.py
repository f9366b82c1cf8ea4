"""Whoever guesses names, passwords and slips gets nowhere and keeps nobody out, and what it costs the house tells nothing (R46)."""

import secrets
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, select, update

from services.portal.domain.activation_code import SYMBOLS, read_code
from services.portal.operations import passwords
from services.portal.operations.accounts import close_account
from services.portal.operations.activation_codes import issue_codes
from services.portal.operations.devices import KNOWN_FOR
from services.portal.pages.cookies import DEVICE_COOKIE
from services.portal.storage.keys import key_ring
from services.portal.storage.tables import ACCOUNTS, ACTIVATION_CODES, DEVICES, SESSIONS
from shared.domain import now
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from shared.web.gateway import SESSION_COOKIE
from tests.portal.conftest import PASSWORD

SCHOOL = "198.51.100.7"  # the one address of a whole school, behind which somebody guesses
HOME = "203.0.113.9"
WRONG = "Wrong-guess-1"


@pytest.fixture
def light_hasher(monkeypatch):
    """Hashes that cost next to nothing, so that thousands of tries take seconds."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", light)
    monkeypatch.setattr(passwords, "_NOBODYS_HASH", light.hash("no account has this password"))


def sign_in(browser, login, password=PASSWORD, *, address=SCHOOL):
    return browser.post("/portal/sign-in", data={"login": login, "password": password}, environ_base={"REMOTE_ADDR": address})


def use_slip(browser, code, *, address=SCHOOL):
    form = {"code": code, "login": "", "password": PASSWORD, "repeated": PASSWORD}
    return browser.post("/portal/activate", data=form, environ_base={"REMOTE_ADDR": address})


def slip_of(portal, account_id):
    secret = key_ring(portal.app.extensions["linghang"].settings.data_folder).secret("activation-codes")
    return portal.work(issue_codes, [account_id], secret=secret, days=30, by=SYSTEM)[account_id]


def known_browser(portal, login, *, address=HOME):
    """A browser in which somebody has signed in before, and is signed out again."""
    browser = portal.browser()
    assert sign_in(browser, login, address=address).status_code == 302
    browser.delete_cookie(SESSION_COOKIE)
    return browser


def guessed_at(portal):
    """Accounts of every kind that somebody may guess at; answers their sign-in names."""
    for login in ("li", "locked", "closed"):
        portal.account(login, Role.ORGANIZER)
    portal.account("fresh", Role.ORGANIZER, password=None)
    portal.work(
        close_account, portal.look(lambda c: c.execute(select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == "closed")).scalar_one()), by=SYSTEM
    )
    with portal.database.writing() as connection:
        connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.login == "locked").values(failures=5, locked_until=now() + timedelta(hours=9)))
    return {"known": "li", "unknown": "nobody", "locked": "locked", "not activated": "fresh", "closed": "closed"}


def dead_slips(portal):
    """A slip that was voided by a newer one, one too old and one used, each of an account of its own."""
    voided, old, used = (portal.account(f"slip{kind}", Role.ORGANIZER, password=None) for kind in ("voided", "old", "used"))
    slips = {"voided": slip_of(portal, voided), "old": slip_of(portal, old), "used": slip_of(portal, used)}
    slip_of(portal, voided)
    with portal.database.writing() as connection:
        connection.execute(update(ACTIVATION_CODES).where(ACTIVATION_CODES.c.account_id == old).values(expires_at=now()))
    assert use_slip(portal.browser(), slips["used"], address="192.0.2.250").status_code == 302
    return slips


def guessed_code():
    """A code whose check symbol is right."""
    drawn = "".join(secrets.choice(SYMBOLS) for _ in range(11))
    return next(drawn + symbol for symbol in SYMBOLS if read_code(drawn + symbol))


def sessions_of(portal):
    return portal.look(lambda c: set(c.execute(select(SESSIONS.c.id)).scalars()))


@pytest.mark.usefixtures("light_hasher")
def test_a_thousand_wrong_sign_ins_let_no_one_in_and_lock_no_one_else_out(portal):
    portal.account("wang", Role.ORGANIZER)
    names = guessed_at(portal)
    victim, neighbor = known_browser(portal, "li"), known_browser(portal, "wang")
    before = sessions_of(portal)
    guesser = portal.browser()
    answers = Counter()
    tries = zip(range(1000), cycle([*names.values(), "guess-{}"]), cycle((SCHOOL, "192.0.2.{}")), strict=False)
    for number, login, address in tries:
        answer = sign_in(guesser, login.format(number), "" if number % 7 == 0 else WRONG, address=address.format(number % 200))
        answers[answer.status_code] += 1
        if number % 250 == 249:  # meanwhile people work on, from their own address and from the guesser's
            for browser, person in ((victim, "li"), (neighbor, "wang")):
                for where in (HOME, SCHOOL):
                    assert sign_in(browser, person, address=where).status_code == 302
                    browser.delete_cookie(SESSION_COOKIE)
            assert sign_in(portal.browser(), "wang", address=f"203.0.113.{number % 100}").status_code == 302
    assert answers.keys() == {403, 429}
    assert answers[403] == 100 + 500
    assert len(sessions_of(portal) - before) == 4 * 5
    assert guesser.get_cookie(SESSION_COOKIE) is None


@pytest.mark.usefixtures("light_hasher")
def test_ten_thousand_guessed_slips_let_no_one_in_and_lock_no_one_else_out(portal):
    portal.account("wang", Role.ORGANIZER)
    newcomer = slip_of(portal, portal.account("newcomer", Role.ORGANIZER, password=None))
    kinds = dead_slips(portal)
    neighbor = known_browser(portal, "wang")
    before = sessions_of(portal)
    guesser = portal.browser()
    answers = Counter()
    for number in range(10_000):
        code = [guessed_code(), guessed_code(), guessed_code()[:-2], kinds["voided"], kinds["old"], kinds["used"]][number % 6]
        address = f"192.0.2.{number % 40}" if number % 2 else SCHOOL
        answers[use_slip(guesser, code, address=address).status_code] += 1
        if number % 2_500 == 2_499:
            assert sign_in(neighbor, "wang", address=SCHOOL).status_code == 302
            neighbor.delete_cookie(SESSION_COOKIE)
    assert answers.keys() == {409, 429}
    assert answers[409] == 100 + 20 * 100
    assert len(sessions_of(portal) - before) == 4
    assert guesser.get_cookie(SESSION_COOKIE) is None
    assert use_slip(portal.browser(), newcomer, address=HOME).status_code == 302


@contextmanager
def counted_work(portal, monkeypatch):
    """The database statements and the hashes that were checked meanwhile."""
    statements, hashes = [], []
    real = passwords._HASHER

    class Counting:
        def verify(self, password_hash, password):
            hashes.append(password_hash)
            return real.verify(password_hash, password)

    def heard(_connection, _cursor, statement, *_more):
        statements.append(statement)

    engine = portal.database.engine
    event.listen(engine, "before_cursor_execute", heard)
    with monkeypatch.context() as patched:
        patched.setattr(passwords, "_HASHER", Counting())
        yield statements, hashes
    event.remove(engine, "before_cursor_execute", heard)


def parameters_of_hash(password_hash):
    return password_hash.rsplit("$", 2)[0]


def test_a_wrong_try_costs_the_same_whatever_the_name(portal, monkeypatch):
    works = {}
    for kind, login in guessed_at(portal).items():
        with counted_work(portal, monkeypatch) as (statements, hashes):
            assert sign_in(portal.browser(), login, WRONG).status_code == 403
        works[kind] = (tuple(statements), [parameters_of_hash(checked) for checked in hashes])
    assert len(works["known"][1]) == 1
    assert {kind for kind, work in works.items() if work != works["known"]} == set()


def test_a_wrong_slip_costs_the_same_whatever_is_wrong_with_it(portal, monkeypatch):
    works = {}
    for kind, code in {"unknown": guessed_code(), "mistyped": "2222-2222-2222", "empty": "", **dead_slips(portal)}.items():
        with counted_work(portal, monkeypatch) as (statements, hashes):
            assert use_slip(portal.browser(), code).status_code == 409
        works[kind] = (tuple(statements), len(hashes))
    assert works["unknown"][1] == 0
    assert {kind for kind, work in works.items() if work != works["unknown"]} == set()


@pytest.mark.usefixtures("light_hasher")
def test_strangers_can_lock_an_account_but_not_its_owner_out_of_a_browser_that_knows_it(portal):
    portal.account("wang", Role.ORGANIZER)
    own = known_browser(portal, "wang")
    for _ in range(5):
        sign_in(portal.browser(), "wang", WRONG)
    assert sign_in(portal.browser(), "wang", address=HOME).status_code == 403
    assert sign_in(own, "wang", address=HOME).status_code == 302
    assert sign_in(portal.browser(), "wang", address=HOME).status_code == 403  # the owner's success unlocks nothing for strangers


@pytest.mark.usefixtures("light_hasher")
def test_five_wrong_passwords_lock_a_known_browser_too_and_no_other(portal):
    portal.account("wang", Role.ORGANIZER)
    own, second = known_browser(portal, "wang"), known_browser(portal, "wang")
    for _ in range(5):
        assert sign_in(own, "wang", WRONG).status_code == 403
    assert sign_in(own, "wang").status_code == 403
    assert sign_in(second, "wang").status_code == 302
    assert sign_in(portal.browser(), "wang").status_code == 302
    with portal.database.writing() as connection:
        connection.execute(update(DEVICES).where(DEVICES.c.locked_until.is_not(None)).values(locked_until=now()))
    assert sign_in(own, "wang").status_code == 302


@pytest.mark.usefixtures("light_hasher")
def test_a_known_browser_that_is_locked_is_subject_to_the_limit_of_its_address(make_portal):
    portal = make_portal(wrong_tries_per_address=10)
    portal.account("wang", Role.ORGANIZER)
    own = known_browser(portal, "wang")
    answers = [sign_in(own, "wang", WRONG).status_code for _ in range(12)]
    assert answers == [403] * 10 + [429] * 2


@pytest.mark.usefixtures("light_hasher")
def test_a_browser_is_known_to_the_accounts_that_signed_in_there_and_to_no_other(portal):
    portal.account("wang", Role.ORGANIZER)
    portal.account("li", Role.ORGANIZER)
    browser = known_browser(portal, "wang")
    for _ in range(5):
        sign_in(browser, "li", WRONG)
    assert sign_in(browser, "li").status_code == 403
    assert sign_in(browser, "wang").status_code == 302
    browser.delete_cookie(SESSION_COOKIE)
    with portal.database.writing() as connection:
        connection.execute(update(ACCOUNTS).values(failures=0, locked_until=None))
    assert sign_in(browser, "li").status_code == 302  # from now on it is known to both
    browser.delete_cookie(SESSION_COOKIE)
    for _ in range(5):
        sign_in(portal.browser(), "wang", WRONG)
        sign_in(portal.browser(), "li", WRONG)
    for login in ("wang", "li"):
        assert sign_in(browser, login).status_code == 302
        browser.delete_cookie(SESSION_COOKIE)


@pytest.mark.usefixtures("light_hasher")
def test_a_planted_or_copied_device_cookie_is_worth_nothing_after_the_next_sign_in(portal):
    portal.account("wang", Role.ORGANIZER)
    browser = known_browser(portal, "wang")
    copy = portal.browser()
    copy.set_cookie(DEVICE_COOKIE, browser.get_cookie(DEVICE_COOKIE, path="/portal").value, path="/portal")
    assert sign_in(browser, "wang").status_code == 302
    for _ in range(5):
        sign_in(portal.browser(), "wang", WRONG)
    assert sign_in(copy, "wang").status_code == 403
    for cookie in ("", "x", "a" * 3000, "'; DROP TABLE devices"):
        copy.set_cookie(DEVICE_COOKIE, cookie, path="/portal")
        assert sign_in(copy, "wang").status_code == 403


@pytest.mark.usefixtures("light_hasher")
def test_a_new_password_and_half_a_year_make_a_browser_strange_again(portal):
    account_id = portal.account("wang", Role.ORGANIZER)
    idle = known_browser(portal, "wang")
    with portal.database.writing() as connection:
        connection.execute(update(DEVICES).values(signed_in_at=now() - KNOWN_FOR - timedelta(days=1)))
    for _ in range(5):
        sign_in(portal.browser(), "wang", WRONG)
    assert sign_in(idle, "wang").status_code == 403
    slip = slip_of(portal, account_id)
    assert use_slip(portal.browser(), slip, address=HOME).status_code == 302
    former = known_browser(portal, "wang")
    slip = slip_of(portal, account_id)
    assert use_slip(portal.browser(), slip, address=HOME).status_code == 302
    for _ in range(5):
        sign_in(portal.browser(), "wang", WRONG)
    assert sign_in(former, "wang").status_code == 403


@pytest.mark.usefixtures("light_hasher")
def test_the_device_cookie_opens_nothing_is_out_of_reach_of_scripts_and_kept_as_a_hash_only(make_portal):
    portal = make_portal(public_url="https://linghang.example")
    portal.account("wang", Role.ORGANIZER)
    answer = sign_in(portal.browser(), "wang")
    header = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(DEVICE_COOKIE))
    value, *attributes = header.split("; ")
    assert {"HttpOnly", "SameSite=Lax", "Secure", "Path=/portal"} <= set(attributes)
    assert f"Max-Age={int(KNOWN_FOR.total_seconds())}" in attributes
    value = value.removeprefix(f"{DEVICE_COOKIE}=")
    assert value not in str(portal.look(lambda c: c.execute(select(DEVICES)).all()))
    browser = portal.browser()
    browser.set_cookie(DEVICE_COOKIE, value, path="/portal")
    assert browser.get("/portal/accounts").status_code == 302
