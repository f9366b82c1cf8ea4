"""Slips: within the own subtree, once, replaced by the next, and worthless after thirty days."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from services.portal.domain.errors import CodeRefused, LoginTaken, TooManyTries
from services.portal.operations.activation_codes import activate, check_code, issue_codes, issue_slips
from services.portal.storage.tables import ACCOUNTS, ACTIVATION_CODES
from shared.domain import Malformed, NotFound, now
from shared.storage.work import SYSTEM
from shared.vocabulary import Role
from tests.conftest import actor

SECRET = b"s" * 32
PASSWORD = "Abendrot-7"


def code_for(portal, account_id):
    return portal.work(issue_codes, [account_id], secret=SECRET, days=30, by=SYSTEM)[account_id]


def use(portal, code, *, login="", password=PASSWORD):
    return portal.work(activate, code, login=login, password=password, secret=SECRET, by=SYSTEM)


def test_a_code_opens_its_account_once(portal):
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)
    assert use(portal, code) == account_id
    with pytest.raises(CodeRefused):
        use(portal, code, password="Morgenrot-8")


def test_of_two_who_use_one_code_at_once_only_one_comes_in(make_portal, both_databases):
    portal = make_portal(both_databases)
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)

    def try_it(_):
        try:
            return use(portal, code)
        except CodeRefused:
            return None

    with ThreadPoolExecutor(4) as pool:
        assert sorted(map(str, pool.map(try_it, range(4)))) == sorted([str(account_id), "None", "None", "None"])


def test_a_new_slip_makes_the_one_before_it_worthless(portal):
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    old, new = code_for(portal, account_id), code_for(portal, account_id)
    with pytest.raises(CodeRefused):
        use(portal, old)
    assert use(portal, new) == account_id


def test_a_slip_is_worthless_after_thirty_days(portal):
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)
    with portal.database.writing() as connection:
        connection.execute(update(ACTIVATION_CODES).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(CodeRefused):
        use(portal, code)


def test_a_weak_password_does_not_use_the_code_up(portal):
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)
    with pytest.raises(Malformed):
        use(portal, code, password="weak")
    assert use(portal, code) == account_id


def test_the_person_may_choose_another_sign_in_name_but_not_someone_elses(portal):
    portal.account("li", Role.FINANCE)
    account_id = portal.account("123456789", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)
    with pytest.raises(LoginTaken):
        use(portal, code, login="LI")
    use(portal, code, login="Wang.Xiaoming")
    assert portal.look(lambda c: c.execute(select(ACCOUNTS.c.login).where(ACCOUNTS.c.id == account_id)).scalar_one()) == "wang.xiaoming"


def test_the_code_itself_is_not_kept(portal):
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)
    kept = str(portal.look(lambda c: c.execute(select(ACTIVATION_CODES)).all()))
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_a_code_needs_the_portals_secret(portal):
    account_id = portal.account("wang", Role.ORGANIZER, password=None)
    code = code_for(portal, account_id)
    with pytest.raises(CodeRefused):
        portal.work(activate, code, login="", password=PASSWORD, secret=b"t" * 32, by=SYSTEM)


def test_guessed_codes_are_counted_against_the_address(portal):
    portal.account("wang", Role.ORGANIZER)
    guess = {"secret": SECRET, "address": "10.0.0.9", "most_per_address": 3, "by": SYSTEM}
    for _ in range(3):
        assert portal.work(check_code, "2222-2222-2222", **guess) is None
    with pytest.raises(TooManyTries):
        portal.work(check_code, "2222-2222-2222", **guess)


@pytest.fixture
def trainees(portal):
    """A trainee of each of two schools in one county, and one of another county."""
    schools = [uuid4(), uuid4(), uuid4()]
    counties = ["131082", "131082", "131022"]
    accounts = [
        portal.account(f"trainee{number}", Role.TRAINEE, password=None, person_id=uuid4(), county_code=county, school_id=school)
        for number, (county, school) in enumerate(zip(counties, schools, strict=True))
    ]
    return list(zip(accounts, schools, strict=True))


def test_a_contact_prints_slips_for_the_own_people_only(portal, trainees):  # R45
    (own, school), (same_county, _), (elsewhere, _) = trainees
    contacts = {
        "school": (actor(Role.SCHOOL_CONTACT, county_code="131082", school_id=school), {own}),
        "county": (actor(Role.COUNTY_CONTACT, county_code="131082"), {own, same_county}),
        "city": (actor(Role.ORGANIZER), {own, same_county, elsewhere}),
    }
    for who, (contact, reach) in contacts.items():
        for account_id in (own, same_county, elsewhere):
            if account_id in reach:
                slips = portal.work(issue_slips, [account_id], secret=SECRET, days=30, by=contact)
                assert [slip.account.id for slip in slips] == [account_id], who
            else:
                with pytest.raises(NotFound):
                    portal.work(issue_slips, [account_id], secret=SECRET, days=30, by=contact)


def test_one_foreign_account_among_the_chosen_and_no_slip_is_printed(portal, trainees):
    (own, school), (other, _), _ = trainees
    contact = actor(Role.SCHOOL_CONTACT, county_code="131082", school_id=school)
    with pytest.raises(NotFound):
        portal.work(issue_slips, [own, other], secret=SECRET, days=30, by=contact)
    assert portal.look(lambda c: c.execute(select(ACTIVATION_CODES.c.id)).all()) == []


def test_a_contact_cannot_take_over_an_organizers_account(portal):
    organizer = portal.account("boss", Role.ORGANIZER, county_code="131082")
    with pytest.raises(NotFound):
        portal.work(issue_slips, [organizer], secret=SECRET, days=30, by=actor(Role.COUNTY_CONTACT, county_code="131082"))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_an_organizer_cannot_take_over_those_who_watch(portal, role):
    watcher = portal.account("watcher", role)
    with pytest.raises(NotFound):
        portal.work(issue_slips, [watcher], secret=SECRET, days=30, by=actor(Role.ORGANIZER))
