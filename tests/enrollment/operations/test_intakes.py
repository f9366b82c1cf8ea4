"""Opening an intake, also outside the plan (R37), correcting, taking over, closing (R22); merging two records of one person (R7)."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from services.enrollment.domain import errors
from services.enrollment.domain.words import IntakeState
from services.enrollment.operations import duplicates, intakes, quotas
from services.enrollment.queries import cohorts as queries
from services.enrollment.queries import enrollments
from services.enrollment.storage.tables import INTAKES
from shared.contracts.enrollment import COHORT_CONFIRMED, INTAKE_CLOSED, PERSON_MERGED
from shared.domain import Malformed, NotFound, city_date, now
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Category, Delivery, OrganizedBy
from tests.enrollment.places import A, County


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    return county


CORRECTED = {"title": "第1期（北戴河）", "starts_on": date(2023, 5, 8), "ends_on": date(2023, 5, 13), "base": "北戴河"}


def codes(refused):
    return [problem.code for problem in refused.value.problems]


def test_everything_wrong_with_an_intake_is_told_at_once(county):
    with pytest.raises(Malformed) as refused:
        county.service.work(
            intakes.open_intake,
            title="第9期",
            category=Category.PUBLIC_SCHOOL,
            delivery="offline",
            starts_on=date(2023, 5, 8),
            ends_on=date(2023, 5, 1),
            planned=False,
            program_id=county.intake_id,
        )
    assert codes(refused) == ["ends_before_it_starts", "approval_missing", "number_missing", "program_unknown"]


@pytest.mark.parametrize("approval", ["", "  "])
def test_an_intake_outside_the_plan_needs_the_leaders_approval(county, approval):  # R37
    with pytest.raises(Malformed) as refused:
        county.open_intake(2, planned=False, approval=approval)
    assert codes(refused) == ["approval_missing"]
    assert len(county.service.look(queries.intakes)) == 1
    opened = county.open_intake(2, planned=False, approval="市委教育工委领导批示 2023-05-06")
    stored = county.service.look(lambda c: c.execute(select(INTAKES.c.planned, INTAKES.c.approval).where(INTAKES.c.id == opened)).one())
    assert tuple(stored) == (False, "市委教育工委领导批示 2023-05-06")


def test_an_intake_outside_the_plan_without_approval_is_refused_by_the_database_itself(make_service, both_databases):  # R37
    service = make_service("enrollment", both_databases)
    row = {"title": "计划外", "category": Category.PUBLIC_SCHOOL, "delivery": Delivery.OFFLINE, "organized_by": OrganizedBy.CITY}
    row |= {"starts_on": date(2023, 5, 8), "ends_on": date(2023, 5, 12), "state": IntakeState.OPEN, "planned": False}
    with pytest.raises(IntegrityError, match="approval"), service.database.writing() as connection:
        connection.execute(insert(INTAKES).values(id=uuid4(), number=1, approval="", **row))
    with service.database.writing() as connection:
        connection.execute(insert(INTAKES).values(id=uuid4(), number=1, approval="领导批示", **row))


def test_an_intake_of_the_province_needs_no_number(county):
    county.open_intake(None, organized_by=OrganizedBy.PROVINCE, title="省级调训")
    county.open_intake(None, organized_by=OrganizedBy.PROVINCE, title="省级调训", starts_on=date(2023, 9, 4))
    assert len(county.service.look(queries.intakes)) == 3


def test_an_intake_of_the_province_is_not_opened_twice_by_a_double_click(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    county.open_intake(None, organized_by=OrganizedBy.PROVINCE, title="省级调训")
    with pytest.raises(errors.IntakeOpenedTwice):
        county.open_intake(None, organized_by=OrganizedBy.PROVINCE, title="省级调训")
    assert len(county.service.look(queries.intakes)) == 1
    later = county.open_intake(None, organized_by=OrganizedBy.PROVINCE, title="省级调训", starts_on=date(2023, 9, 4))
    with pytest.raises(errors.IntakeOpenedTwice):
        county.service.work(intakes.correct_intake, later, **{**CORRECTED, "title": "省级调训", "ends_on": date(2023, 5, 12)})


def test_no_two_intakes_of_the_city_have_one_number(county):
    with pytest.raises(errors.NumberTaken):
        county.open_intake(1)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "codes"),
    [
        (date(2027, 3, 5), date(2027, 3, 1), ["ends_before_it_starts"]),
        (date(207, 3, 5), date(2027, 3, 9), ["year_implausible", "intake_too_long"]),
        (date(2027, 3, 5), date(9999, 12, 31), ["year_implausible", "intake_too_long"]),
        (date(2027, 3, 5), date(2029, 3, 9), ["intake_too_long"]),
    ],
)
def test_days_that_can_only_be_a_slip_of_the_pen_open_no_intake(county, starts_on, ends_on, codes):
    with pytest.raises(Malformed) as refused:
        county.service.work(
            intakes.open_intake,
            title="第8期", number=8, category=Category.PUBLIC_SCHOOL, delivery=Delivery.OFFLINE, starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
    assert [problem.code for problem in refused.value.problems] == codes


def test_an_intake_is_not_taken_over_to_the_end_of_time(county):
    with pytest.raises(Malformed):
        county.service.work(intakes.clone_last_intake, category=Category.PUBLIC_SCHOOL, number=2, starts_on=date.max)


def test_cohorts_are_numbered_on(county):
    county.service.work(intakes.open_cohort, county.intake_id)
    assert [(cohort.number, cohort.seats) for cohort in county.service.look(queries.cohorts, county.intake_id)] == [(1, 4), (2, 100)]
    with pytest.raises(errors.NumberTaken):
        county.service.work(intakes.open_cohort, county.intake_id, number=2)


def test_the_last_intake_of_the_category_is_taken_over(county):
    clone = county.service.work(intakes.clone_last_intake, category=Category.PUBLIC_SCHOOL, number=2, starts_on=date(2023, 9, 4))
    intake = county.service.look(queries.intake, clone)
    assert (intake.title, intake.ends_on) == ("第2期", date(2023, 9, 8))
    assert [cohort.seats for cohort in county.service.look(queries.cohorts, clone)] == [4]
    with pytest.raises(NotFound):
        county.service.work(intakes.clone_last_intake, category=Category.PRIVATE_SCHOOL, number=3, starts_on=date(2023, 9, 4))


def test_an_intake_is_closed_once_after_its_last_day_and_the_others_are_told(county):
    county.nominate(1)
    county.confirm()
    county.service.work(intakes.close_intake, county.intake_id, closed_on=date(2023, 5, 15))
    (event,) = county.service.outbox(INTAKE_CLOSED)
    assert event["data"] == {"intake_id": str(county.intake_id), "cohort_ids": [str(county.cohort_id)], "closed_on": "2023-05-15"}
    with pytest.raises(errors.IntakeIsClosed):
        county.service.work(intakes.close_intake, county.intake_id)
    with pytest.raises(errors.IntakeIsClosed):
        county.service.work(intakes.open_cohort, county.intake_id)


@pytest.mark.parametrize("day", [date(2023, 5, 11), city_date(now()) + timedelta(days=1)])
def test_an_intake_is_closed_neither_before_its_last_day_nor_in_the_future(county, day):
    county.nominate(1)
    county.confirm()
    with pytest.raises(errors.IntakeNotOver):
        county.service.work(intakes.close_intake, county.intake_id, closed_on=day)


def test_an_intake_with_an_unconfirmed_cohort_is_not_closed(county):
    with pytest.raises(errors.CohortNotConfirmed):
        county.service.work(intakes.close_intake, county.intake_id)


def test_an_open_intake_is_corrected_and_what_stood_before_stays_in_the_audit_log(county):
    county.service.work(intakes.correct_intake, county.intake_id, **CORRECTED, planned=False, approval="领导批示")
    intake = county.service.look(queries.intake, county.intake_id)
    assert (intake.title, intake.ends_on, intake.base) == ("第1期（北戴河）", date(2023, 5, 13), "北戴河")
    assert (intake.planned, intake.approval, intake.number, intake.category) == (False, "领导批示", 1, Category.PUBLIC_SCHOOL)
    noted = select(AUDIT_ENTRIES.c.facts).where(AUDIT_ENTRIES.c.action == "intake.corrected")
    facts = json.loads(county.service.look(lambda connection: connection.execute(noted).scalar_one()))
    assert facts["ends_on"] == "2023-05-12 → 2023-05-13"
    assert "starts_on" not in facts


def test_a_correction_is_checked_like_a_new_intake(county):
    with pytest.raises(Malformed) as refused:
        county.service.work(intakes.correct_intake, county.intake_id, **{**CORRECTED, "ends_on": date(2023, 5, 1)}, planned=False)
    assert codes(refused) == ["ends_before_it_starts", "approval_missing"]
    assert county.service.look(queries.intake, county.intake_id).title == "第1期"
    with pytest.raises(NotFound):
        county.service.work(intakes.correct_intake, uuid4(), **CORRECTED)


def test_after_a_confirmation_the_intake_stays_as_the_others_know_it(county):
    county.service.work(intakes.open_cohort, county.intake_id)
    county.nominate(1)
    county.confirm()
    with pytest.raises(errors.IntakeAlreadyTold):
        county.service.work(intakes.correct_intake, county.intake_id, **CORRECTED)
    assert county.service.look(queries.intake, county.intake_id).title == "第1期"


def test_a_closed_intake_is_not_corrected(county):
    empty = county.open_intake(2)
    county.service.work(intakes.close_intake, empty)
    with pytest.raises(errors.IntakeIsClosed):
        county.service.work(intakes.correct_intake, empty, **CORRECTED)


def test_new_days_put_nobody_into_two_offline_cohorts_at_once(county):  # R3
    county.nominate(1)
    autumn = county.open_intake(2, date(2023, 9, 4))
    cohort = county.service.work(intakes.open_cohort, autumn, seats=2)
    county.service.work(quotas.set_grid, cohort, cells={A: 2})
    county.nominate(1, cohort_id=cohort)
    with pytest.raises(Malformed) as refused:
        county.service.work(intakes.correct_intake, autumn, **CORRECTED)
    assert [(problem.code, problem.facts) for problem in refused.value.problems] == [("days_taken", {"people": 1})]
    assert county.service.look(queries.intake, autumn).starts_on == date(2023, 9, 4)


def test_a_confirmation_at_the_moment_of_a_correction_tells_what_was_corrected(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    county.open()
    county.nominate(1)
    is_held, confirming = threading.Event(), threading.Event()

    def correct(work):
        intakes.correct_intake(work, county.intake_id, **CORRECTED)
        is_held.set()
        assert confirming.wait(10)
        time.sleep(0.3)  # long enough for the other to read what is about to change, if it did so too early

    def confirm():
        assert is_held.wait(10)
        confirming.set()
        return county.confirm()

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(county.service.work, correct), pool.submit(confirm)]
        assert [each.result(20) for each in both] == [None, 1]
    (event,) = county.service.outbox(COHORT_CONFIRMED)
    assert (event["data"]["intake"]["title"], event["data"]["intake"]["ends_on"]) == ("第1期（北戴河）", "2023-05-13")


def merge(county, kept, merged):
    county.service.work(duplicates.merge_people, kept, merged=merged, reason="同一人两个号码")


def test_two_records_become_one_and_the_others_are_told(county):
    kept = county.nominate(1).person_id
    second = county.open_intake(2, date(2023, 9, 4))
    cohort = county.service.work(intakes.open_cohort, second, seats=2)
    county.service.work(quotas.set_grid, cohort, cells={A: 2})
    merged = county.nominate(2, cohort_id=cohort).person_id
    merge(county, kept, merged)
    (event,) = county.service.outbox(PERSON_MERGED)
    assert event["data"] == {"kept_person_id": str(kept), "merged_person_id": str(merged)}
    assert len(county.service.look(enrollments.of_person, kept)) == 2
    assert len(county.service.look(enrollments.of_person, merged)) == 2
    with pytest.raises(NotFound):
        merge(county, kept, merged)


def test_two_records_with_places_in_one_intake_need_a_look_first(county):
    one, two = county.nominate(1).person_id, county.nominate(2).person_id
    with pytest.raises(errors.AlreadyInIntake):
        merge(county, one, two)
    with pytest.raises(errors.SamePerson):
        merge(county, one, one)
