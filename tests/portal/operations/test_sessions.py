"""Trying, coming in, staying and going, below the door."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select

from services.portal.domain.errors import TooManyTries
from services.portal.operations.sessions import count_try, end_session, keep_session, open_session
from services.portal.queries.sessions import signed_in
from services.portal.storage.tables import ACCOUNTS, ATTEMPTS, SESSIONS
from shared.domain import now
from shared.storage.tables import AUDIT_ENTRIES
from shared.storage.work import SYSTEM
from shared.vocabulary import Role

LIMITS = {"lock_minutes": 15, "most_per_address": 100}
AGES = {"idle_minutes": 30, "session_hours": 12}


def tries(portal, login, count, address="10.0.0.1"):
    return [portal.work(count_try, login, address=address, **LIMITS, by=SYSTEM) for _ in range(count)]


def test_after_five_tries_the_password_is_not_even_looked_at(portal):
    portal.account("wang", Role.ORGANIZER)
    *first, sixth = tries(portal, "wang", 6)
    assert all(tried.password_hash for tried in first)
    assert sixth.password_hash is None


def test_side_by_side_no_more_than_five_passwords_are_looked_at(make_portal, both_databases):
    portal = make_portal(both_databases)
    portal.account("wang", Role.ORGANIZER)
    looked_at = []

    def try_once():
        looked_at.append(portal.work(count_try, "wang", address="10.0.0.1", **LIMITS, by=SYSTEM).password_hash is not None)

    threads = [Thread(target=try_once) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(looked_at), sum(looked_at)) == (20, 5)


def test_an_unknown_name_is_counted_for_its_address_but_not_written_down(portal):
    tries(portal, "MyPassword-1", 1)
    row = portal.look(lambda c: c.execute(select(ATTEMPTS)).one())
    assert (row.account_id, row.address, row.succeeded) == (None, "10.0.0.1", False)
    assert "MyPassword-1" not in str(tuple(row))


def test_an_address_that_guesses_on_and_on_is_stopped_and_others_are_not(portal):
    portal.account("wang", Role.ORGANIZER)
    for number in range(100):
        tries(portal, f"guess{number}", 1)
    with pytest.raises(TooManyTries):
        tries(portal, "wang", 1)
    assert tries(portal, "wang", 1, address="10.0.0.2")[0].password_hash


def test_coming_in_forgets_the_failures(portal):
    account_id = portal.account("wang", Role.ORGANIZER)
    attempt = tries(portal, "wang", 4)[-1]
    portal.work(open_session, account_id, address="10.0.0.1", tried=attempt, by=SYSTEM)
    assert portal.look(lambda c: c.execute(select(ACCOUNTS.c.failures)).scalar_one()) == 0
    succeeded = select(func.count()).select_from(ATTEMPTS).where(ATTEMPTS.c.succeeded)
    assert portal.look(lambda c: c.execute(succeeded).scalar_one()) == 1


def test_the_cookie_itself_is_not_kept(portal):
    account_id = portal.account("wang", Role.ORGANIZER)
    cookie = portal.work(open_session, account_id, address="10.0.0.1", by=SYSTEM)
    assert cookie not in str(portal.look(lambda c: c.execute(select(SESSIONS)).all()))
    assert portal.look(signed_in, cookie, now(), **AGES).account.id == account_id


def test_a_session_ends_after_thirty_idle_minutes_unless_it_is_used(portal):
    cookie = portal.work(open_session, portal.account("wang", Role.ORGANIZER), address="10.0.0.1", by=SYSTEM)
    assert portal.look(signed_in, cookie, now() + timedelta(minutes=29), **AGES)
    assert portal.look(signed_in, cookie, now() + timedelta(minutes=31), **AGES) is None


def test_use_is_noted_once_a_minute_and_puts_the_idle_limit_off(portal):
    cookie = portal.work(open_session, portal.account("wang", Role.ORGANIZER), address="10.0.0.1", by=SYSTEM)
    assert not portal.look(signed_in, cookie, now(), **AGES).needs_note
    later = portal.look(signed_in, cookie, now() + timedelta(minutes=2), **AGES)
    assert later.needs_note
    portal.work(keep_session, later.session_id, by=SYSTEM)
    seen_at = portal.look(lambda c: c.execute(select(SESSIONS.c.seen_at)).scalar_one())
    assert portal.look(signed_in, cookie, seen_at + timedelta(minutes=29, seconds=59), **AGES)


def test_no_session_outlives_twelve_hours(portal):
    cookie = portal.work(open_session, portal.account("wang", Role.ORGANIZER), address="10.0.0.1", by=SYSTEM)
    assert portal.look(signed_in, cookie, now() + timedelta(hours=13), idle_minutes=10_000, session_hours=12) is None


def test_a_session_that_was_ended_is_over_for_every_copy_of_its_cookie(portal):
    cookie = portal.work(open_session, portal.account("wang", Role.ORGANIZER), address="10.0.0.1", by=SYSTEM)
    portal.work(end_session, cookie, by=SYSTEM)
    assert portal.look(signed_in, cookie, now(), **AGES) is None


def test_signing_in_leaves_an_audit_entry(portal):  # R47
    account_id = portal.account("wang", Role.ORGANIZER)
    portal.work(open_session, account_id, address="10.0.0.1", by=SYSTEM)
    entries = portal.look(lambda c: c.execute(select(AUDIT_ENTRIES.c.action, AUDIT_ENTRIES.c.subject)).all())
    assert ("session.opened", f"account/{account_id}") in [tuple(entry) for entry in entries]
