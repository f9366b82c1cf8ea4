"""Two records found to be one person are merged, and the others are told (R7)."""

from uuid import uuid4

import pytest

from services.enrollment.domain import errors
from services.enrollment.operations.duplicates import merge_people
from services.enrollment.operations.people import find_or_add
from services.enrollment.queries import enrollments as queries
from shared.contracts.enrollment import PERSON_MERGED
from shared.domain import NotFound
from tests.enrollment.places import County


@pytest.fixture
def county(make_service):
    made = County(make_service("enrollment"))
    made.open(seats=10)
    return made


def merge(county, kept, merged):
    return county.service.work(merge_people, kept, merged=merged, reason="同一人")


def record(county, number):
    return county.service.work(find_or_add, county.nominee(number), secrets=county.secrets)


def test_what_the_merged_record_had_is_the_kept_ones_from_now_on(county):
    kept, place = record(county, 1), county.nominate(2)
    merge(county, kept, place.person_id)
    assert [row.id for row in county.service.look(queries.of_person, kept)] == [place.enrollment_id]
    told = county.service.outbox(PERSON_MERGED)[0]["data"]
    assert told == {"kept_person_id": str(kept), "merged_person_id": str(place.person_id)}


def test_the_merged_records_id_number_leads_to_the_kept_one_over_any_chain(county):
    first, second, third = (record(county, number) for number in (1, 2, 3))
    merge(county, second, first)
    merge(county, third, second)
    assert {record(county, number) for number in (1, 2, 3)} == {third}


def test_two_places_in_one_intake_are_looked_at_before_anyone_merges(county):
    one, other = county.nominate(1), county.nominate(2)
    with pytest.raises(errors.AlreadyInIntake):
        merge(county, one.person_id, other.person_id)


def test_nobody_is_merged_with_themselves_or_with_nobody_or_twice(county):
    one, other = record(county, 1), record(county, 2)
    with pytest.raises(errors.SamePerson):
        merge(county, one, one)
    with pytest.raises(NotFound):
        merge(county, one, uuid4())
    merge(county, one, other)
    with pytest.raises(NotFound):
        merge(county, one, other)
