"""Everyone comes in by slip or password and does the main job: on desktop and phone, in Chinese and English, and without scripts."""

import json
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from demo.city import COUNTIES, schools
from demo.people import Person, staff
from shared.vocabulary import Role
from tests.browser.conftest import PASSWORD, SIZES, City, findings, open_page, sign_in

WAYS = [*product(SIZES, ("zh-CN", "en-US")), ("phone", "zh-CN", False)]  # the last without scripts
IDS = [f"{way[0]}-{way[1]}{'-without-scripts' if len(way) > 2 else ''}" for way in WAYS]
EVERY_WAY = pytest.mark.parametrize(("turn", "way"), list(enumerate(WAYS)), ids=IDS)


@pytest.fixture
def page(city: City, chromium: Browser, way):
    """A browser of this size and language; at the end the page that was reached is readable for everyone, and nothing was amiss."""
    opened = open_page(chromium, *way)
    yield opened
    assert findings(opened) == []
    assert opened.complaints == []
    opened.context.close()


def send(page: Page, form: str) -> None:
    """Send a form and wait for the page it leads to."""
    with page.expect_navigation():
        page.click(f"main {form} button[type=submit]")


def notice(page: Page) -> str:
    return page.locator(".lh-notice").inner_text()


@EVERY_WAY
def test_a_trainee_comes_from_the_contacts_slip_to_the_own_record(city: City, chromium: Browser, page: Page, way, turn: int):
    contact = open_page(chromium, "desktop", way[1])
    sign_in(contact, city, Role.COUNTY_CONTACT)
    contact.goto(f"{city.url}/portal/accounts")
    row = contact.locator("tbody tr", has=contact.locator(".lh-badge-warning")).first  # nobody printed a slip for this one yet
    name = row.locator("label").inner_text().strip()
    row.locator("input").check()
    send(contact, "form[action$='/slips']")
    code = contact.locator(".lh-slip-code").inner_text()
    assert contact.locator(".lh-slip-name").inner_text() == name
    contact.context.close()

    page.goto(f"{city.url}/portal/activate?code={code}")
    page.fill("[name=login]", f"trainee-{turn}")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=repeated]", PASSWORD)
    assert findings(page) == []
    send(page, "form")
    assert "/portal/notice" in page.url
    send(page, "form[action='/portal/notice']")
    assert page.url == f"{city.url}/portal/me"
    assert page.locator("summary", has_text=name).count() == 1
    assert name in page.inner_text("main")

    again = open_page(chromium, *way)
    again.goto(f"{city.url}/portal/activate?code={code}")
    for field in ("password", "repeated"):
        again.fill(f"[name={field}]", PASSWORD)
    send(again, "form")
    assert again.locator("[role=alert]").count() == 1  # a slip opens once
    again.context.close()


def test_slips_are_printed_ten_to_an_a4_page(city: City, chromium: Browser):
    page = open_page(chromium, "desktop", "zh-CN")
    sign_in(page, city, Role.ORGANIZER)
    page.goto(f"{city.url}/portal/accounts?search=示例")
    own = next(county.name for county in COUNTIES if county.code == city.county_code)  # those people wait for their contact's slips
    others = page.locator("main tbody tr").filter(has_not_text=own).locator("input")
    for place in range(12):
        others.nth(place).check()
    send(page, "form[action$='/slips']")
    codes = page.locator(".lh-slip-code").all_inner_texts()
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4", print_background=True))).pages]
    assert [sum(code in sheet for code in codes) for sheet in sheets] == [10, 2]
    page.context.close()


def own_person(city: City, turn: int) -> Person:
    return [person for person in staff(schools())["public_school"] if person.school.county.code == city.county_code][-1 - turn]


@EVERY_WAY
def test_a_county_contact_nominates_one_of_the_own_people(city: City, page: Page, turn: int):
    person = own_person(city, turn)
    sign_in(page, city, Role.COUNTY_CONTACT)
    page.goto(f"{city.url}/enrollment/cohorts/{city.nominating}/nomination")
    fields = {"name": person.name, "id_number": person.resident_id[:-1] + "?", "phone": person.phone}
    for field, value in fields.items():
        page.fill(f"[name={field}]", value)
    page.select_option("[name=school]", person.school.name)
    page.select_option("[name=post]", index=1)
    send(page, "form")
    assert page.locator(".lh-problems li").count() >= 1  # with what was typed still there
    assert page.input_value("[name=name]") == person.name
    page.complaints.clear()  # that the form was refused
    page.fill("[name=id_number]", person.resident_id)
    send(page, "form")
    places = city.doors.get(f"/api/enrollment/cohorts/{city.nominating}/enrollments")
    assert person.name in {place["name"] for place in places}


@EVERY_WAY
def test_an_organizer_opens_an_intake_and_splits_its_seats(city: City, page: Page, turn: int):
    sign_in(page, city, Role.ORGANIZER)
    page.goto(f"{city.url}/enrollment/intakes/new")
    form = "form[action$='/intakes/new'] "
    for field, value in {"number": f"{20 + turn}", "title": "秋季班", "starts_on": "2025-05-12", "ends_on": "2025-05-16"}.items():
        page.fill(f"main {form}[name={field}]", value)
    page.select_option(f"main {form}[name=category]", "public_school")
    page.check(f"main {form}[name=planned]")
    send(page, form)
    page.locator("a[href$='/quotas']").first.click()
    page.locator("a[href*='proposal']").click()
    assert page.locator("tfoot [data-label]").nth(2).inner_text() == "100 / 100"
    send(page, "form[action$='/quotas']")
    cohort = page.url.split("/cohorts/")[1].split("/")[0]
    cells = city.doors.get(f"/api/enrollment/cohorts/{cohort}/quotas")
    assert sum(cell["seats"] for cell in cells) == 100


@EVERY_WAY
def test_a_class_teacher_sees_what_a_correction_does_before_making_it(city: City, page: Page, turn: int):
    sign_in(page, city, Role.CLASS_TEACHER)
    page.goto(f"{city.url}/courses/cohorts/{city.cohort}")
    page.locator("a[href$='/attendance']").first.click()
    page.locator("main table a[href*='/attendance/']").nth(turn).click()
    page.locator("form[action$='/preview'] [value=late]").check()
    page.fill("form[action$='/preview'] [name=reason]", "签到表写错")
    send(page, "form[action$='/preview']")
    assert page.locator(".btn-danger").count() == 1
    assert findings(page) == []
    send(page, "form:has(.btn-danger)")
    assert notice(page)
    assert page.locator("main table").last.locator("tbody tr").count() == 2  # what stood before is kept


@EVERY_WAY
def test_finance_narrows_the_totals_and_takes_them_to_excel(city: City, page: Page, turn: int):
    sign_in(page, city, Role.FINANCE)
    page.goto(f"{city.url}/finance/totals")
    page.select_option("[name=delivery]", "offline")
    page.select_option("[name=by]", "county")
    page.click("main form[action='/finance/totals'] button[type=submit]")
    page.wait_for_url("**by=county**")
    with page.expect_download() as taken:
        page.click("a[href*='report.xlsx']")
    assert Path(taken.value.path()).read_bytes().startswith(b"PK")


@EVERY_WAY
def test_an_auditor_finds_who_signed_in_and_takes_it_away(city: City, page: Page, turn: int):
    sign_in(page, city, Role.AUDITOR)
    page.goto(f"{city.url}/portal/audit")
    page.fill("[name=action]", "session.opened")
    page.click("main form[action='/portal/audit'] button[type=submit]")
    page.wait_for_url("**action=session.opened**")
    assert page.locator("main tbody tr").count() >= 1
    with page.expect_download() as taken:
        page.click("a[href*='/portal/audit/export']")
    assert "auditor" not in Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()[0]
    assert "session.opened" in Path(taken.value.path()).read_text(encoding="utf-8-sig")


@EVERY_WAY
def test_an_administrator_asks_whether_finance_agrees_with_the_log(city: City, page: Page, turn: int):
    sign_in(page, city, Role.ADMINISTRATOR)
    page.goto(f"{city.url}/portal/operations")
    asked = page.locator("#read-model tbody tr").count()
    send(page, "#read-model form")
    assert notice(page)
    assert page.locator("#read-model tbody tr").count() >= min(asked, 1)
    names = json.dumps([place["name"] for place in city.doors.get(f"/api/enrollment/cohorts/{city.cohort}/enrollments")][:20])
    assert not [name for name in json.loads(names) if name in page.inner_text("main")]  # no business data (R45)


@EVERY_WAY
def test_a_school_contact_sees_the_own_school_only(city: City, page: Page, turn: int):
    sign_in(page, city, Role.SCHOOL_CONTACT)
    page.goto(f"{city.url}/portal/accounts")
    units = set(page.locator("main tbody tr td:nth-child(2)").all_inner_texts())
    assert len(units) == 1
