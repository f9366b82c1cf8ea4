"""The main jobs in a real browser: every role's pages on desktop and phone, in both languages, and a roster by hand."""

from datetime import date

import pytest
from playwright.sync_api import Page

from demo import rosters
from demo.city import COUNTIES, schools
from demo.people import staff
from shared.vocabulary import Role
from tests.browser.conftest import SIZES, City, findings, open_page, sign_in

PAGES = {
    Role.ORGANIZER: ("/", "/enrollment/intakes", "/enrollment/organizations", "/courses/cohorts", "/finance/totals"),
    Role.COUNTY_CONTACT: ("/", "/enrollment/intakes"),
    Role.SCHOOL_CONTACT: ("/", "/enrollment/intakes", "/portal/accounts"),
    Role.CLASS_TEACHER: ("/", "/courses/cohorts", "/courses/cohorts/{cohort}"),
    Role.TRAINEE: ("/portal/me", "/courses/me", "/certificates/mine"),
    Role.FINANCE: ("/", "/finance/totals?by=county"),
    Role.ADMINISTRATOR: (
        "/",
        "/portal/operations",
        "/portal/operations/courses/events/{parked}/discard",
        "/portal/operations/read-model/rebuild",
    ),
    Role.AUDITOR: ("/", "/portal/audit", "/portal/audit/verdicts", "/portal/sign-ins", "/portal/password", "/portal/second-factor"),
}


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", PAGES, ids=str)
def test_a_roles_pages_are_readable_for_everyone_and_fit_the_screen(city, chromium, role, size, locale):
    page = open_page(chromium, size, locale)
    sign_in(page, city, role)
    for path in PAGES[role]:
        answered = page.goto(city.url + path.format(cohort=city.cohort, parked=city.parked))
        assert (path, answered.status) == (path, 200)
        assert (path, findings(page)) == (path, [])
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{path} is wider than the screen"
        assert page.evaluate("document.documentElement.lang") == ("zh-CN" if locale == "zh-CN" else "en")
    assert page.complaints == []
    page.context.close()


@pytest.mark.parametrize(
    "path", ["/", "/portal/sign-in", "/portal/activate", "/portal/notice", "/certificates/check", "/certificates/trust"]
)
def test_what_is_open_to_anyone_is_readable_too(city, chromium, path):
    page = open_page(chromium, "phone", "zh-CN")
    assert page.goto(city.url + path).status == 200
    assert findings(page) == []
    page.context.close()


def test_an_organizer_looks_at_a_roster_before_writing_it_and_a_double_click_writes_it_once(city, chromium, tmp_path):
    county = next(county for county in COUNTIES if county.name == "三河市")
    people = [person for person in staff(schools())["public_school"] if person.school.county == county][-17:]
    file = tmp_path / "三河市.xlsx"
    file.write_bytes(rosters.workbook(county, people, date(2024, 4, 26)))
    page = open_page(chromium, "desktop", "zh-CN")
    sign_in(page, city, Role.ORGANIZER)
    page.goto(f"{city.url}/enrollment/cohorts/{city.open_cohort}/rosters/new")
    page.set_input_files("input[type=file]", str(file))
    page.click("main form:has(input[type=file]) button[type=submit]")
    page.wait_for_load_state()
    assert enrolled(city) == 0, "a preview writes nobody"
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/writing")):
        page.dblclick("main form[action$='/writing'] button[type=submit]")
    page.wait_for_load_state("networkidle")
    assert enrolled(city) == 17
    page.context.close()


def enrolled(city: City) -> int:
    return len(city.doors.get(f"/api/enrollment/cohorts/{city.open_cohort}/enrollments"))


def test_an_operator_discards_an_event_by_keyboard_on_a_phone_without_scripts(city, chromium):
    width, height = SIZES["phone"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, city, Role.ADMINISTRATOR)
    page.goto(f"{city.url}/portal/operations")
    event_id = page.locator("[aria-labelledby=parked-courses] a.btn-outline-danger").first.get_attribute("href").split("/")[-2]
    tab_to(page, f"/portal/operations/courses/events/{event_id}/discard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/discard")
    tab_to(page, "reason")
    page.keyboard.type("学校已撤销")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/operations")
    assert f"事件 {event_id} 已放弃" in page.inner_text(".lh-notice")
    assert page.locator(f"#event-courses-{event_id}").count() == 0
    context.close()


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the link or field of this address or name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if wanted in (here.get_attribute("href"), here.get_attribute("name")):
            return
    raise AssertionError(f"{wanted} is not reached by keyboard")
