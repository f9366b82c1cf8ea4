"""Judging a roster against register, people, places and quota (R2, R3, R4, R7, R45)."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.enrollment.domain.judgment import POOL, Cell, Circumstances, Outcome, Person, Place, Reach, Target, judge
from services.enrollment.domain.post import SchoolType
from services.enrollment.domain.register import Organization, Register
from services.enrollment.domain.resident_id import check_digit
from services.enrollment.domain.roster_layout import RawRow, find_layout
from services.enrollment.domain.roster_row import read_row
from services.enrollment.domain.words import OrganizationKind
from shared.vocabulary import Category, Delivery

HEADING = ["县(市、区)", "单位全称", "学校类型", "姓名", "职务", "身份证号", "手机"]
COUNTIES = {"131082": "三河市", "131022": "固安县"}
SCHOOLS = {
    "三河市示例第一小学": ("131082", SchoolType.PUBLIC),
    "三河市示例民办第一小学": ("131082", SchoolType.PRIVATE),
    "固安县示例第一小学": ("131022", SchoolType.PUBLIC),
}
REGISTER = [
    Organization(UUID(int=place), name, OrganizationKind.SCHOOL, kind, county, COUNTIES[county])
    for place, (name, (county, kind)) in enumerate(SCHOOLS.items(), start=1)
]
TARGET = Target(uuid4(), uuid4(), Category.PUBLIC_SCHOOL, Delivery.OFFLINE, date(2019, 5, 6), date(2019, 5, 10))


def id_number(place):
    body = f"131099197001{place % 28 + 1:02d}{place:03d}"
    return body + check_digit(body)


def person_row(place=1, *, row=0, county="三河市", school="三河市示例第一小学", kind="公办", name="李雅楠", post="书记"):
    layout = find_layout([HEADING])
    values = [county, school, kind, name, post, id_number(place), "13100000001"]
    cells = {field: values[column] for field, column in layout.columns.items()}
    return read_row(RawRow(row or place + 1, cells), layout, TARGET.starts_on)


def known(**changes):
    facts = {
        "target": TARGET,
        "register": Register(REGISTER, COUNTIES),
        "people": {},
        "places": {},
        "namesakes": frozenset(),
        "cells": {"131082": Cell(17, 0), "131022": Cell(10, 0)},
        "cohort": Cell(100, 0),
    }
    return Circumstances(**{**facts, **changes})


def codes(verdict):
    return [problem.code for problem in verdict.row.problems]


def judged(row, **changes):
    (verdict,) = judge([row], known(**changes))
    return verdict


def held(person, **changes):
    facts = {
        "enrollment_id": uuid4(), "person_id": person.id, "cohort_id": uuid4(), "cohort_number": 2, "intake_id": uuid4(),
        "intake_title": "第2期", "county_code": "131082", "school_id": uuid4(), "is_active": True, "delivery": Delivery.OFFLINE,
        "starts_on": TARGET.starts_on, "ends_on": TARGET.ends_on,
    }  # fmt: skip
    place = Place(**{**facts, **changes})
    return {"people": {id_number(1): person}, "places": {person.id: [place]}}


KNOWN = Person(uuid4(), "李雅楠")


def test_a_good_row_is_added_to_its_school():
    verdict = judged(person_row())
    assert (verdict.outcome, verdict.organization.name, codes(verdict)) == (Outcome.ADDED, "三河市示例第一小学", [])


@pytest.mark.parametrize("county", ["三河市", "三河", "131082", "廊坊市三河市", "三 河 市", "三河市教育工委", "中共三河市委教育工委", ""])
def test_a_county_is_known_by_the_ways_people_write_it(county):
    assert judged(person_row(county=county)).outcome is Outcome.ADDED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"county": "燕郊"}, "county_not_found"),
        ({"school": "燕郊中学"}, "school_unknown"),
        ({"county": "固安县"}, "school_in_other_county"),
        ({"kind": "民办"}, "school_type_disagrees"),
        ({"post": "思政课教师"}, "wrong_category"),
        ({"school": "三河市示例民办第一小学", "kind": "民办"}, "wrong_category"),
    ],
)
def test_what_does_not_agree_with_the_register_is_an_error(changes, code):
    verdict = judged(person_row(**changes))
    assert (verdict.outcome, codes(verdict)) == (Outcome.WRONG, [code])


def test_an_id_known_under_another_name_is_to_be_checked():
    verdict = judged(person_row(name="李娜"), people={id_number(1): KNOWN})
    assert codes(verdict) == ["known_under_another_name"]


def test_namesakes_in_one_school_are_a_warning():
    verdict = judged(person_row(), namesakes=frozenset({(UUID(int=1), "李雅楠")}))
    assert (verdict.outcome, codes(verdict)) == (Outcome.ADDED, ["namesake"])


def test_namesakes_in_one_file_are_a_warning_too():
    verdicts = judge([person_row(1), person_row(2)], known())
    assert [(verdict.outcome, codes(verdict)) for verdict in verdicts] == [(Outcome.ADDED, ["namesake"])] * 2


def test_one_person_twice_in_a_file_is_an_error_that_names_the_first_row():
    first, again = judge([person_row(1), person_row(1, row=9)], known())
    assert (first.outcome, codes(first)) == (Outcome.ADDED, [])
    assert (again.outcome, codes(again)) == (Outcome.WRONG, ["id_twice"])


def test_a_person_already_in_the_cohort_takes_no_further_seat():
    verdict = judged(person_row(), **held(KNOWN, cohort_id=TARGET.cohort_id), cells={"131082": Cell(1, 1)}, cohort=Cell(1, 1))
    assert (verdict.outcome, codes(verdict)) == (Outcome.UPDATED, [])


def test_a_person_who_has_left_is_not_enrolled_again_by_the_same_file():
    verdict = judged(person_row(), **held(KNOWN, cohort_id=TARGET.cohort_id, is_active=False))
    assert (verdict.outcome, codes(verdict), verdict.row.is_wrong) == (Outcome.GONE, ["left_this_cohort"], False)


def test_who_has_left_and_come_back_holds_a_place():
    person = held(KNOWN, cohort_id=TARGET.cohort_id, is_active=False)
    back = held(KNOWN, cohort_id=TARGET.cohort_id)
    places = {KNOWN.id: [*person["places"][KNOWN.id], *back["places"][KNOWN.id]]}
    for order in (1, -1):
        verdict = judged(person_row(), people=person["people"], places={KNOWN.id: places[KNOWN.id][::order]})
        assert (verdict.outcome, codes(verdict)) == (Outcome.UPDATED, [])


def test_the_same_person_twice_in_one_intake_is_an_error():
    assert codes(judged(person_row(), **held(KNOWN, intake_id=TARGET.intake_id))) == ["in_another_cohort"]


def test_two_offline_classes_on_the_same_days_are_an_error():
    assert codes(judged(person_row(), **held(KNOWN))) == ["dates_overlap_offline"]


def test_an_online_class_on_the_same_days_is_a_warning():
    verdict = judged(person_row(), **held(KNOWN, delivery=Delivery.ONLINE))
    assert (verdict.outcome, codes(verdict)) == (Outcome.ADDED, ["dates_overlap_online"])


def test_a_class_on_other_days_is_no_matter():
    assert codes(judged(person_row(), **held(KNOWN, starts_on=date(2019, 5, 11), ends_on=date(2019, 5, 15)))) == []


def test_a_class_that_was_left_is_no_matter():
    assert codes(judged(person_row(), **held(KNOWN, is_active=False))) == []


def test_rows_over_the_quota_get_errors_that_name_quota_and_used():
    verdicts = judge([person_row(place) for place in (1, 2, 3)], known(cells={"131082": Cell(17, 15)}))
    assert [verdict.outcome for verdict in verdicts] == [Outcome.ADDED, Outcome.ADDED, Outcome.WRONG]
    assert verdicts[2].row.problems[-1].facts == {"county": "三河市", "quota": 17, "used": 17}


def test_a_wrong_row_takes_no_seat():
    verdicts = judge([person_row(1, post="门卫"), person_row(2)], known(cells={"131082": Cell(1, 0)}))
    assert [verdict.outcome for verdict in verdicts] == [Outcome.WRONG, Outcome.ADDED]


def test_in_round_two_the_pool_helps_whoever_comes_first():
    verdicts = judge([person_row(1), person_row(2), person_row(3)], known(cells={"131082": Cell(1, 0), POOL: Cell(1, 0)}))
    assert [(verdict.outcome, verdict.cell_code) for verdict in verdicts] == [
        (Outcome.ADDED, "131082"), (Outcome.ADDED, POOL), (Outcome.WRONG, None),
    ]  # fmt: skip


def test_a_county_without_a_cell_has_no_quota():
    assert codes(judged(person_row(), cells={})) == ["quota_exceeded"]


def test_the_101st_row_has_no_seat():
    assert codes(judged(person_row(), cells=None, cohort=Cell(100, 100))) == ["cohort_full"]


def test_a_county_contact_reaches_only_the_own_county():
    reach = Reach(county_code="131082")
    assert judged(person_row(), reach=reach).outcome is Outcome.ADDED
    assert codes(judged(person_row(county="固安县", school="固安县示例第一小学"), reach=reach)) == ["not_your_county"]


def test_a_school_contact_reaches_only_the_own_school():
    assert codes(judged(person_row(), reach=Reach("131082", UUID(int=3)))) == ["not_your_school"]


def test_a_school_contact_does_not_take_over_the_place_of_another_schools_person():
    held_elsewhere = held(KNOWN, cohort_id=TARGET.cohort_id, intake_id=TARGET.intake_id)
    assert codes(judged(person_row(), reach=Reach(school_id=UUID(int=1)), **held_elsewhere)) == ["place_of_another_school"]
    held_here = held(KNOWN, cohort_id=TARGET.cohort_id, intake_id=TARGET.intake_id, school_id=UUID(int=1))
    assert judged(person_row(), reach=Reach(school_id=UUID(int=1)), **held_here).outcome is Outcome.UPDATED
    assert judged(person_row(), reach=Reach(county_code="131082"), **held_elsewhere).outcome is Outcome.UPDATED


@pytest.mark.parametrize(
    ("reach", "code"),
    [
        (Reach(), "school_unknown_but_like"),
        (Reach(county_code="131082"), "school_unknown_but_like"),
        (Reach(school_id=UUID(int=1)), "school_unknown_but_like"),
        (Reach(county_code="131022"), "school_unknown"),
        (Reach(school_id=UUID(int=3)), "school_unknown"),
    ],
)
def test_a_school_is_proposed_only_to_those_who_may_act_for_it(reach, code):
    assert codes(judged(person_row(school="三河市示例第一小"), reach=reach)) == [code]


def test_a_misspelt_school_is_answered_with_its_likely_name():
    verdict = judged(person_row(school="三河市示列第一小学"))
    assert [(problem.code, problem.facts["likely"]) for problem in verdict.row.problems] == [
        ("school_unknown_but_like", "三河市示例第一小学")
    ]
