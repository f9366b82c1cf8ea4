"""The workbook comes back with its problems marked (R5)."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from services.enrollment.operations import rosters as operations
from services.enrollment.queries import rosters
from shared.domain import NotFound
from shared.vocabulary import Post, Role
from shared.web.problems import explain
from tests.conftest import actor
from tests.enrollment.places import A, County, resident_id
from tests.enrollment.sheets import as_sent, csv, person, table, xlsx


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open(seats=10, cells={A: 10})
    return county


def people(*numbers, **changes):
    return [person(number, resident_id(number), **changes) for number in numbers]


def send(county, content, file_name="霸州市.xlsx", by=None):
    options = {"content": content, "file_name": file_name, "mode": "lenient", "preview": True, "secrets": county.secrets}
    return county.service.work(operations.import_roster, county.cohort_id, by=by, **options).roster_id


def returned(county, roster_id, explain=lambda code, facts: code):
    found = county.service.look(rosters.annotated_workbook, actor(Role.ORGANIZER), roster_id, secrets=county.secrets, explain=explain)
    return found, load_workbook(BytesIO(found.content)).worksheets[0]


def color(cell):
    return cell.fill.fgColor.rgb if cell.fill.fill_type else None


RED, YELLOW = rosters.ERROR.fgColor.rgb, rosters.WARNING.fgColor.rgb


def test_the_workbook_comes_back_with_a_colored_problem_column_and_marked_cells(county):
    sheet = as_sent([*people(1), *people(2, name="李娜(男,汉族)", phone=None), *people(3, school="哪里也没有", post="门卫")])
    found, back = returned(county, send(county, xlsx(sheet, merge=["A1:N1"])))
    assert found.file_name == "霸州市-problems_heading.xlsx"
    assert [back["O3"].value, back["O4"].value] == ["problems_heading", None]
    assert back["O5"].value == "E5 name_suffix\nL5 phone_missing"
    assert set(back["O6"].value.split("\n")) == {"C6 school_unknown", "J6 post_unknown"}
    marked = {cell.coordinate: color(cell) for row in back.iter_rows() for cell in row if color(cell)}
    assert marked == {"E5": YELLOW, "L5": YELLOW, "O5": YELLOW, "C6": RED, "J6": RED, "O6": RED}
    assert [cell.value for cell in back[4]][:14] == sheet[3]
    assert "A1:N1" in {str(cells) for cells in back.merged_cells.ranges}


def test_the_sentences_are_in_the_readers_language(county):
    roster_id = send(county, xlsx(as_sent(people(1, post="思政课教师"))))
    with county.service.app.test_request_context("/?lang=zh"):
        _, chinese = returned(county, roster_id, explain)
    with county.service.app.test_request_context("/?lang=en"):
        _, english = returned(county, roster_id, explain)
    assert [chinese["O3"].value, english["O3"].value] == ["问题", "Problems"]
    assert Post.IDEOLOGY_TEACHER.zh in chinese["O4"].value
    assert Post.IDEOLOGY_TEACHER.en in english["O4"].value


def test_what_an_earlier_answer_said_is_gone_when_the_workbook_is_sent_again(county):
    found, _ = returned(county, send(county, xlsx(as_sent(people(1, phone=None)))))
    book = load_workbook(BytesIO(found.content))
    book.worksheets[0]["L4"] = "13100000001"
    stream = BytesIO()
    book.save(stream)
    _, again = returned(county, send(county, stream.getvalue()))
    assert [again["O3"].value, again["O4"].value, again["P3"].value] == ["problems_heading", None, None]


def test_formulas_do_not_come_back(county):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in table([*people(1), *people(2, remarks='=HYPERLINK("http://example.org")', school="=1+1")]):
        sheet.append(row)
    sheet["B2"].font = Font(bold=True)
    stream = BytesIO()
    book.save(stream)
    _, back = returned(county, send(county, stream.getvalue()), lambda code, facts: f"={code}")
    assert not [cell.coordinate for row in back.iter_rows() for cell in row if cell.data_type == "f"]
    assert back["B2"].font.bold


def test_csv_comes_back_as_a_workbook_with_numbers_as_text(county):
    found, back = returned(county, send(county, csv(table(people(1, phone=None, remarks="=1+1")), "gb18030"), "名单.csv"))
    assert found.file_name == "名单-problems_heading.xlsx"
    assert (back["K2"].value, back["N2"].value, back["N2"].data_type) == (resident_id(1), "=1+1", "s")
    assert back["O2"].value == "L2 phone_missing"


def test_what_was_found_is_the_senders_and_the_organizers_to_see(county):
    sender = actor(Role.COUNTY_CONTACT, county_code=A, account_id="sender")
    roster_id = send(county, xlsx(as_sent(people(1, post="思政课教师"))), by=sender)
    for who in (sender, actor(Role.ORGANIZER)):
        result = county.service.look(rosters.roster, who, roster_id)
        assert (result.rows, result.added, result.wrong, result.written) == (1, 0, 1, False)
        assert result.problems[0].facts["post"] is Post.IDEOLOGY_TEACHER
    for who in (actor(Role.COUNTY_CONTACT, county_code=A), actor(Role.FINANCE)):
        with pytest.raises(NotFound):
            county.service.look(rosters.roster, who, roster_id)
        with pytest.raises(NotFound):
            county.service.look(rosters.annotated_workbook, who, roster_id, secrets=county.secrets, explain=explain)
