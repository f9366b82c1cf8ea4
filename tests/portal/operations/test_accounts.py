"""Opening accounts and setting passwords."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from services.portal.domain.account import Scope
from services.portal.domain.errors import LoginTaken, RoleNotYours
from services.portal.operations.accounts import give_account, open_account, set_password
from services.portal.operations.sessions import open_session
from services.portal.queries.sessions import signed_in
from services.portal.storage.tables import ACCOUNTS
from shared.domain import Malformed, NotFound, now
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from tests.conftest import actor


def test_a_sign_in_name_is_given_once_in_any_spelling(portal):
    portal.account("wang", Role.ORGANIZER)
    with pytest.raises(LoginTaken):
        portal.work(open_account, login=" ＷＡＮＧ ", name="另一人", roles=[Role.FINANCE], scope=Scope(), by=SYSTEM)


def test_one_person_has_one_account(portal):
    person_id = uuid4()
    portal.account("one", Role.TRAINEE, person_id=person_id)
    with pytest.raises(LoginTaken):
        portal.account("two", Role.TRAINEE, person_id=person_id)


def test_an_account_starts_without_a_password(portal):  # R46
    portal.account("wang", Role.ORGANIZER, password=None)
    assert portal.look(lambda c: c.execute(select(ACCOUNTS.c.password_hash)).scalar_one()) is None


def test_a_password_is_kept_as_an_argon2_hash_with_our_own_cost(portal):
    portal.account("wang", Role.ORGANIZER)
    kept = portal.look(lambda c: c.execute(select(ACCOUNTS.c.password_hash)).scalar_one())
    assert kept.startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_a_weak_password_changes_nothing(portal):
    account_id = portal.account("wang", Role.ORGANIZER)
    before = portal.look(lambda c: c.execute(select(ACCOUNTS.c.password_hash)).scalar_one())
    with pytest.raises(Malformed):
        portal.work(set_password, account_id, "short", by=SYSTEM)
    assert portal.look(lambda c: c.execute(select(ACCOUNTS.c.password_hash)).scalar_one()) == before


def test_a_new_password_ends_every_session(portal):
    account_id = portal.account("wang", Role.ORGANIZER)
    cookie = portal.work(open_session, account_id, address="", by=SYSTEM)
    portal.work(set_password, account_id, "Morgenrot-8", by=SYSTEM)
    assert portal.look(signed_in, cookie, now(), idle_minutes=30, session_hours=12) is None


def test_nobody_sets_the_password_of_no_account(portal):
    with pytest.raises(NotFound):
        portal.work(set_password, uuid4(), "Morgenrot-8", by=SYSTEM)


def test_an_organizer_cannot_open_an_administrators_account(portal):
    with pytest.raises(RoleNotYours):
        portal.work(give_account, login="root", name="某人", roles=[Role.ADMINISTRATOR], scope=Scope(), by=actor(Role.ORGANIZER))
    assert portal.look(lambda c: c.execute(select(ACCOUNTS.c.id)).all()) == []
