"""People are put on record once, under the name they were first known by (R7, R43)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from services.enrollment.domain.errors import KnownUnderAnotherName
from services.enrollment.operations.duplicates import merge_people
from services.enrollment.operations.people import find_or_add
from services.enrollment.storage.tables import PEOPLE
from tests.enrollment.places import A, County


def put_on_record(county, number, **values):
    return county.service.work(find_or_add, county.nominee(number, **values), secrets=county.secrets)


def test_the_same_person_nominated_at_once_from_many_sides_is_one_record(make_service, both_databases):
    county = County(make_service("enrollment", both_databases))
    county.open()
    with ThreadPoolExecutor(6) as threads:
        ids = set(threads.map(lambda _: put_on_record(county, 1), range(12)))
    rows = county.service.look(lambda connection: connection.execute(select(PEOPLE)).all())
    assert ids == {row.id for row in rows}
    assert len(rows) == 1


def test_a_known_number_under_another_name_is_refused(make_service):
    county = County(make_service("enrollment"))
    county.open()
    put_on_record(county, 1, name="王小明")
    with pytest.raises(KnownUnderAnotherName):
        put_on_record(county, 1, name="李小红")


def test_a_merged_record_leads_to_the_one_kept(make_service):
    county = County(make_service("enrollment"))
    county.open(cells={A: 4})
    kept, merged = put_on_record(county, 1), put_on_record(county, 2)
    county.service.work(merge_people, kept, merged=merged, reason="同一人")
    assert put_on_record(county, 2) == kept
