"""Seats, the waiting list, withdrawal, substitution, check-in and confirmation of a cohort."""

from collections import Counter

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from services.enrollment.domain import errors
from services.enrollment.operations import intakes, quotas
from services.enrollment.queries import cohorts as queries
from services.enrollment.storage.tables import COHORTS, ENROLLMENT_HISTORY, ENROLLMENTS, POOL, QUOTA_CELLS
from shared.contracts.courses import TRAINEE_WITHDRAWN
from shared.contracts.enrollment import COHORT_CONFIRMED, TRAINEE_ADMITTED, TRAINEE_CHECKED_IN, TRAINEE_LEFT, TRAINEE_SUBSTITUTED
from shared.domain import NotFound
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Category, Delivery, Post, Role
from tests.conftest import actor
from tests.enrollment.places import A, B, County


@pytest.fixture
def county(make_service):
    return County(make_service("enrollment"))


def test_the_101st_person_waits_with_the_first_number(county):
    county.open(seats=2, cells={A: 2})
    standing = [county.nominate(number) for number in range(3)]
    assert [(place.status.value, place.waiting_number) for place in standing] == [("enrolled", None), ("enrolled", None), ("waiting", 1)]


def test_a_full_cell_waits_while_the_cohort_still_has_seats(county):
    county.open(seats=4, cells={A: 1, B: 3})
    county.nominate(1)
    assert county.nominate(2).status.value == "waiting"
    assert county.nominate(3, f"{B}0001").status.value == "enrolled"


def test_nobody_is_nominated_before_the_seats_are_split(county):
    county.open()
    other = county.service.work(intakes.open_cohort, county.intake_id, seats=10)
    with pytest.raises(errors.QuotaMissing):
        county.nominate(1, cohort_id=other)


def test_the_database_itself_refuses_a_seat_too_many(county):
    county.open(seats=2)
    for table, guard in ((COHORTS, COHORTS.c.id == county.cohort_id), (QUOTA_CELLS, QUOTA_CELLS.c.cohort_id == county.cohort_id)):
        column = "taken" if table is COHORTS else "used"
        with pytest.raises(IntegrityError), county.service.database.writing() as connection:
            connection.execute(update(table).where(guard).values({column: 3}))


def test_the_same_person_has_one_place_in_an_intake(county):
    county.open()
    county.nominate(1)
    with pytest.raises(errors.AlreadyInIntake):
        county.nominate(1)
    second = county.service.work(intakes.open_cohort, county.intake_id, seats=10)
    county.service.work(quotas.set_grid, second, cells={A: 10})
    with pytest.raises(errors.AlreadyInIntake):
        county.nominate(1, cohort_id=second)
    assert county.service.look(lambda c: c.execute(select(COHORTS.c.taken).where(COHORTS.c.id == second)).scalar_one()) == 0


@pytest.mark.parametrize(("delivery", "allowed"), [(Delivery.OFFLINE, False), (Delivery.ONLINE, True)])
def test_two_offline_cohorts_on_the_same_days_are_refused_and_an_online_one_is_not(county, delivery, allowed):
    county.open()
    county.nominate(1)
    other = county.open_intake(2, delivery=delivery)
    cohort = county.service.work(intakes.open_cohort, other, seats=10)
    county.service.work(quotas.set_grid, cohort, cells={A: 10})
    if allowed:
        assert county.nominate(1, cohort_id=cohort).status.value == "enrolled"
    else:
        with pytest.raises(errors.DatesOverlap):
            county.nominate(1, cohort_id=cohort)


def test_an_id_number_known_under_another_name_is_refused_and_nothing_is_overwritten(county):
    county.open()
    county.nominate(1, name="王小明")
    with pytest.raises(errors.KnownUnderAnotherName):
        county.nominate(1, name="李小明")
    assert len(county.places()) == 1


def test_a_post_of_another_category_is_refused_unless_the_organizer_says_why(county):
    county.open()
    with pytest.raises(errors.WrongCategory):
        county.nominate(1, post=Post.IDEOLOGY_TEACHER)
    with pytest.raises(errors.WrongCategory):
        county.nominate(1, f"{A}0003")
    contact = actor(Role.COUNTY_CONTACT, county_code=A)
    with pytest.raises(errors.WrongCategory):
        county.nominate(1, post=Post.IDEOLOGY_TEACHER, override_reason="工委批准", by=contact)
    county.nominate(1, post=Post.IDEOLOGY_TEACHER, override_reason="工委批准")
    entries = county.service.look(
        lambda c: c.execute(select(AUDIT_ENTRIES.c.facts).where(AUDIT_ENTRIES.c.action == "category.overridden")).all()
    )
    assert "工委批准" in entries[0].facts


def test_a_contact_nominates_only_people_of_the_own_county_or_school(county):
    county.open()
    with pytest.raises(NotFound):
        county.nominate(1, by=actor(Role.COUNTY_CONTACT, county_code=B))
    with pytest.raises(NotFound):
        county.nominate(1, by=actor(Role.SCHOOL_CONTACT, school_id=county.schools[f"{A}0002"]))
    assert county.nominate(1, by=actor(Role.SCHOOL_CONTACT, school_id=county.schools[f"{A}0001"])).status.value == "enrolled"


def test_a_withdrawal_lets_the_first_who_waits_for_that_cell_move_up(county):
    county.open(seats=2, cells={A: 1, B: 1})
    first = county.nominate(1)
    county.nominate(2, f"{B}0001")
    waiting_b = county.nominate(3, f"{B}0001")
    waiting_a = county.nominate(4)
    assert (waiting_b.waiting_number, waiting_a.waiting_number) == (1, 2)
    assert county.withdraw(first.enrollment_id) == waiting_a.enrollment_id
    assert county.places() == [(A, "left", None), (B, "enrolled", None), (B, "waiting", 1), (A, "enrolled", 2)]


def test_a_place_is_given_up_only_once(county):
    county.open()
    place = county.nominate(1)
    county.withdraw(place.enrollment_id)
    with pytest.raises(errors.NotEnrolled):
        county.withdraw(place.enrollment_id)
    taken = county.service.look(lambda c: c.execute(select(COHORTS.c.taken)).scalar_one())
    assert taken == 0


def test_confirmation_tells_who_comes_in_balanced_groups_with_the_funnel(county):
    county.open(seats=20, cells={A: 10, B: 10})
    for number in range(12):
        county.nominate(number)
    for number in range(20, 30):
        county.nominate(number, f"{B}0001")
    assert county.confirm() == 20
    event = county.service.outbox(COHORT_CONFIRMED)[0]["data"]
    groups = Counter((place["group_number"], place["county_code"]) for place in event["roster"])
    assert groups == {(1, A): 5, (1, B): 5, (2, A): 5, (2, B): 5}
    funnel = {cell["county_code"]: (cell["quota"], cell["nominated"], cell["confirmed"]) for cell in event["funnel"]}
    assert funnel == {A: (10, 12, 10), B: (10, 10, 10)}


def test_a_roster_is_confirmed_once_and_then_closed(county):
    county.open()
    with pytest.raises(errors.CohortEmpty):
        county.confirm()
    county.nominate(1)
    county.confirm()
    with pytest.raises(errors.CohortNotOpen):
        county.confirm()
    with pytest.raises(errors.CohortNotOpen):
        county.nominate(2)
    assert len(county.service.outbox(COHORT_CONFIRMED)) == 1


def test_after_confirmation_a_withdrawal_and_who_moves_up_are_told(county):
    county.open(seats=1, cells={A: 1})
    first, waiting = county.nominate(1), county.nominate(2)
    county.confirm()
    county.withdraw(first.enrollment_id)
    left, admitted = county.service.outbox(TRAINEE_LEFT)[0], county.service.outbox(TRAINEE_ADMITTED)[0]
    assert (left["data"]["enrollment_id"], left["data"]["checked_in"]) == (str(first.enrollment_id), False)
    assert admitted["data"]["place"]["enrollment_id"] == str(waiting.enrollment_id)
    assert [event["version"] for event in (left, admitted)] == [2, 3]


def test_a_substitute_takes_over_seat_cell_and_group(county):  # R9
    county.open(seats=2, cells={A: 2})
    old = county.nominate(1)
    county.nominate(2)
    county.confirm()
    new = county.substitute(old.enrollment_id, 3)
    assert county.places() == [(A, "substituted", None), (A, "enrolled", None), (A, "enrolled", None)]
    told = county.service.outbox(TRAINEE_SUBSTITUTED)[0]["data"]
    assert (told["substituted_enrollment_id"], told["place"]["enrollment_id"]) == (str(old.enrollment_id), str(new.enrollment_id))
    assert told["place"]["group_number"] == 1
    assert county.service.look(lambda c: c.execute(select(COHORTS.c.taken)).scalar_one()) == 2


def test_after_check_in_nobody_takes_the_place(county):
    county.open(seats=1, cells={A: 1})
    place, waiting = county.nominate(1), county.nominate(2)
    county.confirm()
    assert county.check_in(place.enrollment_id) == 1
    with pytest.raises(errors.AlreadyCheckedIn):
        county.substitute(place.enrollment_id, 3)
    assert county.withdraw(place.enrollment_id) is None
    assert county.places()[1] == (A, "waiting", waiting.waiting_number)
    assert county.service.outbox(TRAINEE_LEFT)[0]["data"]["checked_in"] is True


def test_a_substitute_comes_from_the_same_county(county):
    county.open(seats=2, cells={A: 1, B: 1})
    place = county.nominate(1)
    with pytest.raises(errors.OtherCounty):
        county.substitute(place.enrollment_id, 2, f"{B}0001")


def test_checking_in_twice_tells_it_once(county):
    county.open()
    place = county.nominate(1)
    county.confirm()
    assert [county.check_in(place.enrollment_id), county.check_in(place.enrollment_id)] == [1, 0]
    assert len(county.service.outbox(TRAINEE_CHECKED_IN)) == 1


def test_unused_seats_return_to_the_pool_and_who_comes_first_takes_them(county):
    county.open(seats=4, cells={A: 1, B: 3})
    county.nominate(1)
    county.nominate(2, f"{B}0001")
    assert county.service.work(quotas.close_round_one, county.cohort_id) == 2
    assert [county.nominate(number).status.value for number in (3, 4, 5)] == ["enrolled", "enrolled", "waiting"]
    grid = {
        cell.county_code: (cell.seats, cell.used)
        for cell in county.service.look(queries.quota_grid, county.cohort_id, Category.PUBLIC_SCHOOL)
    }
    assert grid == {A: (1, 1), B: (1, 1), POOL: (2, 2)}
    with pytest.raises(errors.RoundAlreadyClosed):
        county.service.work(quotas.close_round_one, county.cohort_id)


def test_a_grid_adds_up_and_no_cell_falls_below_what_is_taken(county):
    county.open(seats=4, cells={A: 2, B: 2})
    county.nominate(1)
    county.nominate(2)
    with pytest.raises(errors.QuotaSumWrong):
        county.service.work(quotas.set_grid, county.cohort_id, cells={A: 2, B: 3})
    with pytest.raises(errors.QuotaBelowTaken):
        county.service.work(quotas.set_grid, county.cohort_id, cells={A: 1, B: 3})
    county.service.work(quotas.set_grid, county.cohort_id, cells={A: 3, B: 1})


def test_what_courses_withdraws_enrollment_follows_and_keeps_the_seat(county):
    county.open(seats=1, cells={A: 1})
    place = county.nominate(1)
    county.nominate(2)
    county.confirm()
    hours = {"missed_quarter_hours": 24, "total_quarter_hours": 160}
    ids = {"cohort_id": county.cohort_id, "enrollment_id": place.enrollment_id, "person_id": place.person_id}
    county.service.deliver(TRAINEE_WITHDRAWN, place.enrollment_id, {**ids, **hours})
    assert county.places() == [(A, "withdrawn", None), (A, "waiting", 1)]


def test_every_step_of_a_place_stays_in_its_history(county):
    county.open(seats=1, cells={A: 1})
    first, second = county.nominate(1), county.nominate(2)
    county.confirm()
    county.withdraw(first.enrollment_id)

    def steps(enrollment_id):
        wanted = select(ENROLLMENT_HISTORY.c.change).where(ENROLLMENT_HISTORY.c.enrollment_id == enrollment_id)
        return county.service.look(lambda c: list(c.execute(wanted.order_by(ENROLLMENT_HISTORY.c.id)).scalars()))

    assert steps(first.enrollment_id) == ["nominated", "confirmed", "left"]
    assert steps(second.enrollment_id) == ["nominated", "moved_up"]


def test_a_snapshot_on_the_enrollment_stays_when_the_school_is_renamed(county):
    county.open()
    county.nominate(1)
    from services.enrollment.operations import organizations

    entry = {"code": f"{A}0001", "name": "霸州市新名小学", "kind": "school", "county_code": A, "parent_code": A, "is_public": True}
    county.service.work(organizations.register, entries=[entry])
    names = county.service.look(lambda c: c.execute(select(ENROLLMENTS.c.school_name)).scalars().all())
    assert names == ["霸州市示例第一小学"]
