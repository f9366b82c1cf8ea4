"""What the city's organizer does on the pages: open an intake, split seats, receive a roster, confirm, check in."""

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from services.enrollment.queries import cohorts as queries
from shared.contracts.enrollment import COHORT_CONFIRMED, TRAINEE_CHECKED_IN, TRAINEE_SUBSTITUTED
from shared.storage.tables import AUDIT_ENTRIES
from shared.vocabulary import Role
from tests.enrollment.places import A, B, County, resident_id
from tests.enrollment.sheets import as_sent, person, xlsx

NEW_INTAKE = {
    "number": "7", "title": "第7期", "category": "public_school", "delivery": "offline", "organized_by": "city",
    "starts_on": "2023-05-08", "ends_on": "2023-05-12", "base": "浙江大学", "planned": "true", "cohorts": "2", "approval": "",
}  # fmt: skip


@pytest.fixture
def county(make_service):
    county = County(make_service("enrollment"))
    county.open()
    return county


@pytest.fixture
def browser(county):
    return county.service.client(Role.ORGANIZER, browser=True)


def send(browser, url, **fields):
    return browser.post(url, data={"csrf_token": "csrf", **fields}, follow_redirects=True)


def page(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200, answer.text
    return answer.text


def shown(text):
    """The page's text without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def cohort_url(county, rest=""):
    return f"/enrollment/cohorts/{county.cohort_id}{rest}"


def upload(browser, county, people, name="roster.xlsx"):
    file = (BytesIO(people if isinstance(people, bytes) else xlsx(as_sent(people))), name)
    return send(browser, cohort_url(county, "/rosters"), file=file)


def test_every_page_speaks_both_languages(county, browser):
    county.nominate(1)
    place = county.nominate(2)
    roster = upload(browser, county, [person(1, resident_id(1), post="门卫")], name="霸州市.xlsx").request.path
    urls = [
        "/enrollment/intakes", "/enrollment/intakes/new", f"/enrollment/intakes/{county.intake_id}", "/enrollment/programs",
        f"/enrollment/intakes/{county.intake_id}/correction",
        "/enrollment/organizations", cohort_url(county), cohort_url(county, "/nomination"), cohort_url(county, "/quotas"),
        cohort_url(county, "/rosters/new"), roster, f"/enrollment/enrollments/{place.enrollment_id}",
    ]  # fmt: skip
    for url in urls:
        assert re.search("[\u4e00-\u9fff]", re.search("<h1>(.*?)</h1>", page(browser, url))[1]), url
        english = shown(re.search("<main.*</main>", page(browser, f"{url}?lang=en"), re.DOTALL)[0])
        assert "csrf" not in english
        assert re.search("[A-Za-z]{4}", english), url


def test_a_new_intake_opens_with_its_cohorts(county, browser):
    answer = send(browser, "/enrollment/intakes/new", **NEW_INTAKE)
    assert "本期已开设" in answer.text
    assert "第 2 班" in answer.text


def test_everything_wrong_with_a_new_intake_is_said_at_once_and_nothing_typed_is_lost(county, browser):
    answer = send(browser, "/enrollment/intakes/new", **{**NEW_INTAKE, "title": "", "starts_on": "", "number": "x", "base": "成都"})
    assert answer.status_code == 422
    assert answer.text.count("<li><strong>") == 3
    assert 'value="成都"' in answer.text


def test_an_intake_outside_the_plan_needs_an_approval(county, browser):
    fields = {name: value for name, value in NEW_INTAKE.items() if name != "planned"}
    assert "计划外的期次须填写领导审批情况" in send(browser, "/enrollment/intakes/new", **fields).text
    assert "本期已开设" in send(browser, "/enrollment/intakes/new", **{**fields, "approval": "市委教育工委书记 2023-04-01"}).text


def test_a_number_in_use_is_refused_and_leaves_no_half_intake(county, browser):
    assert send(browser, "/enrollment/intakes/new", **{**NEW_INTAKE, "number": "1"}).status_code == 409
    assert len(county.service.look(queries.intakes)) == 1


def test_the_last_intake_is_taken_over_with_its_cohorts(county, browser):
    answer = send(browser, "/enrollment/intakes/clone", category="public_school", number="2", starts_on="2023-09-04")
    assert "已沿用上一期开设本期" in answer.text
    assert "2023年9月8日" in answer.text


def test_an_intake_is_corrected_on_the_form_it_was_opened_with(county, browser):
    url = f"/enrollment/intakes/{county.intake_id}"
    assert f'href="{url}/correction"' in page(browser, url)
    form = page(browser, f"{url}/correction")
    assert re.search('<input[^>]*name="title"[^>]*value="第1期"', form)
    assert 'name="category"' not in form
    fields = {"title": "第1期", "starts_on": "2023-05-08", "ends_on": "2023-05-13", "base": "北戴河", "planned": "true"}
    refused = send(browser, f"{url}/correction", **{**fields, "ends_on": "2023-05-01"})
    assert refused.status_code == 422
    assert 'value="北戴河"' in refused.text
    answer = send(browser, f"{url}/correction", **fields)
    assert "本期信息已更正" in answer.text
    assert "2023年5月13日" in answer.text


def test_a_correction_after_the_confirmation_is_refused_and_no_longer_offered(county, browser):
    county.nominate(1)
    county.confirm()
    url = f"/enrollment/intakes/{county.intake_id}"
    assert "/correction" not in page(browser, url)
    fields = {"title": "第一期", "starts_on": "2023-05-08", "ends_on": "2023-05-12", "planned": "true"}
    answer = send(browser, f"{url}/correction", **fields)
    assert answer.status_code == 409
    assert "已有班次确认名单" in answer.text


def test_a_check_in_of_nobody_is_an_error(county, browser):
    county.nominate(1)
    county.confirm()
    answer = send(browser, cohort_url(county, "/check-ins"), at="2023-05-08T08:00")
    assert answer.status_code == 422
    assert "请选择已报到的学员" in answer.text


def test_the_proposal_fills_the_grid_and_is_saved_only_when_asked(county, browser):
    text = page(browser, cohort_url(county, "/quotas?proposal=1"))
    assert re.findall(r'name="seats-(\d+)" value="(\d+)"', text) == [(A, "2"), (B, "2")]
    answer = send(browser, cohort_url(county, "/quotas"), **{f"seats-{A}": "1", f"seats-{B}": "3"})
    assert "名额分配表已保存" in answer.text
    assert re.findall(r'name="seats-(\d+)" value="(\d+)"', answer.text) == [(A, "1"), (B, "3")]


def test_a_grid_that_does_not_add_up_is_refused_and_what_was_typed_stays(county, browser):
    answer = send(browser, cohort_url(county, "/quotas"), **{f"seats-{A}": "1", f"seats-{B}": "2"})
    assert answer.status_code == 409
    assert "名额合计为 3，必须正好等于 4" in answer.text
    assert 'value="2"' in answer.text


def test_a_sheet_is_pasted_into_the_grid(county, browser):
    answer = send(
        browser, cohort_url(county, "/quotas"), paste="1", sheet="县区\t名额\n霸州\t３\n三河市教育工委\t1\n", **{f"seats-{A}": "2"}
    )
    assert re.findall(r'name="seats-(\d+)" value="(\d+)"', answer.text) == [(A, "3"), (B, "1")]
    assert [cell.seats for cell in county.service.look(queries.quota_grid, county.cohort_id, "public_school")] == [2, 2]


def test_a_roster_is_looked_at_before_anybody_is_written(county, browser):
    answer = upload(browser, county, [person(1, resident_id(1)), person(2, resident_id(2), name="李娜(女,回族)", sex="女")])
    assert "尚未写入任何内容" in answer.text
    assert "E5" in answer.text
    assert county.places() == []
    roster = answer.request.path
    written = send(browser, f"{roster}/writing", mode="lenient")
    assert "共 2 行：未变 0，更新 0，新增 1。" in written.text
    assert len(county.places()) == 1


def test_a_roster_without_errors_is_written_whole_and_only_once(county, browser):
    people = [person(1, resident_id(1)), person(2, resident_id(2))]
    answer = upload(browser, county, people)
    assert "没有错误" in answer.text
    send(browser, f"{answer.request.path}/writing", mode="strict")
    assert len(county.places()) == 2
    assert "无需写入" in upload(browser, county, people).text


def test_the_wrong_category_is_named_in_the_readers_words(county, browser):
    answer = upload(browser, county, [person(1, resident_id(1), post="思政课教师")])
    assert "霸州市示例第一小学的“思政教师”不符合本期培训对象类别（公办学校领导）。" in answer.text


def test_the_workbook_comes_back_with_its_problems(county, browser):
    answer = upload(browser, county, [person(1, resident_id(1), phone="123")])
    book = openpyxl.load_workbook(BytesIO(browser.get(f"{answer.request.path}/workbook").data))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value]
    assert any(cell.value == "问题" for cell in cells)
    assert any("手机号应为 11 位" in str(cell.value) for cell in cells)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"<html>"])
def test_a_file_that_is_no_workbook_is_refused_in_words(county, browser, content):
    answer = upload(browser, county, content)
    assert answer.status_code == 422
    assert "lh-problems" in answer.text


def test_no_file_is_a_clear_error(county, browser):
    answer = send(browser, cohort_url(county, "/rosters"))
    assert (answer.status_code, "请选择文件" in answer.text) == (422, True)


def nominee(number, **changes):
    school = {"school": "霸州市示例第一小学", "post": "secretary"}
    return {"name": "王小明", "id_number": resident_id(number), "phone": "13100000001", **school, **changes}


def test_one_person_is_nominated_and_the_next_waits(county, browser):
    for number in (1, 2):
        assert "王小明已录取" in send(browser, cohort_url(county, "/nomination"), **nominee(number)).text
    assert "王小明已列入候补，第 1 位" in send(browser, cohort_url(county, "/nomination"), **nominee(3)).text


def test_a_wrong_nominee_is_told_everything_at_once(county, browser):
    answer = send(browser, cohort_url(county, "/nomination"), **nominee(1, name="王", id_number="123", school="无此校", post="门卫"))
    assert answer.status_code == 422
    assert answer.text.count("<li><strong>") >= 4


def test_an_organizer_may_override_the_category_with_a_reason(county, browser):
    teacher = nominee(1, post="ideology_teacher")
    assert "不符合本期培训对象类别" in send(browser, cohort_url(county, "/nomination"), **teacher).text
    assert "王小明已录取" in send(browser, cohort_url(county, "/nomination"), **{**teacher, "override_reason": "兼任党支部书记"}).text


def test_a_roster_is_confirmed_and_people_are_checked_in(county, browser):
    places = [county.nominate(number) for number in (1, 2)]
    assert "名单已确认，共 2 人" in send(browser, cohort_url(county, "/confirmation")).text
    assert len(county.service.outbox(COHORT_CONFIRMED)) == 1
    assert send(browser, cohort_url(county, "/check-ins"), enrollment_id="somebody").status_code == 422
    answer = send(browser, cohort_url(county, "/check-ins"), enrollment_id=str(places[0].enrollment_id), at="2023-05-08T08:00")
    assert "1 人已报到" in answer.text
    assert county.service.outbox(TRAINEE_CHECKED_IN)[0]["data"]["checked_in_at"] == "2023-05-08T08:00:00+08:00"
    assert "1 人已报到" in send(browser, cohort_url(county, "/check-ins"), everyone="1").text


def test_an_empty_cohort_is_not_confirmed(county, browser):
    assert send(browser, cohort_url(county, "/confirmation")).status_code == 409


def test_a_withdrawal_moves_the_first_waiting_up(county, browser):
    places = [county.nominate(number) for number in (1, 2, 3)]
    url = f"/enrollment/enrollments/{places[0].enrollment_id}/withdrawal"
    assert "请填写原因" in send(browser, url, reason="").text
    answer = send(browser, url, reason="工作冲突")
    assert "第一位候补已递补" in answer.text
    assert "候补递补" in answer.text
    assert "工作冲突" in page(browser, f"/enrollment/enrollments/{places[0].enrollment_id}")


def test_another_person_comes_instead(county, browser):
    place = county.nominate(1)
    county.confirm()
    url = f"/enrollment/enrollments/{place.enrollment_id}/substitution"
    answer = send(browser, url, **nominee(9, name="李雅楠", school="霸州市示例第二小学"), reason="生病")
    assert "换人完成" in answer.text
    assert "生病" in answer.text
    assert len(county.service.outbox(TRAINEE_SUBSTITUTED)) == 1
    assert "换人完成" not in send(browser, url, **nominee(10), reason="再换").text


def test_after_check_in_nobody_else_takes_the_place(county, browser):
    place = county.nominate(1)
    county.confirm()
    county.check_in(place.enrollment_id)
    url = f"/enrollment/enrollments/{place.enrollment_id}"
    assert "substitution-reason" not in page(browser, url)
    answer = send(browser, f"{url}/substitution", **nominee(9), reason="替班")
    assert (answer.status_code, "不准冒名顶替" in answer.text) == (409, True)


def test_an_intake_is_closed_after_its_last_day(county, browser):
    county.nominate(1)
    county.confirm()
    assert "本期已结班，计入已举办期数" in send(browser, f"/enrollment/intakes/{county.intake_id}/closure").text


def test_round_one_returns_unused_seats(county, browser):
    county.nominate(1)
    assert "3 个名额已收回全市统筹" in send(browser, cohort_url(county, "/quotas/return")).text


def test_a_program_enters_the_plan(county, browser):
    fields = {"year": "2024", "title": "公办学校书记培训", "category": "public_school", "planned_intakes": "2", "planned_people": "400"}
    assert "项目已列入计划" in send(browser, "/enrollment/programs", **fields).text
    assert send(browser, "/enrollment/programs", **{**fields, "title": ""}).status_code == 422


def test_the_register_is_searched_by_name(county, browser):
    text = page(browser, "/enrollment/organizations?name=民办")
    assert "三河市示例民办小学" in text
    assert "三河市示例第一小学" not in text


def test_a_form_without_its_token_changes_nothing(county, browser):
    answer = browser.post(cohort_url(county, "/nomination"), data=nominee(1))
    assert answer.status_code == 400
    assert county.places() == []


def test_id_number_and_phone_are_masked_until_a_reason_is_given(county, browser):
    place = county.nominate(1)
    url = f"/enrollment/enrollments/{place.enrollment_id}"
    number = resident_id(1)
    masked = f"13**************{number[-2:]}"
    assert masked in page(browser, url)
    assert "131****0001" in page(browser, url)
    refused = send(browser, f"{url}/identity", reason=" ")
    assert (refused.status_code, number in refused.text) == (409, False)
    assert number in send(browser, f"{url}/identity", reason="电话核对").text
    with county.service.database.reading() as connection:
        notes = connection.execute(select(AUDIT_ENTRIES).where(AUDIT_ENTRIES.c.action == "person.shown_in_full")).all()
    assert [("电话核对" in note.facts, number in note.facts) for note in notes] == [(True, False)]


def test_every_problem_of_a_new_intake_stands_at_its_field_by_the_name_on_the_page(county, browser):
    wrong = {**NEW_INTAKE, "title": "", "starts_on": "", "cohorts": "0"}
    text = shown(send(browser, "/enrollment/intakes/new", **wrong).text)
    assert "共有 3 个问题 名称 请填写名称" in text
    assert "开始日期 请填写日期。 班数（每班 100 人） 请填写" in text
    english = shown(send(browser, "/enrollment/intakes/new?lang=en", **wrong).text)
    assert "First day A date is needed." in english


def test_a_wrong_quota_is_told_by_the_county_not_by_its_code(county, browser):
    text = shown(send(browser, cohort_url(county, "/quotas"), **{f"seats-{A}": "abc", f"seats-{B}": "1"}).text)
    assert f"{A} 请填写" not in text
    assert "霸州市 请填写不超过 9999 的整数。" in text


def test_nobody_checks_in_at_a_moment_still_to_come(county, browser):
    county.nominate(1)
    county.confirm()
    answer = send(browser, cohort_url(county, "/check-ins"), everyone="1", at="2199-01-01T08:00")
    assert answer.status_code == 422
    assert "报到时间 该时间尚未到。" in shown(answer.text)


def test_the_history_of_a_place_names_who_did_it(county, browser):
    place = county.nominate(1)
    send(browser, f"/enrollment/enrollments/{place.enrollment_id}/withdrawal", reason="生病")
    assert "生病 测试" in shown(page(browser, f"/enrollment/enrollments/{place.enrollment_id}"))
