"""What is heard of enrollment: in any order across subjects and however often, the outcome is the same."""

import random
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from services.courses.queries.records import person_record
from services.courses.queries.sheets import sheet
from services.courses.storage import cohorts, trainees
from shared.contracts.courses import COHORT_SCHEDULED
from shared.contracts.enrollment import (
    COHORT_CONFIRMED,
    INTAKE_CLOSED,
    PERSON_MERGED,
    TRAINEE_ADMITTED,
    TRAINEE_CHECKED_IN,
    TRAINEE_LEFT,
    TRAINEE_SUBSTITUTED,
)
from shared.vocabulary import Delivery, OrganizedBy, Role
from tests.conftest import actor
from tests.courses.conftest import Cohort, place

ORGANIZER = actor(Role.ORGANIZER)


def story():
    """Everything enrollment says of one cohort, as (event type, subject, data, version)."""
    people = [place(number) for number in range(1, 6)]
    cohort = Cohort(None, people)
    substitute, admitted, duplicate = place(7), place(8), uuid4()
    people[4]["person_id"] = duplicate
    head = {"cohort_id": cohort.id}
    left = {**head, "enrollment_id": people[1]["enrollment_id"], "person_id": people[1]["person_id"], "checked_in": False}
    came = {**head, "enrollment_id": people[2]["enrollment_id"], "person_id": people[2]["person_id"]}
    return cohort, [
        (COHORT_CONFIRMED, cohort.id, cohort.payload(), 1),
        (
            TRAINEE_SUBSTITUTED,
            cohort.id,
            {**head, "substituted_enrollment_id": people[0]["enrollment_id"], "place": substitute},
            2,
        ),
        (TRAINEE_LEFT, cohort.id, left, 3),
        (TRAINEE_ADMITTED, cohort.id, {**head, "place": admitted}, 4),
        (TRAINEE_CHECKED_IN, came["enrollment_id"], {**came, "checked_in_at": datetime(2023, 10, 16, 1, tzinfo=UTC)}, 1),
        (PERSON_MERGED, duplicate, {"kept_person_id": people[3]["person_id"], "merged_person_id": duplicate}, 1),
        (INTAKE_CLOSED, cohort.intake_id, {"intake_id": cohort.intake_id, "cohort_ids": [cohort.id], "closed_on": date(2023, 10, 21)}, 1),
    ]


def outcome(courses, cohort):
    people = [row._asdict() for row in courses.look(trainees.trainees, cohort.id)]
    return people, courses.look(trainees.checked_in, cohort.id), len(courses.look(cohorts.sessions, cohort.id))


def test_duplicates_and_shuffles_across_streams_change_nothing(make_service):
    cohort, events = story()
    expected = None
    for seed in range(6):
        courses = make_service("courses")
        order = [*events, *events] if seed else list(events)
        random.Random(seed).shuffle(order)
        for event_type, subject, data, version in order:
            courses.deliver(event_type, subject, data, version)
        found = outcome(courses, cohort)
        expected = expected or found
        assert found == expected
        assert len(courses.outbox(COHORT_SCHEDULED)) == 1
    people, checked_in, sessions = expected
    assert [row["place"] for row in people].count("in_training") == 5
    assert {row["person_id"] for row in people if row["name"] in ("学员4", "学员5")} == {cohort.people[3]["person_id"]}
    assert (len(checked_in), sessions) == (1, 10)


def test_a_confirmation_told_again_as_another_event_changes_nothing(courses, make_cohort):
    cohort = make_cohort(3)
    before = outcome(courses, cohort)
    cohort.confirm()
    assert outcome(courses, cohort) == before
    assert len(courses.outbox(COHORT_SCHEDULED)) == 1


def test_a_class_over_new_year_is_scheduled_over_new_year(courses, make_cohort):
    make_cohort(1, starts_on=date(2022, 12, 30), ends_on=date(2023, 1, 3))
    (event,) = courses.outbox(COHORT_SCHEDULED)
    assert event["data"]["teaching_days"] == ["2022-12-30", "2022-12-31", "2023-01-01", "2023-01-02", "2023-01-03"]


def test_r28_an_online_cohort_has_units_and_no_billable_days(courses, make_cohort):
    cohort = make_cohort(1, delivery=Delivery.ONLINE)
    (event,) = courses.outbox(COHORT_SCHEDULED)
    assert (event["data"]["teaching_days"], event["data"]["total_quarter_hours"]) == ([], 128)
    assert len(cohort.sessions()) == 32


def test_r9_a_substituted_person_is_no_trainee_and_the_substitute_is(courses, make_cohort):
    cohort = make_cohort(2)
    substitute = place(9)
    data = {"cohort_id": cohort.id, "substituted_enrollment_id": cohort.ids[0], "place": substitute}
    courses.deliver(TRAINEE_SUBSTITUTED, cohort.id, data)
    shown = courses.look(sheet, ORGANIZER, cohort.sessions()[0].id)
    assert {line.trainee.enrollment_id for line in shown.lines} == {cohort.ids[1], substitute["enrollment_id"]}


@pytest.mark.parametrize("backwards", [False, True])
def test_r7_merged_people_have_one_record_in_whatever_order_the_chain_is_told(courses, make_cohort, backwards):
    first, second, third = uuid4(), uuid4(), uuid4()
    chain = [(first, second), (second, third)]
    for merged, kept in reversed(chain) if backwards else chain:
        courses.deliver(PERSON_MERGED, merged, {"kept_person_id": kept, "merged_person_id": merged})
    for person in (first, second, third):
        make_cohort([place(1, person_id=person)])
    assert len(courses.look(person_record, ORGANIZER, third).trainings) == 3


def test_r21_a_class_of_the_province_is_taught_and_counts_for_the_person(courses, make_cohort):
    cohort = make_cohort(1, organized_by=OrganizedBy.PROVINCE)
    cohort.record(cohort.sessions()[0])
    record = courses.look(person_record, ORGANIZER, cohort.people[0]["person_id"])
    assert record.trainings[0].cohort.intake_number is None
    assert {item.quarter_hours for item in record.hours} == {16}


@pytest.mark.parametrize("event_type", [TRAINEE_LEFT, TRAINEE_SUBSTITUTED, TRAINEE_ADMITTED])
def test_what_happens_to_a_place_waits_for_the_confirmation_of_its_cohort(courses, make_cohort, event_type):
    cohort = make_cohort(2, confirmed=False)
    data = {
        TRAINEE_LEFT: {"enrollment_id": cohort.ids[0], "person_id": cohort.people[0]["person_id"], "checked_in": True},
        TRAINEE_SUBSTITUTED: {"substituted_enrollment_id": cohort.ids[0], "place": place(9)},
        TRAINEE_ADMITTED: {"place": place(9)},
    }[event_type]
    courses.deliver(event_type, cohort.id, {"cohort_id": cohort.id, **data}, version=2)
    assert courses.look(trainees.trainees, cohort.id) == []
    courses.deliver(COHORT_CONFIRMED, cohort.id, cohort.payload(), version=1)
    assert len(courses.look(trainees.trainees, cohort.id)) == 2 + (event_type != TRAINEE_LEFT)
