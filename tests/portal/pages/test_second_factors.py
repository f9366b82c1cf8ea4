"""A second factor of one's own choice: set up, asked for at the sign-in, counted when wrong, lost and taken away (R46)."""

import contextlib
import re
import threading
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
import time_machine
from sqlalchemy import select

from services.portal.domain.errors import SecondFactorRefused
from services.portal.operations import second_factors as deeds
from services.portal.pages.cookies import DEVICE_COOKIE
from services.portal.queries.sessions import signed_in
from services.portal.storage import second_factors
from services.portal.storage import second_factors as stored
from services.portal.storage.keys import key_ring
from services.portal.storage.tables import RECOVERY_CODES, SECOND_FACTORS
from shared.domain import now
from shared.storage.tables import AUDIT_ENTRIES
from shared.storage.work import SYSTEM, Actor
from shared.vocabulary import Role
from shared.web import tokens
from shared.web.gateway import SESSION_COOKIE
from tests.portal.conftest import PASSWORD, Portal

CODE = "/portal/sign-in/code"
PAGE = "/portal/second-factor"
HALF_A_MINUTE = timedelta(seconds=30)


def csrf_of(browser, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)[1]


def send(browser, path, *, form_of=PAGE, **form):
    return browser.post(path, data={"csrf_token": csrf_of(browser, form_of), **form})


class Phone:
    """The authenticator of somebody, whose clock is the test's."""

    def __init__(self, page: str) -> None:
        self._authenticator = pyotp.TOTP(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))

    def code(self, later: timedelta = timedelta()) -> str:
        return self._authenticator.at(now() + later)


def set_up(portal: Portal, login: str = "wang") -> tuple[Phone, list[str], UUID]:
    """Switch the second factor on as its owner; answers the phone, the recovery codes and the account."""
    account_id = portal.account(login, Role.FINANCE)
    browser = portal.signed_in(login)
    assert send(browser, f"{PAGE}/begin", present=PASSWORD).location == PAGE
    phone = Phone(browser.get(PAGE).text)
    shown = send(browser, f"{PAGE}/confirm", code=phone.code()).text
    return phone, re.findall(r"<code>([0-9A-Z-]{14})</code>", shown), account_id


def enter(browser, code, **form):
    return send(browser, CODE, form_of=CODE, code=code, **form)


def test_the_password_alone_opens_nothing_any_more(portal: Portal):
    phone, _codes, _account = set_up(portal)
    browser = portal.signed_in("wang")
    assert browser.get("/").location == CODE
    assert browser.get("/portal/sign-ins").location == "/portal/sign-in?next=/portal/sign-ins"
    with time_machine.travel(now() + HALF_A_MINUTE):
        assert enter(browser, phone.code(), next="/portal/sign-ins").location == "/portal/sign-ins"
        assert browser.get("/portal/sign-ins").status_code == 200


def test_nothing_is_asked_for_before_a_first_code_has_confirmed_it(portal: Portal):
    portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    send(browser, f"{PAGE}/begin", present=PASSWORD)
    assert send(browser, f"{PAGE}/confirm", code="000000").status_code == 409
    assert portal.signed_in("wang").get("/").status_code == 200


def test_a_code_opens_once(portal: Portal):
    phone, _codes, _account = set_up(portal)
    with time_machine.travel(now() + HALF_A_MINUTE, tick=False):
        assert enter(portal.signed_in("wang"), phone.code()).status_code == 302
        assert enter(portal.signed_in("wang"), phone.code()).status_code == 403


def all_read_before_anybody_writes(monkeypatch, number: int) -> None:
    """Whoever reads a second factor waits for the others; on SQLite, where writers take turns, for a second only."""
    met, read = threading.Barrier(number), second_factors.of_account

    def of_account(*args):
        found = read(*args)
        with contextlib.suppress(threading.BrokenBarrierError):
            met.wait(1)
        return found

    monkeypatch.setattr(second_factors, "of_account", of_account)


def test_of_two_who_show_the_same_code_at_once_one_gets_in(make_portal, both_databases, monkeypatch):
    portal = make_portal(both_databases)
    phone, _codes, _account = set_up(portal)
    key = key_ring(portal.app.extensions["linghang"].settings.data_folder).secret("second-factors")
    with time_machine.travel(now() + HALF_A_MINUTE, tick=False):
        cookies = [portal.signed_in("wang").get_cookie(SESSION_COOKIE).value for _ in range(4)]
        waiting = [portal.look(signed_in, cookie, now(), idle_minutes=30, session_hours=12) for cookie in cookies]
        let_in = []
        all_read_before_anybody_writes(monkeypatch, len(waiting))

        def try_it(found):
            if portal.work(deeds.show, found, deeds.Shown(phone.code(), "192.0.2.1"), key=key, lock_minutes=15, by=SYSTEM):
                let_in.append(found)

        threads = [threading.Thread(target=try_it, args=(found,)) for found in waiting]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(let_in) == 1


def test_of_two_tabs_that_confirm_it_with_the_same_code_one_is_given_recovery_codes(make_portal, both_databases, monkeypatch):
    portal = make_portal(both_databases)
    account_id = portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    send(browser, f"{PAGE}/begin", present=PASSWORD)
    code = Phone(browser.get(PAGE).text).code()
    key = key_ring(portal.app.extensions["linghang"].settings.data_folder).secret("second-factors")
    given = []
    all_read_before_anybody_writes(monkeypatch, 4)

    def confirm():
        with contextlib.suppress(SecondFactorRefused):
            given.append(portal.work(deeds.confirm, account_id, code, key=key, by=SYSTEM))

    threads = [threading.Thread(target=confirm) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(codes) for codes in given] == [8]
    assert len(portal.look(lambda connection: connection.execute(select(RECOVERY_CODES)).all())) == 8


def test_five_wrong_codes_lock_the_account_and_end_the_session_that_waited(portal: Portal):
    phone, _codes, _account = set_up(portal)
    browser = portal.signed_in("wang")  # a try of its own: the password was looked at
    for _wrong in range(3):
        assert enter(browser, "123456").status_code == 403
    assert enter(browser, "123456").location == "/portal/sign-in"
    with time_machine.travel(now() + HALF_A_MINUTE):
        answer = portal.browser().post("/portal/sign-in", data={"login": "wang", "password": PASSWORD})
        assert answer.status_code == 403
        assert browser.get(CODE).status_code == 302
    with time_machine.travel(now() + timedelta(minutes=16)):
        assert enter(portal.signed_in("wang"), phone.code()).status_code == 302


def test_giving_the_right_password_again_buys_no_further_codes(portal: Portal):
    """Otherwise whoever has the password could try the six digits without end."""
    set_up(portal)
    answers = []
    for _round in range(4):
        browser = portal.browser()
        if browser.post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}).status_code != 302:
            break
        answers.append(enter(browser, "123456").status_code)
    assert len(answers) <= 3


def test_the_wait_for_a_code_is_short(portal: Portal):
    phone, _codes, _account = set_up(portal)
    browser = portal.signed_in("wang")
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert browser.get(CODE).status_code == 302
        assert browser.post(CODE, data={"code": phone.code()}).location == "/"
        assert "/portal/sign-in" in browser.get("/").text


def test_a_session_that_waits_is_not_listed_as_open_but_the_try_is(portal: Portal):
    phone, _codes, _account = set_up(portal)
    here = portal.signed_in("wang")
    with time_machine.travel(now() + HALF_A_MINUTE):
        enter(here, phone.code())
    portal.browser().post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    page = here.get("/portal/sign-ins").text
    sessions, tries = page.split("最近的登录尝试", 1)
    assert "203.0.113.9" not in sessions
    assert "203.0.113.9" in tries


def test_each_recovery_code_opens_once_in_place_of_the_phone(portal: Portal):
    _phone, codes, _account = set_up(portal)
    assert len(set(codes)) == 8
    browser = portal.signed_in("wang")
    assert enter(browser, codes[0].lower().replace("-", " ")).status_code == 302
    assert "剩余7个恢复码" in browser.get(PAGE).text
    assert enter(portal.signed_in("wang"), codes[0]).status_code == 403


def test_anothers_recovery_code_opens_nothing(portal: Portal):
    set_up(portal, "wang")
    _phone, codes, _account = set_up(portal, "li")
    assert enter(portal.signed_in("wang"), codes[0]).status_code == 403


def test_the_owner_switches_it_off_with_a_code(portal: Portal):
    _phone, codes, _account = set_up(portal)
    browser = portal.signed_in("wang")
    enter(browser, codes[0])
    assert send(browser, f"{PAGE}/off", code="123456").status_code == 409
    assert send(browser, f"{PAGE}/off", code=codes[1]).location == PAGE
    assert portal.signed_in("wang").get("/").status_code == 200


def test_a_stranger_at_an_open_browser_guesses_five_times_and_then_this_browser_is_locked(portal: Portal):
    phone, codes, _account = set_up(portal)
    browser = portal.signed_in("wang")
    enter(browser, codes[0])
    for _wrong in range(5):
        assert send(browser, f"{PAGE}/off", code="123456").status_code == 409
    with time_machine.travel(now() + HALF_A_MINUTE):
        assert send(browser, f"{PAGE}/off", code=phone.code()).status_code == 409
        assert portal.browser().post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}).status_code == 302


def test_setting_it_up_asks_for_the_password(portal: Portal):
    portal.account("wang", Role.FINANCE)
    browser = portal.signed_in("wang")
    assert send(browser, f"{PAGE}/begin", present="wrong").status_code == 409
    assert portal.look(lambda connection: connection.execute(select(SECOND_FACTORS)).all()) == []


def test_one_that_is_on_is_not_replaced_without_a_code(portal: Portal):
    _phone, codes, account_id = set_up(portal)
    browser = portal.signed_in("wang")
    enter(browser, codes[0])
    before = portal.look(lambda connection: connection.execute(select(SECOND_FACTORS)).one())
    assert send(browser, f"{PAGE}/begin", present=PASSWORD).status_code == 409
    assert portal.look(lambda connection: connection.execute(select(SECOND_FACTORS)).one()) == before
    assert portal.look(stored.is_confirmed, account_id)


def test_the_operator_takes_a_lost_one_away(portal: Portal):
    _phone, _codes, account_id = set_up(portal)
    portal.work(deeds.take_away, account_id, by=SYSTEM)
    assert portal.signed_in("wang").get("/").status_code == 200
    assert portal.look(lambda connection: connection.execute(select(RECOVERY_CODES)).all()) == []


def test_secret_and_recovery_codes_are_nowhere_in_plain_text(portal: Portal, tmp_path):
    phone, codes, _account = set_up(portal)
    secret = phone._authenticator.secret
    portal.database.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("portal.db*"))
    assert b"second_factors" in kept
    assert secret.encode() not in kept
    assert not [code for code in codes if code.encode() in kept or code.replace("-", "").encode() in kept]


def test_what_happens_to_it_is_on_the_audit_log(portal: Portal):
    phone, codes, account_id = set_up(portal)
    browser = portal.signed_in("wang")
    with time_machine.travel(now() + HALF_A_MINUTE):
        enter(browser, phone.code())
    send(browser, f"{PAGE}/off", code=codes[0])
    notes = portal.look(lambda connection: connection.execute(select(AUDIT_ENTRIES).order_by(AUDIT_ENTRIES.c.id)).all())
    told = [note.action for note in notes if note.action.startswith("second_factor")]
    assert told == [f"second_factor.{done}" for done in ("begun", "switched_on", "shown", "switched_off")]
    assert {(note.account, note.subject) for note in notes if note.action.startswith("second_factor")} == {
        (str(account_id), f"account/{account_id}")
    }


@pytest.mark.parametrize("path", [CODE, PAGE + "/begin", PAGE + "/confirm", PAGE + "/off"])
def test_a_foreign_page_does_nothing_with_it(portal: Portal, path: str):
    _phone, codes, _account = set_up(portal)
    browser = portal.signed_in("wang")
    if path != CODE:
        enter(browser, codes[0])
    form = {"csrf_token": "guessed", "code": codes[1], "present": PASSWORD}
    assert browser.post(path, data=form).status_code == 400


def test_a_program_has_no_second_factor(portal: Portal):
    program = Actor(account_id="client/reports", name="reports", roles=frozenset({Role.FINANCE}))
    token = tokens.mint(key_ring(portal.app.extensions["linghang"].settings.data_folder).signing_key(), program)
    assert portal.app.test_client().get(PAGE, headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_strangers_who_lock_the_account_do_not_stop_the_second_factor_of_a_browser_that_knows_it(portal):
    phone, _recovery_codes, _account = set_up(portal)
    own = portal.signed_in("wang")
    with time_machine.travel(now() + HALF_A_MINUTE):
        assert own.get_cookie(DEVICE_COOKIE, path="/portal") is None  # not known before the code was shown
        assert enter(own, phone.code()).status_code == 302
    own.delete_cookie(SESSION_COOKIE)
    for _ in range(5):
        assert portal.browser().post("/portal/sign-in", data={"login": "wang", "password": "Wrong-guess-1"}).status_code == 403
    with time_machine.travel(now() + 2 * HALF_A_MINUTE):
        assert own.post("/portal/sign-in", data={"login": "wang", "password": PASSWORD}).status_code == 302
        assert enter(own, phone.code()).status_code == 302
        assert own.get("/portal/password").status_code == 200
