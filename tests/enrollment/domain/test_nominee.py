"""A single nominee is read like a row of a roster, and refused at the field (R6, R8)."""

from datetime import date
from uuid import UUID

import pytest

from services.enrollment.domain.nominee import read_nominee
from services.enrollment.domain.resident_id import check_digit
from shared.domain import Malformed
from shared.vocabulary import Post

SCHOOL = UUID(int=7)
NUMBER = "13109919680226001" + check_digit("13109919680226001")


def nominee(**fields):
    fields = {"name": "王芳", "id_number": NUMBER, "phone": "13100000001", **fields}
    return read_nominee(fields, post=Post.PRINCIPAL, school_id=SCHOOL, on=date(2023, 5, 8))


def test_name_number_and_phone_are_tidied_as_in_a_roster():
    found = nominee(name=" 阿卜杜•热合曼 ", phone="+86 131-0000-0001", nation="回族", remarks=" 清真餐 ")
    assert (found.name, found.phone, found.nation, found.remarks) == ("阿卜杜·热合曼", "13100000001", "回", "清真餐")
    assert (found.id_number.sex, found.id_number.born_on) == ("男", date(1968, 2, 26))


def test_everything_wrong_is_told_at_once_at_its_field():
    with pytest.raises(Malformed) as refusal:
        nominee(name="王1", id_number=NUMBER[:17], phone="12", remarks="长" * 201)
    assert {problem.where for problem in refusal.value.problems} == {"name", "id_number", "phone", "remarks"}


def test_a_warning_stops_nobody():
    assert nominee(name="王芳(男)", phone=None).phone == ""


def test_a_suffix_that_disagrees_with_the_number_is_an_error():
    with pytest.raises(Malformed) as refusal:
        nominee(name="王芳(女)")
    assert [problem.code for problem in refusal.value.problems] == ["sex_disagrees"]
