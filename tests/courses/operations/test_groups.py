"""R13: seminar groups in a real cohort."""

from collections import Counter
from uuid import uuid4

import pytest

from services.courses.operations.groups import deal_groups, name_officers
from services.courses.queries.cohorts import cohort_groups
from shared.contracts.enrollment import TRAINEE_ADMITTED, TRAINEE_SUBSTITUTED
from shared.domain import Malformed
from shared.vocabulary import Role
from tests.conftest import actor
from tests.courses.conftest import place

ORGANIZER = actor(Role.ORGANIZER)


def sizes(courses, cohort):
    return [len(group.members) for group in courses.look(cohort_groups, ORGANIZER, cohort.id)]


def test_r13_a_confirmed_cohort_has_ten_even_groups(courses, make_cohort):
    assert sizes(courses, make_cohort(23)) == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]


def test_r13_groups_that_enrollment_made_are_kept(courses, make_cohort):
    cohort = make_cohort([place(number, group_number=1 + number % 2) for number in range(6)])
    assert sizes(courses, cohort) == [3, 3]


def test_r13_who_is_admitted_joins_the_smallest_group_and_a_substitute_the_one_of_the_place(courses, make_cohort):
    cohort = make_cohort(11)
    admitted, substitute = place(90), place(91)
    courses.deliver(TRAINEE_ADMITTED, cohort.id, {"cohort_id": cohort.id, "place": admitted})
    groups = courses.look(cohort_groups, ORGANIZER, cohort.id)
    assert [group.number for group in groups if any(m.enrollment_id == admitted["enrollment_id"] for m in group.members)] == [2]
    leaving = groups[4].members[0].enrollment_id
    courses.deliver(TRAINEE_SUBSTITUTED, cohort.id, {"cohort_id": cohort.id, "substituted_enrollment_id": leaving, "place": substitute})
    fifth = courses.look(cohort_groups, ORGANIZER, cohort.id)[4]
    assert [member.enrollment_id for member in fifth.members] == [substitute["enrollment_id"]]


def test_r13_groups_can_be_dealt_anew(courses, make_cohort):
    cohort = make_cohort(10)
    numbers = courses.work(deal_groups, cohort.id, 3)
    assert sorted(Counter(numbers.values()).values()) == [3, 3, 4]
    assert sizes(courses, cohort) == [4, 3, 3]
    with pytest.raises(Malformed):
        courses.work(deal_groups, cohort.id, 11)


def test_r13_leader_and_recorder_are_two_members_of_the_group(courses, make_cohort):
    cohort = make_cohort(10)
    courses.work(deal_groups, cohort.id, 2)
    first, second = courses.look(cohort_groups, ORGANIZER, cohort.id)
    a, b, other = first.members[0].enrollment_id, first.members[1].enrollment_id, second.members[0].enrollment_id
    courses.work(name_officers, cohort.id, {1: (a, b)})
    named = courses.look(cohort_groups, ORGANIZER, cohort.id)[0]
    assert (named.leader_id, named.recorder_id) == (a, b)
    for pair in ((a, a), (a, other), (uuid4(), b)):
        with pytest.raises(Malformed):
            courses.work(name_officers, cohort.id, {1: pair})
