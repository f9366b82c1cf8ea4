"""R13: seminar groups of even size, counties spread."""

from collections import Counter
from uuid import UUID

import pytest

from services.courses.domain.groups import Member, deal, smallest_group


def members(counties):
    return [Member(UUID(int=index + 1), county) for index, county in enumerate(counties)]


@pytest.mark.parametrize(("people", "sizes"), [(100, [10] * 10), (95, [9] * 5 + [10] * 5), (7, [0] * 3 + [1] * 7)])
def test_r13_group_sizes_differ_by_at_most_one(people, sizes):
    dealt = Counter(deal(members(["131000"] * people)).values())
    assert sorted(dealt[number] for number in range(1, 11)) == sizes


def test_r13_the_people_of_a_county_are_spread_over_the_groups():
    seats = {"131000": 3, "131002": 8, "131024": 17, "131081": 13, "131082": 59}
    people = members([county for county, count in seats.items() for _ in range(count)])
    groups = deal(people)
    for county, count in seats.items():
        heads = Counter(groups[person.enrollment_id] for person in people if person.county_code == county)
        counts = [heads[number] for number in range(1, 11)]
        assert sum(counts) == count
        assert max(counts) - min(counts) <= 1


def test_r13_a_latecomer_joins_the_smallest_group():
    assert smallest_group([10, 9, 9, 10]) == 2
