"""Trainees get their accounts from what enrollment tells."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from services.portal.operations.accounts import set_password
from services.portal.queries.accounts import list_accounts
from services.portal.storage.tables import ACCOUNT_ROLES, ACCOUNTS
from shared.contracts.enrollment import COHORT_CONFIRMED, PERSON_MERGED, TRAINEE_ADMITTED, TRAINEE_SUBSTITUTED
from shared.storage.work import SYSTEM
from shared.vocabulary import Category, Delivery, OrganizedBy, Post, Role
from tests.conftest import actor


def place(person_id=None, name="李示例"):
    return {
        "enrollment_id": uuid4(),
        "person_id": person_id or uuid4(),
        "name": name,
        "sex": "女",
        "county_code": "131082",
        "county_name": "三河市",
        "school_id": uuid4(),
        "school_name": "三河市示例第一小学",
        "post": Post.SECRETARY,
        "group_number": None,
    }


def confirmed(cohort_id, roster):
    intake = {"intake_id": uuid4(), "number": 12, "title": "第12期", "category": Category.PUBLIC_SCHOOL, "delivery": Delivery.OFFLINE}
    intake |= {"organized_by": OrganizedBy.CITY, "starts_on": date(2023, 3, 6), "ends_on": date(2023, 3, 10), "planned": True}
    return {"cohort_id": cohort_id, "cohort_number": 1, "seats": 100, "intake": intake, "roster": roster, "funnel": []}


def accounts(portal):
    return {row.person_id: row for row in portal.look(lambda c: c.execute(select(ACCOUNTS)).all())}


def test_everyone_on_a_confirmed_roster_gets_one_account_without_a_password(make_portal, both_databases):
    portal = make_portal(both_databases)
    roster = [place() for _ in range(100)]
    cohort_id = uuid4()
    portal.deliver(COHORT_CONFIRMED, cohort_id, confirmed(cohort_id, roster))
    opened = accounts(portal)
    assert opened.keys() == {entry["person_id"] for entry in roster}
    assert {row.password_hash for row in opened.values()} == {None}
    assert {row.unit_name for row in opened.values()} == {"三河市示例第一小学"}
    held = select(func.count()).select_from(ACCOUNT_ROLES).where(ACCOUNT_ROLES.c.role == Role.TRAINEE)
    assert portal.look(lambda c: c.execute(held).scalar_one()) == 100


def test_whoever_comes_again_keeps_the_account_and_the_password(portal):
    person_id = uuid4()
    portal.deliver(COHORT_CONFIRMED, first := uuid4(), confirmed(first, [place(person_id)]))
    before = accounts(portal)[person_id]
    portal.work(set_password, before.id, "Abendrot-7", by=SYSTEM)
    portal.deliver(COHORT_CONFIRMED, second := uuid4(), confirmed(second, [place(person_id), place()]))
    after = accounts(portal)
    assert (len(after), after[person_id].login) == (2, before.login)
    assert after[person_id].password_hash


def test_a_contact_who_goes_to_a_training_keeps_the_contacts_role(portal):
    person_id = uuid4()
    account_id = portal.account("contact", Role.COUNTY_CONTACT, county_code="131082", person_id=person_id)
    portal.deliver(COHORT_CONFIRMED, cohort := uuid4(), confirmed(cohort, [place(person_id)]))
    portal.deliver(COHORT_CONFIRMED, later := uuid4(), confirmed(later, [place(person_id) | {"county_code": "131002"}]))
    roles = select(ACCOUNT_ROLES.c.role).where(ACCOUNT_ROLES.c.account_id == account_id)
    assert set(portal.look(lambda c: c.execute(roles).scalars().all())) == {Role.COUNTY_CONTACT, Role.TRAINEE}
    assert accounts(portal)[person_id].county_code == "131082", "where one is trained from gives no authority over that county"


def test_r45_who_comes_again_from_another_school_is_in_the_reach_of_its_contacts_only(make_portal, both_databases):
    portal = make_portal(both_databases)
    mover, stayer = place(), place(name="王留守")
    portal.deliver(COHORT_CONFIRMED, first := uuid4(), confirmed(first, [mover, stayer]))
    unit = {"county_code": "131002", "county_name": "安次区", "school_id": uuid4(), "school_name": "安次区示例第一小学"}
    portal.deliver(COHORT_CONFIRMED, second := uuid4(), confirmed(second, [mover | unit]))
    former, present = (actor(Role.COUNTY_CONTACT, county_code=code) for code in ("131082", "131002"))
    assert [one.name for one in portal.look(list_accounts, former).people] == ["王留守"]
    assert [(one.name, one.unit_name) for one in portal.look(list_accounts, present).people] == [("李示例", "安次区示例第一小学")]


@pytest.mark.parametrize("event_type", [TRAINEE_ADMITTED, TRAINEE_SUBSTITUTED])
def test_whoever_comes_later_gets_an_account_too(portal, event_type):
    cohort, newcomer = uuid4(), place()
    data = {"cohort_id": cohort, "place": newcomer}
    if event_type is TRAINEE_SUBSTITUTED:
        data["substituted_enrollment_id"] = uuid4()
    portal.deliver(event_type, cohort, data)
    assert accounts(portal).keys() == {newcomer["person_id"]}


def test_two_records_of_one_person_leave_one_account(portal):  # R7
    kept, merged = uuid4(), uuid4()
    portal.deliver(COHORT_CONFIRMED, cohort := uuid4(), confirmed(cohort, [place(kept), place(merged)]))
    portal.deliver(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": merged})
    found = portal.look(lambda c: c.execute(select(ACCOUNTS.c.person_id, ACCOUNTS.c.active)).all())
    assert sorted(map(tuple, found), key=str) == sorted([(kept, True), (None, False)], key=str)


def test_the_only_account_of_a_merged_person_shows_the_kept_record(portal):
    kept, merged = uuid4(), uuid4()
    portal.deliver(COHORT_CONFIRMED, cohort := uuid4(), confirmed(cohort, [place(merged)]))
    portal.deliver(PERSON_MERGED, kept, {"kept_person_id": kept, "merged_person_id": merged})
    assert accounts(portal).keys() == {kept}
