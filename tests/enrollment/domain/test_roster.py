"""Rosters as they come in: where the headings stand, who is a person, what is wrong with a row (R5–R8)."""

from datetime import date, datetime

import pytest

from services.enrollment.domain.roster_layout import HEADINGS, column_letters, find_layout, people_rows, require_columns
from services.enrollment.domain.roster_row import birth_months, read_row
from shared.domain import Malformed
from shared.vocabulary import Post

HEADING = [
    "序号",
    "县(市、区)",
    "单位全称",
    "学校类型",
    "姓名",
    "性别",
    "民族",
    "出生年月",
    "政治面貌",
    "职务",
    "身份证号",
    "手机",
    "是否住宿",
    "备注",
]
PERSON = [
    1,
    "三河市",
    "三河市示例第二初级中学",
    "公办",
    "李雅楠",
    "男",
    "汉",
    "1969.02",
    "中共党员",
    "党支部书记",
    "131099196902020035",
    "13100000001",
    "是",
    None,
]
TITLE = ["廊坊市中小学校党组织书记培训班报名表", *[None] * 13]
UNIT = ["填报单位:三河市教育工委", None, None, "填报日期:2019年4月26日", *[None] * 10]
FOOTER = ["填报人:示例", None, None, "联系电话:13100000000", None, None, "(盖章)", *[None] * 7]
BLANK = [None] * 14
DAY = date(2019, 5, 6)


def changed(**cells):
    places = {
        "school_type": 3,
        "name": 4,
        "sex": 5,
        "ethnicity": 6,
        "born": 7,
        "post": 9,
        "id_number": 10,
        "phone": 11,
        "lodging": 12,
        "remarks": 13,
    }
    row = list(PERSON)
    for name, value in cells.items():
        row[places[name]] = value
    return row


def read(*people):
    rows = [TITLE, UNIT, HEADING, *people, FOOTER]
    layout = require_columns(find_layout(rows))
    return [read_row(raw, layout, DAY) for raw in people_rows(rows, layout)]


def problems(row):
    return [(problem.code, problem.where) for problem in row.problems]


def test_titles_blank_rows_numbered_blanks_and_footer_hold_no_people():
    rows = read(PERSON, BLANK, [2, *[None] * 13], changed(id_number="131099197003030066", sex="女", born="1970.03"))
    assert [(row.number, row.name) for row in rows] == [(4, "李雅楠"), (7, "李雅楠")]
    assert not any(row.problems for row in rows)


def test_a_row_says_who_comes():
    (row,) = read(PERSON)
    assert (row.name, row.sex, row.post, row.phone, row.lodging, row.school) == (
        "李雅楠", "男", Post.SECRETARY, "13100000001", True, "三河市示例第二初级中学",
    )  # fmt: skip


def test_columns_may_come_in_any_order_and_without_a_title():
    order = [4, 10, 11, 2, 3, 9, 1, 0, 5, 6, 7, 8, 12, 13]
    rows = [[HEADING[place] for place in order], [PERSON[place] for place in order]]
    layout = require_columns(find_layout(rows))
    (row,) = [read_row(raw, layout, DAY) for raw in people_rows(rows, layout)]
    assert (row.name, row.number, row.cells["id_number"], row.problems) == ("李雅楠", 2, "B2", [])


@pytest.mark.parametrize(("field", "heading"), [(field, heading) for field, headings in HEADINGS.items() for heading in headings])
def test_every_usual_heading_is_known(field, heading):
    base = [other for name, other in (("name", "姓名"), ("id_number", "身份证号"), ("post", "职务")) if name != field]
    assert find_layout([[*base, heading, "民族" if field != "ethnicity" else "性别"]]).columns[field] == len(base)


def test_a_heading_with_blanks_and_full_width_brackets_is_the_same():
    assert "county" in find_layout([["姓 名", "身份证号码", "县（市、区）"]]).columns


def test_a_sheet_without_headings_is_refused():
    with pytest.raises(Malformed) as refused:
        require_columns(find_layout([["a", "b"], ["c", "d"]]))
    assert [problem.code for problem in refused.value.problems] == ["headings_missing"]


def test_every_missing_column_is_named_at_once():
    with pytest.raises(Malformed) as refused:
        require_columns(find_layout([["序号", "姓名", "性别", "民族"]]))
    assert [problem.facts["column"] for problem in refused.value.problems] == ["单位全称", "职务", "身份证号"]


def test_a_sheet_without_people_is_refused():
    with pytest.raises(Malformed) as refused:
        read()
    assert [problem.code for problem in refused.value.problems] == ["roster_empty"]


def test_a_person_without_id_number_is_not_taken_for_a_footer():
    (row,) = read(changed(id_number=None, remarks="备注:坐轮椅"))
    assert ("id_missing", "K4") in problems(row)


def test_every_problem_of_a_row_is_reported_at_once_with_its_cell():
    (row,) = read(changed(name="王", id_number=1.3109919680226e17, phone="123", post="门卫", school_type="国营", sex="?"))
    assert set(problems(row)) == {
        ("name_length", "E4"), ("id_is_a_number", "K4"), ("phone_wrong", "L4"),
        ("post_unknown", "J4"), ("school_type_unknown", "D4"), ("sex_unreadable", "F4"),
    }  # fmt: skip


def test_sex_and_birth_month_that_disagree_with_the_id_are_errors():
    (row,) = read(changed(sex="女", born="1969.03"))
    assert problems(row) == [("sex_disagrees", "F4"), ("born_disagrees", "H4")]
    assert row.is_wrong


def test_a_suffix_fills_its_columns_and_says_so():
    (row,) = read(changed(name="李雅楠(男,回族)"))
    assert (row.name, row.ethnicity, row.is_wrong) == ("李雅楠", "回", False)
    assert problems(row) == [("name_suffix", "E4"), ("ethnicity_from_suffix", "G4")]


def test_a_suffix_of_the_other_sex_is_an_error():
    (row,) = read(changed(name="李雅楠(女)"))
    assert ("sex_disagrees", "E4") in problems(row)


def test_overlong_text_is_refused_with_its_length():
    (row,) = read(changed(remarks="长" * 201))
    assert [(problem.code, problem.facts) for problem in row.problems] == [("text_too_long", {"length": 201, "most": 200})]


@pytest.mark.parametrize(
    ("typed", "months"),
    [
        ("1969.02", [(1969, 2)]), ("1969-2", [(1969, 2)]), ("1969年2月", [(1969, 2)]), ("1969年02月03日", [(1969, 2)]),
        ("196902", [(1969, 2)]), ("19690203", [(1969, 2)]), (datetime(1969, 2, 3), [(1969, 2)]), (1969.02, [(1969, 2)]),
        (1980.1, [(1980, 1), (1980, 10)]), ("1980.1", [(1980, 1)]), ("六九年", []), ("1969.13", []),
    ],
)  # fmt: skip
def test_birth_months_are_read_as_people_write_them(typed, months):
    assert birth_months(typed) == months


def test_an_unreadable_birth_month_is_only_a_warning():
    (row,) = read(changed(born="六九年"))
    assert not row.is_wrong
    assert problems(row) == [("born_unreadable", "H4")]


def test_columns_are_named_as_excel_names_them():
    assert [column_letters(place) for place in (0, 25, 26, 51, 701, 702)] == ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
