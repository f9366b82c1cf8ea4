"""R16, R18–R21, R45: a person's record, and who may read it."""

from datetime import date

import pytest

from services.courses.operations.corrections import correct_attendance
from services.courses.operations.sheets import Entry
from services.courses.queries.completion import completion_list
from services.courses.queries.records import person_record
from shared.contracts.enrollment import TRAINEE_SUBSTITUTED
from shared.domain import NotFound
from shared.vocabulary import AttendanceStatus, Delivery, Ledger, Role
from tests.conftest import actor
from tests.courses.conftest import place

ORGANIZER = actor(Role.ORGANIZER)


def books(record):
    return {(item.year, item.ledger): item.quarter_hours for item in record.hours}


def test_r19_a_class_over_new_year_feeds_two_years(courses, make_cohort):
    cohort = make_cohort(1, starts_on=date(2022, 12, 30), ends_on=date(2023, 1, 3))
    cohort.teach()
    record = courses.look(person_record, ORGANIZER, cohort.people[0]["person_id"])
    assert books(record) == {
        (2023, Ledger.PARTY_TRAINING): 96,
        (2023, Ledger.TEACHER_EDUCATION): 96,
        (2022, Ledger.PARTY_TRAINING): 64,
        (2022, Ledger.TEACHER_EDUCATION): 64,
    }


def test_r18_offline_and_online_hours_stand_in_their_own_ledgers(courses, make_cohort):
    person = place(1)
    offline = make_cohort([person])
    online = make_cohort([place(1, person_id=person["person_id"])], delivery=Delivery.ONLINE, starts_on=date(2023, 6, 1))
    offline.record(offline.sessions()[0])
    online.record(online.sessions()[0])
    record = courses.look(person_record, ORGANIZER, person["person_id"])
    assert books(record) == {
        (2023, Ledger.PARTY_TRAINING): 16,
        (2023, Ledger.ONLINE_STUDY): 4,
        (2023, Ledger.TEACHER_EDUCATION): 20,
    }
    assert [training.cohort.delivery for training in record.trainings] == [Delivery.OFFLINE, Delivery.ONLINE]


def test_r20_the_record_stands_against_the_minimum_of_the_post(courses, make_cohort):
    cohort = make_cohort(1)
    cohort.teach()
    (minimum,) = courses.look(person_record, ORGANIZER, cohort.people[0]["person_id"]).minimums
    assert (minimum.required, minimum.earned, minimum.concentrated_required, minimum.concentrated) == (224, 160, 1, 1)
    assert not minimum.met


def test_r16_the_record_says_what_is_missing_in_which_mode(courses, make_cohort):
    cohort = make_cohort(1)
    cohort.teach({cohort.ids[0]: {5: AttendanceStatus.SICK_LEAVE}}, leave_open=4)
    training = courses.look(person_record, ORGANIZER, cohort.people[0]["person_id"]).trainings[0]
    assert [(mode.attended, mode.earned_quarter_hours) for mode in training.modes] == [(4, 64), (1, 16), (0, 0), (0, 0)]
    assert training.next_session.position == 7
    assert [item.code for item in training.own.standing.missing][:3] == ["mode_missing", "mode_missing", "hours_missing"]


def test_an_unknown_person_has_an_empty_record(courses):
    person_id = place()["person_id"]
    assert courses.look(person_record, ORGANIZER, person_id).trainings == []
    own = actor(Role.TRAINEE, person_id=person_id)
    assert courses.look(person_record, own, person_id).hours == []


def test_r9_who_was_substituted_has_no_training_and_stands_on_no_completion_list(courses, make_cohort):
    cohort = make_cohort(2)
    data = {"cohort_id": cohort.id, "substituted_enrollment_id": cohort.ids[0], "place": place(9)}
    courses.deliver(TRAINEE_SUBSTITUTED, cohort.id, data)
    assert courses.look(person_record, ORGANIZER, cohort.people[0]["person_id"]).trainings == []
    listed = {one.trainee.enrollment_id for one in courses.look(completion_list, ORGANIZER, cohort.id).trainees}
    assert listed == {cohort.ids[1], data["place"]["enrollment_id"]}


def test_r14_hours_follow_a_correction(courses, make_cohort):
    cohort = make_cohort(1)
    first = cohort.sessions()[0]
    cohort.record(first)
    courses.work(correct_attendance, first.id, Entry(cohort.ids[0], AttendanceStatus.SICK_LEAVE), reason="补登")
    assert courses.look(person_record, ORGANIZER, cohort.people[0]["person_id"]).hours == []


def test_r45_each_reader_sees_what_is_in_reach(courses, make_cohort):
    cohort = make_cohort(4)
    seen, unseen = cohort.people[0], cohort.people[1]
    readers = {
        "own county": actor(Role.COUNTY_CONTACT, county_code=seen["county_code"]),
        "own school": actor(Role.SCHOOL_CONTACT, school_id=seen["school_id"]),
        "self": actor(Role.TRAINEE, person_id=seen["person_id"]),
    }
    for reader in readers.values():
        assert len(courses.look(person_record, reader, seen["person_id"]).trainings) == 1
        with pytest.raises(NotFound):
            courses.look(person_record, reader, unseen["person_id"])
        shown = courses.look(completion_list, reader, cohort.id)
        assert [one.trainee.enrollment_id for one in shown.trainees] == [seen["enrollment_id"]]
        assert sum(shown.counts.values()) == 1


def test_r45_a_class_teacher_sees_the_trainings_of_the_own_cohorts_only(courses, make_cohort):
    person = place(1)
    own = make_cohort([person])
    make_cohort([place(1, person_id=person["person_id"])])
    teacher = actor(Role.CLASS_TEACHER, cohort_ids=frozenset({own.id}))
    record = courses.look(person_record, teacher, person["person_id"])
    assert [training.cohort.id for training in record.trainings] == [own.id]
    with pytest.raises(NotFound):
        courses.look(completion_list, actor(Role.CLASS_TEACHER, cohort_ids=frozenset()), own.id)


def test_r45_a_scope_that_is_not_set_reaches_nobody(courses, make_cohort):
    cohort = make_cohort(2)
    for role in (Role.COUNTY_CONTACT, Role.SCHOOL_CONTACT, Role.TRAINEE, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR):
        with pytest.raises(NotFound):
            courses.look(completion_list, actor(role), cohort.id)
